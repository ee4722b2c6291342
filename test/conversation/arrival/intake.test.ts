import { mkdir, readFile, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import type { InboundEvent, MessageReceived } from '../../../src/message.ts';
import type { FakeWire } from '../../helpers/fake-channel.ts';
import { GatewayRig, seen } from '../../helpers/gateway-rig.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  await rig.close();
});

const accepted = { kind: 'respond', outcome: { kind: 'accepted' } };

/** The store as it is while another program holds it. Returns what brings it back. */
function lockStore(): () => void {
  const { acceptTurn, resetConversation, claimGreeting, saveThread, removeThread } = rig.store;
  const locked = async () => {
    throw new GatewayError('STORE_BUSY', 'locked');
  };
  const calls = { acceptTurn, resetConversation, claimGreeting, saveThread, removeThread };
  Object.assign(rig.store, Object.fromEntries(Object.keys(calls).map((name) => [name, locked])));
  return () => Object.assign(rig.store, calls);
}

/** The store whose disk stands still: calls neither fail nor return until it moves on. */
function stallStore(): () => void {
  const acceptTurn = rig.store.acceptTurn;
  const { promise: moves, resolve: moveOn } = Promise.withResolvers<void>();
  rig.store.acceptTurn = async (...args) => {
    await moves;
    return acceptTurn.apply(rig.store, args);
  };
  return () => {
    rig.store.acceptTurn = acceptTurn;
    moveOn();
  };
}

/** Sends and gives the response the second that it has. */
async function sendWithinASecond(event: MessageReceived) {
  const handling = rig.send(event);
  let handled: Awaited<typeof handling> | undefined;
  void handling.then((value) => {
    handled = value;
  });
  await rig.clock.advance(999);
  expect(handled).toBeDefined();
  return handling;
}

const handle = (event: InboundEvent) => rig.gateway.handle(rig.bot, rig.channel('naver'), event);
const sentTexts = () => rig.channel('naver').sent.flatMap(({ message }) => (message.wire as FakeWire).texts);
const left = (): InboundEvent => {
  const { text: _, input: __, ...base } = rig.message('naver', '');
  return { ...base, type: 'conversation-left' };
};
const opened = (): InboundEvent => {
  const { text: _, input: __, ...base } = rig.message('naver', '');
  return { ...base, type: 'conversation-opened' };
};

async function untilSettled(ms = 5_000): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    await rig.clock.advance(250);
    await rig.settle();
  }
}

/** From now on the model answers at once. */
const answerAll = () => {
  rig.engine.answer = async function* ({ question }) {
    yield { type: 'text-delta', text: `답: ${question}` };
    yield { type: 'finished', reason: 'stop', model: 'echo' };
  };
};

const neverMerge = () => Object.assign(rig.channel('naver'), { mergesWaitingMessages: false });

