/** A process that is cut off from the store goes on answering its customers: what it promised them, whoever takes over does not find written. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageReceived } from '../../src/message.ts';
import type { TurnOrder } from '../../src/storage/turn-order.ts';
import type { FakeWire } from '../helpers/fake-channel.ts';
import { flush, GatewayRig, seen } from '../helpers/gateway-rig.ts';
import { askAllLate, finish, tap } from '../helpers/late-questions.ts';

const PROMISED = { texts: ['(promised) 답변을 준비하고 있어요.'], choices: [] };
const WAITING = { texts: ['답변을 준비하고 있어요.'], choices: ['답변 보기'] };
const REFUSED = { outcome: 'refused', code: 'CALLBACK_NOT_PROMISED', retryable: true, retryAfterMs: 1_000 } as const;
/** The store is shared: whoever is taken over may be at work still. */
const NO_OTHERS: TurnOrder = {
  enter: async () => false,
  leavesToFetch: async () => false,
  stepBack: async () => {},
  untilEnded: async () => {},
};
/** Until the signs of life of a process that is cut off have lapsed. */
const TAKEN_OVER_AFTER_MS = 8_000;

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open(undefined, NO_OTHERS);
});

afterEach(() => rig.close());

const question = (text: string) => rig.message('kakao', text, { hasCallback: true });
const posted = () => rig.channel('kakao').sent.map(({ message }) => (message.wire as FakeWire).texts.join());
const states = async ({ id }: MessageReceived) =>
  (await rig.store.readDeliveries(id)).map(({ mode, state }) => `${mode}:${state}`);

/** Is taken into the store; everything after that is not. */
async function askAndCutOff(event: MessageReceived) {
  const handling = rig.send(event);
  await rig.engine.nextCall();
  rig.die();
  await rig.clock.advance(4_000);
  const handled = await handling;
  void flush(rig, handled);
  return handled;
}

async function takeOver(afterMs = TAKEN_OVER_AFTER_MS): Promise<void> {
  await rig.clock.advance(afterMs);
  await rig.restart();
}

async function answerNext(text: string): Promise<void> {
  const call = await rig.engine.nextCall();
  call.say(text);
  call.finish();
  await rig.settle();
}

/** A promise has to be over for a while before its callback; and one that is refused is tried once more. */
async function waitForPosts(): Promise<void> {
  for (let passed = 0; passed < 3_000; passed += 500) {
    await rig.clock.advance(500);
    await rig.settle();
  }
}

it('the callback comes all the same, posted by the process that takes over', async () => {
  const event = question('오늘 서울 날씨에 어울리는 옷은?');
  expect(seen(await askAndCutOff(event))).toEqual(PROMISED);
  await takeOver();
  await answerNext('얇은 외투요.');
  await waitForPosts();
  expect(posted()).toEqual(['얇은 외투요.']);
  expect(await states(event)).toEqual(['callback:delivered']);
});

it('at the callback budget comes what has streamed by then', async () => {
  await askAndCutOff(question('오늘 서울 날씨에 어울리는 옷은?'));
  await takeOver();
  const call = await rig.engine.nextCall();
  call.say('첫 문장입니다. 둘째 문장은 아직');
  await rig.settle();
  await rig.clock.advance(50_000 - 4_000 - TAKEN_OVER_AFTER_MS);
  await waitForPosts();
  expect(posted()).toEqual(['첫 문장입니다.']);
  call.finish();
  await rig.settle();
});

it('two questions are answered in their order', async () => {
  const first = question('첫 질문');
  const second = question('둘째 질문');
  void rig.send(first);
  await rig.engine.nextCall();
  void rig.send(second);
  await rig.settle();
  rig.die();
  await takeOver(4_000 + TAKEN_OVER_AFTER_MS);
  await answerNext('첫 답변');
  await waitForPosts();
  await answerNext('둘째 답변');
  await waitForPosts();
  expect(posted()).toEqual(['첫 답변', '둘째 답변']);
});

it('where the platform never heard of the promise, it refuses, and the answer comes first with the next message', async () => {
  rig.channel('kakao').receipts.push(REFUSED, REFUSED);
  const event = question('오늘 서울 날씨에 어울리는 옷은?');
  await askAndCutOff(event);
  await takeOver();
  await answerNext('얇은 외투요.');
  await waitForPosts();
  expect(await states(event)).toEqual(['pickup:held']);
  const next = rig.send(rig.message('kakao', '우산은요?'));
  await answerNext('챙기세요.');
  expect(seen(await next).texts).toEqual(['얇은 외투요.', '챙기세요.']);
});

