import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageReceived } from '../../src/message.ts';
import { flush, GatewayRig, seen } from '../helpers/gateway-rig.ts';

const QUESTION = '어제 산 니트가 저에게 어울릴까요';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  await rig.close();
});

/** Answers go into the response where they are ready in time; the send API is there for the others. */
function ask(): MessageReceived {
  const closesAt = rig.clock.now() + 900;
  return rig.message('naver', QUESTION, { replyWindows: [{ mode: 'inline', closesAt }, { mode: 'push' }] });
}

const sent = () => rig.channel('naver').sent.map(({ message }) => message.text);
const states = async ({ id }: MessageReceived) =>
  (await rig.store.readDeliveries(id)).map(({ mode, state }) => `${mode}:${state}`);

describe('a platform that takes answers in the response and through a send API', () => {
  it('gets what is ready in time in the response, once', async () => {
    const event = ask();
    const handling = rig.send(event);
    const call = await rig.engine.nextCall();
    call.say('바로 답합니다');
    call.finish();
    const handled = await handling;
    expect(seen(handled).texts).toEqual(['바로 답합니다']);
    await flush(rig, handled);
    await rig.clock.advance(60_000);
    expect([sent(), await states(event)]).toEqual([[], ['inline:delivered']]);
  });

  it('gets an empty response in time and the answer later, with "typing" meanwhile', async () => {
    const event = ask();
    const handling = rig.send(event);
    const call = await rig.engine.nextCall();
    await rig.clock.advance(900);
    const handled = await handling;
    expect(seen(handled).texts).toEqual(['(accepted)']);
    await flush(rig, handled);
    await rig.clock.advance(1_000);
    expect(rig.channel('naver').typingCount).toBe(1);
    call.say('늦게 답합니다');
    call.finish();
    await rig.settle();
    expect([sent(), await states(event)]).toEqual([['늦게 답합니다'], ['push:delivered']]);
  });

  it('that has hung up gets the answer through the send API', async () => {
    const event = ask();
    const handling = rig.send(event);
    const call = await rig.engine.nextCall();
    call.say('바로 답합니다');
    call.finish();
    await flush(rig, await handling, false);
    await rig.settle();
    expect([sent(), await states(event)]).toEqual([['바로 답합니다'], ['push:delivered']]);
  });

  it('after a restart gets what was still open through the send API', async () => {
    void rig.send(ask());
    await rig.engine.nextCall();
    rig.die();
    await rig.restart();
    const call = await rig.engine.nextCall();
    call.say('다시 시작한 뒤의 답변');
    call.finish();
    await rig.settle();
    expect(sent()).toEqual(['다시 시작한 뒤의 답변']);
  });
});
