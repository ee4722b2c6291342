/** A callback is posted half a second after its promise at the earliest; the next answer must not come before it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FakeWire } from '../helpers/fake-channel.ts';
import { flush, GatewayRig, seen } from '../helpers/gateway-rig.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(() => rig.close());

const ask = (text: string) => rig.send(rig.message('kakao', text, { hasCallback: true }));
/** The model answers as soon as it is asked. */
const answerAtOnce = (text: string) =>
  rig.engine.nextCall().then((call) => {
    call.say(text);
    call.finish();
  });
const posted = () => rig.channel('kakao').sent.flatMap(({ message }) => (message.wire as FakeWire).texts);

async function promised(text: string) {
  const handling = ask(text);
  const call = await rig.engine.nextCall();
  await rig.clock.advance(4_000);
  const handled = await handling;
  expect(seen(handled).texts).toEqual(['(promised) 답변을 준비하고 있어요.']);
  return { handled, call };
}

it('the next answer waits for the callback of the one before', async () => {
  const first = await promised('첫 질문');
  await flush(rig, first.handled);
  first.call.say('첫 답변');
  first.call.finish();
  await rig.settle();
  expect(posted()).toEqual([]);

  void answerAtOnce('둘째 답변');
  let isHandled = false;
  const next = ask('둘째 질문').finally(() => {
    isHandled = true;
  });
  await rig.settle();
  await rig.clock.advance(300);
  await rig.settle();
  expect(isHandled).toBe(false);
  await rig.clock.advance(300);
  await rig.settle();
  expect(posted()).toEqual(['첫 답변']);
  await rig.settle();
  expect(seen(await next).texts).toEqual(['둘째 답변']);
});

it('and for the promise itself, which may still be on its way', async () => {
  const first = await promised('첫 질문');
  first.call.say('첫 답변');
  first.call.finish();
  await rig.settle();
  void answerAtOnce('둘째 답변');
  let isHandled = false;
  const next = ask('둘째 질문').finally(() => {
    isHandled = true;
  });
  await rig.settle();
  expect(isHandled).toBe(false);
  await flush(rig, first.handled);
  await rig.clock.advance(600);
  await rig.settle();
  expect(posted()).toEqual(['첫 답변']);
  await rig.settle();
  expect(seen(await next).texts).toEqual(['둘째 답변']);
});

it('a promise that nobody heard keeps nothing waiting', async () => {
  const first = await promised('첫 질문');
  first.call.say('첫 답변');
  first.call.finish();
  await rig.settle();
  void answerAtOnce('둘째 답변');
  const next = ask('둘째 질문');
  await rig.settle();
  await flush(rig, first.handled, false);
  await rig.settle();
  await rig.settle();
  const { texts } = seen(await next);
  expect(texts.at(-1)).toBe('둘째 답변');
  expect(texts.join()).toContain('첫 답변');
});
