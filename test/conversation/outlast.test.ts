/** Work that nobody waits for in a response outlasts a store that is away. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { Store } from '../../src/storage/store.ts';
import type { FakeWire } from '../helpers/fake-channel.ts';
import { flush, GatewayRig, seen } from '../helpers/gateway-rig.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(() => rig.close());

const sent = () => rig.channel('naver').sent.flatMap(({ message }) => (message.wire as FakeWire).texts);

const answerAll = () => {
  rig.engine.answer = async function* ({ question }) {
    yield { type: 'text-delta', text: `답: ${question}` };
    yield { type: 'finished', reason: 'stop', model: 'echo' };
  };
};

/** Until the result is called. */
function takeAway(name: 'readTurns' | 'readMemory' | 'moveDelivery'): () => void {
  const call = rig.store[name];
  Object.assign(rig.store, { [name]: () => Promise.reject(new GatewayError('STORE_BUSY', 'away')) } satisfies Partial<
    Record<keyof Store, unknown>
  >);
  return () => Object.assign(rig.store, { [name]: call });
}

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    await rig.clock.advance(500);
    await rig.settle();
  }
}

it.each(['readTurns', 'readMemory'] as const)(
  'a question that was left open is answered when %s works again, and the next one behind it',
  async (name) => {
    await rig.send(rig.message('naver', '첫 질문'));
    await rig.engine.nextCall();
    rig.die();
    answerAll();
    const bringBack = takeAway(name);
    await rig.restart();
    await rig.send(rig.message('naver', '둘째 질문'));
    await pass(5_000);
    expect(sent()).toEqual([]);
    bringBack();
    await pass(2_000);
    expect(sent()).toEqual(['답: 첫 질문', '답: 둘째 질문']);
    expect(rig.gateway.openTurns).toBe(0);
  },
);

it('what cannot be read for another reason gives its place up', async () => {
  await rig.send(rig.message('naver', '첫 질문'));
  await rig.engine.nextCall();
  rig.die();
  answerAll();
  const { readTurns } = rig.store;
  Object.assign(rig.store, { readTurns: () => Promise.reject(new Error('a bug')) });
  await rig.restart();
  Object.assign(rig.store, { readTurns });
  await rig.send(rig.message('naver', '둘째 질문'));
  await pass(1_000);
  expect(sent()).toEqual(['답: 둘째 질문']);
});

it.each([
  { written: true, fate: 'picked-up', shownNext: ['답: 둘째 질문'] },
  { written: false, fate: 'held', shownNext: ['답: 첫 질문', '답: 둘째 질문'] },
])(
  'that a response was seen ($written) is written down when the store is back',
  async ({ written, fate, shownNext }) => {
    const question = rig.message('kakao', '첫 질문');
    const handling = rig.send(question);
    const call = await rig.engine.nextCall();
    await pass(4_000);
    await flush(rig, await handling);
    call.say('답: 첫 질문');
    call.finish();
    await rig.settle();
    const action = { kind: 'pickup', turnId: question.id } as const;
    const fetched = await rig.send(rig.message('kakao', '답변 보기', { input: 'tap', action }));
    expect(seen(fetched).texts).toEqual(['답: 첫 질문']);
    const bringBack = takeAway('moveDelivery');
    const flushing = flush(rig, fetched, written);
    await pass(5_000);
    bringBack();
    await pass(1_000);
    await flushing;
    expect(await rig.store.readDeliveries(question.id)).toMatchObject([{ state: fate }]);
    answerAll();
    expect(seen(await rig.send(rig.message('kakao', '둘째 질문'))).texts).toEqual(shownNext);
  },
);
