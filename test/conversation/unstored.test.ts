/** A platform that asks only once gets an answer while the store is not there: from the message alone. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { flush, GatewayRig, seen } from '../helpers/gateway-rig.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
  const failed = () => Promise.reject(new GatewayError('STORE_FAILED', 'no space left'));
  Object.assign(rig.store, { acceptTurn: failed });
});

afterEach(() => rig.close());

const question = '오늘 서울 날씨에 어울리는 옷은?';

/** The patience with the store is over; the window is not. */
async function giveUpOnTheStore() {
  for (let passed = 0; passed < 2_000; passed += 100) await rig.clock.advance(100);
}

it('the model answers without the memory of the conversation', async () => {
  const handling = rig.send(rig.message('kakao', question, { hasCallback: true }));
  await giveUpOnTheStore();
  const call = await rig.engine.nextCall();
  expect(call.request).toMatchObject({ question, history: [] });
  call.say('얇은 외투요.');
  call.finish();
  const handled = await handling;
  expect(seen(handled)).toEqual({ texts: ['얇은 외투요.'], choices: [] });
  await flush(rig, handled);
  expect(rig.gateway.openTurns).toBe(0);
});

it('what the model does not finish in time becomes an apology with the contact, and the call is cut', async () => {
  const handling = rig.send(rig.message('kakao', question));
  await giveUpOnTheStore();
  const call = await rig.engine.nextCall();
  call.say('얇은');
  await rig.clock.advance(2_000);
  const { texts, choices } = seen(await handling);
  expect(texts.join()).toContain('고객센터 02-000-0000');
  expect(texts.join()).not.toContain('얇은');
  expect(choices).toEqual([]);
  expect(call.signal.aborted).toBe(true);
});

it('a reset that cannot be carried out is not confirmed', async () => {
  const handling = rig.send(rig.message('kakao', '처음부터'));
  await giveUpOnTheStore();
  expect(seen(await handling).texts.join()).toContain('죄송합니다');
});

it('whoever can ask again is told to', async () => {
  const refused = expect(rig.send(rig.message('test', question))).rejects.toMatchObject({ code: 'STORE_FAILED' });
  await giveUpOnTheStore();
  await refused;
  expect(rig.engine.calls).toEqual([]);
});
