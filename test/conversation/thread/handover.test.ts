/** Handover through the whole core: store, lane, queue and deliveries are real; the platform and time are the test's. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryReceipt } from '../../../src/channels/channel.ts';
import type { InboundEvent, MessageReceived } from '../../../src/message.ts';
import type { FakeWire } from '../../helpers/fake-channel.ts';
import { GatewayRig, seen } from '../../helpers/gateway-rig.ts';

const MINUTE_MS = 60_000;
const DONE: DeliveryReceipt = { outcome: 'delivered', code: '00', retryable: false };
const REFUSED: DeliveryReceipt = { outcome: 'refused', code: '01', retryable: false };

let rig: GatewayRig;
/** What the platform was asked for, between the messages. */
let asked: string[];
let nextReceipts: DeliveryReceipt[];

beforeEach(async () => {
  rig = await GatewayRig.open();
  asked = [];
  nextReceipts = [];
  const request = (name: string) => async () => {
    asked.push(`${name} after ${sent().length}`);
    return nextReceipts.shift() ?? DONE;
  };
  Object.assign(rig.channel('naver'), { passThread: request('pass'), takeThread: request('take') });
});

afterEach(() => rig.close());

const sent = () => rig.channel('naver').sent.flatMap(({ message }) => (message.wire as FakeWire).texts);
const thread = () => rig.threads.of(rig.key('naver'));
const policy = (changes: Partial<GatewayRig['bot']['handover']>) =>
  Object.assign(rig.bot, { handover: { ...rig.bot.handover, ...changes } });

async function say(text: string, rest: Partial<MessageReceived> = {}): Promise<void> {
  await rig.send(rig.message('naver', text, rest));
  await rig.settle();
}

async function happens(event: Partial<InboundEvent> & Pick<InboundEvent, 'type'>): Promise<void> {
  const { id, conversation, receivedAt, requestId, replyWindows } = rig.message('naver', '');
  const complete = { id, conversation, receivedAt, requestId, replyWindows, ...event } as InboundEvent;
  await rig.gateway.handle(rig.bot, rig.channel('naver'), complete);
  await rig.settle();
}

const agentSpeaks = () => happens({ type: 'message-echoed', author: 'agent', text: '네, 고객님.' });

async function answerNext(text: string): Promise<void> {
  const call = await rig.engine.nextCall();
  call.say(text);
  call.finish();
  await rig.settle();
}

