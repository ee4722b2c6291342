import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_SESSION_CHARS } from '../../../src/engine/engine.ts';
import { GatewayError } from '../../../src/errors.ts';
import { GatewayRig, seen } from '../../helpers/gateway-rig.ts';
import type { ScriptedCall } from '../../helpers/scripted-engine.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  await rig.close();
});

/** One question and its answer; the engine hands over `session` with it. */
async function ask(question: string, session?: string): Promise<ScriptedCall['request']> {
  const handling = rig.send(rig.message('test', question));
  const call = await rig.engine.nextCall();
  call.say('네, 그렇습니다.');
  call.finish(session);
  await handling;
  await rig.settle();
  return call.request;
}

describe('what an engine keeps of a conversation', () => {
  it('comes back with the next question, and the latest counts', async () => {
    expect(await ask('첫 질문', 'one')).not.toHaveProperty('session');
    expect(await ask('둘째 질문', 'two')).toMatchObject({ session: 'one' });
    expect(await ask('셋째 질문')).toMatchObject({ session: 'two' });
    expect(await ask('넷째 질문')).not.toHaveProperty('session');
  });

  it('outlives the process', async () => {
    await ask('첫 질문', 'one');
    rig.die();
    await rig.restart();
    expect(await ask('둘째 질문')).toMatchObject({ session: 'one' });
  });

  it('is forgotten with the conversation', async () => {
    await ask('첫 질문', 'one');
    await rig.send(rig.message('test', '처음부터'));
    expect(await ask('둘째 질문', 'two')).not.toHaveProperty('session');
    await rig.clock.advance(rig.bot.conversationIdleMs + 1);
    expect(await ask('셋째 질문')).not.toHaveProperty('session');
  });

  it('is of no other customer, and of no other engine', async () => {
    await ask('첫 질문', 'one');
    const other = rig.send(
      rig.message('test', '다른 손님', { conversation: { botId: 'default', channel: 'test', user: 'other' } }),
    );
    const call = await rig.engine.nextCall();
    expect(call.request).not.toHaveProperty('session');
    call.say('네');
    call.finish();
    await other;
    Object.assign(rig.engine, { name: 'another' });
    expect(await ask('둘째 질문')).not.toHaveProperty('session');
  });

  it('comes back after an answer of another engine', async () => {
    await ask('첫 질문', 'one');
    Object.assign(rig.bot, { engines: [rig.engine, rig.bot.approvedEngine] });
    const handling = rig.send(rig.message('test', '반품 배송비는 얼마인가요?'));
    (await rig.engine.nextCall()).fail(new GatewayError('ENGINE_FAILED', 'down'));
    await handling;
    expect(await ask('셋째 질문')).toMatchObject({ session: 'one' });
  });

  it('is dropped when it is larger than it may be', async () => {
    await ask('첫 질문', 'x'.repeat(MAX_SESSION_CHARS + 1));
    expect(await ask('둘째 질문')).not.toHaveProperty('session');
  });
});

describe('an engine with facts of its own', () => {
  it('says phone numbers and links that no entry contains, and sees the history as it was', async () => {
    rig.engine.bringsOwnFacts = true;
    const handling = rig.send(rig.message('test', '여권과 번호가 어떻게 되나요?'));
    const call = await rig.engine.nextCall();
    call.say('여권과 전화는 02-120');
    call.say('이고, https://passport.example.go.kr 에서도 됩니다.');
    call.finish();
    const text = '여권과 전화는 02-120이고, https://passport.example.go.kr 에서도 됩니다.';
    expect(seen(await handling).texts).toEqual([text]);
    const { history } = await ask('고마워요');
    expect(history).toContainEqual({ role: 'assistant', text });
  });
});
