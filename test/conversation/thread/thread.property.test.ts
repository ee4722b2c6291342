/** Customers, agents, a platform that loses events, an API that is slow and refuses, and time, in any order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advance,
  BOT_THREAD,
  botMaySpeak,
  nextDueAt,
  type ThreadCommand,
  type ThreadEvent,
  type ThreadRules,
} from '../../../src/conversation/thread/thread.ts';
import type { Thread } from '../../../src/storage/store.ts';

const MINUTE_MS = 60_000;
const RULES: ThreadRules = {
  waitingMs: 30 * MINUTE_MS,
  agentMs: 60 * MINUTE_MS,
  agentsFirstMs: 45_000,
  answersOldButtons: false,
};

type Step =
  | { readonly type: 'types' | 'taps' | 'calls-a-person' | 'leaves' }
  | { readonly type: 'agent-speaks' | 'agent-completes'; readonly isLost: boolean }
  | { readonly type: 'bot-sends' }
  | { readonly type: 'platform-decides'; readonly accepts: boolean }
  | { readonly type: 'result-arrives'; readonly isLost: boolean }
  | { readonly type: 'agents-start-work' | 'agents-go-home' }
  | { readonly type: 'store-is-locked' | 'store-takes-one' | 'store-is-back' }
  | { readonly type: 'time-passes'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Step>({ type: 'types' }, { type: 'taps' }) },
  { weight: 3, arbitrary: fc.constant<Step>({ type: 'calls-a-person' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ type: 'leaves' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom('agent-speaks' as const, 'agent-completes' as const),
      isLost: fc.boolean(),
    }),
  },
  { weight: 6, arbitrary: fc.constant<Step>({ type: 'bot-sends' }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('platform-decides' as const), accepts: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('result-arrives' as const), isLost: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ type: 'agents-start-work' }, { type: 'agents-go-home' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('time-passes' as const),
      ms: fc.constantFrom(100, 3_000, MINUTE_MS, 20 * MINUTE_MS, 61 * MINUTE_MS),
    }),
  },
);

interface ApiCall {
  readonly type: 'pass' | 'take';
  decision?: 'accepted' | 'refused';
}

/** Waits for the store. */
interface Late {
  readonly event: Extract<ThreadEvent, { type: 'message' | 'agent-spoke' }>;
  readonly receivedAt: number;
}

/** The room as the platform sees it, and the bot that only hears of it. */
class Room {
  now = 1_800_000_000_000;
  thread: Thread = BOT_THREAD;
  platformOwner: 'bot' | 'partner' = 'bot';
  /** An agent has spoken since the partner got the thread. */
  agentIsThere = false;
  /** An event has told the bot so. */
  botWasTold = false;
  agentHeardAt = Number.NEGATIVE_INFINITY;
  takeWasRefused = false;
  atWork = false;
  isLocked = false;
  readonly late: Late[] = [];
  readonly outbox: { readonly turnId: string; readonly passes: boolean }[] = [];
  readonly calls: ApiCall[] = [];
  readonly sent: string[] = [];
  readonly dropped: string[] = [];
  readonly violations: string[] = [];
  #turns = 0;

  tell(event: ThreadEvent, receivedAt = this.now): 'answer' | 'hold' | 'quiet' {
    const { thread, verdict, commands } = advance(this.thread, event, receivedAt, RULES);
    this.thread = thread;
    for (const command of commands) this.#obey(command);
    return verdict;
  }