describe('while the store is locked', () => {
  it('a question gets its 200 within a second, waits on the disk, and is answered when the store is back', async () => {
    answerAll();
    const unlock = lockStore();
    expect(await sendWithinASecond(rig.message('naver', '첫 질문'))).toMatchObject(accepted);
    expect(rig.spool.size).toBe(1);
    expect(rig.alerts.map((alert) => alert.code)).toEqual(['spool-used']);
    await untilSettled();
    expect(sentTexts()).toEqual([]);
    unlock();
    await untilSettled();
    expect(sentTexts()).toEqual(['답: 첫 질문']);
    expect(rig.spool.size).toBe(0);
  });

  it('all questions of a conversation keep their order, those that come after it was back too', async () => {
    answerAll();
    neverMerge();
    const unlock = lockStore();
    for (const n of [1, 2, 3]) await sendWithinASecond(rig.message('naver', `질문 ${n}`));
    unlock();
    await rig.send(rig.message('naver', '질문 4'));
    await rig.send(rig.message('naver', '질문 5'));
    expect(rig.spool.size).toBe(5);
    await untilSettled();
    expect(sentTexts()).toEqual([1, 2, 3, 4, 5].map((n) => `답: 질문 ${n}`));
    const turns = await rig.store.readTurns(rig.key('naver'), 0, 10);
    expect(turns.map((turn) => [turn.sequence, turn.event.type === 'message-received' && turn.event.text])).toEqual(
      [1, 2, 3, 4, 5].map((n) => [n, `질문 ${n}`]),
    );
  });

  it('messages that came within the quiet time of each other are one question when it is back', async () => {
    Object.assign(rig.bot, { quiet: { quietMs: 1_200, longestMs: 5_000 } });
    answerAll();
    const unlock = lockStore();
    for (const text of ['안녕하세요', '어제 산 옷이', '작아요']) await sendWithinASecond(rig.message('naver', text));
    await rig.clock.advance(3_000);
    await sendWithinASecond(rig.message('naver', '그리고 반품은요?'));
    unlock();
    await untilSettled(10_000);
    expect(sentTexts()).toEqual(['답: 안녕하세요\n어제 산 옷이\n작아요', '답: 그리고 반품은요?']);
    const turns = await rig.store.readTurns(rig.key('naver'), 0, 10);
    expect(turns.map(({ state, sequence }) => [sequence, state])).toEqual([
      [1, 'merged'],
      [2, 'merged'],
      [3, 'answered'],
      [4, 'answered'],
    ]);
  });

  it('and so they are when the store fails between two of them, or the process dies there', async () => {
    Object.assign(rig.bot, { quiet: { quietMs: 1_200, longestMs: 5_000 } });
    answerAll();
    const unlock = lockStore();
    for (const text of ['하나', '둘', '셋']) await sendWithinASecond(rig.message('naver', text));
    unlock();
    const { acceptTurn } = rig.store;
    let left = 2;
    rig.store.acceptTurn = async (...args) => {
      if (left-- === 0) rig.die();
      return left < 0 ? new Promise(() => {}) : acceptTurn.apply(rig.store, args);
    };
    await rig.clock.advance(250);
    await rig.settle();
    rig.store.acceptTurn = acceptTurn;
    await rig.restart();
    await untilSettled();
    expect(sentTexts()).toEqual(['답: 하나\n둘\n셋']);
  });

  it('a call for a person among them still goes first, and a reset ends them', async () => {
    Object.assign(rig.bot, { quiet: { quietMs: 1_200, longestMs: 5_000 } });
    answerAll();
    const unlock = lockStore();
    for (const text of ['하나', '둘', '처음부터', '셋']) await sendWithinASecond(rig.message('naver', text));
    unlock();
    await untilSettled();
    expect(sentTexts()).toEqual([expect.stringContaining('처음부터 다시'), '답: 셋']);
  });

  it('one that nobody can handle takes no other along', async () => {
    Object.assign(rig.bot, { quiet: { quietMs: 1_200, longestMs: 5_000 } });
    answerAll();
    const unlock = lockStore();
    for (const text of ['하나', '둘']) await sendWithinASecond(rig.message('naver', text));
    unlock();
    const { acceptTurn } = rig.store;
    rig.store.acceptTurn = (turn, ...rest) => {
      const { event } = turn;
      if (event.type === 'message-received' && event.text === '하나') throw new GatewayError('INTERNAL', 'a bug');
      return acceptTurn.call(rig.store, turn, ...rest);
    };
    await untilSettled();
    expect(sentTexts()).toEqual(['답: 둘']);
    expect(rig.spool.size).toBe(0);
  });

  it('questions that came apart are answered apart, and what was tapped between them in its place', async () => {
    Object.assign(rig.bot, { quiet: { quietMs: 1_200, longestMs: 5_000 } });
    answerAll();
    const unlock = lockStore();
    for (const [text, input] of [
      ['질문 1', 'typed'],
      ['질문 2', 'typed'],
      ['버튼', 'tap'],
      ['질문 3', 'typed'],
    ] as const) {
      await sendWithinASecond(rig.message('naver', text, { input }));
      await rig.clock.advance(3_000);
    }
    unlock();
    await untilSettled(10_000);
    expect(sentTexts()).toEqual(['답: 질문 1', '답: 질문 2', '답: 버튼', '답: 질문 3']);
  });

  it.each([100, 250, 310, 450, 620])(
    'messages in quick succession keep their order when it comes back after %i ms',
    async (ms) => {
      answerAll();
      neverMerge();
      const unlock = lockStore();
      for (let at = 0; at < 900; at += 10) {
        if (at % 150 === 0) void rig.send(rig.message('naver', `질문 ${at / 150}`));
        if (at === ms) unlock();
        await rig.clock.advance(10);
      }
      await untilSettled();
      expect(sentTexts()).toEqual([0, 1, 2, 3, 4, 5].map((n) => `답: 질문 ${n}`));
    },
  );

  it('other conversations are not held up by one that waits', async () => {
    answerAll();
    const unlock = lockStore();
    await sendWithinASecond(rig.message('naver', '기다림'));
    unlock();
    const conversation = { botId: 'default', channel: 'naver', user: '다른 손님' } as const;
    await rig.send(rig.message('naver', '바로', { conversation }));
    await rig.settle();
    expect(sentTexts()).toEqual(['답: 바로']);
  });

  it('survives kill -9 and is answered once by the next process', async () => {
    answerAll();
    const unlock = lockStore();
    await sendWithinASecond(rig.message('naver', '질문'));
    unlock();
    rig.die();
    await rig.restart();
    await untilSettled();
    expect(sentTexts()).toEqual(['답: 질문']);
  });

  it('what waited for more than ten minutes is explained, once for all of it', async () => {
    answerAll();
    const unlock = lockStore();
    for (const n of [1, 2, 3]) await sendWithinASecond(rig.message('naver', `오래된 ${n}`));
    await rig.clock.advance(9 * 60_000);
    await sendWithinASecond(rig.message('naver', '새 질문'));
    await rig.clock.advance(90_000);
    unlock();
    await untilSettled();
    expect(sentTexts()).toEqual([
      expect.stringContaining('제때 답변드리지 못했어요'),
      '“새 질문” 질문의 답변이에요.',
      '답: 새 질문',
    ]);
    const turns = await rig.store.readTurns(rig.key('naver'), 0, 10);
    expect(turns.map((turn) => turn.event.type === 'message-received' && turn.event.text)).toEqual([
      '오래된 1\n오래된 2\n오래된 3',
      '새 질문',
    ]);
  });

  it('holds no personal data and no address of a photo in the file', async () => {
    lockStore();
    const images = ['https://phinf.example/signed-photo'];
    await sendWithinASecond(rig.message('naver', '제 번호는 010-1234-5678', { images }));
    const onDisk = await readFile(rig.spoolFile, 'utf8');
    expect(onDisk).toContain('[전화번호]');
    expect(onDisk).not.toContain('1234-5678');
    expect(onDisk).not.toContain('signed-photo');
  });

  it('whoever leaves is not answered out of the spool, and what was pending in the store is suppressed', async () => {
    const call = rig.send(rig.message('naver', '느린 질문'));
    await call;
    const running = await rig.engine.nextCall();
    const unlock = lockStore();
    await sendWithinASecond(rig.message('naver', '둘째'));
    const leaving = handle(left());
    await rig.clock.advance(900);
    expect(await leaving).toMatchObject(accepted);
    expect(rig.spool.size).toBe(1);
    running.say('늦은 답');
    running.finish();
    unlock();
    await untilSettled();
    expect(sentTexts()).toEqual([]);
    expect(rig.spool.size).toBe(0);
  });

  it('an opened room gets its 200 without a greeting', async () => {
    const unlock = lockStore();
    expect(await handle(opened())).toMatchObject(accepted);
    unlock();
    expect(seen(await handle(opened())).texts).toEqual(['안녕하세요']);
  });

  /** Such as `kept 3`, by name. */
  async function counted(): Promise<readonly string[]> {
    const { body } = await rig.metrics.render();
    const lines = [...body.matchAll(/^malgil_spooled_events_total\{.*outcome="([^"]+)".*\} ([1-9]\d*)$/gm)];
    return lines.map(([, outcome, count]) => `${outcome} ${count}`).sort();
  }

  it('counts events, not the questions that became of them', async () => {
    Object.assign(rig.bot, { quiet: { quietMs: 1_200, longestMs: 5_000 } });
    answerAll();
    const unlock = lockStore();
    for (const text of ['하나', '둘', '셋']) await sendWithinASecond(rig.message('naver', text));
    unlock();
    await untilSettled();
    expect(await counted()).toEqual(['kept 3', 'replayed 3']);
  });

  it('a spool that is full refuses, so that the channel can say so', async () => {
    lockStore();
    rig.spool.add = () => false;
    const handling = rig.send(rig.message('naver', '질문'));
    const refused = expect(handling).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await rig.clock.advance(999);
    await refused;
    expect(rig.alerts.map((alert) => alert.code)).toEqual(['spool-full']);
  });

  describe('and the spool cannot be written either', () => {
    let unlock: () => void;
    /** A folder where the new file would be. */
    const obstacle = () => `${rig.spoolFile}.new`;

    beforeEach(async () => {
      answerAll();
      unlock = lockStore();
      await sendWithinASecond(ask('early', '먼저 온 질문'));
      await rig.spool.flushed();
      await mkdir(obstacle());
      rig.spool.purge();
      expect(await rig.spool.flushed()).toBe(false);
      rig.alerts.length = 0;
    });

    const ask = (user: string, text: string) =>
      rig.message('naver', text, { conversation: { botId: 'default', channel: 'naver', user } });

    /** Not up to the end of the second: the real disk has to answer before it. */
    async function refused(event: MessageReceived): Promise<void> {
      const handling = expect(rig.send(event)).rejects.toMatchObject({ code: 'STORE_FAILED' });
      await rig.clock.advance(600);
      await handling;
    }

    it('a question is refused, so that the channel can say so, and is not answered when the store is back', async () => {
      await refused(ask('late', '늦은 질문'));
      expect(rig.spool.size).toBe(1);
      expect(rig.alerts.map((alert) => alert.code)).toEqual(['spool-full']);
      unlock();
      await untilSettled();
      expect(sentTexts()).toEqual(['답: 먼저 온 질문']);
      expect(await counted()).toEqual(['kept 1', 'refused 1', 'replayed 1']);
      await sendWithinASecond(ask('late', '다시 보낸 질문'));
      await untilSettled();
      expect(sentTexts()).toEqual(['답: 먼저 온 질문', '답: 다시 보낸 질문']);
    });

    it('nor does the store get it while the disk has not said yet whether it keeps it', async () => {
      const { promise: answered, resolve: diskAnswers } = Promise.withResolvers<boolean>();
      rig.spool.flushed = () => answered;
      const handling = expect(rig.send(ask('late', '늦은 질문'))).rejects.toMatchObject({ code: 'STORE_FAILED' });
      await rig.clock.advance(450);
      expect(rig.spool.size).toBe(2);
      unlock();
      const moveOn = stallStore();
      await rig.clock.advance(300);
      diskAnswers(false);
      await handling;
      moveOn();
      await untilSettled();
      expect(sentTexts()).toEqual(['답: 먼저 온 질문']);
    });

    it('what was acknowledged survives kill -9', async () => {
      await refused(ask('late', '늦은 질문'));
      unlock();
      rig.die();
      await rm(obstacle(), { recursive: true });
      await rig.restart();
      await untilSettled();
      expect(sentTexts()).toEqual(['답: 먼저 온 질문']);
    });

    it('what nobody can be told stays in memory, and reaches the store', async () => {
      const handling = handle(left());
      await rig.clock.advance(600);
      expect(await handling).toMatchObject(accepted);
      expect(rig.spool.size).toBe(2);
      expect(rig.alerts.map((alert) => alert.code)).toEqual(['spool-in-memory']);
      expect(rig.alerts[0]?.text).toContain('메모리에만 있습니다');
      unlock();
      await untilSettled();
      expect(rig.spool.size).toBe(0);
    });
  });
});

it.each([
  [50_000, ['답: 언제 오나요?']],
  [70_000, ['“언제 오나요?” 질문의 답변이에요.', '답: 언제 오나요?']],
])(
  'what was asked %i ms before the store was back names its question once nobody expects it any more',
  async (ms, texts) => {
    answerAll();
    const unlock = lockStore();
    await sendWithinASecond(rig.message('naver', '언제 오나요?'));
    await rig.clock.advance(ms);
    unlock();
    await untilSettled();
    expect(sentTexts()).toEqual(texts);
  },
);

it('an answer that is ready goes out however long the store is away', async () => {
  answerAll();
  const { readDeliveries } = rig.store;
  rig.store.readDeliveries = async () => {
    throw new GatewayError('STORE_BUSY', 'locked');
  };
  await rig.send(rig.message('naver', '질문'));
  await untilSettled();
  expect(sentTexts()).toEqual([]);
  rig.store.readDeliveries = readDeliveries;
  await untilSettled();
  expect(sentTexts()).toEqual(['답: 질문']);
});

describe('while the disk stands still', () => {
  it('a question that the store takes late after all is answered once', async () => {
    answerAll();
    const moveOn = stallStore();
    await sendWithinASecond(rig.message('naver', '질문'));
    expect(rig.spool.size).toBe(1);
    await untilSettled();
    moveOn();
    await untilSettled();
    expect(sentTexts()).toEqual(['답: 질문']);
    expect(rig.spool.size).toBe(0);
  });

  it('what follows it waits behind it', async () => {
    answerAll();
    neverMerge();
    const moveOn = stallStore();
    await sendWithinASecond(rig.message('naver', '질문 1'));
    await sendWithinASecond(rig.message('naver', '질문 2'));
    moveOn();
    await untilSettled();
    expect(sentTexts()).toEqual(['답: 질문 1', '답: 질문 2']);
  });

  it('an event that is in the store and in the spool when the process dies is answered once', async () => {
    answerAll();
    const event = rig.message('naver', '질문');
    rig.spool.add({ conversationKey: rig.key('naver'), receivedAt: event.receivedAt, event });
    await rig.store.acceptTurn(
      {
        ...event,
        event,
        conversationKey: rig.key('naver'),
        ownerId: 'first',
        dedupeSince: 0,
        state: 'answering',
      },
      20,
    );
    rig.die();
    await rig.restart();
    await untilSettled();
    expect(sentTexts()).toEqual(['답: 질문']);
    expect(rig.spool.size).toBe(0);
  });
});

it('an event that can never be handled is given up, and those behind it are not', async () => {
  answerAll();
  const lost = rig.message('naver', '없는 봇에게', { conversation: { botId: 'gone', channel: 'naver', user: 'u' } });
  const kept = rig.message('naver', '질문');
  rig.spool.add({ conversationKey: 'gone', receivedAt: 1, event: lost });
  rig.spool.add({ conversationKey: rig.key('naver'), receivedAt: rig.clock.now(), event: kept });
  await rig.restart();
  await untilSettled();
  expect(sentTexts()).toEqual(['답: 질문']);
  expect(rig.spool.size).toBe(0);
});

it('nothing is taken out of the spool while the process stops', async () => {
  const unlock = lockStore();
  await sendWithinASecond(rig.message('naver', '질문'));
  const draining = rig.gateway.drain(0);
  await rig.clock.advance(0);
  await draining;
  // One that was on its way to the store when it stopped.
  await rig.clock.advance(2_000);
  unlock();
  await untilSettled();
  expect(rig.spool.size).toBe(1);
});

describe('who owns a room, while the store is locked', () => {
  const MINUTE_MS = 60_000;
  const thread = () => rig.threads.of(rig.key('naver'));
  const says = (text: string, rest: Partial<MessageReceived> = {}) =>
    sendWithinASecond(rig.message('naver', text, rest));
  const states = async () => (await rig.store.readTurns(rig.key('naver'), 0, 40)).map(({ state }) => state);
  let asked: string[];

  /** The response comes within its second, of which it takes 600 ms while the store is locked. */
  async function happens(event: Partial<InboundEvent> & Pick<InboundEvent, 'type'>): Promise<void> {
    const { text: _, input: __, ...base } = rig.message('naver', '');
    const handling = handle({ ...base, ...event } as InboundEvent);
    await rig.clock.advance(999);
    await handling;
  }
  const agentSpeaks = () => happens({ type: 'message-echoed', author: 'agent', text: '네, 고객님.' });
  const agentReturnsIt = () => happens({ type: 'thread-returned' });

  beforeEach(() => {
    answerAll();
    asked = [];
    const request = (name: string) => async () => {
      asked.push(name);
      return { outcome: 'delivered', code: '00', retryable: false } as const;
    };
    Object.assign(rig.channel('naver'), { passThread: request('pass'), takeThread: request('take') });
  });

  const agentsGoFirst = () =>
    Object.assign(rig.bot, {
      handover: { ...rig.bot.handover, rules: { ...rig.bot.handover.rules, agentsFirstMs: 5 * MINUTE_MS } },
    });

  it('a question to agents who have not come yet waits once, and is answered once when nobody comes', async () => {
    await rig.send(rig.message('naver', '상담원 연결해 주세요'));
    await rig.settle();
    await rig.clock.advance(10_000);
    expect(thread().owner).toBe('waiting');
    const unlock = lockStore();
    await says('반품하고 싶어요', { standby: true });
    await untilSettled(2 * MINUTE_MS);
    expect(thread().held).toEqual([]);
    unlock();
    await untilSettled();
    expect(thread().held).toEqual([{ turnId: expect.any(String), standby: true }]);
    await rig.clock.advance(30 * MINUTE_MS);
    await untilSettled();
    expect(asked).toEqual(['pass', 'take']);
    expect(sentTexts().slice(1)).toEqual([
      '상담원 연결이 늦어지고 있어 제가 먼저 답변드릴게요.\n“반품하고 싶어요” 질문의 답변이에요.',
      '답: 반품하고 싶어요',
    ]);
    expect(await states()).toEqual(['answered', 'answered']);
  });

  it('questions that agents may answer first push each other out neither, and all are answered', async () => {
    agentsGoFirst();
    neverMerge();
    const unlock = lockStore();
    for (let n = 0; n < 12; n += 1) await says(`질문 ${n}`);
    await untilSettled(MINUTE_MS);
    expect(thread().held).toEqual([]);
    unlock();
    await untilSettled();
    expect(thread().held).toHaveLength(12);
    expect(sentTexts()).toEqual([]);
    await rig.clock.advance(5 * MINUTE_MS);
    await untilSettled();
    const answers = Array.from({ length: 12 }, (_, n) => [`“질문 ${n}” 질문의 답변이에요.`, `답: 질문 ${n}`]);
    expect(sentTexts()).toEqual(answers.flat());
  });

  it('an event that the platform sends twice is held once', async () => {
    agentsGoFirst();
    const twice = { dedupeKey: 'same' };
    await rig.send(rig.message('naver', '질문', twice));
    await rig.send(rig.message('naver', '질문', twice));
    expect(thread().held).toHaveLength(1);
  });

  it('a question that the store took without being able to say so is held all the same', async () => {
    agentsGoFirst();
    const { acceptTurn } = rig.store;
    let isInDoubt = true;
    rig.store.acceptTurn = async (...args) => {
      const accepted = await acceptTurn.apply(rig.store, args);
      if (!isInDoubt) return accepted;
      throw new GatewayError('STORE_BUSY', 'in doubt');
    };
    await says('질문');
    expect(thread().held).toEqual([]);
    isInDoubt = false;
    await untilSettled();
    expect(thread().held).toHaveLength(1);
    await rig.clock.advance(5 * MINUTE_MS);
    await untilSettled();
    expect(sentTexts()).toEqual(['“질문” 질문의 답변이에요.', '답: 질문']);
  });

  it.each([false, true])(
    'an agent who speaks behind a question is not talked over with its answer (agents were there: %s)',
    async (wereThere) => {
      if (wereThere) await agentSpeaks();
      await rig.clock.advance(MINUTE_MS);
      const unlock = lockStore();
      await says('배송은요?');
      await agentSpeaks();
      unlock();
      await untilSettled();
      expect(thread().owner).toBe('agent');
      expect(sentTexts()).toEqual([]);
      expect(new Set(await states())).toEqual(new Set(['suppressed']));
      await says('그럼 반품은요?');
      await untilSettled();
      expect(sentTexts()).toEqual(['답: 그럼 반품은요?']);
    },
  );

  it('nor with one that a new process finds in the spool', async () => {
    const unlock = lockStore();
    await says('배송은요?');
    await agentSpeaks();
    unlock();
    rig.die();
    await rig.restart();
    expect(thread().owner).toBe('agent');
    await untilSettled();
    expect(sentTexts()).toEqual([]);
    expect(thread().owner).toBe('agent');
  });

  it.each([3_000, 5 * MINUTE_MS])(
    'a room that an agent gave back stays given back, %i ms later too',
    async (laterMs) => {
      await agentSpeaks();
      const unlock = lockStore();
      await says('감사합니다', { standby: true });
      await agentReturnsIt();
      expect(thread().owner).toBe('bot');
      await rig.clock.advance(laterMs);
      unlock();
      await untilSettled();
      expect(thread().owner).toBe('bot');
      expect(sentTexts()).toEqual([]);
      await says('배송은요?');
      await untilSettled();
      expect(sentTexts()).toEqual(['답: 배송은요?']);
    },
  );

  it('what was asked of agents who never came, and gave the room back, is answered', async () => {
    await rig.send(rig.message('naver', '상담원 연결해 주세요'));
    await rig.settle();
    await rig.clock.advance(10_000);
    const unlock = lockStore();
    await says('반품하고 싶어요', { standby: true });
    await agentReturnsIt();
    unlock();
    await untilSettled();
    expect(thread().owner).toBe('bot');
    expect(sentTexts().slice(1)).toEqual(['답: 반품하고 싶어요']);
  });

  it('words to agents of whom nobody knew silence the bot at once', async () => {
    const unlock = lockStore();
    await says('배송은요?');
    await says('상담원님 계세요?', { standby: true });
    expect(thread().owner).toBe('agent');
    unlock();
    await untilSettled();
    expect(sentTexts()).toEqual([]);
    expect(thread().owner).toBe('agent');
  });

  it.each([false, true])(
    'a room that an agent gave back is so after kill -9 (others waited: %s)',
    async (othersWait) => {
      await agentSpeaks();
      await rig.settle();
      const unlock = lockStore();
      if (othersWait) await says('감사합니다', { standby: true });
      await rig.clock.advance(MINUTE_MS);
      await agentReturnsIt();
      const returnedAt = thread().since;
      unlock();
      rig.die();
      await rig.restart();
      expect(thread()).toMatchObject({ owner: 'bot', since: returnedAt });
      await untilSettled();
      expect(rig.spool.size).toBe(0);
      expect((await rig.store.readThread(rig.key('naver')))?.thread).toMatchObject({ owner: 'bot', since: returnedAt });
    },
  );

  it('an agent who came after it was given back has it, also where that waited for the store', async () => {
    await agentSpeaks();
    const unlock = lockStore();
    await agentReturnsIt();
    await rig.clock.advance(MINUTE_MS);
    await agentSpeaks();
    unlock();
    await untilSettled();
    expect([thread().owner, rig.spool.size]).toEqual(['agent', 0]);
    expect((await rig.store.readThread(rig.key('naver')))?.thread.owner).toBe('agent');
  });

  it.each(['네, 고객님.', undefined])('an agent who spoke survives kill -9 (words: %s)', async (text) => {
    const unlock = lockStore();
    await happens({ type: 'message-echoed', author: 'agent', ...(text === undefined ? {} : { text }) });
    unlock();
    rig.die();
    await rig.restart();
    expect(thread().owner).toBe('agent');
    await untilSettled();
    expect(rig.spool.size).toBe(0);
    expect(await states()).toEqual(text === undefined ? [] : ['suppressed']);
  });

  it('what is heard again out of the spool is no news, and leaves what came since to agents', async () => {
    agentsGoFirst();
    await agentSpeaks();
    const unlock = lockStore();
    await agentReturnsIt();
    await says('배송은요?');
    unlock();
    await untilSettled();
    expect([rig.spool.size, thread().held.length, sentTexts()]).toEqual([0, 1, []]);
  });

  it.each([false, true])(
    'nothing of it names a customer who took consent back (store locked: %s)',
    async (isLocked) => {
      await agentSpeaks();
      await agentReturnsIt();
      const unlock = isLocked ? lockStore() : () => {};
      await agentSpeaks();
      await happens({ type: 'profile-withdrawn', fields: ['nickname'] });
      unlock();
      await untilSettled();
      await happens({ type: 'profile-withdrawn', fields: ['nickname'] });
      await untilSettled();
      expect(rig.spool.size).toBe(0);
      expect(await rig.store.readThreads()).toEqual([]);
      await rig.clock.advance(61 * MINUTE_MS);
      expect(await rig.store.readThreads()).toEqual([]);
    },
  );

  it('agents who spoke survive kill -9, but not as news of what came later', async () => {
    const unlock = lockStore();
    await agentSpeaks();
    const spokeAt = thread().since;
    expect(thread().owner).toBe('agent');
    rig.die();
    await rig.restart();
    expect(thread()).toMatchObject({ owner: 'agent', since: spokeAt });
    await agentReturnsIt();
    unlock();
    await untilSettled();
    expect(rig.spool.size).toBe(0);
    expect(thread().owner).toBe('bot');
  });
});
