/** Whatever speaks OpenAI's Chat Completions: CLOVA Studio's compatible endpoint, CLOVA Studio GOV, OpenAI, or a server of one's own. */
import type { Pool } from 'undici';
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { openUpstream } from '../../platform/upstream.ts';
import { AnswerExchange } from '../answer-exchange.ts';
import { maxAnswerBytes } from '../answer-size.ts';
import { answerInAttempts } from '../attempts.ts';
import { promptRoom } from '../clova-studio-limits.ts';
import type { Engine, EnginePart, EngineRequest } from '../engine.ts';
import { travelsInClear } from '../upstream-settings.ts';
import type { FinishedPart, TextPart } from './completion.ts';
import type { Dialect } from './dialect.ts';
import { errorOfRefusal, readRefusal } from './errors.ts';
import { checkModel } from './model-check.ts';
import { chatHeaders, chatMessages, chatParameters, pathOf, requestedTokens } from './request.ts';
import { checkSettings, knownCapabilities, type OpenAiEngineSettings } from './settings.ts';
import { ChunkReader } from './stream.ts';
import { readWhole } from './whole-answer.ts';

export { guessDialect } from './dialect.ts';
export { type OpenAiEngineSettings, settingChecks } from './settings.ts';

export interface OpenAiEngine extends Engine {
  /** Warns in the log of a model that the service does not know. Never throws; {@link close} ends it. */
  checkModel(): Promise<void>;
}

export interface OpenAiEngineDeps {
  readonly logger: Logger;
  readonly clock?: Clock;
  /** 0..1 */
  readonly random?: () => number;
}

/** What is left of the model's window for a prompt, where the model is known. */
export function maxPromptTokens(settings: OpenAiEngineSettings): number | undefined {
  const capabilities = knownCapabilities(settings);
  return capabilities && promptRoom(capabilities, settings.maxOutputTokens);
}

/** Always streams, so that the first words go out as early as possible.
 *  @throws GatewayError `SETTINGS_INVALID` naming the field */
export function createOpenAiEngine(settings: OpenAiEngineSettings, deps: OpenAiEngineDeps): OpenAiEngine {
  const dialect = checkSettings(settings);
  if (settings.apiKey !== undefined && travelsInClear(settings.baseUrl)) {
    deps.logger.warn({}, `The base URL of ${dialect.title} is not https: the API key travels in clear text`);
  }
  return new ChatEngine(settings, dialect, deps);
}

class ChatEngine implements OpenAiEngine {
  readonly name = 'openai';
  readonly model: string;
  readonly window?: { readonly maxPromptTokens: number };
  readonly #settings: OpenAiEngineSettings;
  readonly #dialect: Dialect;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #pool: Pool;
  readonly #parameters: Readonly<Record<string, unknown>>;
  readonly #sentFields: readonly string[];
  readonly #maxSizeBytes: number;
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(
    settings: OpenAiEngineSettings,
    dialect: Dialect,
    { logger, clock = systemClock, random = Math.random }: OpenAiEngineDeps,
  ) {
    this.model = settings.model;
    this.#settings = settings;
    this.#dialect = dialect;
    const maxTokens = maxPromptTokens(settings);
    if (maxTokens !== undefined) this.window = { maxPromptTokens: maxTokens };
    this.#logger = logger;
    this.#clock = clock;
    this.#random = random;
    this.#pool = openUpstream({
      origin: new URL(settings.baseUrl).origin,
      connectTimeoutMs: settings.connectTimeoutMs,
      // Every exchange watches its own time: by tokens instead of bytes, and to the millisecond.
      headersTimeoutMs: 0,
      bodyTimeoutMs: 0,
      connections: settings.connections,
      ...(settings.ca !== undefined && { ca: settings.ca }),
    });
    this.#parameters = chatParameters(settings, dialect);
    this.#sentFields = ['messages', ...Object.keys(this.#parameters)];
    this.#maxSizeBytes = maxAnswerBytes(requestedTokens(this.#parameters));
  }

  answer(request: EngineRequest, signal: AbortSignal): AsyncIterable<EnginePart> {
    const { requestId, closesAt, firstTokenBy } = request;
    return answerInAttempts<TextPart, FinishedPart>({
      call: { requestId, closesAt, signal, ...(firstTokenBy !== undefined && { firstTokenBy }) },
      clock: this.#clock,
      random: this.#random,
      open: () => this.#open(request, signal),
      onRetry: (error, retry) => {
        this.#logger.warn(
          { ...retry, code: error.code, ...error.details },
          `${this.#dialect.title} failed before the first token; trying once more`,
        );
      },
    });
  }

  checkModel(): Promise<void> {
    return checkModel(this.#settings, {
      pool: this.#pool,
      clock: this.#clock,
      logger: this.#logger,
      dialect: this.#dialect,
      signal: this.#closing.signal,
    });
  }

  close(): Promise<void> {
    this.#closing.abort();
    this.#closed ??= this.#pool.destroy();
    return this.#closed;
  }

  #open(request: EngineRequest, signal: AbortSignal): AnswerExchange<TextPart, FinishedPart> {
    const { baseUrl, apiKey, model, firstTokenTimeoutMs, idleTimeoutMs } = this.#settings;
    const dialect = this.#dialect;
    const refusalInStream = { httpStatus: 200, headers: {}, receivedAt: 0 };
    return new AnswerExchange(this.#pool, this.#clock, {
      upstream: dialect.title,
      reader: new ChunkReader({
        upstream: dialect.title,
        model,
        maxSizeBytes: this.#maxSizeBytes,
        refusalOf: (body) => {
          const refusal = readRefusal(body);
          return refusal && errorOfRefusal(refusal, refusalInStream, dialect, this.#sentFields);
        },
      }),
      readWhole: (response) => readWhole(response, dialect, model, this.#sentFields),
      maxSizeBytes: this.#maxSizeBytes,
      path: pathOf(baseUrl, 'chat/completions'),
      headers: chatHeaders(apiKey, dialect, request.requestId),
      body: JSON.stringify({ ...this.#parameters, messages: chatMessages(request) }),
      firstTokenTimeoutMs,
      firstTokenBy: request.firstTokenBy,
      idleTimeoutMs,
      closesAt: request.closesAt,
      signal,
    });
  }
}
