/** A disk that stands still must not become a silence. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { conversationKey } from '../../src/message.ts';
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
function stall(name: 'acceptTurn' | 'readTurn' | 'readMemory' | 'moveDelivery' | 'answerTurn'): () => void {
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

describe('an answer that is ready at the end of the window and not committed yet', () => {
  async function askUntilTheEnd() {
    const goOn = stall('answerTurn');
    const event = rig.message('kakao', '오늘 서울 날씨에 어울리는 옷은?', { hasCallback: true });
    const handling = rig.send(event);
    const call = await rig.engine.nextCall();
    await rig.clock.advance(3_990);
    call.say('얇은 외투요.');
    call.finish();
    await rig.settle();
    let isAnswered = false;
    void handling.then(() => {
      isAnswered = true;
    });
    await rig.clock.advance(100);
    await rig.settle();
    expect(isAnswered).toBe(false);
    return { event, handling, goOn };
  }

  it('waits a moment for its commit', async () => {
    const { event, handling, goOn } = await askUntilTheEnd();
    goOn();
    const handled = await handling;
    expect(seen(handled)).toEqual({ texts: ['얇은 외투요.'], choices: [] });
    await flush(rig, handled);
    expect(await rig.store.readDeliveries(event.id)).toMatchObject([{ mode: 'inline', state: 'delivered' }]);
  });

  it('goes out without it when the disk stands still', async () => {
    const { handling, goOn } = await askUntilTheEnd();
    await rig.clock.advance(IN_TIME_MS - 4_090);
    expect(seen(await handling)).toEqual({ texts: ['얇은 외투요.'], choices: [] });
    goOn();
    await rig.settle();
  });

  it('counts as seen although the store heard of that first: else nobody would ever say what became of it', async () => {
    const { event, handling, goOn } = await askUntilTheEnd();
    await rig.clock.advance(IN_TIME_MS - 4_090);
    const shown = flush(rig, await handling);
    await rig.settle();
    goOn();
    await shown;
    expect(await rig.store.readDeliveries(event.id)).toMatchObject([{ mode: 'inline', state: 'delivered' }]);
  });
});

it('an answer that was shown is stored as it was, when the store comes back after everybody lost patience', async () => {
  const { answerTurn } = rig.store;
  const fail = async () => {
    throw new GatewayError('STORE_BUSY', 'gone');
  };
  Object.assign(rig.store, { answerTurn: fail });
  const event = rig.message('kakao', '오늘 서울 날씨에 어울리는 옷은?');
  const handling = rig.send(event);
  const call = await rig.engine.nextCall();
  call.say('얇은 외투요.');
  call.finish();
  await rig.settle();
  await rig.clock.advance(IN_TIME_MS);
  const handled = await handling;
  expect(seen(handled).texts).toEqual(['얇은 외투요.']);
  const shown = flush(rig, handled);
  await rig.clock.advance(90_000);
  Object.assign(rig.store, { answerTurn });
  await rig.clock.advance(1_000);
  await shown;
  expect(await rig.store.readTurn(event.id)).toMatchObject({ state: 'answered', wasAnswered: true });
  expect(await rig.store.readDeliveries(event.id)).toMatchObject([{ mode: 'inline', state: 'delivered' }]);
});

describe('a question whose customer was promised an answer while it was being stored', () => {
  /** Never heard of again. */
  function loseCalls(): () => void {
    const { acceptTurn } = rig.store;
    Object.assign(rig.store, { acceptTurn: () => new Promise(() => {}) });
    return () => Object.assign(rig.store, { acceptTurn });
  }

  async function ask(text: string) {
    const event = rig.message('kakao', text, { hasCallback: true });
    const handling = rig.send(event);
    await rig.clock.advance(IN_TIME_MS);
    return { event, handled: await handling };
  }

  async function answerNext(text: string): Promise<void> {
    const call = await rig.engine.nextCall();
    call.say(text);
    call.finish();
    await rig.settle();
  }

  async function replay(): Promise<void> {
    await rig.clock.advance(2_000);
    await rig.settle();
  }

  it('is answered by the next process', async () => {
    const bringBack = loseCalls();
    const { event, handled } = await ask('내일 배송되나요?');
    expect(seen(handled)).toEqual(WAITING);
    await rig.settle();
    rig.die();
    bringBack();
    await rig.restart();
    await replay();
    await answerNext('내일 도착해요.');
    expect(seen(await tap(event.id)).texts).toEqual(['내일 도착해요.']);
    expect(rig.spool.size).toBe(0);
  });

  it('is answered once, when the store took it although it did not get to say so', async () => {
    const { acceptTurn } = rig.store;
    const unheard: typeof acceptTurn = (...args) => acceptTurn.apply(rig.store, args).then(() => new Promise(() => {}));
    Object.assign(rig.store, { acceptTurn: unheard });
    const { event } = await ask('내일 배송되나요?');
    await rig.settle();
    rig.die();
    Object.assign(rig.store, { acceptTurn });
    await rig.restart();
    await replay();
    const early = tap(event.id);
    await rig.settle();
    await rig.clock.advance(IN_TIME_MS);
    expect(seen(await early)).toEqual(WAITING);
    await answerNext('내일 도착해요.');
    await replay();
    expect(rig.engine.calls).toHaveLength(1);
    expect(seen(await tap(event.id)).texts).toEqual(['내일 도착해요.']);
    expect(rig.spool.size).toBe(0);
  });

  it('waits when the store fails after the promise, and the tap that comes before it is told so', async () => {
    const { promise: failed, reject } = Promise.withResolvers<never>();
    const { acceptTurn } = rig.store;
    Object.assign(rig.store, { acceptTurn: () => failed });
    const { event } = await ask('내일 배송되나요?');
    reject(new GatewayError('STORE_FAILED', 'gone'));
    await rig.settle();
    expect(rig.engine.calls).toHaveLength(0);
    expect(seen(await tap(event.id))).toEqual(WAITING);
    Object.assign(rig.store, { acceptTurn });
    await replay();
    await answerNext('내일 도착해요.');
    expect(seen(await tap(event.id)).texts).toEqual(['내일 도착해요.']);
  });

  it('does not come back when the store has it after all, and is not overtaken by the next one', async () => {
    const goOn = stall('acceptTurn');
    const { event: first } = await ask('내일 배송되나요?');
    expect(rig.spool.of(conversationKey(first.conversation))).toMatchObject([
      { event: { id: first.id, replyWindows: [{ mode: 'pickup' }] } },
    ]);
    const { event: second, handled } = await ask('제주도도요?');
    expect(seen(handled)).toEqual(WAITING);
    goOn();
    await answerNext('내일 도착해요.');
    await replay();
    await answerNext('제주도는 모레요.');
    await rig.settle();
    expect(rig.engine.calls).toHaveLength(2);
    expect(rig.spool.size).toBe(0);
    expect(seen(await tap(second.id)).texts.join()).toMatch(/내일 도착해요.*제주도는 모레요/);
  });
});
