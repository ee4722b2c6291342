/** knowledge → engine → Reply: one path for inline and background answers. */
import type { Engine, EngineImage, EngineRequest } from '../../engine/engine.ts';
import { GatewayError, toGatewayError } from '../../errors.ts';
import type { KnowledgeResult } from '../../knowledge/knowledge.ts';
import {
  type AnswerSource,
  type AskedProduct,
  type ConversationRef,
  type EpochMs,
  type Reply,
  replyText,
  type Scenario,
  type TapAction,
} from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { ConversationMemory } from '../../storage/store.ts';
import type { Bot } from '../bot.ts';
import type { FactTable } from '../facts/facts.ts';
import { apologyReply, goOnChoice, refusalReply } from '../texts.ts';
import type { TurnFeed } from '../turn/turn-feed.ts';
import { type CachedAnswer, cacheKey } from './answer-cache.ts';
import { searchBeside } from './asked-product.ts';
import { enginesNow, passesOverModels } from './cost-limit.ts';
import { firstTokenLimit, shareOfTime, type TimeLeft } from './engine-chain.ts';
import { latestSession } from './engine-session.ts';
import { hearEngine, type Said } from './hear-engine.ts';
import { withPlatformAnswers } from './platform-answers.ts';
import { buildEngineRequest } from './prompt.ts';
import { saysSomething } from './says-something.ts';
import { ToolSession } from './tool-session.ts';
import type { UsageSum } from './usage-sum.ts';

export interface Question {
  readonly bot: Bot;
  readonly turnId: string;
  readonly requestId: string;
  readonly conversation: ConversationRef;
  /** Masked; several lines when messages were merged. */
  readonly text: string;
  /** What to look up, where that is not the text. */
  readonly searchText?: string;
  /** For engines that can see; not empty. */
  readonly images?: readonly EngineImage[];
  /** The customer may have tapped an entry that was offered. */
  readonly action?: TapAction;
  readonly scenario?: Scenario;
  /** What the customer looks at. */
  readonly product?: AskedProduct;
  readonly memory: ConversationMemory;
  readonly closesAt: EpochMs;
  /** See {@link EngineRequest.wantedBy}. */
  readonly wantedBy?: EpochMs;
  /** Tells the customer that it takes a moment, where the channel can. */
  readonly sayMeanwhile?: (text: string) => void;
  /** Only the operator's own wording: for a question that overtakes. */
  readonly approvedOnly: boolean;
  /** Hears what every call of a model used, also when nothing comes of it. */
  readonly usage: UsageSum;
}

export interface Answer {
  readonly reply: Reply;
  readonly source: AnswerSource;
  readonly wasAnswered: boolean;
  readonly knowledgeMs: number;
  readonly engineMs: number;
}

export interface ResponderParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const GROUNDS = 5;
/** A model does not say which of its grounds it used. Those far behind the best one were hardly it. */
const REST_ON_SHARE = 0.6;

/** A tapped entry is the answer itself; anything else is looked up. */
export function searchKnowledge(
  bot: Bot,
  asked: {
    readonly text: string;
    readonly action?: TapAction;
    readonly scenario?: Scenario;
    readonly product?: AskedProduct;
  },
): KnowledgeResult {
  const chosen = asked.action?.kind === 'ask' ? bot.knowledge.entry(asked.action.entryId) : undefined;
  if (chosen !== undefined) return { confidence: 'sure', matches: [{ entry: chosen, score: 1 }] };
  const found = searchBeside(asked.product, asked.text, bot.knowledge, GROUNDS);
  return withPlatformAnswers(found, asked.scenario?.platformAnswers);
}

/** Asks the bot's engines in order until one answers; when none does, the answer is an apology with the contact.
 *  @throws GatewayError `TURN_CANCELLED` when the signal fires */
export function answerQuestion(
  question: Question,
  feed: TurnFeed,
  signal: AbortSignal,
  parts: ResponderParts,
): Promise<Answer> {
  const { bot } = question;
  const engines = question.approvedOnly ? [bot.approvedEngine] : enginesNow(bot);
  return new Asking(engines, question, feed, signal, parts).answer(apology);
}

/** The first answer that one of these engines gives, else a refusal when a policy withheld one, else what the first one said that had no
 *  answer; `undefined` when all of them failed.
 *  @throws GatewayError `TURN_CANCELLED` when the signal fires */
