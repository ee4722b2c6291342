/** A customer who asks again, or taps again, while the answer is being made. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageReceived } from '../../../src/message.ts';
import { flush, GatewayRig, seen } from '../../helpers/gateway-rig.ts';

const ANSWER = '네, 가능합니다.';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  await rig.close();
});

/** The same words at 0 and at 1 s, of an engine that takes `engineMs`. */
async function askTwice(engineMs: number, rest: Partial<MessageReceived> & { hasCallback?: boolean } = {}) {
  const startedAt = rig.clock.now();
  const elapsedMs = () => rig.clock.now() - startedAt;
  const first = rig.send(rig.message('kakao', '교환되나요?', rest));
  const call = await rig.engine.nextCall();
  await rig.clock.advance(1_000);
  const second = rig.send(rig.message('kakao', '교환되나요?', rest));
  // The store answers in its own time: what a deadline starts must be over before the next one.
  for (const untilMs of [4_000, 5_000, engineMs]) {
    await rig.clock.advance(Math.max(0, Math.min(untilMs, engineMs) - elapsedMs()));
    await rig.settle();
  }
  return { first, second, call };
}

async function answer(call: Awaited<ReturnType<typeof askTwice>>['call']) {
  call.say(ANSWER);
  call.finish();
  await rig.settle();
}

/** Not answered before the test is over, when the store is gone. */
function leave(handling: Promise<unknown>): void {
  handling.catch(() => {});
}

async function statesOf(turnId: string | undefined) {
  return (await rig.store.readDeliveries(turnId ?? '')).map((delivery) => delivery.state);
}

const turns = () => rig.store.readTurns(rig.key('kakao'), 0, 10);

describe('the same question at 1 s, of an engine that takes 3 s', () => {
  it('is asked once, and both responses carry the answer', async () => {
    const { first, second, call } = await askTwice(3_000);
    await answer(call);
    const [one, other] = await Promise.all([first, second]);
    expect(seen(one).texts).toEqual([ANSWER]);
    expect(seen(other).texts).toEqual([ANSWER]);
    expect(rig.engine.calls).toHaveLength(1);
    await flush(rig, one);
    await flush(rig, other);
    expect(await turns()).toHaveLength(1);
    expect(await statesOf((await turns())[0]?.id)).toEqual(['delivered']);
  });

  it.each(['before', 'after'])('needs no fetching when only the second response arrived, told %s', async (order) => {
    const { first, second, call } = await askTwice(3_000);
    await answer(call);
    const [one, other] = await Promise.all([first, second]);
    if (order === 'after') await flush(rig, one, false);
    await flush(rig, other, true);
    if (order === 'before') await flush(rig, one, false);
    expect(await statesOf((await turns())[0]?.id)).toEqual(['picked-up']);
  });

  it('stays to be fetched when neither arrived', async () => {
    const { first, second, call } = await askTwice(3_000);
    await answer(call);
    await flush(rig, await second, false);
    await flush(rig, await first, false);
    expect(await statesOf((await turns())[0]?.id)).toEqual(['held']);
  });

  it('is told apart by nothing but words, button, pictures and the platform’s reading', async () => {
    const others = [
      rig.message('kakao', '교환되나요'),
      rig.message('kakao', '교환되나요?', { input: 'tap' }),
      rig.message('kakao', '교환되나요?', { scenario: { params: { item: '신발' } } }),
      rig.message('kakao', '교환되나요?', { conversation: { botId: 'default', channel: 'kakao', user: 'other' } }),
      rig.message('kakao', '교환되나요?', {
        conversation: { botId: 'default', channel: 'kakao', room: 'room', user: 'user' },
      }),
    ];
    // Seconds of a context run down: the same question all the same.
    const same = rig.message('kakao', '교환되나요?', { scenario: { contexts: [{ name: 'c', ttlSeconds: 5 }] } });
    for (const event of [rig.message('kakao', '교환되나요?'), ...others, same]) leave(rig.send(event));
    await rig.settle();
    const accepted = await Promise.all(
      ['user', 'other'].map((user) => rig.store.readTurns(rig.key('kakao', user), 0, 10)),
    );
    expect(accepted.flat()).toHaveLength(5);
  });

  it('shares before the store has the first one, too', async () => {
    const both = [rig.send(rig.message('kakao', '교환되나요?')), rig.send(rig.message('kakao', '교환되나요?'))];
    await answer(await rig.engine.nextCall());
    for (const handled of await Promise.all(both)) expect(seen(handled).texts).toEqual([ANSWER]);
    expect(await turns()).toHaveLength(1);
  });

  it('shares with the turn that the first one turned out to repeat', async () => {
    const event = { dedupeKey: 'chp-1' };
    const first = rig.send(rig.message('kakao', '교환되나요?', event));
    await answer(await rig.engine.nextCall());
    await flush(rig, await first);
    const again = [
      rig.send(rig.message('kakao', '교환되나요?', event)),
      rig.send(rig.message('kakao', '교환되나요?', { dedupeKey: 'chp-2' })),
    ];
    await rig.settle();
    for (const handled of await Promise.all(again)) expect(seen(handled).texts).toEqual([ANSWER]);
    expect(rig.engine.calls).toHaveLength(1);
  });

  it('asked again after the answer is a question of its own', async () => {
    const { first, second, call } = await askTwice(3_000);
    await answer(call);
    await Promise.all([first, second]);
    leave(rig.send(rig.message('kakao', '교환되나요?')));
    await rig.engine.nextCall();
    expect(rig.engine.calls).toHaveLength(2);
  });
});

