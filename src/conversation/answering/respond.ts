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
import { firstTokenLimit, shareOfTime } from './engine-chain.ts';
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
export async function answerQuestion(
  question: Question,
  feed: TurnFeed,
  signal: AbortSignal,
  parts: ResponderParts,
): Promise<Answer> {
  const { bot } = question;
  const startedAt = performance.now();
  const engines = question.approvedOnly ? [bot.approvedEngine] : enginesNow(bot);
  const answer = await askEngines(engines, question, feed, signal, parts);
  return (
    answer ?? {
      reply: apologyReply(bot.contact),
      source: { kind: 'system', engine: 'none', entries: [] },
      wasAnswered: false,
      knowledgeMs: 0,
      engineMs: performance.now() - startedAt,
    }
  );
}

/** The first answer that one of these engines gives, else a refusal when a policy withheld one, else what the first one said that had no
 *  answer; `undefined` when all of them failed.
 *  @throws GatewayError `TURN_CANCELLED` when the signal fires */
export async function askEngines(
  engines: readonly Engine[],
  question: Question,
  feed: TurnFeed,
  signal: AbortSignal,
  parts: ResponderParts,
): Promise<Answer | undefined> {
  const { bot } = question;
  const asked = prepare(question, parts);
  const { request, knowledgeMs } = asked;
  const engineStartedAt = performance.now();
  const tools = bot.tools === undefined ? undefined : new ToolSession(bot.tools, question, parts);
  let refusedBy: string | undefined;
  let unanswered: Answer | undefined;
  let earlierFailed = !question.approvedOnly && passesOverModels(bot);
  const chain = inOrder(engines, question.action);
  const key = chain[0] === undefined ? undefined : cacheKeyOf(question, chain[0], asked);
  const known = key === undefined ? undefined : readCache(key, question, parts);
  if (known !== undefined) {
    feed.append(replyText(known.reply));
    const source = { ...known.source, cached: true } as const;
    return { reply: known.reply, source, wasAnswered: true, knowledgeMs, engineMs: 0 };
  }
  for (const [index, engine] of chain.entries()) {
    try {
      const link = { engine, later: chain.slice(index + 1), earlierFailed };
      const said = await tellEngine(link, question, asked, tools, feed, signal, parts);
      const answer = toAnswer(engine, request, said);
      if (!saysSomething(answer.reply)) throw new GatewayError('ENGINE_FAILED', 'The engine answered nothing');
      const engineMs = performance.now() - engineStartedAt;
      // "I could not find it" after a policy said no would send the customer into rephrasing.
      if (refusedBy !== undefined && !answer.wasAnswered) break;
      const source = {
        ...answer.source,
        ...(question.product === undefined ? {} : { about: question.product }),
        ...(tools === undefined || tools.trace.length === 0 ? {} : { tools: tools.trace }),
      };
      const found = { ...answer, source, knowledgeMs, engineMs };
      if (key !== undefined && engine === chain[0] && mayBeSaidAgain(engine, said, found)) {
        bot.answerCache?.write(key, found, parts.clock.now());
      }
      if (answer.wasAnswered) return found;
      unanswered ??= found;
      feed.restart();
    } catch (thrown) {
      if (signal.aborted) throw new GatewayError('TURN_CANCELLED', 'The turn was cancelled', { cause: thrown });
      const error = toGatewayError(thrown);
      if (error.code === 'ENGINE_FILTERED') refusedBy = engine.name;
      else if (error.code !== 'ENGINE_CONTEXT_TOO_LONG') earlierFailed = true;
      noteFailure(engine, error, chain[index + 1], question, parts);
      feed.restart();
    }
  }
  if (refusedBy === undefined) return unanswered;
  return {
    reply: refusalReply(bot.contact),
    source: { kind: 'system', engine: refusedBy, entries: [] },
    wasAnswered: false,
    knowledgeMs,
    engineMs: performance.now() - engineStartedAt,
  };
}

