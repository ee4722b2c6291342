import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { GatewayRig, seen } from '../helpers/gateway-rig.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  await rig.close();
});

const REFUSAL = '이 내용에는 답변을 드리기 어려워요';

async function askWithheld(question: string): Promise<string> {
  const handling = rig.send(rig.message('kakao', question));
  const call = await rig.engine.nextCall();
  call.fail(new GatewayError('ENGINE_FILTERED', 'withheld'));
  return seen(await handling).texts.join('\n');
}

describe('an answer that a policy withholds', () => {
  it('becomes a refusal with the contact, not a fault', async () => {
    const text = await askWithheld('오늘 서울 날씨에 어울리는 옷은?');
    expect(text).toContain(REFUSAL);
    expect(text).toContain('02-000-0000');
  });

  it('becomes the same when the knowledge has nothing to say either', async () => {
    Object.assign(rig.bot, { engines: [rig.engine, rig.bot.approvedEngine] });
    expect(await askWithheld('오늘 서울 날씨에 어울리는 옷은?')).toContain(REFUSAL);
  });

  it('gives way to what the knowledge says', async () => {
    Object.assign(rig.bot, { engines: [rig.engine, rig.bot.approvedEngine] });
    const text = await askWithheld('반품 배송비는 얼마인가요?');
    expect(text).not.toContain(REFUSAL);
    expect(text).toContain('반품');
  });
});
