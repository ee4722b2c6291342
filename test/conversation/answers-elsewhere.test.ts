/** What another process holds for a tap, or makes for one, comes before the next answer of this one. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Handled } from '../../src/conversation/handled.ts';
import { GatewayError } from '../../src/errors.ts';
import type { MessageReceived } from '../../src/message.ts';
import type { FakeWire } from '../helpers/fake-channel.ts';
import { flush, GatewayRig, seen } from '../helpers/gateway-rig.ts';
import { finish, tap } from '../helpers/late-questions.ts';
import { newDelivery, newTurn, turnAnswer } from '../helpers/store-contract-records.ts';

let rig: GatewayRig;
/** What the store says of the other process, and how often it was asked. */
let leavesToFetch: () => Promise<boolean>;
let looks: number;
let end: () => void;

beforeEach(async () => {
  const { promise: ended, resolve } = Promise.withResolvers<boolean>();
  end = () => resolve(true);
  looks = 0;
  rig = await GatewayRig.open(undefined, {
    enter: () => ended,
    leavesToFetch: () => {
      looks += 1;
      return leavesToFetch();
    },
    stepBack: async () => {},
    untilEnded: async () => {},
  });
  const { conversation } = rig.message('kakao', '');
  await rig.store.acceptTurn(newTurn('earlier', { conversation, ownerId: 'other', receivedAt: rig.clock.now() }), 0);
});

afterEach(() => rig.close());

async function endsHeld(text: string): Promise<void> {
  const message = { wire: { texts: [text], choices: [] } satisfies FakeWire, text, bubbles: 1 };
  await rig.store.answerTurn('earlier', turnAnswer(), [newDelivery('held', { message })]);
  end();
  await rig.settle();
}

async function ask(event: MessageReceived, afterMs: number): Promise<Handled> {
  const handling = rig.send(event);
  await rig.settle();
  await rig.clock.advance(afterMs);
  return handling;
}

const posted = () => rig.channel('kakao').sent.map(({ message }) => message.wire);

it('keeps it from a callback of its own: both are fetched, in order', async () => {
  leavesToFetch = async () => true;
  const event = rig.message('kakao', '둘째 질문', { hasCallback: true });
  const handled = await ask(event, 4_000);
  expect(seen(handled)).toEqual({ texts: ['답변을 준비하고 있어요.'], choices: ['답변 보기'] });
  await flush(rig, handled);
  await endsHeld('첫 답변');
  await finish(rig, await rig.engine.nextCall(), '둘째 답변');
  expect((await tap(rig, { kind: 'pickup', turnId: event.id })).texts).toEqual(['첫 답변', '둘째 답변']);
  expect(posted()).toEqual([]);
});

it('comes along where the next answer is in time', async () => {
  const handling = rig.send(rig.message('kakao', '둘째 질문', { hasCallback: true }));
  await rig.settle();
  await endsHeld('첫 답변');
  await finish(rig, await rig.engine.nextCall(), '둘째 답변');
  expect(seen(await handling).texts).toEqual(['첫 답변', '둘째 답변']);
});

it('keeps it from a callback that is promised after its place has come, too, and nobody is asked', async () => {
  const handling = rig.send(rig.message('kakao', '둘째 질문', { hasCallback: true }));
  await rig.settle();
  await endsHeld('첫 답변');
  const call = await rig.engine.nextCall();
  await rig.clock.advance(4_000);
  expect(seen(await handling).texts).toEqual(['첫 답변', '답변을 준비하고 있어요.']);
  expect(looks).toBe(0);
  await finish(rig, call, '둘째 답변');
});

it.each([
  ['is late to say', () => new Promise<boolean>(() => {}), 4_150],
  ['does not say', () => Promise.reject(new GatewayError('STORE_BUSY', 'busy')), 4_000],
  ['knows of none', async () => false, 4_000],
])('is offered with the callback where the store %s', async (_, answer, promisedAfterMs) => {
  leavesToFetch = answer;
  const event = rig.message('kakao', '둘째 질문', { hasCallback: true });
  const handled = await ask(event, promisedAfterMs);
  expect(seen(handled).texts).toEqual(['(promised) 답변을 준비하고 있어요.']);
  await flush(rig, handled);
  await endsHeld('첫 답변');
  await finish(rig, await rig.engine.nextCall(), '둘째 답변');
  await rig.clock.advance(500);
  await rig.settle();
  expect(posted()).toEqual([{ texts: ['둘째 답변'], choices: ['답변 보기'] }]);
  expect((await tap(rig, { kind: 'pickup', turnId: event.id })).texts).toEqual(['첫 답변']);
});

it('is nothing to a question that has no callback', async () => {
  const handled = await ask(rig.message('kakao', '둘째 질문'), 4_000);
  expect(seen(handled).choices).toEqual(['답변 보기']);
  expect(looks).toBe(0);
});
