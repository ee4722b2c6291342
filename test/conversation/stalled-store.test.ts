/** A disk that stands still must not become a silence. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Store } from '../../src/storage/store.ts';
import { flush, GatewayRig, seen } from '../helpers/gateway-rig.ts';

const WAITING = { texts: ['답변을 준비하고 있어요.'], choices: ['답변 보기'] };
/** The inline budget and the last moment after it. */
const IN_TIME_MS = 4_200;

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  await rig.close();
});

/** Calls of `name` wait until the result is called. */
function stall(name: 'acceptTurn' | 'readTurn' | 'readMemory' | 'moveDelivery'): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  const call = rig.store[name].bind(rig.store) as (...args: unknown[]) => Promise<unknown>;
  const spy = vi.spyOn(rig.store, name).mockImplementation((async (...args: unknown[]) => {
    await promise;
    return call(...args);
  }) as Store[typeof name] as never);
  return () => {
    resolve();
    spy.mockRestore();
  };
}

const tap = (turnId: string) =>
  rig.send(rig.message('kakao', '답변 보기', { input: 'tap', action: { kind: 'pickup', turnId } }));

it.each([false, true])(
  'while a question is being stored, the customer gets a way to its answer (callback: %s)',
  async (hasCallback) => {
    const goOn = stall('acceptTurn');
    const event = rig.message('kakao', '오늘 서울 날씨에 어울리는 옷은?', { hasCallback });
    const handling = rig.send(event);
    await rig.clock.advance(IN_TIME_MS);
    expect(seen(await handling)).toEqual(WAITING);
    goOn();
    const call = await rig.engine.nextCall();
    call.say('얇은 외투요.');
    call.finish();
    await rig.settle();
    expect(seen(await tap(event.id)).texts).toEqual(['얇은 외투요.']);
    await rig.clock.advance(60_000);
    expect(rig.channel('kakao').sent).toEqual([]);
  },
);

it.each(['readTurn', 'readMemory', 'moveDelivery'] as const)(
  'while %s takes its time, a tap gets the waiting bubble, and the next one the answer',
  async (name) => {
    const event = rig.message('kakao', '오늘 서울 날씨에 어울리는 옷은?');
    const handling = rig.send(event);
    const call = await rig.engine.nextCall();
    await rig.clock.advance(4_000);
    await flush(rig, await handling);
    call.say('얇은 외투요.');
    call.finish();
    await rig.settle();

    const goOn = stall(name);
    const tapping = tap(event.id);
    await rig.clock.advance(IN_TIME_MS);
    expect(seen(await tapping)).toEqual(WAITING);
    goOn();
    await rig.settle();
    const again = await tap(event.id);
    expect(seen(again)).toEqual({ texts: ['얇은 외투요.'], choices: [] });
    await flush(rig, again);
    expect((await rig.store.readDeliveries(event.id)).map(({ state }) => state)).toEqual(['picked-up']);
  },
);
