/** After a restart, what was asked before comes before what is asked now, however slow the store is to say what was open. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FakeWire } from '../helpers/fake-channel.ts';
import { GatewayRig, seen } from '../helpers/gateway-rig.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(() => rig.close());

const sent = () => rig.channel('naver').sent.flatMap(({ message }) => (message.wire as FakeWire).texts);

/** Dies with `text` unanswered, and starts again on a store that does not say yet what was open. */
async function restartSlowly(channel: 'naver' | 'kakao', text: string) {
  void rig.send(rig.message(channel, text)).catch(() => {});
  await rig.engine.nextCall();
  rig.die();
  rig.engine.answer = async function* ({ question }) {
    yield { type: 'text-delta', text: `답: ${question}` };
    yield { type: 'finished', reason: 'stop', model: 'echo' };
  };
  const { takeOver } = rig.store;
  const { promise: moves, resolve: moveOn } = Promise.withResolvers<void>();
  const { promise: begins, resolve: begin } = Promise.withResolvers<void>();
  const slow: typeof takeOver = async (...args) => {
    begin();
    await moves;
    return takeOver.apply(rig.store, args);
  };
  Object.assign(rig.store, { takeOver: slow });
  const restarted = rig.restart();
  await begins;
  return { moveOn, restarted };
}

it('on TalkTalk the new question is answered second', async () => {
  const { moveOn, restarted } = await restartSlowly('naver', '첫 질문');
  const said = rig.send(rig.message('naver', '둘째 질문'));
  await rig.settle();
  expect(sent()).toEqual([]);
  moveOn();
  await restarted;
  await said;
  await rig.settle();
  expect(sent()).toEqual(['답: 첫 질문', '답: 둘째 질문']);
});

it('on TalkTalk the 200 does not wait, and the question comes out of the spool', async () => {
  const { moveOn, restarted } = await restartSlowly('naver', '첫 질문');
  const said = rig.send(rig.message('naver', '둘째 질문'));
  await rig.settle();
  await rig.clock.advance(999);
  await said;
  expect(rig.spool.size).toBe(1);
  moveOn();
  await restarted;
  for (let passed = 0; passed < 5_000; passed += 250) {
    await rig.clock.advance(250);
    await rig.settle();
  }
  expect(sent()).toEqual(['답: 첫 질문', '답: 둘째 질문']);
  expect(rig.spool.size).toBe(0);
});

it('on KakaoTalk the answer that was left open comes with the new one, before it', async () => {
  const { moveOn, restarted } = await restartSlowly('kakao', '첫 질문');
  const said = rig.send(rig.message('kakao', '둘째 질문'));
  await rig.settle();
  moveOn();
  await restarted;
  await rig.settle();
  const text = seen(await said).texts.join('\n');
  expect(text.indexOf('답: 첫 질문')).toBeGreaterThanOrEqual(0);
  expect(text.indexOf('답: 둘째 질문')).toBeGreaterThan(text.indexOf('답: 첫 질문'));
});