export function askEngines(
  engines: readonly Engine[],
  question: Question,
  feed: TurnFeed,
  signal: AbortSignal,
  parts: ResponderParts,
): Promise<Answer | undefined> {
  return new Asking(engines, question, feed, signal, parts).answer(() => undefined);
}

function apology({ bot }: Question, engineMs: number): Answer {
  return {
    reply: apologyReply(bot.contact),
    source: { kind: 'system', engine: 'none', entries: [] },
    wasAnswered: false,
    knowledgeMs: 0,
    engineMs,
  };
}

type Prompt = ReturnType<typeof buildEngineRequest>;

/** One question, put to the engines of a chain in turn. An object, not the variables of a function: those of a function that is suspended
 *  are all kept, and it is for as long as a model thinks. */
class Asking {
  readonly #question: Question;
  readonly #feed: TurnFeed;
  readonly #signal: AbortSignal;
  readonly #parts: ResponderParts;
  /** Not asked yet. */
  #later: readonly Engine[];
  readonly #tools: ToolSession | undefined;
  readonly #knowledge: KnowledgeResult;
  readonly #knowledgeMs: number;
  readonly #engineStartedAt: number;
  /** Built already, for the engine that is asked next. Built anew for one after it, or it would be kept while the first one thinks. */
  #prompt: Prompt | undefined;
  /** Of the engine that is asked first. */
  #cacheKey: string | undefined;
  #earlierFailed: boolean;
  #refusedBy: string | undefined;
  #unanswered: Answer | undefined;

  constructor(
    engines: readonly Engine[],
    question: Question,
    feed: TurnFeed,
    signal: AbortSignal,
    parts: ResponderParts,
  ) {
    const { bot, action, approvedOnly } = question;
    this.#question = question;
    this.#feed = feed;
    this.#signal = signal;
    this.#parts = parts;
    this.#later = inOrder(engines, action);
    this.#tools = bot.tools === undefined ? undefined : new ToolSession(bot.tools, question, parts);
    this.#earlierFailed = !approvedOnly && passesOverModels(bot);
    const startedAt = performance.now();
    this.#knowledge = searchKnowledge(bot, { ...question, text: question.searchText ?? question.text });
    this.#engineStartedAt = performance.now();
    this.#knowledgeMs = this.#engineStartedAt - startedAt;
  }

  /** @param otherwise what it comes to when all of them failed
   *  @throws GatewayError `TURN_CANCELLED` when the signal fires */
  async answer<Otherwise>(otherwise: (question: Question, engineMs: number) => Otherwise): Promise<Answer | Otherwise> {
    const known = this.#recall();
    if (known !== undefined) return known;
    for (let engine = this.#next(); engine !== undefined; engine = this.#next()) {
      try {
        const answer = this.#judge(engine, await this.#ask(engine));
        if (answer !== undefined) return answer;
      } catch (thrown) {
        this.#noteFailure(engine, thrown);
      }
      this.#cacheKey = undefined;
      this.#feed.restart();
    }
    return this.#refusal() ?? this.#unanswered ?? otherwise(this.#question, this.#engineMs);
  }

  /** What the first engine said to somebody who asked the same. */
  #recall(): Answer | undefined {
    const { bot } = this.#question;
    const [first] = this.#later;
    if (first === undefined || bot.answerCache === undefined) return undefined;
    this.#prompt = this.#buildPrompt();
    this.#cacheKey = cacheKey(this.#question, first.name, this.#prompt.request, this.#prompt.facts);
    if (this.#cacheKey === undefined) return undefined;
    const { metrics, clock } = this.#parts;
    const known = bot.answerCache.read(this.#cacheKey, clock.now());
    metrics.answerCacheRead(bot.id, known === undefined ? 'miss' : 'hit');
    if (known === undefined) return undefined;
    this.#feed.append(replyText(known.reply));
    const source = { ...known.source, cached: true } as const;
    return { reply: known.reply, source, wasAnswered: true, knowledgeMs: this.#knowledgeMs, engineMs: 0 };
  }

  #next(): Engine | undefined {
    const [next] = this.#later;
    this.#later = this.#later.slice(1);
    return next;
  }

  #buildPrompt(): Prompt {
    const { bot, requestId, conversation, text, images, product, memory, closesAt } = this.#question;
    return buildEngineRequest({
      bot,
      requestId,
      conversation,
      question: text,
      ...(images === undefined ? {} : { images }),
      ...(product === undefined ? {} : { product }),
      knowledge: this.#knowledge,
      memory,
      now: this.#parts.clock.now(),
      closesAt,
    });
  }

