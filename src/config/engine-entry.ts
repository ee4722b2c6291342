/** One engine in ENGINE: `clova`, or `clova:HCX-DASH-002` for a model of its own. */
import Type from 'typebox';

const ENGINES = ['clova', 'openai', 'clova-chatbot', 'a2a', 'socket', 'faq'] as const;
/** Engines that ask whichever model they are told to, and the setting that names it where the entry does not. */
const MODEL_SETTINGS = { clova: 'clovaModel', openai: 'openaiModel' } as const;

export type EngineName = (typeof ENGINES)[number];
type ModelEngine = keyof typeof MODEL_SETTINGS;
export type EngineEntry = EngineName | `${ModelEngine}:${string}`;

/** Names of CLOVA Studio are a part of these, and judged where they are used. */
const MODEL_NAME = /^[A-Za-z0-9][\w./:@+-]{0,199}$/;

export const engineEntry = Type.Unsafe<EngineEntry>(
  Type.Refine(
    Type.String(),
    (entry) => problemOf(entry) === undefined,
    (entry) => problemOf(entry) ?? '',
  ),
);

export function engineOf(entry: EngineEntry): EngineName {
  return split(entry).engine as EngineName;
}

/** The setting that the model of an entry stands for, and the model; `undefined` where the entry names none. */
export function modelOf(
  entry: EngineEntry,
): { readonly setting: (typeof MODEL_SETTINGS)[ModelEngine]; readonly model: string } | undefined {
  const { engine, model } = split(entry);
  return model === undefined ? undefined : { setting: MODEL_SETTINGS[engine as ModelEngine], model };
}

function split(entry: string): { readonly engine: string; readonly model?: string } {
  const colon = entry.indexOf(':');
  return colon === -1 ? { engine: entry } : { engine: entry.slice(0, colon), model: entry.slice(colon + 1) };
}

function problemOf(entry: string): string | undefined {
  const { engine, model } = split(entry);
  if (!ENGINES.some((known) => known === engine)) return `must be one of ${ENGINES.join(', ')}`;
  if (model === undefined) return undefined;
  if (!Object.hasOwn(MODEL_SETTINGS, engine))
    return `names a model, which only ${Object.keys(MODEL_SETTINGS).join(' and ')} can ask`;
  return MODEL_NAME.test(model) ? undefined : 'must name a model behind the colon, such as clova:HCX-DASH-002';
}
