/** Who may speak in a room that a bot shares with human agents: a pure state machine. Times and facts come in, the next state and what
 *  is to be done come out.
 *
 *  What the platform says wins over what was remembered, but it does not say everything: it tells of agents' words and of the end of
 *  their work, and each of those events can be lost. So every state in which the bot keeps quiet ends by itself.
 *
 *  News count from when they were received. While the store is away, words of customers are heard late, behind agents who have spoken or
 *  finished since: what is older than the latest news changes nothing, and is not answered while agents own the room.
 *
 *  ```
 *            pass wanted            accepted                 an agent speaks
 *    bot ───────────────▶ passing ───────────▶ waiting ───────────────▶ agent
 *     ▲ ◀──── refused ───────┘                    │ ▲                     │
 *     │            nobody came: take back         │ └─ refused            │ nobody spoke for long, and the customer does:
 *     └───── accepted ◀──────── taking ◀──────────┴───────────────────────┘ take back
 *  ```
 *  A message that the bot may answer later, if no human does, is held: stored, not answered. So are those that come when the time of a
 *  silent agent is nearly over. Agents who speak take over everything. */
import type { EpochMs } from '../../message.ts';
import type { HeldTurn, Thread } from '../../storage/store.ts';

export interface ThreadRules {
  /** How long customers wait for an agent before the bot helps again. */
  readonly waitingMs: number;
  /** How long agents may be silent before a customer who speaks is the bot's again. */
  readonly agentMs: number;
  /** How long the bot lets agents go first while the thread is its own. */
  readonly agentsFirstMs: number;
  /** Answer taps on old buttons whoever owns the thread, as the documents of TalkTalk advise: it talks over agents. */
  readonly answersOldButtons: boolean;
}

export type ThreadEvent =
  | {
      readonly type: 'message';
      readonly turnId: string;
      readonly standby: boolean;
      /** A tap on a button comes without `standby`, whoever owns the thread. */
      readonly isTap: boolean;
      /** It can be answered later. */
      readonly canHold: boolean;
      /** The platform can be asked for the thread. */
      readonly canTake: boolean;
      /** Received so long ago that agents who had the room then are taken to have gone since. */
      readonly isHistory: boolean;
      /** Agents are at work, and this is something that they may answer first. */
      readonly agentsFirst: boolean;
    }
  | { readonly type: 'agent-spoke' }
  /** An echo of something that no agent wrote says whose thread it is. */
  | { readonly type: 'agents-own' }
  /** The agents have finished. */
  | { readonly type: 'returned' }
  | { readonly type: 'pass-wanted'; readonly turnId: string }
  /** The turn that wanted to announce it never went out. */
  | { readonly type: 'pass-dropped' }
  | { readonly type: 'passed' }
  | { readonly type: 'pass-refused' }
  | { readonly type: 'taken' }
  | { readonly type: 'take-refused' }
  /** Nobody knows whether the platform took the request. */
  | { readonly type: 'take-unknown' }
  /** The customer left or started over: what is held is nobody's any more. */
  | { readonly type: 'forgotten' }
  | { readonly type: 'time-passed' };

export type ThreadCommand =
  | { readonly type: 'take' }
  /** Answer these as one turn. */
  | { readonly type: 'answer'; readonly turnIds: readonly string[] }
  /** An agent has taken these over: they end unanswered. */
  | { readonly type: 'drop'; readonly turnIds: readonly string[] }
  /** What the bot is about to say stays unsaid: open turns but the held ones, messages that wait. */
  | { readonly type: 'silence' };

export interface Transition {
  readonly thread: Thread;
  /** For messages. `hold`: stored for later; what is to become of it is in the state or the commands. */
  readonly verdict: 'answer' | 'hold' | 'quiet';
  readonly commands: readonly ThreadCommand[];
}