describe('a customer who wants a person', () => {
  it('hears that one is coming, and then the room changes hands', async () => {
    await say('상담원 연결해 주세요');
    expect(sent()).toEqual(['상담원을 부를게요.']);
    expect(asked).toEqual(['pass after 1']);
    expect(thread()).toMatchObject({ owner: 'waiting', until: rig.clock.now() + 30 * MINUTE_MS });
  });

  it('hears it when the platform refuses, and the bot stays', async () => {
    nextReceipts.push(REFUSED);
    await say('상담원 연결해 주세요');
    expect(sent()).toEqual(['상담원을 부를게요.', expect.stringContaining('연결하지 못했어요')]);
    expect(thread().owner).toBe('bot');
    await say('반품 배송비는 얼마인가요?');
    await answerNext('3,000원입니다.');
    expect(sent().at(-1)).toBe('3,000원입니다.');
  });

  it('hears the hours when nobody is at work', async () => {
    rig.agentsAreAtWork = false;
    await say('상담원 연결해 주세요');
    expect(sent()).toEqual(['지금은 상담 시간이 아니에요.\n\n상담 시간: 평일 09:00-18:00\n\n고객센터 02-000-0000']);
    expect(asked).toEqual([]);
  });

  it('is told how to reach one where the platform has none', async () => {
    policy({ reasons: new Set() });
    await say('상담원 연결해 주세요');
    expect(sent()[0]).toContain('02-000-0000');
    expect(asked).toEqual([]);
  });

  it('waits, and what was asked meanwhile is answered as one when nobody comes', async () => {
    await say('상담원 연결해 주세요');
    await rig.clock.advance(10_000);
    await say('반품하고 싶어요', { standby: true });
    await say('배송비도 궁금해요', { standby: true });
    expect(rig.engine.calls).toHaveLength(0);
    await rig.clock.advance(30 * MINUTE_MS);
    await rig.settle();
    expect(asked).toEqual(['pass after 1', 'take after 1']);
    expect(rig.engine.calls.map(({ request }) => request.question)).toEqual(['반품하고 싶어요\n배송비도 궁금해요']);
    await answerNext('반품은 이렇게 하세요.');
    expect(sent().slice(1)).toEqual([
      '상담원 연결이 늦어지고 있어 제가 먼저 답변드릴게요.\n“반품하고 싶어요 배송비도 궁금해요” 질문의 답변이에요.',
      '반품은 이렇게 하세요.',
    ]);
    expect(thread().owner).toBe('bot');
  });

  describe('and asks again while waiting', () => {
    const waitInVain = async () => {
      await rig.clock.advance(30 * MINUTE_MS);
      await rig.settle();
    };
    const nobodyCame =
      '기다리게 해 드려 죄송합니다. 아직 상담원과 연결되지 못했어요. 궁금하신 내용을 남겨 주시면 그동안 제가 도와드릴게요.\n\n상담 시간: 평일 09:00-18:00\n\n고객센터 02-000-0000';

    beforeEach(async () => {
      await say('상담원 연결해 주세요');
      await rig.clock.advance(10_000);
    });

    it('hears that nobody could come, and is not given to them again', async () => {
      await say('상담원 연결해 주세요', { standby: true });
      await rig.clock.advance(60_000);
      await say('상담원이랑 통화하고 싶어요', { standby: true });
      await waitInVain();
      expect(sent().slice(1)).toEqual([nobodyCame]);
      expect(asked).toEqual(['pass after 1', 'take after 1']);
      expect(thread().owner).toBe('bot');
      await say('상담원 연결해 주세요');
      expect(asked.at(-1)).toBe('pass after 3');
    });

    it('hears it also where another reason had called for agents', async () => {
      policy({ reasons: new Set(['failures']) });
      await say('상담원 연결해 주세요', { standby: true });
      await waitInVain();
      expect(sent().slice(1)).toEqual([nobodyCame]);
    });

    it('hears the hours alone when they have ended meanwhile', async () => {
      await say('상담원 연결해 주세요', { standby: true });
      rig.agentsAreAtWork = false;
      await waitInVain();
      expect(sent().slice(1)).toEqual([
        '지금은 상담 시간이 아니에요.\n\n상담 시간: 평일 09:00-18:00\n\n고객센터 02-000-0000',
      ]);
    });

    it('has what else was asked answered, without the call in the question', async () => {
      await say('상담원 연결해 주세요', { standby: true });
      await say('반품하고 싶어요', { standby: true });
      await waitInVain();
      expect(rig.engine.calls.map(({ request }) => request.question)).toEqual(['반품하고 싶어요']);
      await answerNext('반품은 이렇게 하세요.');
      expect(sent().slice(1)).toEqual([nobodyCame, '“반품하고 싶어요” 질문의 답변이에요.', '반품은 이렇게 하세요.']);
    });

    it('is told once when the answer would be a call for agents again', async () => {
      policy({ reasons: new Set(['low-confidence']) });
      await say('우주에는 끝이 있나요?', { standby: true });
      await waitInVain();
      await answerNext('아마 없을 거예요.');
      expect(sent().slice(1)).toEqual([nobodyCame]);
      expect(thread().owner).toBe('bot');
    });
  });

  it('and an agent who comes leave nothing to the bot', async () => {
    await say('상담원 연결해 주세요');
    await rig.clock.advance(10_000);
    await say('반품하고 싶어요', { standby: true });
    await agentSpeaks();
    await say('네', { standby: true });
    await rig.clock.advance(59 * MINUTE_MS);
    await rig.settle();
    expect(rig.engine.calls).toHaveLength(0);
    expect(sent()).toHaveLength(1);
    expect((await rig.store.counts()).openTurns).toBe(0);
    await happens({ type: 'thread-returned' });
    await say('감사합니다. 배송은요?');
    await answerNext('이틀 걸려요.');
    expect(sent().at(-1)).toBe('이틀 걸려요.');
  });
});

