/** An answer becomes messages: rendered for the window that is open now, stored with its deliveries, told to whoever waits. */
import type { AnswerDetails, OutboundMessage } from '../../channels/channel.ts';
import { GatewayError, toGatewayError } from '../../errors.ts';
import type { Reply, ReplyMode } from '../../message.ts';
import type { NewDelivery } from '../../storage/store.ts';
import type { Answer } from '../answering/respond.ts';
import { enqueueDeliveries } from '../delivery/enqueue-deliveries.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { outlast } from '../outlast.ts';
import { wayTo } from '../pages/answer-pages.ts';
import { type Rest, restOfMarkdown } from '../pages/shown-early.ts';
import { cutShortReply, quoteHeldQuestion, quoteQuestion } from '../texts.ts';
import type { ActiveTurn, TurnResult } from './active-turn.ts';

/** An answer that was begun so long after its question does not speak for itself any more. */
const LATE_MS = 60_000;
/** How long after the callback budget a POST may still start: 50 s + 5 s of the 60 s that the URL lives. */
const CALLBACK_GRACE_MS = 5_000;

/** `suppressed`: the turn was cancelled meanwhile, and nothing was stored. `held`: (part of) the answer waits for the customer. */
export type FinishOutcome = 'suppressed' | 'held' | 'on-its-way';

export async function finishTurn(turn: ActiveTurn, answer: Answer, parts: GatewayParts): Promise<FinishOutcome> {
  while (turn.pageAdded !== undefined) await turn.pageAdded;
  const answeredAt = parts.clock.now();
  const callback = turn.window('callback');
  // Just past the budget and its timer has not come yet: the whole answer is the one POST. Holding it would leave a promise that
  // nobody keeps.
  const isTooLate = callback !== undefined && answeredAt > callback.closesAt + CALLBACK_GRACE_MS;
  if (turn.mode === 'callback' && isTooLate) turn.mode = 'pickup';
  // Read once, and no await before the deliveries are made: a window that closes later finds the turn rendered.
  let mode = turn.mode;
  const notice = noticeOf(turn, mode);
  const isCutShort = turn.shownEarly !== '' && isApology(turn, answer);
  const said = isCutShort ? cutShortReply(turn.shownEarly) : answer.reply;
  const reply = notice === undefined ? said : withNotice(said, notice);
  // The callback takes the button away that leads to another answer, so it brings one along.
  const toFetch = turn.toFetchBeside ?? (turn.mayHaveHeld ? { turnId: turn.id, position: 0 } : undefined);
  const ways = mode === 'callback' && toFetch !== undefined ? [wayTo(toFetch)] : [];
  const shown = isCutShort ? { ...said, parts: said.parts.slice(1) } : withoutShown(turn, reply);
  const offering = ways.length === 0 ? shown : { ...shown, quickReplies: [...shown.quickReplies, ...ways] };
  let messages = renderAnswer(turn, offering, mode);
  if (mode === 'inline' && messages.length > 1 && turn.window('push') !== undefined) {
    // More than a response holds comes by itself, as a whole: nobody has to fetch what can be sent.
    turn.mode = mode = 'push';
    messages = renderAnswer(turn, offering, mode);
  }
  const deliveries = messages.map((message, index) => toDelivery(turn, mode, message, index, parts));
  const [firstMessage, firstDelivery] = [messages[0], deliveries[0]];
  if (firstMessage === undefined || firstDelivery === undefined) {
    throw new GatewayError('INTERNAL', 'The channel rendered nothing');
  }
  const details: AnswerDetails = {
    turnId: turn.id,
    conversationId: turn.event.conversation.user,
    question: turn.event.text,
    reply,
    source: answer.source,
    timings: {
      knowledgeMs: round(answer.knowledgeMs),
      engineMs: round(answer.engineMs),
      totalMs: answeredAt - turn.event.receivedAt,
    },
  };
  const result: TurnResult = {
    kind: 'answered',
    message: firstMessage,
    deliveryId: firstDelivery.id,
    leadsOn: messages.length > 1,
    details,
  };
  turn.rendered = result;
  const { wasAnswered, source } = answer;
  const storing = storeAnswer(turn, result, parts, () =>
    parts.store.answerTurn(turn.id, { reply, source, wasAnswered, answeredAt }, deliveries),
  );
  turn.stored = storing.catch(() => {});
  if (!(await storing)) {
    turn.rendered = undefined;
    return 'suppressed';
  }
  turn.feed.finish({ reply, source, answeredAt });
  turn.settle(result);
  const canGoOut = mode === 'push' || (mode === 'callback' && turn.acknowledgedAt !== undefined);
  if (canGoOut) await enqueueDeliveries(turn, answeredAt, parts.queue);
  report(turn, mode, answer, details, parts);
  return deliveries.some((delivery) => delivery.state === 'held') ? 'held' : 'on-its-way';
}

/** However long the store is away: customers may have seen the answer, and an apology in its place would be what they are offered again.
 *  Those who wait get it when the store's own patience has ended.
 *  @throws GatewayError what will not pass, or the last failure before the turn was cancelled */
async function storeAnswer(
  turn: ActiveTurn,
  result: TurnResult,
  { clock, logger }: Pick<GatewayParts, 'clock' | 'logger'>,
  store: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await store();
  } catch (thrown) {
    const err = toGatewayError(thrown);
    if (!err.retryable || turn.abort.signal.aborted) throw err;
    const fields = { err, code: err.code, turn: turn.id, bot: turn.bot.id };
    logger.error(fields, 'an answer could not be stored; it is tried until the store is back');
    turn.storeIsGone = true;
    turn.settle(result);
    return outlast(store, clock, turn.abort.signal);
  }
}

