import { beforeEach, describe, expect, it } from 'vitest';
import type { Bot } from '../../../src/conversation/bot.ts';
import { ActiveTurn } from '../../../src/conversation/turn/active-turn.ts';
import { TypingIndicators } from '../../../src/conversation/turn/typing.ts';
import type { ConversationRef } from '../../../src/message.ts';
import { FakeChannel } from '../../helpers/fake-channel.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

/** Notes when the indicator was asked for; the platform takes its time when told to. */
class TypingChannel extends FakeChannel {
  readonly shownAt: number[] = [];
  readonly signals: AbortSignal[] = [];
  answer: Promise<void> = Promise.resolve();
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    super('naver');
    this.#clock = clock;
  }

  override async showTyping(_conversation?: ConversationRef, signal?: AbortSignal): Promise<void> {
    this.shownAt.push(this.#clock.now());
    if (signal !== undefined) this.signals.push(signal);
    await this.answer;
  }
}

let clock: ManualClock;
let channel: TypingChannel;
let hasBudget: boolean;
let typing: TypingIndicators;
let turns: number;

beforeEach(() => {
  clock = new ManualClock(0);
  channel = new TypingChannel(clock);
  hasBudget = true;
  typing = new TypingIndicators({ clock, sendBudget: { tryReserve: () => hasBudget } });
  turns = 0;
});

function turnOf(user: string): ActiveTurn {
  turns += 1;
  const conversation = { botId: 'shop', channel: 'naver', user } as const;
  const event = {
    type: 'message-received',
    id: `t${turns}`,
    conversation,
    receivedAt: clock.now(),
    requestId: 'r',
    replyWindows: [{ mode: 'push' }],
    text: '질문',
    input: 'typed',
  } as const;
  return new ActiveTurn({ id: 'shop' } as Bot, channel, event, `shop/naver/${user}`, 'push', false);
}

describe('the typing indicator', () => {
  it('comes within a second and is renewed before its 10 s are over', async () => {
    typing.start(turnOf('a'));
    await clock.advance(30_000);
    const [first = Number.POSITIVE_INFINITY] = channel.shownAt;
    expect(first).toBeLessThanOrEqual(1_000);
    for (const [i, at] of channel.shownAt.entries()) expect(at - (channel.shownAt[i - 1] ?? 0)).toBeLessThan(10_000);
    expect(channel.shownAt.length).toBeGreaterThan(3);
  });

  it('is not shown for what is answered at once', async () => {
    const turn = turnOf('a');
    typing.start(turn);
    await clock.advance(100);
    await typing.stop(turn);
    await clock.advance(60_000);
    expect(channel.shownAt).toEqual([]);
  });

  it('is one for a conversation however many questions wait, and comes back after each answer', async () => {
    const [first, second] = [turnOf('a'), turnOf('a')];
    typing.start(first);
    typing.start(second);
    await clock.advance(5_000);
    expect(channel.shownAt).toHaveLength(1);
    await typing.stop(first);
    await clock.advance(1_000);
    expect(channel.shownAt).toHaveLength(2);
    await typing.stop(second);
    await typing.stop(second);
    await clock.advance(60_000);
    expect(channel.shownAt).toHaveLength(2);
  });

  it('gives way when the send budget is short, and comes when it is not', async () => {
    hasBudget = false;
    typing.start(turnOf('a'));
    await clock.advance(2_000);
    expect(channel.shownAt).toEqual([]);
    hasBudget = true;
    await clock.advance(8_000);
    expect(channel.shownAt).toHaveLength(1);
  });

  it('that is on its way goes before the answer, unless it takes too long: then it is cut', async () => {
    channel.answer = new Promise(() => {});
    const turn = turnOf('a');
    typing.start(turn);
    await clock.advance(500);
    let stopped = false;
    void typing.stop(turn).then(() => {
      stopped = true;
    });
    await clock.advance(200);
    expect([stopped, channel.signals[0]?.aborted]).toEqual([false, false]);
    await clock.advance(200);
    expect([stopped, channel.signals[0]?.aborted]).toEqual([true, true]);
  });

  it('of one customer is nothing to another', async () => {
    const a = turnOf('a');
    typing.start(a);
    typing.start(turnOf('b'));
    await typing.stop(a);
    await clock.advance(1_000);
    expect(channel.shownAt).toHaveLength(1);
  });
});