describe('an agent who takes over', () => {
  it('silences an answer that is being made', async () => {
    await say('반품하고 싶어요');
    const call = await rig.engine.nextCall();
    await agentSpeaks();
    expect(call.signal.aborted).toBe(true);
    call.say('늦은 답');
    call.finish();
    await rig.settle();
    expect(sent()).toEqual([]);
    expect((await rig.store.counts()).openTurns).toBe(0);
  });

  it('silences messages that wait in the queue', async () => {
    const slow = Promise.withResolvers<DeliveryReceipt>();
    rig.channel('naver').receipts.push(slow.promise);
    await say('첫 질문이에요');
    await answerNext('첫 답');
    await say('둘째 질문이에요');
    await answerNext('둘째 답');
    await agentSpeaks();
    slow.resolve(DONE);
    await rig.settle();
    expect(sent()).toEqual(['첫 답']);
    expect((await rig.store.counts()).waitingDeliveries).toBe(0);
  });

  it('is not greeted into, and not talked over by a tap on an old button', async () => {
    await agentSpeaks();
    await say('배송 조회', { input: 'tap' });
    await happens({ type: 'conversation-opened' });
    expect(sent()).toEqual([]);
    expect(rig.engine.calls).toHaveLength(0);
  });

  it('is talked over by a tap on an old button where the operator wants it', async () => {
    policy({ rules: { ...rig.bot.handover.rules, answersOldButtons: true } });
    await agentSpeaks();
    await say('배송 조회', { input: 'tap' });
    await answerNext('이틀 걸려요.');
    expect(sent()).toEqual(['이틀 걸려요.']);
    expect(thread().owner).toBe('agent');
  });

  it('and whose end of work was lost mutes the bot no longer: typed words say whose room it is', async () => {
    await agentSpeaks();
    await say('배송은 며칠 걸려요?');
    await answerNext('이틀 걸려요.');
    expect(sent()).toEqual(['이틀 걸려요.']);
  });

  it('and says nothing more leaves a question that comes just before the end of that time to the bot', async () => {
    await agentSpeaks();
    await rig.clock.advance(60 * MINUTE_MS - 2_000);
    await say('언제 오나요?', { standby: true });
    await rig.clock.advance(MINUTE_MS - 1);
    await rig.settle();
    expect([asked, rig.engine.calls.length]).toEqual([[], 0]);
    await rig.clock.advance(1);
    await rig.settle();
    expect(asked).toEqual(['take after 0']);
    await answerNext('내일 도착해요.');
    expect(sent()).toEqual(['“언제 오나요?” 질문의 답변이에요.', '내일 도착해요.']);
    expect(thread().owner).toBe('bot');
  });

  it('and answers in time leaves nothing of it, nor of what came long before', async () => {
    await agentSpeaks();
    await say('감사합니다', { standby: true });
    await rig.clock.advance(59 * MINUTE_MS);
    await say('언제 오나요?', { standby: true });
    await rig.clock.advance(30_000);
    await agentSpeaks();
    await rig.clock.advance(120 * MINUTE_MS);
    await rig.settle();
    expect([asked, sent(), rig.engine.calls.length]).toEqual([[], [], 0]);
    expect((await rig.store.counts()).openTurns).toBe(0);
  });

  it('and forgets to finish loses the room to a customer who comes back later', async () => {
    await agentSpeaks();
    await rig.clock.advance(60 * MINUTE_MS);
    await say('배송은 며칠 걸려요?', { standby: true });
    expect(asked).toEqual(['take after 0']);
    await answerNext('이틀 걸려요.');
    expect(sent()).toEqual(['이틀 걸려요.']);
  });
});

it('outside of business hours no person is offered', async () => {
  policy({ hours: { isOpen: () => false, text: '평일 09:00-18:00' }, awayText: '지금은 상담 시간이 아니에요.' });
  await say('상담원 연결해 주세요');
  expect(sent()).toEqual([expect.stringContaining('상담 시간이 아니에요')]);
  expect(JSON.stringify(rig.channel('naver').sent)).not.toContain('상담원 연결하기');
});

describe('agents first', () => {
  beforeEach(() => policy({ rules: { ...rig.bot.handover.rules, agentsFirstMs: 30_000 } }));

  it('lets the bot answer when nobody else did: questions apart each by itself, in order', async () => {
    await say('안녕하세요');
    await rig.clock.advance(10_000);
    await say('반품 배송비는 얼마인가요?');
    expect(rig.engine.calls).toHaveLength(0);
    await rig.clock.advance(20_000);
    await rig.settle();
    await answerNext('반갑습니다.');
    await answerNext('3,000원입니다.');
    expect(rig.engine.calls.map(({ request }) => request.question)).toEqual([
      '안녕하세요',
      '반품 배송비는 얼마인가요?',
    ]);
    expect(sent()).toEqual(['반갑습니다.', '3,000원입니다.']);
  });

  it('lets the bot answer when nobody else did, messages in a row as one', async () => {
    Object.assign(rig.bot, { quiet: { quietMs: 1_200, longestMs: 5_000 } });
    await say('안녕하세요');
    await rig.clock.advance(1_000);
    await say('반품 배송비는 얼마인가요?');
    expect(rig.engine.calls).toHaveLength(0);
    await rig.clock.advance(29_000);
    await rig.settle();
    await rig.clock.advance(1_200);
    await rig.settle();
    await answerNext('3,000원입니다.');
    expect(rig.engine.calls.map(({ request }) => request.question)).toEqual(['안녕하세요\n반품 배송비는 얼마인가요?']);
    expect(sent()).toEqual(['3,000원입니다.']);
  });

  it('leaves a question to the agent who answers it', async () => {
    await say('반품 배송비는 얼마인가요?');
    await agentSpeaks();
    await rig.clock.advance(MINUTE_MS);
    await rig.settle();
    expect(rig.engine.calls).toHaveLength(0);
  });

  it('is only for the hours in which there are agents', async () => {
    rig.agentsAreAtWork = false;
    await say('반품 배송비는 얼마인가요?');
    await answerNext('3,000원입니다.');
    expect(sent()).toEqual(['3,000원입니다.']);
  });
});