describe('a question that is asked while it is not known whether the promise was heard', () => {
  async function askAnother() {
    await askAndCutOff(question('첫 질문'));
    await takeOver();
    const first = await rig.engine.nextCall();
    const event = question('둘째 질문');
    const handling = rig.send(event);
    await rig.settle();
    return { first, event, handling };
  }

  it('is fetched, and the callback leads to it', async () => {
    const { first, event, handling } = await askAnother();
    await rig.clock.advance(4_000);
    expect(seen(await handling)).toEqual(WAITING);
    await finish(rig, first, '첫 답변');
    await waitForPosts();
    expect(rig.channel('kakao').sent.map(({ message }) => message.wire)).toEqual([
      { texts: ['첫 답변'], choices: ['답변 보기'] },
    ]);
    await answerNext('둘째 답변');
    expect((await tap(rig, { kind: 'pickup', turnId: event.id })).texts).toEqual(['둘째 답변']);
  });

  it('is fetched behind the answer whose callback is refused', async () => {
    rig.channel('kakao').receipts.push(REFUSED, REFUSED);
    const { first, event, handling } = await askAnother();
    await rig.clock.advance(3_500);
    await finish(rig, first, '첫 답변');
    // Its callback is being refused when this window closes.
    await rig.clock.advance(500);
    expect(seen(await handling)).toEqual(WAITING);
    await waitForPosts();
    await answerNext('둘째 답변');
    expect((await tap(rig, { kind: 'pickup', turnId: event.id })).texts).toEqual(['첫 답변', '둘째 답변']);
    expect(posted()).toEqual(['첫 답변', '첫 답변']);
  });

  it('brings it along where that was refused by then', async () => {
    rig.channel('kakao').receipts.push(REFUSED, REFUSED);
    const { first, handling } = await askAnother();
    await finish(rig, first, '첫 답변');
    await waitForPosts();
    await answerNext('둘째 답변');
    expect(seen(await handling).texts).toEqual(['첫 답변', '둘째 답변']);
  });

  it('has a callback of its own once the first one was taken', async () => {
    const { first, handling } = await askAnother();
    await finish(rig, first, '첫 답변');
    await waitForPosts();
    await rig.clock.advance(1_000);
    expect(seen(await handling)).toEqual(PROMISED);
  });
});

describe('a tap on its button shows that nothing was promised', () => {
  async function isTakenOver() {
    const event = question('오늘 서울 날씨에 어울리는 옷은?');
    await askAndCutOff(event);
    await takeOver();
    return { event, call: await rig.engine.nextCall() };
  }

  it('so nothing is posted', async () => {
    const { event, call } = await isTakenOver();
    const tapping = tap(rig, { kind: 'pickup', turnId: event.id });
    await rig.settle();
    await finish(rig, call, '얇은 외투요.');
    expect((await tapping).texts).toEqual(['얇은 외투요.']);
    await waitForPosts();
    expect(posted()).toEqual([]);
    expect(await states(event)).toEqual(['pickup:picked-up']);
  });

  it('and waits for the refusal where it comes behind the answer, which is shown once', async () => {
    rig.channel('kakao').receipts.push(REFUSED, REFUSED);
    const { event, call } = await isTakenOver();
    await finish(rig, call, '얇은 외투요.');
    const tapping = tap(rig, { kind: 'pickup', turnId: event.id });
    await waitForPosts();
    expect((await tapping).texts).toEqual(['얇은 외투요.']);
    expect(await states(event)).toEqual(['pickup:picked-up']);
  });
});

it('nothing is posted where the response died before it could promise anything', async () => {
  const event = question('오늘 서울 날씨에 어울리는 옷은?');
  void rig.send(event);
  await rig.engine.nextCall();
  rig.die();
  await takeOver(3_999);
  await answerNext('얇은 외투요.');
  await waitForPosts();
  expect(posted()).toEqual([]);
  expect(await states(event)).toEqual(['pickup:held']);
});

it('nothing is posted after the callback is over', async () => {
  const event = question('오늘 서울 날씨에 어울리는 옷은?');
  await askAndCutOff(event);
  await takeOver(50_000);
  await answerNext('얇은 외투요.');
  await waitForPosts();
  expect(posted()).toEqual([]);
  expect(await states(event)).toEqual(['pickup:held']);
});

describe('nothing is posted past an answer that has to be fetched: there the customer was shown a button', () => {
  const isFetchedInOrder = async (second: MessageReceived) => {
    await waitForPosts();
    expect(posted()).toEqual([]);
    expect((await tap(rig, { kind: 'pickup', turnId: second.id })).texts).toEqual(['첫 답변', '둘째 답변']);
  };

  it('that was held', async () => {
    await askAllLate(rig, ['첫 질문']);
    await answerNext('첫 답변');
    const second = question('둘째 질문');
    const handling = rig.send(second);
    await rig.engine.nextCall();
    rig.die();
    await rig.clock.advance(4_200);
    expect(seen(await handling)).toEqual(WAITING);
    await takeOver();
    await answerNext('둘째 답변');
    await isFetchedInOrder(second);
  });

  it('that is still being made', async () => {
    await askAllLate(rig, ['첫 질문']);
    await rig.engine.nextCall();
    const second = question('둘째 질문');
    void rig.send(second);
    await rig.settle();
    rig.die();
    await takeOver(4_000 + TAKEN_OVER_AFTER_MS);
    await answerNext('첫 답변');
    await answerNext('둘째 답변');
    await isFetchedInOrder(second);
  });
});
