/** Work that nobody waits for in a response outlasts a store that is away. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { Store } from '../../src/storage/store.ts';
import type { FakeWire } from '../helpers/fake-channel.ts';
import { GatewayRig } from '../helpers/gateway-rig.ts';

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
function takeAway(name: 'readTurns' | 'readMemory'): () => void {
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