describe('a bot at its wits end', () => {
  it('passes after two questions in a row without an answer, and says what it could not do', async () => {
    policy({ reasons: new Set(['request', 'failures']) });
    for (const text of ['첫 질문이에요', '둘째 질문이에요']) {
      await say(text);
      (await rig.engine.nextCall()).fail(new Error('down'));
      await rig.settle();
    }
    expect(asked).toEqual(['pass after 3']);
    expect(sent().at(-1)).toBe('상담원을 부를게요.');
  });

  it('passes instead of making things up, but not for small talk', async () => {
    policy({ reasons: new Set(['low-confidence']) });
    await say('안녕하세요');
    await answerNext('안녕하세요! 무엇을 도와드릴까요?');
    expect(asked).toEqual([]);
    await say('우주여행 상품의 보험 약관이 궁금합니다');
    await answerNext('우주여행 보험은 무료입니다.');
    expect(sent()).toEqual(['안녕하세요! 무엇을 도와드릴까요?', '상담원을 부를게요.']);
    expect(asked).toEqual(['pass after 2']);
  });
});

describe('a process that dies', () => {
  it('while customers wait for an agent still answers them when nobody comes', async () => {
    await say('상담원 연결해 주세요');
    await rig.clock.advance(10_000);
    await say('반품하고 싶어요', { standby: true });
    rig.die();
    await rig.restart();
    await rig.settle();
    expect(thread()).toMatchObject({ owner: 'waiting', held: [{ standby: true }] });
    expect(rig.engine.calls).toHaveLength(0);
    await rig.clock.advance(30 * MINUTE_MS);
    await rig.settle();
    await answerNext('반품은 이렇게 하세요.');
    expect(sent().at(-1)).toBe('반품은 이렇게 하세요.');
  });

  it('between the announcement and the pass makes up for it', async () => {
    const never = Promise.withResolvers<DeliveryReceipt>();
    Object.assign(rig.channel('naver'), { passThread: () => never.promise });
    await say('상담원 연결해 주세요');
    expect(sent()).toHaveLength(1);
    rig.die();
    const passed: string[] = [];
    Object.assign(rig.channel('naver'), {
      passThread: async () => {
        passed.push('pass');
        return DONE;
      },
    });
    await rig.restart();
    await rig.settle();
    expect(passed).toEqual(['pass']);
    expect(thread().owner).toBe('waiting');
  });
});

it('keeps quiet for agents also where it answers in the webhook response', async () => {
  const windows = [{ mode: 'inline' as const, closesAt: rig.clock.now() + 900 }, { mode: 'pickup' as const }];
  const handled = await rig.send(rig.message('naver', '배송은요?', { standby: true, replyWindows: windows }));
  expect(seen(handled).texts).toEqual(['(accepted)']);
});

describe('where answers go into the webhook response, and there is a key', () => {
  const windows = () => [{ mode: 'inline' as const, closesAt: rig.clock.now() + 900 }, { mode: 'push' as const }];
  const respondTo = async (text: string, rest: Partial<MessageReceived> = {}) => {
    const handling = rig.send(rig.message('naver', text, { ...rest, replyWindows: windows() }));
    await rig.settle();
    await rig.clock.advance(0);
    return seen(await handling).texts;
  };

  it('a customer who wants a person is given to the agents, behind the words that say so', async () => {
    expect(await respondTo('상담원 연결해 주세요')).toEqual(['(accepted)']);
    await rig.settle();
    expect(sent()).toEqual([expect.stringContaining('상담원을 부를게요')]);
    expect(asked).toEqual(['pass after 1']);
    expect(thread().owner).toBe('waiting');
  });

  it('what is asked of agents who do not come is answered by the bot', async () => {
    await respondTo('상담원 연결해 주세요');
    await rig.clock.advance(10_000);
    expect(await respondTo('반품하고 싶어요', { standby: true })).toEqual(['(accepted)']);
    await rig.clock.advance(30 * MINUTE_MS);
    await rig.settle();
    await answerNext('반품은 이렇게 하세요.');
    expect(sent().at(-1)).toBe('반품은 이렇게 하세요.');
  });

  it('a question that is nobody else’s is answered there', async () => {
    const handling = rig.send(rig.message('naver', '배송은요?', { replyWindows: windows() }));
    await answerNext('이틀 걸려요.');
    expect([seen(await handling).texts, sent()]).toEqual([['이틀 걸려요.'], []]);
  });
});