/** Events that crossed on the way: a message written before the thread changed hands may arrive after it. */
const CROSSING_MS = 2_000;
/** Until the platform is asked again whose thread it is. */
const ASK_AGAIN_MS = 60_000;
/** What an agent has at least for a question, however soon the state ends. */
const UNHURRIED_MS = 60_000;
/** Questions of one customer that the bot keeps for later. */
const MAX_HELD = 20;

/** As long as nobody has ever said anything else. */
export const BOT_THREAD: Thread = { owner: 'bot', since: 0, held: [] };

/** @param at when the event was received: events may come late */
export function advance(thread: Thread, event: ThreadEvent, at: EpochMs, rules: ThreadRules): Transition {
  switch (event.type) {
    case 'message':
      return hear(thread, event, at, rules);
    case 'agent-spoke':
      return agentSpoke(thread, at, rules);
    case 'agents-own':
      if (thread.owner === 'agent' && at > (thread.agentAt ?? thread.since)) return stay({ ...thread, agentAt: at });
      if (thread.owner !== 'bot' || thread.step !== undefined || hasJustChanged(thread, at)) return stay(thread);
      return agentSpoke(thread, at, rules);
    case 'returned':
      // Late news of the time before a pass that has only just been asked for.
      return thread.step === 'passing' || isOld(thread, at) || isBotsSince(thread, at)
        ? stay(thread)
        : toBot(thread, at);
    case 'pass-wanted':
      if (thread.owner !== 'bot' || thread.step !== undefined) return stay(thread);
      return stay({ ...thread, step: 'passing', passTurnId: event.turnId });
    case 'pass-dropped':
    case 'pass-refused':
      return thread.step === 'passing' ? toBot(thread, thread.since) : stay(thread);
    case 'passed':
      return thread.step === 'passing' ? toWaiting(thread, at, rules) : stay(thread);
    case 'taken':
      return thread.step === 'taking' ? toBot(thread, at) : stay(thread);
    case 'take-refused':
      return takeFailed(thread, at, thread.owner === 'waiting' ? rules.waitingMs : rules.agentMs);
    case 'take-unknown':
      return takeFailed(thread, at, ASK_AGAIN_MS);
    case 'forgotten':
      return forget(thread);
    case 'time-passed':
      return lookAtTheClock(thread, at);
  }
}

/** When `time-passed` has something to do. */
export function nextDueAt(thread: Thread): EpochMs | undefined {
  return thread.held.length > 0 && thread.step === undefined ? thread.until : undefined;
}

/** As people see it: a state that is over lasts only until the customer speaks, whom the bot answers then. */
export function threadAsOf(thread: Thread, at: EpochMs): Thread {
  const isOver = thread.owner !== 'bot' && thread.until !== undefined && at >= thread.until;
  const isBots = isOver && thread.step === undefined && thread.held.length === 0;
  return isBots ? { owner: 'bot', since: thread.until ?? thread.since, held: [] } : thread;
}

/** Whether the bot may send a message now. */
export function botMaySpeak(thread: Thread): boolean {
  return thread.owner === 'bot';
}