describe('the same question at 1 s, of an engine that takes 6 s', () => {
  const tap = (turnId: string) =>
    rig.message('kakao', '답변 보기', { input: 'tap', action: { kind: 'pickup', turnId } });

  it('both get the waiting bubble; the one answer is fetched once and shown again for 30 minutes', async () => {
    const { first, second, call } = await askTwice(6_000);
    const [one, other] = await Promise.all([first, second]);
    for (const handled of [one, other]) {
      expect(seen(handled)).toEqual({ texts: [rig.bot.waitingText], choices: ['답변 보기'] });
      await flush(rig, handled);
    }
    await answer(call);
    const [turn, ...more] = await turns();
    expect(more).toEqual([]);
    expect(await statesOf(turn?.id)).toEqual(['held']);

    const fetched = await rig.send(tap(turn?.id ?? ''));
    expect(seen(fetched).texts).toEqual([ANSWER]);
    await flush(rig, fetched);
    expect(await statesOf(turn?.id)).toEqual(['picked-up']);
    await rig.clock.advance(29 * 60_000);
    expect(seen(await rig.send(tap(turn?.id ?? ''))).texts).toEqual([ANSWER]);
    await rig.clock.advance(2 * 60_000);
    expect(seen(await rig.send(tap(turn?.id ?? ''))).texts[0]).toContain('찾지 못했어요');
    expect(rig.engine.calls).toHaveLength(1);
  });

  it('asked a third time after its waiting bubble, the answer comes with that response', async () => {
    const { first, second, call } = await askTwice(5_500);
    await flush(rig, await first);
    await flush(rig, await second);
    const third = rig.send(rig.message('kakao', '교환되나요?'));
    await answer(call);
    expect(seen(await third).texts).toEqual([ANSWER]);
    await flush(rig, await third);
    expect(await statesOf((await turns())[0]?.id)).toEqual(['picked-up']);
  });

  it('the callback of the first one brings the answer once, and the second response may show it before', async () => {
    const { first, second, call } = await askTwice(4_500, { hasCallback: true });
    const promised = await first;
    expect(seen(promised).texts).toEqual([`(promised) ${rig.bot.waitingText}`]);
    await flush(rig, promised);
    await answer(call);
    expect(seen(await second).texts).toEqual([ANSWER]);
    await flush(rig, await second);
    await rig.clock.advance(2_000);
    await rig.settle();
    expect(rig.channel('kakao').sent).toHaveLength(1);
    expect(await statesOf((await turns())[0]?.id)).toEqual(['delivered']);
  });

  it('a tap that comes twice is one question', async () => {
    const fields = { input: 'tap', action: { kind: 'ask', entryId: 'gone' } } as const;
    const both = [rig.send(rig.message('kakao', '교환', fields)), rig.send(rig.message('kakao', '교환', fields))];
    await answer(await rig.engine.nextCall());
    for (const handled of await Promise.all(both)) expect(seen(handled).texts).toEqual([ANSWER]);
    expect(rig.engine.calls).toHaveLength(1);
  });
});

describe('where late answers cannot be fetched', () => {
  it.each(['test', 'web'] as const)('%s keeps every request a turn of its own', async (channel) => {
    for (let i = 0; i < 2; i += 1) leave(rig.send(rig.message(channel, '교환되나요?')));
    await rig.settle();
    expect(await rig.store.readTurns(rig.key(channel), 0, 10)).toHaveLength(2);
  });
});
