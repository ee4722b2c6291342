/** NAVER CLOVA Studio through its own Chat Completions API: v3 for the present models, v1 for the older ones. */
import { type GatewayError, toGatewayError } from '../../errors.ts';
import { type Clock, delay, systemClock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { openUpstream } from '../../platform/upstream.ts';
import type { Engine, EnginePart, EngineRequest, ImageLimits } from '../engine.ts';
import { capabilitiesOf, isKnownModel, sightOf } from './capabilities.ts';
import { ChatExchange, cancellation } from './client.ts';
import { chatBodyBuilder, chatHeaders, chatPath, requestedTokens, requestIdHeader } from './request.ts';
import { retryPauseMs, SHORTEST_ATTEMPT_MS } from './retry.ts';
import { type ClovaEngineSettings, checkSettings } from './settings.ts';
import { maxBodyBytes } from './stream.ts';

export type { ClovaEngineSettings } from './settings.ts';

export interface ClovaEngineDeps {
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** Always streams, so that the first words go out as early as possible. Before the first of them a failure that may pass is
 *  tried once more; after it never, because what was said cannot be unsaid.
 *  @throws GatewayError `SETTINGS_INVALID` naming the field */
export function createClovaEngine(settings: ClovaEngineSettings, deps: ClovaEngineDeps): Engine {
  checkSettings(settings);
  warnAboutSettings(settings, deps.logger);
  return new ClovaEngine(settings, deps);
}

/** What is the same for every call of one model. */
interface ModelLine {
  readonly model: string;
  readonly path: string;
  readonly maxBodyBytes: number;
  readonly buildBody: (request: EngineRequest) => string;
}

function openLine(settings: ClovaEngineSettings): ModelLine {
  return {
    model: settings.model,
    path: chatPath(settings),
    maxBodyBytes: maxBodyBytes(requestedTokens(settings)),
    buildBody: chatBodyBuilder(settings),
  };
}

class ClovaEngine implements Engine {
  readonly name = 'clova';
  readonly seesImages?: ImageLimits;
  readonly #settings: ClovaEngineSettings;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #pool: ReturnType<typeof openUpstream>;
  readonly #line: ModelLine;
  /** For questions with pictures. */
  readonly #visionLine: ModelLine;
  readonly #headers: readonly string[];
  #closing: Promise<void> | undefined;

  constructor(settings: ClovaEngineSettings, { logger, clock = systemClock }: ClovaEngineDeps) {
    this.#settings = settings;
    this.#logger = logger;
    this.#clock = clock;
    const { model, visionModel } = settings;
    this.#line = openLine(settings);
    this.#visionLine =
      visionModel === undefined ? this.#line : openLine({ ...settings, model: visionModel, thinkingEffort: 'none' });
    const seesImages = visionModel === undefined ? capabilitiesOf(model).images : sightOf(visionModel);
    if (seesImages !== undefined) this.seesImages = seesImages;
    this.#headers = chatHeaders(settings);
    this.#pool = openUpstream({
      origin: new URL(settings.baseUrl).origin,
      connectTimeoutMs: settings.connectTimeoutMs,
      // Every exchange watches its own time: by tokens instead of bytes, and to the millisecond.
      headersTimeoutMs: 0,
      bodyTimeoutMs: 0,
      connections: settings.connections,
    });
  }

  async *answer(request: EngineRequest, signal: AbortSignal): AsyncGenerator<EnginePart, void, void> {
    if (signal.aborted) throw cancellation(signal);
    const line = request.images === undefined ? this.#line : this.#visionLine;
    const body = line.buildBody(request);
    for (let isRetry = false; ; isRetry = true) {
      const exchange = this.#open(line, request, body, signal);
      let handedOn = false;
      try {
        for (let text = await exchange.read(); text !== undefined; text = await exchange.read()) {
          handedOn = true;
          yield { type: 'text-delta', text };
        }
        yield exchange.finished;
        return;
      } catch (thrown) {
        if (isRetry || handedOn) throw thrown;
        await this.#pauseBeforeRetry(toGatewayError(thrown), request, signal);
      } finally {
        exchange.close();
      }
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#pool.destroy();
    return this.#closing;
  }

  #open(line: ModelLine, { requestId, closesAt }: EngineRequest, body: string, signal: AbortSignal): ChatExchange {
    const { firstTokenTimeoutMs, idleTimeoutMs } = this.#settings;
    return new ChatExchange(this.#pool, this.#clock, {
      path: line.path,
      headers: [...this.#headers, 'x-ncp-clovastudio-request-id', requestIdHeader(requestId)],
      body,
      model: line.model,
      maxBodyBytes: line.maxBodyBytes,
      firstTokenTimeoutMs,
      idleTimeoutMs,
      closesAt,
      signal,
    });
  }

  /** @throws GatewayError the same error when there is no point or no time, or the cancellation */
  async #pauseBeforeRetry(
    error: GatewayError,
    { requestId, closesAt }: EngineRequest,
    signal: AbortSignal,
  ): Promise<void> {
    const pauseMs = retryPauseMs(error, Math.random());
    if (pauseMs === undefined || this.#clock.now() + pauseMs + SHORTEST_ATTEMPT_MS > closesAt) throw error;
    this.#logger.warn(
      { requestId, code: error.code, pauseMs: Math.round(pauseMs), ...error.details },
      'CLOVA Studio call failed before its first token; trying once more',
    );
    if (pauseMs > 0) await delay(this.#clock, pauseMs, signal);
    if (signal.aborted) throw cancellation(signal);
  }
}

function warnAboutSettings(settings: ClovaEngineSettings, logger: Logger): void {
  const { apiKey, apigwKey, baseUrl, model, visionModel } = settings;
  const { protocol, hostname } = new URL(baseUrl);
  if (protocol === 'http:' && !/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname)) {
    logger.warn({}, 'The CLOVA Studio base URL is not https: the API key travels in clear text');
  }
  if (!apiKey.startsWith('nv-') && apigwKey === undefined) {
    logger.warn(
      {},
      'The CLOVA Studio API key does not start with nv-: keys issued before 2025 also need CLOVA_APIGW_KEY',
    );
  }
  if (visionModel !== undefined && !isKnownModel(visionModel)) {
    logger.warn({ model: visionModel }, 'Unknown CLOVA Studio model: sending it pictures like HCX-005');
  }
  if (!isKnownModel(model)) logger.warn({ model }, 'Unknown CLOVA Studio model: calling it like a v3 model');
}