function hear(
  thread: Thread,
  message: Extract<ThreadEvent, { type: 'message' }>,
  at: EpochMs,
  rules: ThreadRules,
): Transition {
  const turn: HeldTurn = { turnId: message.turnId, standby: message.standby };
  if (isOld(thread, at) && !message.isTap) {
    if (thread.owner === 'agent') return quiet(thread);
    if (thread.owner === 'bot' && message.standby) return hearOldStandby(thread, turn, message, at);
  }
  if (thread.step === 'passing' && message.standby) {
    // The agents have it already: the result is late, or one of them was quicker.
    const passed = toWaiting(thread, at, rules);
    const held = hold(passed.thread, turn);
    return { ...held, commands: [...passed.commands, ...held.commands] };
  }
  if (thread.step !== undefined) return message.canHold ? hold(thread, turn) : quiet(thread);
  if (thread.owner === 'bot') {
    if (message.standby && message.isHistory) return quiet(thread);
    if (message.standby) return hearStandby(thread, turn, message, at, rules);
    if (!message.canHold || !message.agentsFirst) return answer(thread);
    return hold({ ...thread, until: thread.held.length === 0 ? at + rules.agentsFirstMs : (thread.until ?? at) }, turn);
  }
  const isTyped = !message.isTap && !message.standby;
  // Typed words without `standby` are the platform's own word that the bot owns the thread.
  if (isTyped && !(thread.owner === 'waiting' && hasJustChanged(thread, at)))
    return takeWord(thread, turn, message, at);
  const isOver = thread.until !== undefined && at >= thread.until;
  if (isOver && message.canTake && message.canHold) {
    const taking = hold({ ...thread, step: 'taking' }, turn);
    return { ...taking, commands: [...taking.commands, { type: 'take' }] };
  }
  if (isOver && !message.standby) return takeWord(thread, turn, message, at);
  // Behind what waits for a second try to take the thread back.
  const joins = thread.owner === 'waiting' || thread.held.length > 0;
  if (joins && message.canHold) return hold(thread, turn);
  if (isNearItsEnd(thread, at, rules) && message.standby && message.canTake && message.canHold) {
    const patienceMs = Math.max(rules.agentsFirstMs, UNHURRIED_MS);
    return hold({ ...thread, until: Math.max(thread.until ?? at, at + patienceMs) }, turn);
  }
  const talksOver = thread.owner === 'agent' && message.isTap && !message.standby && rules.answersOldButtons;
  return talksOver ? answer(thread) : quiet(thread);
}

/** The agent may be gone: what comes now would be answered by nobody, and a minute later by the bot. Not so what follows an agent's words
 *  closely: it often wants no answer, and one that came an hour later would surprise. */
function isNearItsEnd({ owner, until }: Thread, at: EpochMs, rules: ThreadRules): boolean {
  return owner === 'agent' && until !== undefined && until - at <= rules.waitingMs;
}

/** Agents own the thread, and nobody had told us. Words that crossed with the news that it is the bot's are not lost: they are
 *  answered with the next ones. */
function hearStandby(
  thread: Thread,
  turn: HeldTurn,
  message: Extract<ThreadEvent, { type: 'message' }>,
  at: EpochMs,
  rules: ThreadRules,
): Transition {
  const spoke = agentSpoke(thread, at, rules);
  if (!hasJustChanged(thread, at) || !message.canHold) return spoke;
  const held = hold(spoke.thread, turn);
  return { ...held, commands: [...spoke.commands, ...held.commands] };
}

/** The room is the bot's again. What agents saw before they gave it back was theirs; what waited for one who never came is the bot's. */
function hearOldStandby(
  thread: Thread,
  turn: HeldTurn,
  message: Extract<ThreadEvent, { type: 'message' }>,
  at: EpochMs,
): Transition {
  if (thread.agentAt !== undefined && at < thread.agentAt) return quiet(thread);
  if (thread.step === undefined) return answer(thread);
  return message.canHold ? hold(thread, turn) : quiet(thread);
}

/** The thread is the bot's; what is held is answered together with the message that said so. */
function takeWord(
  thread: Thread,
  turn: HeldTurn,
  message: Extract<ThreadEvent, { type: 'message' }>,
  at: EpochMs,
): Transition {
  if (!message.canHold || thread.held.length === 0) return { ...toBot(thread, at), verdict: 'answer' };
  return { ...toBot({ ...thread, held: [...thread.held, turn] }, at), verdict: 'hold' };
}

function agentSpoke(thread: Thread, at: EpochMs, rules: ThreadRules): Transition {
  if (isOld(thread, at)) return stay(thread);
  const since = thread.owner === 'agent' ? thread.since : at;
  const isFirst = thread.owner !== 'agent' || thread.held.length > 0;
  return {
    thread: { owner: 'agent', since, agentAt: at, until: at + rules.agentMs, held: [] },
    verdict: 'quiet',
    commands: [...drop(thread.held), ...(isFirst ? [{ type: 'silence' } as const] : [])],
  };
}

