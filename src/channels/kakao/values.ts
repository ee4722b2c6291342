import type { ContextValue, Reply } from '../../message.ts';
import { jsonSizeBytes } from './content.ts';
import { MAX_VALUES_BYTES } from './limits.ts';
import type { SkillContextValue, SkillResponse } from './schema.ts';

type Values = Pick<SkillResponse, 'context' | 'data'>;

/** What goes beside the bubbles: values for later turns, and values for bubbles that were made in the admin centre. */
export function skillValues(reply: Pick<Reply, 'context' | 'data'>, degrade: (what: string) => void): Values {
  if (reply.context === undefined && reply.data === undefined) return {};
  return fitValues((reply.context ?? []).flatMap(toContextValue), reply.data, degrade);
}

/** Together small enough for the response: without the data where they are not, and without either where that does not help. */
export function fitValues(
  values: readonly SkillContextValue[],
  data: SkillResponse['data'],
  degrade: (what: string) => void,
): Values {
  const context = values.length === 0 ? {} : { context: { values } };
  const all = data === undefined || Object.keys(data).length === 0 ? context : { ...context, data };
  if (jsonSizeBytes(all) <= MAX_VALUES_BYTES) return all;
  degrade('data of too many bytes left out');
  if (jsonSizeBytes(context) <= MAX_VALUES_BYTES) return context;
  degrade('context of too many bytes left out');
  return {};
}

/** Kakao refuses anything but strings in `params`, and a context without name or life span. */
function toContextValue({ name, lifespan, ttlSeconds, params }: ContextValue): readonly SkillContextValue[] {
  if (name.trim() === '' || !name.isWellFormed() || !Number.isFinite(lifespan)) return [];
  const strings = Object.entries(params ?? {}).map(([key, value]) => [key, String(value)]);
  return [
    {
      name,
      lifeSpan: Math.max(0, Math.round(lifespan)),
      ...(ttlSeconds !== undefined && ttlSeconds >= 0 && Number.isFinite(ttlSeconds)
        ? { ttl: Math.round(ttlSeconds) }
        : {}),
      ...(strings.length === 0 ? {} : { params: Object.fromEntries(strings) }),
    },
  ];
}
