import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryReceipt } from '../../../src/channels/channel.ts';
import { LocalSendBudget } from '../../../src/jobs/local/send-budget.ts';
import type { InboundEvent } from '../../../src/message.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';

const QUESTION = '어제 산 니트가 저에게 어울릴까요';
const REFUSED: DeliveryReceipt = { outcome: 'refused', code: '99', retryable: true, retryAfterMs: 2_000 };

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  await rig.close();
});

/** Asks and answers; the platform says what was put into `receipts`. */
async function answer(text: string): Promise<string> {
  const event = rig.message('naver', QUESTION);
  await rig.send(event);
  const call = await rig.engine.nextCall();
  call.say(text);
  call.finish();
  await rig.settle();
  return event.id;
}

const sent = () => rig.channel('naver').sent.map(({ message }) => message.text);
const results = async (turnId: string) =>
  (await rig.store.readDeliveries(turnId)).map(({ state, result, attempts }) => [state, result, attempts]);

describe('a message that the platform refuses', () => {
  it('is tried as often as the receipt allows, and then the operator hears of it once', async () => {
    const advice = '잠시 후 다시 보내 주세요.';
    const refused = { ...REFUSED, maxAttempts: 2, needsOperator: true, advice };
    rig.channel('naver').receipts.push(refused, refused);
    const turnId = await answer('첫 답변');
    expect(rig.alerts).toEqual([]);
    await rig.clock.advance(2_000);
    await rig.settle();
    expect(sent()).toEqual(['첫 답변', '첫 답변']);
    expect(await results(turnId)).toEqual([['expired', '99', 2]]);
    expect(rig.alerts).toEqual([
      {
        code: 'answer-refused',
        botId: 'default',
        text: expect.stringContaining(advice),
        details: { resultCode: '99' },
        cause: `99 ${advice}`,
      },
    ]);
  });

  it('because of the customer is nobody else’s business', async () => {
    rig.channel('naver').receipts.push({ ...REFUSED, retryable: false, advice: '고객을 찾지 못했습니다.' });
    await answer('첫 답변');
    expect(rig.alerts).toEqual([]);
  });

  it('holds back the next one of the same customer, so that answers keep their order', async () => {
    rig.channel('naver').receipts.push(REFUSED);
    await answer('첫 답변');
    await answer('둘째 답변');
    expect(sent()).toEqual(['첫 답변']);
    await rig.clock.advance(2_000);
    await rig.settle();
    expect(sent()).toEqual(['첫 답변', '첫 답변', '둘째 답변']);
  });
});

/** The customer is in a dialog of the platform, which says so for as long as it is open. */
const PAUSED: DeliveryReceipt = {
  outcome: 'refused',
  code: '01',
  retryable: true,
  retryAfterMs: 60_000,
  endsWithCustomer: true,
};