function takeFailed(thread: Thread, at: EpochMs, againMs: number): Transition {
  if (thread.step !== 'taking') return stay(thread);
  // Nothing but our own memory says that anybody else owns the thread, and that memory is too old to count.
  if (thread.held.at(-1)?.standby === false) return toBot(thread, at);
  const { step: _, ...rest } = thread;
  return stay({ ...rest, until: at + againMs });
}

function lookAtTheClock(thread: Thread, at: EpochMs): Transition {
  const dueAt = nextDueAt(thread);
  if (dueAt === undefined || at < dueAt) return stay(thread);
  if (thread.owner === 'bot') return toBot(thread, thread.since);
  return { ...stay({ ...thread, step: 'taking' }), commands: [{ type: 'take' }] };
}

function toWaiting(thread: Thread, at: EpochMs, rules: ThreadRules): Transition {
  const waiting: Thread = {
    ...agentAtOf(thread),
    owner: 'waiting',
    since: at,
    until: at + rules.waitingMs,
    held: thread.held,
  };
  return { ...stay(waiting), commands: [{ type: 'silence' }] };
}

function toBot(thread: Thread, since: EpochMs): Transition {
  const turnIds = thread.held.map(({ turnId }) => turnId);
  // Whom the bot takes a thread from has gone: what was asked meanwhile is still to be answered.
  const agentWasThere = thread.owner === 'agent' && thread.step !== 'taking';
  return {
    thread: { ...(agentWasThere ? { agentAt: since } : agentAtOf(thread)), owner: 'bot', since, held: [] },
    verdict: 'answer',
    commands: turnIds.length === 0 ? [] : [{ type: 'answer', turnIds }],
  };
}

function forget(thread: Thread): Transition {
  if (thread.held.length === 0 && thread.passTurnId === undefined) return stay(thread);
  const { held: _, passTurnId: __, ...rest } = thread;
  if (thread.step === 'passing') return stay({ ...agentAtOf(thread), owner: 'bot', since: thread.since, held: [] });
  return stay({ ...rest, held: [] });
}

/** Once, however often it is heard. */
function hold(thread: Thread, turn: HeldTurn): Transition {
  if (thread.held.some(({ turnId }) => turnId === turn.turnId)) return { thread, verdict: 'hold', commands: [] };
  const held = [...thread.held, turn];
  return {
    thread: { ...thread, held: held.slice(-MAX_HELD) },
    verdict: 'hold',
    commands: drop(held.slice(0, -MAX_HELD)),
  };
}

function drop(held: readonly HeldTurn[]): readonly ThreadCommand[] {
  return held.length === 0 ? [] : [{ type: 'drop', turnIds: held.map(({ turnId }) => turnId) }];
}

function answer(thread: Thread): Transition {
  return { thread, verdict: 'answer', commands: [] };
}

function quiet(thread: Thread): Transition {
  return { thread, verdict: 'quiet', commands: [] };
}

function stay(thread: Thread): Transition {
  return { thread, verdict: 'quiet', commands: [] };
}

/** Received before the latest news of whose the thread is. */
function isOld(thread: Thread, at: EpochMs): boolean {
  return at < Math.max(thread.since, thread.agentAt ?? 0);
}

/** The same news again. */
function isBotsSince({ owner, since, step }: Thread, at: EpochMs): boolean {
  return owner === 'bot' && step === undefined && since === at;
}

function agentAtOf({ agentAt }: Thread): Pick<Thread, 'agentAt'> {
  return agentAt === undefined ? {} : { agentAt };
}

function hasJustChanged(thread: Thread, at: EpochMs): boolean {
  return at < thread.since + CROSSING_MS;
}
