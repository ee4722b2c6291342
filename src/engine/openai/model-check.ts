/** Whether the model is there, looked up once at start-up. */
import { toGatewayError } from '../../errors.ts';
import type { ModelService } from '../../http-client/model-service.ts';
import { parseJson } from '../../http-client/upstream-failure.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Dialect } from './dialect.ts';
import { errorOfRefusal, readRefusal } from './errors.ts';
import { keyHeaders, pathOf } from './request.ts';
import type { OpenAiEngineSettings } from './settings.ts';

const LOOK_UP_MS = 10_000;
/** Some services list thousands. */
const MAX_LIST_BYTES = 4 * 1_048_576;
/** Enough to see the slip, few enough for one line of a log. */
const NAMED_MODELS = 30;

export interface ModelCheckParts {
  readonly service: ModelService;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly dialect: Dialect;
  readonly signal: AbortSignal;
}

/** Warns in the log of a model that the service does not list, and of a service that does not answer. A list may be missing or
 *  incomplete, so nothing else follows from it. Never throws. */
export async function checkModel(settings: OpenAiEngineSettings, parts: ModelCheckParts): Promise<void> {
  const { dialect, logger, signal } = parts;
  const { model } = settings;
  // Tuned models belong to an account, and no list is known to name them.
  if (!dialect.listsModels || model.startsWith('ft:')) return;
  try {
    const known = await listModels(settings, parts);
    if (known === undefined || known.includes(model) || known.includes(`${model}:latest`)) return;
    logger.warn(
      { model, known: known.slice(0, NAMED_MODELS) },
      `${dialect.title} does not list this model: look at OPENAI_MODEL, whose capital letters count`,
    );
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (signal.aborted) return;
    logger.warn(
      { code: error.code, ...error.details },
      `${dialect.title} did not tell its models at start-up; questions are put to it all the same`,
    );
  }
}

/** `undefined`: the service has no list.
 *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED` */
function listModels(
  { baseUrl, apiKey }: OpenAiEngineSettings,
  { service, clock, dialect, signal }: ModelCheckParts,
): Promise<readonly string[] | undefined> {
  const request = {
    method: 'GET' as const,
    path: pathOf(baseUrl, 'models'),
    headers: { accept: 'application/json', ...keyHeaders(apiKey) },
  };
  const limits = { closesAt: clock.now() + LOOK_UP_MS, signal };
  return service.sendOnce(request, limits, async ({ statusCode, headers, receivedAt, text }) => {
    const list = parseJson(await text(MAX_LIST_BYTES));
    if (statusCode === 404 || statusCode === 405 || statusCode === 501) return undefined;
    const refusal = readRefusal(list);
    if (statusCode !== 200 || refusal !== undefined) {
      throw errorOfRefusal(refusal, { httpStatus: statusCode, headers, receivedAt }, dialect, []);
    }
    return namesIn(list);
  });
}

/** Foreign text on its way into the log: what does not look like a name is left out. */
function namesIn(list: unknown): readonly string[] | undefined {
  const { data } = (list ?? {}) as { readonly data?: unknown };
  if (!Array.isArray(data)) return undefined;
  const ids = (data as ({ readonly id?: unknown } | null)[]).map((one) => one?.id);
  const names = ids.filter((id): id is string => typeof id === 'string' && /^[\w./:@+-]{1,200}$/.test(id));
  return names.length === 0 ? undefined : names;
}
