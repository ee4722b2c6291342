/** Whatever speaks OpenAI's Chat Completions: CLOVA Studio's compatible endpoint, CLOVA Studio GOV, OpenAI, or a server of one's own. */

import type { StreamRequest } from '../../http-client/answer-exchange.ts';
import { maxAnswerBytes } from '../../http-client/answer-size.ts';
import type { CallGate } from '../../http-client/call-gate.ts';
import { type ModelService, openModelService } from '../../http-client/model-service.ts';
import { travelsInClear } from '../../platform/clear-text.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { answerCall } from '../answer-call.ts';
import { promptRoom } from '../clova/facts/limits.ts';
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
  readonly #gate: CallGate | undefined;
  readonly #service: ModelService;
  readonly #parameters: Readonly<Record<string, unknown>>;
  readonly #closing = new AbortController();
  #toolsWorked = false;

  constructor(
    settings: OpenAiEngineSettings,
    dialect: Dialect,
    { logger, clock = systemClock, random, gate }: OpenAiEngineDeps,
  ) {
    this.model = settings.model;
    this.#settings = settings;
    this.#dialect = dialect;
    const maxTokens = maxPromptTokens(settings);
    if (maxTokens !== undefined) this.window = { maxPromptTokens: maxTokens };
    this.#logger = logger;
    this.#clock = clock;
    this.#gate = gate;
    this.#service = openModelService(
      { ...settings, upstream: dialect.title },
      {
        clock,
        ...(random !== undefined && { random }),
        onRetry: (error, retry) => {
          logger.warn(
            { ...retry, code: error.code, ...error.details },
            `${dialect.title} failed before the first token; trying once more`,
          );
        },
      },
    );
    this.#parameters = chatParameters(settings, dialect);
    const seesImages = imageLimits(settings);
    if (seesImages !== undefined) this.seesImages = seesImages;
    if (settings.callsTools !== false) this.callsTools = true;
  }

  answer(request: EngineRequest, signal: AbortSignal): AsyncIterable<EnginePart> {
    const parameters = this.#parametersFor(request);
    const sent = this.#request(request, parameters);
    const offersTools = parameters.tools !== undefined;
    const showsImages = request.images !== undefined;
    // None of these may look at the question itself: it would be kept beside the bytes for as long as the model thinks.
    const answered = this.#service.stream<TextPart, Completion>(answerCall(request, signal), {
      request: () => sent,
      gate: this.#gate,
      inputTokens: estimatePrompt(request),
      outputTokens: requestedTokens(parameters),
      // What a picture costs says nothing about the words of other prompts.
      promptTokensOf: ({ finished }) => (showsImages ? undefined : finished.usage?.promptTokens),
      toolsWorked: () => this.#toolsWorked,
      onAnswered: () => {
        this.#toolsWorked ||= offersTools;
      },
    });
    return toEngineParts(answered);
  }

  checkModel(): Promise<void> {
    return checkModel(this.#settings, {
      service: this.#service,
      clock: this.#clock,
      logger: this.#logger,
      dialect: this.#dialect,
      signal: this.#closing.signal,
    });
  }

  close(): Promise<void> {
    this.#closing.abort();
    return this.#service.close();
  }

  /** Pictures and tools exclude each other in one request, as in CLOVA Studio's own API. */
  #parametersFor({ images, tools }: EngineRequest): Readonly<Record<string, unknown>> {
    const offersTools = tools !== undefined && images === undefined && this.callsTools === true;
    return offersTools ? withTools(this.#parameters, tools, this.#dialect) : this.#parameters;
  }

  #request(request: EngineRequest, parameters: Readonly<Record<string, unknown>>): StreamRequest<TextPart, Completion> {
    const { baseUrl, apiKey, model, firstTokenTimeoutMs, idleTimeoutMs } = this.#settings;
    const dialect = this.#dialect;
    const refusalInStream = { httpStatus: 200, headers: {}, receivedAt: 0 };
    const sentFields = ['messages', ...Object.keys(parameters)];
    const maxSizeBytes = maxAnswerBytes(requestedTokens(parameters));
    const refusalOf = (body: unknown) => {
      const refusal = readRefusal(body);
      return refusal && errorOfRefusal(refusal, refusalInStream, dialect, sentFields);
    };
    return {
      format: {
        openReader: () => new ChunkReader({ upstream: dialect.title, model, maxSizeBytes, refusalOf }),
        readWhole: (response) => readWhole(response, dialect, model, sentFields),
        maxSizeBytes,
      },
      path: pathOf(baseUrl, 'chat/completions'),
      headers: chatHeaders(apiKey, dialect, request.requestId),
      body: Buffer.from(JSON.stringify({ ...parameters, messages: chatMessages(request, dialect) })),
      firstTokenTimeoutMs,
      idleTimeoutMs,
    };
  }
}
