/** NAVER CLOVA Studio through its own Chat Completions API: v3 for the present models, v1 for the older ones. */

import { travelsInClear } from '../../platform/clear-text.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { answerCall } from '../answer-call.ts';
import { unfitVerdict } from '../clova/ai-filter.ts';
import { type ClovaApi, openClovaApi } from '../clova/apis/api.ts';
import { countChatTokens } from '../clova/apis/token-count.ts';
import { type ChatLine, type ClovaChat, type ClovaChatDeps, openClovaChat } from '../clova/chat.ts';
import type { ChatFrame, ChatResult } from '../clova/chat-frame.ts';
import { maxPromptTokens, requestedTokens } from '../clova/chat-options.ts';
import { isLegacyKey } from '../clova/connection.ts';
import { capabilitiesOf, isKnownModel, sightOf, tunedTaskId } from '../clova/facts/models.ts';
import type { AnswerCall, Engine, EnginePart, EngineRequest, ImageLimits, ToolDefinition } from '../engine.ts';
import { flatMapParts } from '../map-parts.ts';
import { toChatMessages } from './question.ts';
import { type ClovaEngineSettings, checkSettings, visionOptions } from './settings.ts';

export { maxPromptTokens } from '../clova/chat-options.ts';
export { readModelOverrides } from '../clova/model-overrides.ts';
export { type ClovaEngineSettings, settingChecks, toolChecks } from './settings.ts';

export interface ClovaEngineDeps extends Pick<ClovaChatDeps, 'gateOf'> {
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** Always streams, so that the first words go out as early as possible.
 *  @throws GatewayError `SETTINGS_INVALID` naming the field */
export function createClovaEngine(settings: ClovaEngineSettings, deps: ClovaEngineDeps): Engine {
  checkSettings(settings);
  warnAboutSettings(settings, deps.logger);
  return new ClovaEngine(settings, deps);
}

class ClovaEngine implements Engine {
  readonly name = 'clova';
  readonly model: string;
  readonly seesImages?: ImageLimits;
  readonly window: { readonly maxPromptTokens: number };
  readonly countTokens?: (texts: readonly string[], call: AnswerCall) => Promise<number>;
  readonly callsTools = true;
  readonly #settings: ClovaEngineSettings;
  readonly #chat: ClovaChat;
  readonly #api: ClovaApi | undefined;
  readonly #line: ChatLine;
  /** For questions with pictures. */
  readonly #visionLine: ChatLine;
  /** A bot offers the same list with every question. */
  readonly #toolLines = new WeakMap<readonly ToolDefinition[], ChatLine>();

  constructor(settings: ClovaEngineSettings, { logger, clock, gateOf }: ClovaEngineDeps) {
    this.#settings = settings;
    const { model, models, visionModel } = settings;
    this.model = model;
    this.window = { maxPromptTokens: maxPromptTokens(settings) };
    this.#chat = openClovaChat(settings, {
      ...(clock !== undefined && { clock }),
      ...(gateOf !== undefined && { gateOf }),
      onRetry: (error, retry) => {
        logger.warn(
          { ...retry, code: error.code, ...error.details },
          'CLOVA Studio call failed before its first token; trying once more',
        );
      },
    });
    this.#line = this.#chat.line(settings);
    this.#visionLine = visionModel === undefined ? this.#line : this.#chat.line(visionOptions(settings, visionModel));
    const seesImages = visionModel === undefined ? capabilitiesOf(model, models).images : sightOf(visionModel, models);
    if (seesImages !== undefined) this.seesImages = seesImages;
    const api =
      settings.countsTokens === true ? openClovaApi(settings, clock === undefined ? {} : { clock }) : undefined;
    this.#api = api;
    if (api !== undefined) {
      this.countTokens = async (texts, call) => {
        const messages = [{ role: 'user', text: texts.join('\n') }] as const;
        return (await countChatTokens(api, { model, ...(models !== undefined && { models }) }, messages, call)).total;
      };
    }
  }

  answer(request: EngineRequest, signal: AbortSignal): AsyncIterable<EnginePart> {
    const frames = this.#lineFor(request).stream(toChatMessages(request), answerCall(request, signal));
    return flatMapParts(frames, this.#toParts);
  }

  async close(): Promise<void> {
    await Promise.all([this.#chat.close(), this.#api?.close()]);
  }

  /** Pictures and tools exclude each other in one request. */
  #lineFor({ images, tools }: EngineRequest): ChatLine {
    if (images !== undefined) return this.#visionLine;
    if (tools === undefined) return this.#line;
    let line = this.#toolLines.get(tools);
    if (line === undefined) {
      line = this.#chat.line({ ...this.#settings, tools });
      this.#toolLines.set(tools, line);
    }
    return line;
  }

  /** One for all answers. */
  readonly #toParts = (frame: ChatFrame): readonly EnginePart[] => {
    if (frame.type === 'text') return [{ type: 'text-delta', text: frame.text }];
    return frame.type === 'result' ? this.#finish(frame) : [];
  };

  #finish({ model, text, thinking, finish, usage, aiFilter, toolCalls }: ChatResult): readonly EnginePart[] {
    const { withholdFrom } = this.#settings;
    const unfit = withholdFrom === undefined ? undefined : unfitVerdict(aiFilter, withholdFrom);
    const told = { model, ...(usage !== undefined && { usage }) };
    if (unfit !== undefined) {
      const details = { filterCategory: unfit.category, filterLikelihood: unfit.likelihood };
      return [{ type: 'finished', reason: 'filtered', ...told, details }];
    }
    const isSpentOnThinking = thinking !== undefined && text.trim() === '' && finish.reason === 'length';
    return [
      ...(toolCalls.length > 0 ? [{ type: 'tool-calls', calls: toolCalls } as const] : []),
      { type: 'finished', reason: finish.reason, ...told, ...(isSpentOnThinking && { details: this.#spent() }) },
    ];
  }

  #spent(): { readonly cause: string } {
    const tokens = requestedTokens(this.#settings);
    return {
      cause: `thinking used up all ${tokens} tokens: raise CLOVA_MAX_TOKENS above that, or lower CLOVA_THINKING`,
    };
  }
}

function warnAboutSettings(settings: ClovaEngineSettings, logger: Logger): void {
  const { apiKey, apigwKey, baseUrl, model, models, visionModel } = settings;
  if (travelsInClear(baseUrl)) {
    logger.warn({}, 'The CLOVA Studio base URL is not https: the API key travels in clear text');
  }
  if (isLegacyKey(apiKey)) {
    logger.warn(
      {},
      'CLOVA Studio is called with the header pair of keys issued before 2025, which may end at any time: issue a key that starts with nv- and leave CLOVA_APIGW_KEY out',
    );
  } else if (apigwKey !== undefined) {
    logger.warn({}, 'CLOVA_APIGW_KEY is not used, because CLOVA_API_KEY starts with nv-: leave it out');
  }
  if (visionModel !== undefined && !isKnownModel(visionModel, models)) {
    logger.warn({ model: visionModel }, 'Unknown CLOVA Studio model: sending it pictures like HCX-005');
  }
  // Every tuned one is in no table, and the guess is what the documents say of them.
  if (!isKnownModel(model, models) && tunedTaskId(model) === undefined) {
    logger.warn({ model }, 'Unknown CLOVA Studio model: calling it like a v3 model; CLOVA_MODELS can say more of it');
  }
}
