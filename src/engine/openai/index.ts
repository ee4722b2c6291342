/** Whatever speaks OpenAI's Chat Completions: CLOVA Studio's compatible endpoint, CLOVA Studio GOV, OpenAI, or a server of one's own. */
import type { Pool } from 'undici';
import { travelsInClear } from '../../platform/clear-text.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { openUpstream } from '../../platform/upstream.ts';
import { answerCall } from '../answer-call.ts';
import { AnswerExchange } from '../answer-exchange.ts';
import { maxAnswerBytes } from '../answer-size.ts';
import { answerInAttempts } from '../attempts.ts';
import type { CallGate } from '../call-gate.ts';
import { promptRoom } from '../clova-studio-limits.ts';
import type { Engine, EnginePart, EngineRequest, ImageLimits } from '../engine.ts';
import { estimatePrompt } from '../prompt-size.ts';
import { type Completion, type TextPart, toEngineParts } from './completion.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { errorOfRefusal, readRefusal } from './errors.ts';
import { chatMessages } from './messages.ts';
import { checkModel } from './model-check.ts';
import { chatHeaders, chatParameters, pathOf, requestedTokens, withTools } from './request.ts';
import { checkSettings, imageLimits, knownCapabilities, type OpenAiEngineSettings } from './settings.ts';
import { ChunkReader } from './stream.ts';
import { readWhole } from './whole-answer.ts';

export { checkTools } from './check-tools.ts';
export { type DialectName, guessDialect } from './dialect.ts';
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
  /** Knows the quota of the account. Absent: every call is made at once. */
  readonly gate?: CallGate;
}

/** What is left of the model's window for a prompt, where the model is known. */
export function maxPromptTokens(settings: OpenAiEngineSettings): number | undefined {
  const capabilities = knownCapabilities(settings);
  if (capabilities === undefined) return undefined;
  // Whether tools come with a question is known only then; they raise what is asked for.
  const { minTokensWithTools } = dialectOf(settings.dialect, settings.model, settings.models);
  const outputTokens = Math.max(settings.maxOutputTokens, capabilities.tools ? minTokensWithTools : 0);
  return promptRoom(capabilities, outputTokens);
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
  readonly seesImages?: ImageLimits;
  readonly callsTools?: true;
  readonly #settings: OpenAiEngineSettings;
  readonly #dialect: Dialect;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #gate: CallGate | undefined;
  readonly #pool: Pool;
  readonly #parameters: Readonly<Record<string, unknown>>;
  readonly #closing = new AbortController();
  #toolsWorked = false;
  #closed: Promise<void> | undefined;

  constructor(
    settings: OpenAiEngineSettings,
    dialect: Dialect,
    { logger, clock = systemClock, random = Math.random, gate }: OpenAiEngineDeps,
  ) {
    this.model = settings.model;
    this.#settings = settings;
    this.#dialect = dialect;
    const maxTokens = maxPromptTokens(settings);
    if (maxTokens !== undefined) this.window = { maxPromptTokens: maxTokens };
    this.#logger = logger;
    this.#clock = clock;
    this.#random = random;
    this.#gate = gate;
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
    const seesImages = imageLimits(settings);
    if (seesImages !== undefined) this.seesImages = seesImages;
    if (settings.callsTools !== false) this.callsTools = true;
  }

  async *answer(request: EngineRequest, signal: AbortSignal): AsyncGenerator<EnginePart, void, void> {
    const parameters = this.#parametersFor(request);
    const gate = this.#gate;
    const call = answerCall(request, signal);
    const size = { inputTokens: estimatePrompt(request), outputTokens: requestedTokens(parameters) };
    const answered = answerInAttempts<TextPart, Completion>({
      call,
      clock: this.#clock,
      random: this.#random,
      open: () => this.#open(request, parameters, signal),
      admit: gate === undefined ? undefined : () => gate.enter({ ...size, ...call }),
      // What a picture costs says nothing about the words of other prompts.
      promptTokensOf: ({ finished }) => (request.images === undefined ? finished.usage?.promptTokens : undefined),
      toolsWorked: () => this.#toolsWorked,
      onAnswered: () => {
        this.#toolsWorked ||= parameters.tools !== undefined;
      },
      onRetry: (error, retry) => {
        this.#logger.warn(
          { ...retry, code: error.code, ...error.details },
          `${this.#dialect.title} failed before the first token; trying once more`,
        );
      },
    });
    yield* toEngineParts(answered);
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

  /** Pictures and tools exclude each other in one request, as in CLOVA Studio's own API. */
  #parametersFor({ images, tools }: EngineRequest): Readonly<Record<string, unknown>> {
    const offersTools = tools !== undefined && images === undefined && this.callsTools === true;
    return offersTools ? withTools(this.#parameters, tools, this.#dialect) : this.#parameters;
  }

  #open(
    request: EngineRequest,
    parameters: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): AnswerExchange<TextPart, Completion> {
    const { baseUrl, apiKey, model, firstTokenTimeoutMs, idleTimeoutMs } = this.#settings;
    const dialect = this.#dialect;
    const refusalInStream = { httpStatus: 200, headers: {}, receivedAt: 0 };
    const sentFields = ['messages', ...Object.keys(parameters)];
    const maxSizeBytes = maxAnswerBytes(requestedTokens(parameters));
    return new AnswerExchange(this.#pool, this.#clock, {
      upstream: dialect.title,
      reader: new ChunkReader({
        upstream: dialect.title,
        model,
        maxSizeBytes,
        refusalOf: (body) => {
          const refusal = readRefusal(body);
          return refusal && errorOfRefusal(refusal, refusalInStream, dialect, sentFields);
        },
      }),
      readWhole: (response) => readWhole(response, dialect, model, sentFields),
      maxSizeBytes,
      path: pathOf(baseUrl, 'chat/completions'),
      headers: chatHeaders(apiKey, dialect, request.requestId),
      body: JSON.stringify({ ...parameters, messages: chatMessages(request, dialect) }),
      firstTokenTimeoutMs,
      firstTokenBy: request.firstTokenBy,
      idleTimeoutMs,
      closesAt: request.closesAt,
      signal,
    });
  }
}