/** What every engine of the chain is asked. */
interface Asked {
  readonly request: EngineRequest;
  readonly facts: FactTable;
  /** The knowledge answers it, whatever a model does. */
  readonly isKnown: boolean;
  readonly knowledgeMs: number;
}

function prepare(question: Question, { clock }: ResponderParts): Asked {
  const { bot, images, product } = question;
  const startedAt = performance.now();
  const knowledge = searchKnowledge(bot, { ...question, text: question.searchText ?? question.text });
  const { request, facts } = buildEngineRequest({
    bot,
    requestId: question.requestId,
    conversation: question.conversation,
    question: question.text,
    ...(images === undefined ? {} : { images }),
    ...(product === undefined ? {} : { product }),
    knowledge,
    memory: question.memory,
    now: clock.now(),
    closesAt: question.closesAt,
  });
  const isKnown = knowledge.confidence === 'sure' && images === undefined;
  return { request, facts, isKnown, knowledgeMs: performance.now() - startedAt };
}

interface ChainLink {
  readonly engine: Engine;
  readonly later: readonly Engine[];
  readonly earlierFailed: boolean;
}

/** A function of its own that is not suspended: all of its variables would be kept for as long as the model thinks. */
function tellEngine(
  { engine, later, earlierFailed }: ChainLink,
  question: Question,
  { request, facts, isKnown }: Asked,
  tools: ToolSession | undefined,
  feed: TurnFeed,
  signal: AbortSignal,
  parts: ResponderParts,
): Promise<Said> {
  const { logger, metrics, clock } = parts;
  const { usage } = question;
  const timeLeft = () => ({ ...question, now: clock.now() });
  const ask = (asked: EngineRequest, table: FactTable) => {
    // Anew for every round of tools, which takes its time.
    const firstTokenBy = firstTokenLimit(engine, later, timeLeft(), isKnown);
    const limited = firstTokenBy === undefined ? asked : { ...asked, firstTokenBy };
    return hearEngine(engine, limited, table, signal, { logger, metrics, feed, usage });
  };
  const closesAt = shareOfTime(engine, later, timeLeft());
  const told = requestOf(engine, { ...request, closesAt, ...(earlierFailed && { earlierFailed }) }, question, parts);
  return tools?.answer(engine, told, facts, ask, signal) ?? ask(told, facts);
}

function cacheKeyOf(question: Question, { name }: Engine, { request, facts }: Asked): string | undefined {
  return question.bot.answerCache === undefined ? undefined : cacheKey(question, name, request, facts);
}

function readCache(key: string, { bot }: Question, { metrics, clock }: ResponderParts): CachedAnswer | undefined {
  const known = bot.answerCache?.read(key, clock.now());
  metrics.answerCacheRead(bot.id, known === undefined ? 'miss' : 'hit');
  return known;
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
  request: EngineRequest,
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
        entries: toEntries(request.grounds.filter((ground) => used.has(ground.id))),
        ...(said.ready.extra === undefined ? {} : { extra: said.ready.extra }),
        ...session,
      },
      wasAnswered: said.ready.answered,
    };
  }
  const grounds = request.confidence === 'none' ? [] : request.grounds;
  const best = grounds[0]?.score ?? 0;
  // Beside a photo of the customer's own, the picture of an entry is as likely beside the point.
  const showsPicture = request.confidence === 'sure' && request.images === undefined;
  const picture = showsPicture ? grounds[0]?.imageUrl : undefined;
  return {
    reply: {
      parts: [
        ...(picture === undefined
          ? []
          : [{ type: 'image' as const, url: picture, altText: grounds[0]?.question ?? '' }]),
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
      entries: toEntries(grounds.filter((ground) => ground.score >= best * REST_ON_SHARE)),
    },
    wasAnswered: true,
  };
}

function toEntries(grounds: EngineRequest['grounds']): AnswerSource['entries'] {
  return grounds.map(({ id, question, score }) => ({ id, question, score: Math.round(score * 1000) / 1000 }));
}