  #obey(command: ThreadCommand): void {
    switch (command.type) {
      case 'take':
        this.calls.push({ type: 'take' });
        break;
      case 'answer':
        for (const turnId of command.turnIds) this.outbox.push({ turnId, passes: false });
        break;
      case 'drop':
        this.dropped.push(...command.turnIds);
        break;
      case 'silence':
        this.dropped.push(...this.outbox.splice(0).map(({ turnId }) => turnId));
    }
  }

  says(isTap: boolean, wantsPerson = false): { turnId: string; standby: boolean } {
    this.#turns += 1;
    const turnId = `t${this.#turns}`;
    const standby = this.platformOwner === 'partner' && !isTap;
    const agentsFirst = this.atWork && !isTap && !wantsPerson;
    const base = { type: 'message', canHold: true, canTake: true, isHistory: false } as const;
    const event = { ...base, turnId, standby, isTap, agentsFirst };
    // Behind what waits for the store it waits, too. That agents own the room is known at once.
    if (this.isLocked || this.late.length > 0) {
      this.late.push({ event, receivedAt: this.now });
      if (standby) this.tell({ type: 'agents-own' });
      if (standby && this.agentIsThere && this.thread.owner === 'agent' && this.thread.step === undefined) {
        this.botWasTold = true;
      }
      return { turnId, standby };
    }
    // While a request to take the thread is on its way `standby` tells nothing: it may have been written before the platform agreed.
    if (standby && this.agentIsThere && this.thread.step !== 'taking') this.botWasTold = true;
    const verdict = this.#hear(event, this.now, wantsPerson);
    if (!standby && !isTap && verdict === 'quiet') this.violations.push(`${turnId} was ignored`);
    return { turnId, standby };
  }

  #hear(
    event: Extract<ThreadEvent, { type: 'message' }>,
    receivedAt: number,
    wantsPerson: boolean,
  ): 'answer' | 'hold' | 'quiet' {
    const { turnId } = event;
    const before = this.thread;
    const verdict = this.tell(event, receivedAt);
    if (receivedAt < this.agentHeardAt && before.owner === 'agent' && this.thread.owner !== 'agent') {
      this.violations.push(`${turnId} is older than an agent's words, and took the room away`);
    }
    if (verdict === 'quiet') this.dropped.push(turnId);
    if (verdict === 'answer') {
      const passes = wantsPerson && this.thread.owner === 'bot' && this.thread.step === undefined;
      if (passes) this.tell({ type: 'pass-wanted', turnId });
      this.outbox.push({ turnId, passes });
    }
    return verdict;
  }

  /** The oldest of what waits. Heard again, it changes nothing; an agent's words were heard when they came. */
  replay(): void {
    const oldest = this.late.shift();
    if (oldest === undefined) return;
    const { event, receivedAt } = oldest;
    if (event.type === 'agent-spoke') {
      const { owner } = this.thread;
      this.tell(event, receivedAt);
      if (this.thread.owner !== owner) this.violations.push('old words of an agent took the room away');
      return;
    }
    const verdict = this.#hear(event, receivedAt, false);
    if (verdict !== 'hold' || !this.thread.held.some(({ turnId }) => turnId === event.turnId)) return;
    const { thread } = advance(this.thread, event, receivedAt, RULES);
    if (thread.held.length > this.thread.held.length) this.violations.push(`${event.turnId} is held twice`);
  }

  unlock(): void {
    this.isLocked = false;
    while (this.late.length > 0) this.replay();
  }

  send(): void {
    const message = this.outbox.shift();
    if (message === undefined) return;
    if (!botMaySpeak(this.thread)) {
      this.dropped.push(message.turnId);
      return;
    }
    const isOver = this.takeWasRefused && this.now >= this.agentHeardAt + RULES.agentMs;
    if (this.platformOwner === 'partner' && this.agentIsThere && this.botWasTold && !isOver) {
      this.violations.push(`${message.turnId} talks over an agent`);
    }
    if (this.sent.includes(message.turnId)) this.violations.push(`${message.turnId} was answered twice`);
    this.sent.push(message.turnId);
    if (message.passes && this.thread.step === 'passing') this.calls.push({ type: 'pass' });
  }

  decide(accepts: boolean): void {
    const call = this.calls.find(({ decision }) => decision === undefined);
    if (call === undefined) return;
    call.decision = accepts ? 'accepted' : 'refused';
    if (!accepts) return;
    this.platformOwner = call.type === 'pass' ? 'partner' : 'bot';
    this.agentIsThere = false;
    this.botWasTold = false;
  }

  hearResult(isLost: boolean): void {
    const call = this.calls[0];
    if (call?.decision === undefined) return;
    this.calls.shift();
    if (call.type === 'pass') {
      // What nobody knows counts as passed: the announcement is out.
      this.tell({ type: isLost || call.decision === 'accepted' ? 'passed' : 'pass-refused' });
      return;
    }
    this.takeWasRefused ||= call.decision === 'refused';
    if (isLost) this.tell({ type: 'take-unknown' });
    else this.tell({ type: call.decision === 'accepted' ? 'taken' : 'take-refused' });
  }

  agentSpeaks(isLost: boolean): void {
    this.platformOwner = 'partner';
    this.agentIsThere = true;
    if (isLost) return;
    this.botWasTold = true;
    this.takeWasRefused = false;
    this.agentHeardAt = this.now;
    this.tell({ type: 'agent-spoke' });
    if (this.isLocked || this.late.length > 0) this.late.push({ event: { type: 'agent-spoke' }, receivedAt: this.now });
  }

  agentCompletes(isLost: boolean): void {
    if (this.platformOwner === 'bot') return;
    this.platformOwner = 'bot';
    this.agentIsThere = false;
    this.botWasTold = false;
    if (!isLost) this.tell({ type: 'returned' });
  }

  passTime(ms: number): void {
    const end = this.now + ms;
    for (let dueAt = nextDueAt(this.thread); dueAt !== undefined && dueAt <= end; dueAt = nextDueAt(this.thread)) {
      this.now = Math.max(this.now, dueAt);
      this.tell({ type: 'time-passed' });
    }
    this.now = end;
  }

  run(taken: Step): void {
    // Nobody answers within the millisecond: the order of receipt is that of the times.
    this.passTime(1);
    switch (taken.type) {
      case 'types':
      case 'taps':
      case 'calls-a-person':
        this.says(taken.type === 'taps', taken.type === 'calls-a-person');
        break;
      case 'leaves':
        this.tell({ type: 'forgotten' });
        this.outbox.length = 0;
        this.late.length = 0;
        break;
      case 'agent-speaks':
        this.agentSpeaks(taken.isLost);
        break;
      case 'agent-completes':
        this.agentCompletes(taken.isLost);
        break;
      case 'bot-sends':
        this.send();
        break;
      case 'platform-decides':
        this.decide(taken.accepts);
        break;
      case 'result-arrives':
        this.hearResult(taken.isLost);
        break;
      case 'agents-start-work':
        this.atWork = true;
        break;
      case 'agents-go-home':
        this.atWork = false;
        break;
      case 'store-is-locked':
        this.isLocked = true;
        break;
      case 'store-takes-one':
        this.replay();
        break;
      case 'store-is-back':
        this.unlock();
        break;
      case 'time-passes':
        this.passTime(taken.ms);
    }
  }

  /** The platform accepts everything from now on, and the bot says what it has to say. */
  settle(): void {
    this.unlock();
    for (let rounds = 0; rounds < 20; rounds += 1) {
      while (this.outbox.length > 0) this.send();
      this.decide(true);
      this.hearResult(false);
    }
    while (this.outbox.length > 0) this.send();
  }
}