  #ask(engine: Engine): Promise<Said> {
    const { request, facts } = this.#prompt ?? this.#buildPrompt();
    this.#prompt = undefined;
    const { usage } = this.#question;
    const { logger, metrics } = this.#parts;
    const later = this.#later;
    const closesAt = shareOfTime(engine, later, this.#timeLeft());
    const earlierFailed = this.#earlierFailed && { earlierFailed: true as const };
    const told = requestOf(engine, { ...request, closesAt, ...earlierFailed }, this.#question, this.#parts);
    const ask = (asked: EngineRequest, table: FactTable) => {
      // Anew for every round of tools, which takes its time.
      const firstTokenBy = firstTokenLimit(engine, later, this.#timeLeft(), this.#isKnown);
      const limited = firstTokenBy === undefined ? asked : { ...asked, firstTokenBy };
      return hearEngine(engine, limited, table, this.#signal, { logger, metrics, feed: this.#feed, usage });
    };
    return this.#tools?.answer(engine, told, facts, ask, this.#signal) ?? ask(told, facts);
  }

  /** The knowledge answers it, whatever a model does. */
  get #isKnown(): boolean {
    return this.#knowledge.confidence === 'sure' && this.#question.images === undefined;
  }

  #timeLeft(): TimeLeft {
    return { ...this.#question, now: this.#parts.clock.now() };
  }

  get #engineMs(): number {
    return performance.now() - this.#engineStartedAt;
  }

  /** @returns undefined when the next engine is to be asked
   *  @throws GatewayError `ENGINE_FAILED` for what says nothing */
  #judge(engine: Engine, said: Said): Answer | undefined {
    const { bot, product } = this.#question;
    const answer = toAnswer(engine, this.#question, this.#knowledge, said);
    if (!saysSomething(answer.reply)) throw new GatewayError('ENGINE_FAILED', 'The engine answered nothing');
    // "I could not find it" after a policy said no would send the customer into rephrasing.
    if (!answer.wasAnswered && this.#refusedBy !== undefined) return this.#refusal();
    const trace = this.#tools?.trace ?? [];
    const source = {
      ...answer.source,
      ...(product === undefined ? {} : { about: product }),
      ...(trace.length === 0 ? {} : { tools: trace }),
    };
    const found = { ...answer, source, knowledgeMs: this.#knowledgeMs, engineMs: this.#engineMs };
    if (this.#cacheKey !== undefined && mayBeSaidAgain(engine, said, found)) {
      bot.answerCache?.write(this.#cacheKey, found, this.#parts.clock.now());
    }
    if (answer.wasAnswered) return found;
    this.#unanswered ??= found;
    return undefined;
  }

  /** @throws GatewayError `TURN_CANCELLED` when that is why it failed */
  #noteFailure(engine: Engine, thrown: unknown): void {
    if (this.#signal.aborted) throw new GatewayError('TURN_CANCELLED', 'The turn was cancelled', { cause: thrown });
    const error = toGatewayError(thrown);
    if (error.code === 'ENGINE_FILTERED') this.#refusedBy = engine.name;
    else if (error.code !== 'ENGINE_CONTEXT_TOO_LONG') this.#earlierFailed = true;
    noteFailure(engine, error, this.#later[0], this.#question, this.#parts);
  }

  /** `undefined` when no policy withheld an answer. */
  #refusal(): Answer | undefined {
    if (this.#refusedBy === undefined) return undefined;
    return {
      reply: refusalReply(this.#question.bot.contact),
      source: { kind: 'system', engine: this.#refusedBy, entries: [] },
      wasAnswered: false,
      knowledgeMs: this.#knowledgeMs,
      engineMs: this.#engineMs,
    };
  }
}

/** A whole answer of the model in the prompt's own words: nothing that was left out of it, nothing that an agent knows by itself. */
function mayBeSaidAgain(engine: Engine, { isWhole, withheld, session }: Said, { source }: CachedAnswer): boolean {
  const isPlain = withheld === undefined && session === undefined && engine.bringsOwnFacts !== true;
  return isWhole && isPlain && source.kind === 'model';
}

/** Only the engine that made a button knows what it means. */
function inOrder(engines: readonly Engine[], action: TapAction | undefined): readonly Engine[] {
  if (action?.kind !== 'engine') return engines;
  const isMaker = (engine: Engine) => engine.name === action.engine;
  return [...engines.filter(isMaker), ...engines.filter((engine) => !isMaker(engine))];
}

/** With what this engine alone understands: its session, and the data of its button. */
function requestOf(
  engine: Engine,
  request: EngineRequest,
  question: Question,
  { clock }: ResponderParts,
): EngineRequest {
  const { action, bot, memory } = question;
  const session = latestSession(engine.name, memory.recentTurns, clock.now(), bot.conversationIdleMs);
  return {
    ...request,
    ...(question.wantedBy === undefined ? {} : { wantedBy: question.wantedBy }),
    ...(session === undefined ? {} : { session }),
    ...(action?.kind === 'engine' && action.engine === engine.name ? { tapData: action.data } : {}),
  };
}

function noteFailure(
  engine: Engine,
  error: GatewayError,
  next: Engine | undefined,
  { bot, turnId }: Question,
  { metrics, logger }: ResponderParts,
): void {
  const { name, model } = engine;
  const fields = {
    bot: bot.id,
    turn: turnId,
    engine: name,
    ...(model === undefined ? {} : { model }),
    code: error.code,
    // What the operator can do about it.
    reason: error.message,
    ...error.details,
  };
  const then = next === undefined ? 'no other is left to answer' : 'the next one of the chain answers';
  if (error.code === 'ENGINE_NOT_ASKED') {
    // Said once when it began; a line for each question would bury everything else.
    metrics.engineSkipped(name, String(error.details.reason));
    logger.debug(fields, `an engine was passed over; ${then}`);
    return;
  }
  metrics.engineFailed(name, error.code);
  // Where in our code it surfaced says nothing about a failure of somebody else's.
  const isForeseen = error.code.startsWith('ENGINE_');
  logger.warn(isForeseen ? fields : { err: error, ...fields }, `an engine failed; ${then}`);
}

function toAnswer(
  engine: Engine,
  { images }: Question,
  { confidence, matches }: KnowledgeResult,
  said: Said,
): Pick<Answer, 'reply' | 'source' | 'wasAnswered'> {
  const session = said.session === undefined ? {} : { session: said.session };
  if (said.ready !== undefined) {
    const used = new Set(said.ready.groundIds);
    return {
      reply: { parts: said.ready.parts, quickReplies: said.ready.quickReplies },
      source: {
        kind: used.size > 0 ? 'knowledge' : 'system',
        engine: engine.name,
        entries: toEntries(matches.filter(({ entry }) => used.has(entry.id))),
        ...(said.ready.extra === undefined ? {} : { extra: said.ready.extra }),
        ...session,
      },
      wasAnswered: said.ready.answered,
    };
  }
  const grounds = confidence === 'none' ? [] : matches;
  const best = grounds[0];
  // Beside a photo of the customer's own, the picture of an entry is as likely beside the point.
  const showsPicture = confidence === 'sure' && images === undefined;
  const picture = showsPicture ? best?.entry.imageUrl : undefined;
  return {
    reply: {
      parts: [
        ...(picture === undefined
          ? []
          : [{ type: 'image' as const, url: picture, altText: best?.entry.question ?? '' }]),
        { type: 'text', text: said.text.trim(), format: 'markdown' },
      ],
      quickReplies: said.isCut === true ? [goOnChoice()] : [],
    },
    source: {
      kind: 'model',
      engine: engine.name,
      ...(said.model === undefined ? {} : { model: said.model }),
      ...(said.isCut === true ? { cut: true } : {}),
      ...(said.withheld === undefined ? {} : { withheld: said.withheld }),
      ...session,
      entries: toEntries(grounds.filter(({ score }) => score >= (best?.score ?? 0) * REST_ON_SHARE)),
    },
    wasAnswered: true,
  };
}

function toEntries(matches: KnowledgeResult['matches']): AnswerSource['entries'] {
  return matches.map(({ entry: { id, question }, score }) => ({
    id,
    question,
    score: Math.round(score * 1000) / 1000,
  }));
}
