/** CLOVA Chatbot: dialogues that the operator builds at NAVER Cloud, asked over HTTP. It keeps the dialogue itself, by user; its answers
 *  are bubbles with buttons, never a stream. Knows nothing of prompts, histories and grounds. */

import type { Fields } from '../../http-client/answer-fields.ts';
import { type Reply, replyText } from '../../message.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { type Logger, silentLogger } from '../../platform/logger.ts';
import type { Engine, EnginePart, EngineRequest, GreetingRequest } from '../engine.ts';
import { ENGINE_NAME } from './choices.ts';
import { ChatbotClient } from './client.ts';
import { isMiss, type MissRules, metadataOf } from './miss.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { drawAnswer, drawMenu } from './reply.ts';
import type { ChatbotQuestion } from './request.ts';
import { TapData } from './tap-data.ts';
import { chatbotUserId, newSession } from './user-id.ts';

export interface ClovaChatbotOptions extends MissRules {
  /** The Invoke URL, as it is. */
  readonly url: string;
  /** The Secret Key, as it is. */
  readonly secret: string;
  readonly contentType: string;
  readonly connectTimeoutMs: number;
  /** From the request to the whole answer. */
  readonly timeoutMs: number;
  readonly connections: number;
  /** Typed text is cut here; the service publishes no limit. */
  readonly maxQuestionChars: number;
  /** False: who enters a room is greeted with the bot's own words. */
  readonly greets: boolean;
  /** Typed words that show the persistent menu, which has no place of its own on our channels. */
  readonly menuWords: readonly string[];
  /** False where no session ever comes back: then a conversation is one user for ever. */
  readonly startsSessions: boolean;
}

export interface ClovaChatbotParts {
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/** @throws TypeError for a URL that is none */
export function createClovaChatbotEngine(options: ClovaChatbotOptions, parts: ClovaChatbotParts = {}): Engine {
  const engine = new ClovaChatbotEngine(options, parts);
  return {
    name: ENGINE_NAME,
    answer: (request, signal) => engine.answer(request, signal),
    ...(options.greets ? { greet: (request, signal) => engine.greet(request, signal) } : {}),
    close: () => engine.close(),
  };
}

/** The chatbot answered nothing at all; its own failure message is set in its builder. */
const NOTHING_SAID_TEXT = '죄송합니다. 이 질문에는 준비된 답변이 없어요. 다른 말로 물어봐 주시겠어요?';

class ClovaChatbotEngine {
  readonly #options: ClovaChatbotOptions;
  readonly #logger: Logger;
  readonly #client: ChatbotClient;
  readonly #users = new OneAtATime();
  readonly #taps: TapData;
  readonly #menuWords: ReadonlySet<string>;
  /** The latest that any answer brought: it is the same for every user. */
  #menu: Reply['parts'] | undefined;

  constructor(options: ClovaChatbotOptions, { logger = silentLogger, clock = systemClock }: ClovaChatbotParts) {
    this.#options = options;
    this.#logger = logger;
    this.#client = new ChatbotClient({ ...options, clock });
    this.#taps = new TapData(clock);
    this.#menuWords = new Set(options.menuWords.map(withoutSpaces));
  }

  async *answer(request: EngineRequest, signal: AbortSignal): AsyncGenerator<EnginePart> {
    const { startsSessions } = this.#options;
    const session = request.session ?? (startsSessions ? newSession(request.requestId) : undefined);
    const asked = session === undefined ? request : { ...request, session };
    yield (await this.#showMenu(asked, signal)) ?? (await this.#converse(asked, signal));
    yield { type: 'finished', reason: 'stop', ...(session === undefined ? {} : { session }) };
  }

  async greet(
    request: GreetingRequest,
    signal: AbortSignal,
  ): Promise<Pick<Reply, 'parts' | 'quickReplies'> | undefined> {
    const { reply } = this.#draw(await this.#ask({ event: 'open' }, request, signal));
    return reply.parts.length === 0 ? undefined : reply;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #converse(request: EngineRequest, signal: AbortSignal): Promise<EnginePart> {
    const question = this.#questionIn(request);
    const answer = await this.#ask(question, request, signal);
    const { reply, skipped } = this.#draw(answer);
    const said = { answer, text: replyText({ ...reply, quickReplies: [] }), offersChoices: offersChoices(reply) };
    const missed = question.event === 'send' && isMiss(said, this.#options);
    const isEmpty = reply.parts.length === 0;
    const metadata = { ...metadataOf(answer), missed, ...(skipped.length === 0 ? {} : { skipped }) };
    this.#logger.debug({ engine: ENGINE_NAME, request: request.requestId, ...metadata }, 'the chatbot answered');
    return {
      type: 'reply',
      ...(isEmpty ? { ...reply, parts: [{ type: 'text', text: NOTHING_SAID_TEXT, format: 'plain' }] } : reply),
      groundIds: [],
      answered: !(missed || isEmpty),
      extra: { chatbot: metadata },
    };
  }

  /** What was tapped, or else typed. A tap of which nothing is known any more says what is written on it. */
  #questionIn({ tapData, question }: EngineRequest): Extract<ChatbotQuestion, { event: 'send' | 'open' }> {
    const pressed = tapData === undefined ? undefined : this.#taps.decode(tapData);
    return pressed ?? { event: 'send', text: cut(question, this.#options.maxQuestionChars) };
  }

  /** `undefined` where no menu was asked for, or the domain has none. */
  async #showMenu(request: EngineRequest, signal: AbortSignal): Promise<EnginePart | undefined> {
    const isAsked = request.tapData === undefined && this.#menuWords.has(withoutSpaces(request.question));
    if (!isAsked) return undefined;
    if (this.#menu === undefined) this.#draw(await this.#ask({ event: 'getPersistentMenu' }, request, signal));
    return this.#menu === undefined
      ? undefined
      : { type: 'reply', parts: this.#menu, quickReplies: [], groundIds: [], answered: true };
  }

  #ask(
    question: ChatbotQuestion,
    request: GreetingRequest & Pick<EngineRequest, 'session'>,
    signal: AbortSignal,
  ): Promise<Fields> {
    const userId = chatbotUserId(this.#options.secret, request.conversation, request.session);
    const limits = { closesAt: request.closesAt, signal };
    return this.#users.run(userId, () => this.#client.ask(question, userId, limits));
  }

  #draw(answer: Fields): ReturnType<typeof drawAnswer> {
    this.#menu = drawMenu(answer, this.#taps) ?? this.#menu;
    const drawn = drawAnswer(answer, this.#taps);
    if (drawn.skipped.length > 0) {
      const fields = { engine: ENGINE_NAME, skipped: drawn.skipped };
      this.#logger.info(fields, 'parts of an answer have no form on our channels and were left out');
    }
    return drawn;
  }
}

function offersChoices({ parts, quickReplies }: Pick<Reply, 'parts' | 'quickReplies'>): boolean {
  if (quickReplies.length > 0) return true;
  return parts.some((part) => {
    if (part.type === 'carousel') return part.cards.some(({ buttons }) => buttons.length > 0);
    if (part.type === 'list') return true;
    return 'buttons' in part && part.buttons.length > 0;
  });
}

function withoutSpaces(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, '');
}

/** Never in the middle of a character of two code units. */
function cut(text: string, maxChars: number): string {
  return text.slice(0, maxChars).replace(/[\uD800-\uDBFF]$/, '');
}
