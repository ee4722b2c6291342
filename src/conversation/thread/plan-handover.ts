/** Whether an answer goes out as it is, or an agent takes over with it. */
import { type Choice, leadsToPerson, type Reply } from '../../message.ts';
import { failuresInARow } from '../answering/memory.ts';
import { type Answer, askEngines } from '../answering/respond.ts';
import { UsageSum } from '../answering/usage-sum.ts';
import { detectIntent } from '../arrival/intent.ts';
import { systemAnswer } from '../fixed-answer.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { awayReply, handoverReply, nobodyCameReply } from '../texts.ts';
import type { ActiveTurn } from '../turn/active-turn.ts';
import { TurnFeed } from '../turn/turn-feed.ts';
import type { HandoverReason } from './policy.ts';

/** This many answers in a row that helped nobody. */
const FAILURES = 2;

export interface PlannedAnswer {
  readonly answer: Answer;
  /** The thread is to be passed as soon as the answer is out. */
  readonly passes: boolean;
}

export async function planHandover(turn: ActiveTurn, answer: Answer, parts: GatewayParts): Promise<PlannedAnswer> {
  const asIs: PlannedAnswer = { answer, passes: false };
  const { bot, channel, event } = turn;
  const { hours, waitingText, awayText } = bot.handover;
  const wantsPerson = detectIntent(event, bot) === 'person';
  const isOpen = hours.isOpen(parts.clock.now());
  if (wantsPerson && !isOpen) {
    turn.notice = undefined;
    const away = awayReply(awayText, hours.text, bot.contact);
    const quickReplies = withoutPerson(answer.reply.quickReplies);
    return { answer: systemAnswer({ ...away, quickReplies }, true), passes: false };
  }
  if (!isOpen) {
    const reply: Reply = { ...answer.reply, quickReplies: withoutPerson(answer.reply.quickReplies) };
    return { answer: { ...answer, reply }, passes: false };
  }
  if (wantsPerson && turn.agentsWereLate) return nobodyCame(turn);
  if (turn.window('push') === undefined || channel.passThread === undefined) return asIs;
  const reason = wantsPerson ? 'request' : await reasonIn(turn, answer, parts);
  if (reason === undefined || !bot.handover.reasons.has(reason)) return asIs;
  if (turn.agentsWereLate) return reason === 'low-confidence' ? nobodyCame(turn) : asIs;
  if (!(await parts.threads.wantPass(bot, event.conversation, turn.id))) return asIs;
  // The pass comes behind the words that announce it, and nobody tells when those of a response have arrived.
  turn.mode = 'push';
  const announced = handoverReply(waitingText);
  // An apology is worth saying; what a model made up without grounds is not.
  const keepsAnswer = reason === 'failures' && answer.source.kind !== 'model';
  const reply: Reply = keepsAnswer
    ? { parts: [...answer.reply.parts, ...announced.parts], quickReplies: [] }
    : announced;
  return {
    answer: { ...systemAnswer(reply, true), knowledgeMs: answer.knowledgeMs, engineMs: answer.engineMs },
    passes: true,
  };
}

/** Says all of it: no notice goes before it, nor is it the answer to a question. */
function nobodyCame(turn: ActiveTurn): PlannedAnswer {
  const { contact, handover } = turn.bot;
  turn.notice = undefined;
  turn.fixedAnswer = systemAnswer(nobodyCameReply(handover.hours.text, contact), true);
  return { answer: turn.fixedAnswer, passes: false };
}

/** Nobody is there: the button would lead to the away text. */
function withoutPerson(choices: readonly Choice[]): readonly Choice[] {
  return choices.filter((choice) => !leadsToPerson(choice));
}

async function reasonIn(turn: ActiveTurn, answer: Answer, parts: GatewayParts): Promise<HandoverReason | undefined> {
  const { reasons } = turn.bot.handover;
  if (turn.fixedAnswer !== undefined) return undefined;
  const failures = answer.wasAnswered ? 0 : 1 + failuresInARow(turn.memory.recentTurns);
  if (reasons.has('failures') && failures >= FAILURES) return 'failures';
  return reasons.has('low-confidence') && (await restsOnNothing(turn, answer, parts)) ? 'low-confidence' : undefined;
}

/** Nothing the operator wrote fits. Small talk needs no grounds, and the operator's own engine knows it from a question. */
async function restsOnNothing(turn: ActiveTurn, answer: Answer, parts: GatewayParts): Promise<boolean> {
  if (!answer.wasAnswered) return true;
  if (answer.source.kind !== 'model' || answer.source.entries.length > 0 || turn.event.input === 'image') return false;
  const { bot, event } = turn;
  const question = {
    bot,
    turnId: turn.id,
    requestId: event.requestId,
    conversation: event.conversation,
    text: event.text,
    memory: turn.memory,
    closesAt: parts.clock.now() + bot.engineTotalMs,
    approvedOnly: true,
    usage: new UsageSum(),
  };
  const approved = await askEngines([bot.approvedEngine], question, new TurnFeed(turn.id), turn.abort.signal, parts);
  return approved?.wasAnswered !== true;
}