describe('a message to a customer whom nothing reaches at the moment', () => {
  const room = { botId: 'default', channel: 'naver', user: 'user' } as const;
  const base = (id: string) => ({ id, receivedAt: rig.clock.now(), requestId: id, replyWindows: [] });
  const happens = (event: object, id = 'event') => {
    const happened = { ...base(id), conversation: room, ...event } as unknown as InboundEvent;
    return rig.gateway.handle(rig.bot, rig.channel('naver'), happened);
  };

  it.each([
    ['enters the room', { type: 'conversation-opened' }],
    ['subscribes', { type: 'subscription-changed', isSubscribed: true }],
    ['declines what the dialog asked', { type: 'profile-declined' }],
  ])('goes out as soon as the customer %s', async (_, event) => {
    rig.channel('naver').receipts.push(PAUSED);
    await answer('첫 답변');
    await rig.clock.advance(5_000);
    expect(sent()).toEqual(['첫 답변']);
    await happens(event);
    await rig.settle();
    expect(sent()).toEqual(['첫 답변', '첫 답변']);
  });

  it('goes out as soon as the customer writes, and before the answer to that', async () => {
    rig.channel('naver').receipts.push(PAUSED);
    await answer('첫 답변');
    await answer('둘째 답변');
    expect(sent()).toEqual(['첫 답변', '첫 답변', '둘째 답변']);
  });

  it('goes out by itself where nothing is heard of the customer', async () => {
    rig.channel('naver').receipts.push(PAUSED);
    await answer('첫 답변');
    await rig.clock.advance(59_999);
    expect(sent()).toEqual(['첫 답변']);
    await rig.clock.advance(1);
    await rig.settle();
    expect(sent()).toEqual(['첫 답변', '첫 답변']);
  });

  it('waits as long as ever where another customer is heard of, or an agent', async () => {
    rig.channel('naver').receipts.push(PAUSED);
    await answer('첫 답변');
    await happens({ type: 'subscription-changed', isSubscribed: true, conversation: { ...room, user: 'other' } });
    await happens({ type: 'message-echoed', author: 'bot', agentsOwnThread: false });
    await rig.settle();
    expect(sent()).toEqual(['첫 답변']);
  });

  it('is not given up sooner because the customer was heard of often', async () => {
    rig.channel('naver').receipts.push(PAUSED, PAUSED, PAUSED, PAUSED, PAUSED, PAUSED);
    const turnId = await answer('첫 답변');
    for (let times = 0; times < 5; times += 1) {
      await happens({ type: 'subscription-changed', isSubscribed: true }, `event-${times}`);
      await rig.settle();
    }
    expect(sent()).toHaveLength(6);
    await rig.clock.advance(60_000);
    await rig.settle();
    expect(await results(turnId)).toEqual([['delivered', '00', 2]]);
  });

  it('waits no longer where the customer was heard of while the platform refused it', async () => {
    const { promise: refused, resolve: refuse } = Promise.withResolvers<DeliveryReceipt>();
    rig.channel('naver').receipts.push(refused);
    await answer('첫 답변');
    await happens({ type: 'subscription-changed', isSubscribed: true });
    refuse(PAUSED);
    await rig.settle();
    expect(sent()).toEqual(['첫 답변', '첫 답변']);
  });

  it.each([
    ['leaves', 'suppressed', { type: 'conversation-left' }],
    ['takes consent back', undefined, { type: 'profile-withdrawn', fields: ['cellphone'] }],
  ])('never goes out to one who %s, and holds nothing up', async (_, state, event) => {
    rig.channel('naver').receipts.push(PAUSED);
    const turnId = await answer('첫 답변');
    await happens(event);
    await rig.settle();
    expect((await rig.store.readDeliveries(turnId))[0]?.state).toBe(state);
    await answer('둘째 답변');
    expect(sent()).toEqual(['첫 답변', '둘째 답변']);
  });

  it('stays unsaid where an agent has taken over', async () => {
    rig.channel('naver').receipts.push(PAUSED);
    const turnId = await answer('첫 답변');
    await rig.send(rig.message('naver', '상담원님?', { standby: true }));
    await rig.settle();
    await rig.clock.advance(60_000);
    expect(sent()).toEqual(['첫 답변']);
    expect((await rig.store.readDeliveries(turnId))[0]?.state).toBe('suppressed');
  });
});

