import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { GatewayRig, seen } from '../../helpers/gateway-rig.ts';
import { ScriptedEngine } from '../../helpers/scripted-engine.ts';

let rig: GatewayRig;
let maker: ScriptedEngine;

beforeEach(async () => {
  rig = await GatewayRig.open();
  maker = new ScriptedEngine('clova-chatbot');
  Object.assign(rig.bot, { engines: [rig.engine, maker, rig.bot.approvedEngine] });
});

afterEach(() => rig.close());

function tap(text: string) {
  const action = { kind: 'engine', engine: 'clova-chatbot', data: 'send:_T_반품' } as const;
  return rig.send({ ...rig.message('kakao', text), input: 'tap', action });
}

describe('a tap on a button that an engine made', () => {
  it('goes to that engine first, with what the button carried', async () => {
    const handling = tap('반품 배송비는 얼마인가요?');
    const call = await maker.nextCall();
    expect(call.request).toMatchObject({ tapData: 'send:_T_반품', question: '반품 배송비는 얼마인가요?' });
    call.say('반품 양식입니다.');
    call.finish();
    expect(seen(await handling).texts.join()).toContain('반품 양식');
    expect(rig.engine.calls).toEqual([]);
  });

  it('is its words alone to every other engine', async () => {
    const handling = tap('반품할래요');
    (await maker.nextCall()).fail(new GatewayError('ENGINE_FAILED', 'out of order'));
    const call = await rig.engine.nextCall();
    expect(call.request.question).toBe('반품할래요');
    expect(call.request).not.toHaveProperty('tapData');
    call.say('네, 반품이군요.');
    call.finish();
    expect(seen(await handling).texts.join()).toContain('네, 반품이군요');
  });

  it('calls nobody else, whatever is written on it', async () => {
    const handling = tap('상담원 연결');
    const call = await maker.nextCall();
    call.say('연결 양식');
    call.finish();
    expect(seen(await handling).texts.join()).toContain('연결 양식');
  });

  it('is not overtaken by the knowledge while its conversation is busy', async () => {
    const first = rig.send(rig.message('kakao', '긴 이야기'));
    const open = await rig.engine.nextCall();
    const handling = tap('반품 배송비는 얼마인가요?');
    open.say('네.');
    open.finish();
    await first;
    const call = await maker.nextCall();
    call.say('반품 양식입니다.');
    call.finish();
    expect(seen(await handling).texts.join()).toContain('반품 양식');
  });
});