/** From the next page of the turn on. */
export function renderAnswer(turn: ActiveTurn, reply: Reply, mode: ReplyMode): readonly OutboundMessage[] {
  const { channel } = turn;
  return channel.render(reply, {
    turnId: turn.id,
    conversation: turn.event.conversation,
    mode,
    maxBubbles: bubblesLeft(turn, mode),
    maxBubblesLater: channel.maxBubblesPerResponse,
    firstPosition: turn.nextPosition,
    ...(comesBesideOthers(turn, mode) ? { preface: quoteHeldQuestion(turn.event.text) } : {}),
  });
}

/** What a customer has to know of an answer that comes out of its order, or when nobody expects it any more: the store was away, or agents
 *  were asked first. Answers that are fetched are named when that is done. */
function noticeOf(turn: ActiveTurn, mode: ReplyMode): string | undefined {
  if (turn.overtakes) return quoteQuestion(turn.event.text);
  const isLate = mode === 'push' && turn.startedAt - turn.event.receivedAt >= LATE_MS;
  const quote = isLate && turn.fixedAnswer === undefined ? quoteHeldQuestion(turn.asked) : undefined;
  const said = [turn.notice, quote].filter((words) => words !== undefined);
  return said.length === 0 ? undefined : said.join('\n');
}

/** The beginning of an answer that is held may go out in the response to another question, before what is said there. */
function comesBesideOthers(turn: ActiveTurn, mode: ReplyMode): boolean {
  return mode === 'pickup' && turn.nextPosition === 0;
}

/** What is held takes up to two of the bubbles, and what it goes out with has one; decided before rendering, because what does not fit
 *  must be stored. */
function bubblesLeft(turn: ActiveTurn, mode: ReplyMode): number {
  const { maxBubblesPerResponse } = turn.channel;
  if (comesBesideOthers(turn, mode)) return maxBubblesPerResponse - 1;
  return mode === 'inline' && turn.mayHaveHeld ? 1 : maxBubblesPerResponse;
}

export function callbackDelivery(
  turn: ActiveTurn,
  message: OutboundMessage,
  position: number,
  parts: Pick<GatewayParts, 'newId'>,
): NewDelivery | undefined {
  const callback = turn.window('callback');
  if (callback === undefined) return undefined;
  const closesAt = callback.closesAt + CALLBACK_GRACE_MS;
  return { id: parts.newId(), position, message, mode: 'callback', state: 'waiting', url: callback.url, closesAt };
}

function toDelivery(
  turn: ActiveTurn,
  mode: ReplyMode,
  message: OutboundMessage,
  index: number,
  parts: GatewayParts,
): NewDelivery {
  const position = turn.nextPosition + index;
  const base = { id: parts.newId(), position, message };
  if (mode === 'push') return { ...base, mode, state: 'waiting' };
  const isInResponse = turn.hasResponse && (mode === 'inline' || mode === 'stream');
  if (index === 0 && isInResponse) return { ...base, mode, state: 'sending' };
  const callback = index === 0 && mode === 'callback' ? callbackDelivery(turn, message, position, parts) : undefined;
  return callback ?? { ...base, mode: 'pickup', state: 'held' };
}

/** The one log line of a turn. */
function report(turn: ActiveTurn, mode: ReplyMode, answer: Answer, details: AnswerDetails, parts: GatewayParts): void {
  const outcome = answer.wasAnswered ? 'answered' : answer.source.engine === 'none' ? 'apologised' : 'unanswered';
  const { bot, channel } = turn;
  parts.metrics.turnEnded({ bot: bot.id, channel: channel.name, mode, outcome });
  parts.logger.info(
    {
      turn: turn.id,
      request: turn.event.requestId,
      ...(turn.event.supportId === undefined ? {} : { support: turn.event.supportId }),
      bot: bot.id,
      channel: channel.name,
      mode,
      outcome,
      engine: answer.source.engine,
      entries: answer.source.entries.length,
      ...(answer.source.tools === undefined ? {} : { tools: answer.source.tools }),
      ...(answer.source.usage === undefined ? {} : { usage: answer.source.usage }),
      ...details.timings,
    },
    'answered',
  );
}

/** Nothing to say, as opposed to a refusal. */
function isApology({ bot }: ActiveTurn, { wasAnswered, source }: Answer): boolean {
  return !wasAnswered && (source.engine === 'none' || source.engine === bot.approvedEngine.name);
}

function withNotice(reply: Reply, notice: string): Reply {
  return { ...reply, parts: [{ type: 'text', text: notice, format: 'plain' }, ...reply.parts] };
}

/** What the customer has not seen of `markdown`: all of it where another engine began anew. */
export function unseenOf({ feed, shownEarly, shownAfterRestarts }: ActiveTurn, markdown: string): Rest {
  const isAnew = feed.restarts !== shownAfterRestarts;
  return restOfMarkdown(markdown.trimStart(), isAnew ? '' : shownEarly);
}

/** The answer without the beginning that was shown before its end. */
function withoutShown(turn: ActiveTurn, reply: Reply): Reply {
  if (turn.shownEarly === '') return reply;
  let cut = false;
  const parts = reply.parts.map((part) => {
    if (cut || part.type !== 'text') return part;
    const { opening, text } = unseenOf(turn, part.text);
    if (text === part.text.trimStart()) return part;
    cut = true;
    return { ...part, text: opening + text };
  });
  const left = parts.filter((part) => part.type !== 'text' || part.text !== '');
  return {
    ...reply,
    parts: left.length === 0 ? [{ type: 'text', text: '여기까지가 답변의 전부예요.', format: 'plain' }] : left,
  };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