/** While the store is away, messages are heard late, and in their order; agents' words and results at once. */
const lockStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 7, arbitrary: step },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>(
      { type: 'store-is-locked' },
      { type: 'store-takes-one' },
      { type: 'store-is-back' },
    ),
  },
);
const lateSteps = fc.array(lockStep, { minLength: 5, maxLength: 60 });
const steps = fc.array(step, { minLength: 5, maxLength: 60 });

function play(taken: readonly Step[]): Room {
  const room = new Room();
  for (const one of taken) room.run(one);
  return room;
}

/** As long as any state lasts, and longer. */
function expectHoldingEnds(room: Room): void {
  for (let hours = 0; hours < 4; hours += 1) {
    room.settle();
    room.passTime(RULES.agentMs);
  }
  room.settle();
  expect(room.thread.held).toEqual([]);
  expect(nextDueAt(room.thread)).toBeUndefined();
}

describe('in any order of events', () => {
  it('the bot never talks over an agent, never ignores typed words that are its own, never answers twice', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        expect(play(taken).violations).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('nor does it when the store is locked now and then, by the time at which each message was received', () => {
    fc.assert(
      fc.property(lateSteps, (taken) => {
        const room = play(taken);
        room.unlock();
        while (room.outbox.length > 0) room.send();
        expect(room.violations).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
  });

  it('what waited for the store is held only until the room is somebody’s', () => {
    fc.assert(
      fc.property(lateSteps, (taken) => {
        expectHoldingEnds(play(taken));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([false, true])('no lost event mutes the bot for longer than the state lasts (tap: %s)', (isTap) => {
    fc.assert(
      fc.property(steps, (taken) => {
        const room = play(taken);
        room.settle();
        room.agentCompletes(true); // and nobody says so
        room.passTime(RULES.agentMs + RULES.waitingMs);
        room.settle();
        room.atWork = false;
        const { turnId } = room.says(isTap);
        room.settle();
        expect(room.sent).toContain(turnId);
        expect(room.violations).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('an agent who forgot to finish loses a customer who speaks again after long enough', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const room = play(taken);
        room.settle();
        room.agentSpeaks(false);
        room.passTime(RULES.agentMs);
        const { turnId, standby } = room.says(false);
        expect(standby).toBe(true);
        room.settle();
        expect(room.sent).toContain(turnId);
        expect(room.platformOwner).toBe('bot');
      }),
      { numRuns: 1_000 },
    );
  });

  it('an agent who says nothing more leaves the last questions of the consultation to the bot, and only then', () => {
    const beforeTheEndMs = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: RULES.waitingMs }));
    fc.assert(
      fc.property(steps, beforeTheEndMs, fc.boolean(), (taken, leftMs, agentAnswers) => {
        const room = play(taken);
        room.settle();
        room.agentSpeaks(false);
        room.passTime(RULES.agentMs - leftMs);
        const { turnId, standby } = room.says(false);
        expect(standby).toBe(true);
        const dueAt = nextDueAt(room.thread) ?? expect.unreachable();
        // Whoever reads the question has a minute for it, or as long as agents always go first.
        expect(dueAt - room.now).toBe(Math.max(leftMs, MINUTE_MS));
        room.passTime(dueAt - room.now - 1);
        room.settle();
        expect(room.sent).not.toContain(turnId);
        if (agentAnswers) room.agentSpeaks(false);
        room.passTime(1);
        room.settle();
        expect(room.sent.includes(turnId)).toBe(!agentAnswers);
        expect(room.platformOwner).toBe(agentAnswers ? 'partner' : 'bot');
        expect(room.violations).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('what is held ends: answered, or in the hands of an agent', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        expectHoldingEnds(play(taken));
      }),
      { numRuns: 1_000 },
    );
  });
});