describe('a message whose pictures take a while', () => {
  let upload = () => {};

  /** Uploads behind the look at who owns the room, as TalkTalk's channel does. */
  async function answerWithPictures(): Promise<string> {
    const naver = rig.channel('naver');
    const deliver = naver.deliver.bind(naver);
    const { promise: uploaded, resolve } = Promise.withResolvers<void>();
    upload = resolve;
    naver.deliver = async (message, target) => {
      await uploaded;
      return deliver(message, target);
    };
    return answer('그림이 있는 답변');
  }
  const state = async (turnId: string) => (await rig.store.readDeliveries(turnId))[0]?.state;

  it.each([
    ['an agent speaks', 'suppressed', { type: 'message-echoed', author: 'agent', text: '제가 도와드릴게요.' }],
    ['the customer leaves', 'suppressed', { type: 'conversation-left' }],
    ['the customer starts over', 'suppressed', { type: 'conversation-reset' }],
    ['nothing happens', 'delivered', undefined],
  ])('is not sent where %s meanwhile, and otherwise is: %s', async (_, expected, event) => {
    const turnId = await answerWithPictures();
    expect(await state(turnId)).toBe('sending');
    const conversation = { botId: 'default', channel: 'naver', user: 'user' } as const;
    const base = { id: 'event', conversation, receivedAt: rig.clock.now(), requestId: 'event', replyWindows: [] };
    if (event !== undefined) {
      await rig.gateway.handle(rig.bot, rig.channel('naver'), { ...base, ...event } as InboundEvent);
    }
    await rig.clock.advance(3_000);
    upload();
    await rig.settle();
    expect(await state(turnId)).toBe(expected);
    expect(sent().filter((text) => text === '그림이 있는 답변')).toHaveLength(expected === 'delivered' ? 1 : 0);
  });

  it.each([REFUSED, PAUSED])(
    'is not tried again for a customer who left while the platform refused it',
    async (refused) => {
      const { promise, resolve: refuse } = Promise.withResolvers<DeliveryReceipt>();
      rig.channel('naver').receipts.push(promise);
      const turnId = await answer('그림이 있는 답변');
      const conversation = { botId: 'default', channel: 'naver', user: 'user' } as const;
      const base = { id: 'left', conversation, receivedAt: rig.clock.now(), requestId: 'left', replyWindows: [] };
      await rig.gateway.handle(rig.bot, rig.channel('naver'), { ...base, type: 'conversation-left' });
      refuse(refused);
      await rig.settle();
      await rig.clock.advance(60_000);
      await rig.settle();
      expect(sent()).toEqual(['그림이 있는 답변']);
      expect(await state(turnId)).toBe('suppressed');
    },
  );
});

it('nothing goes out to a customer who left while the store was away, however early it is back', async () => {
  rig.channel('naver').receipts.push(REFUSED);
  const turnId = await answer('첫 답변');
  const conversation = { botId: 'default', channel: 'naver', user: 'user' } as const;
  const left: InboundEvent = {
    type: 'conversation-left',
    id: 'left',
    conversation,
    receivedAt: rig.clock.now(),
    requestId: 'left',
    replyWindows: [],
  };
  const stopped = rig.gateway.drain(0);
  await rig.clock.advance(0);
  await stopped;
  rig.spool.add({ conversationKey: rig.key('naver'), receivedAt: left.receivedAt, event: left });
  await rig.clock.advance(2_000);
  await rig.settle();
  expect(sent()).toEqual(['첫 답변']);
  expect((await rig.store.readDeliveries(turnId))[0]?.state).toBe('suppressed');
});

it('an answer that has begun goes on before others begin: nobody gets a picture now and the words to it much later', async () => {
  const budget = new LocalSendBudget(new Map([['default', 1]]), rig.clock);
  const { reserve, reserveRest } = LocalSendBudget.prototype;
  Object.assign(rig.sendBudget, { reserve: reserve.bind(budget), reserveRest: reserveRest.bind(budget) });
  const naver = rig.channel('naver');
  naver.render = ({ parts }) =>
    parts.flatMap((part) =>
      ['그림', part.type === 'text' ? part.text : ''].map((text) => ({ wire: { text }, text, bubbles: 1 })),
    );
  for (const user of ['가', '나', '다']) {
    const conversation = { botId: 'default', channel: 'naver', user } as const;
    await rig.send(rig.message('naver', QUESTION, { conversation }));
    const call = await rig.engine.nextCall();
    call.say(`${user}의 답변`);
    call.finish();
    await rig.settle();
  }
  for (let seconds = 0; seconds < 6; seconds += 1) {
    await rig.clock.advance(1_000);
    await rig.settle();
  }
  expect(sent()).toEqual(['그림', '가의 답변', '그림', '나의 답변', '그림', '다의 답변']);
});
