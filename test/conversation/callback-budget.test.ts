/** The moment at which a callback must not wait any longer. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { flush, GatewayRig } from '../helpers/gateway-rig.ts';

const INLINE_MS = 4_000;
const CALLBACK_MS = 50_000;
/** A POST may start this long after the budget. */
const GRACE_MS = 5_000;

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  await rig.close();
});

/** A question whose callback was promised, and the engine that works on it. */
async function promise() {
  const event = rig.message('kakao', '오늘 서울 날씨에 어울리는 옷은?', { hasCallback: true });
  const handling = rig.send(event);
  const call = await rig.engine.nextCall();
  await rig.clock.advance(INLINE_MS);
  await flush(rig, await handling);
  await rig.clock.advance(CALLBACK_MS - INLINE_MS - 1);
  const answer = async () => {
    call.say('얇은 외투요.');
    call.finish();
    await rig.settle();
    await rig.settle();
  };
  return { event, answer };
}

it.each([1, 2, 10, GRACE_MS + 1])(
  'an answer that comes %i ms after the last one in time, before the timer of the budget, is posted',
  async (lateMs) => {
    const { answer } = await promise();
    rig.clock.stall(lateMs);
    await answer();
    expect(rig.channel('kakao').sent.map(({ message }) => message.text)).toEqual(['얇은 외투요.']);
    await rig.clock.advance(60_000);
    expect(rig.channel('kakao').sent).toHaveLength(1);
  },
);

it('an answer that is too late for that is held', async () => {
  const { event, answer } = await promise();
  rig.clock.stall(GRACE_MS + 2);
  await answer();
  expect(rig.channel('kakao').sent).toEqual([]);
  expect((await rig.store.readDeliveries(event.id)).map(({ state }) => state)).toEqual(['held']);
});
