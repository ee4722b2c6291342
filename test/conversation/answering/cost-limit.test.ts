/** When the limit of costs is reached, only what costs nothing answers. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enginesNow } from '../../../src/conversation/answering/cost-limit.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { GatewayRig, seen } from '../../helpers/gateway-rig.ts';
import { ScriptedEngine } from '../../helpers/scripted-engine.ts';

let rig: GatewayRig;
let isReached: boolean;

beforeEach(async () => {
  rig = await GatewayRig.open();
  isReached = true;
});

afterEach(() => rig.close());

function limitTo(...freeEngines: readonly Engine[]) {
  const costLimit = { dailyWon: 100, monthlyWon: 0, isReached: () => isReached, freeEngines };
  Object.assign(rig.bot, { costLimit, engines: [rig.engine, ...freeEngines] });
}

describe('beyond the limit', () => {
  it('the knowledge answers, and the model is not asked', async () => {
    limitTo(rig.bot.approvedEngine);
    const { texts } = seen(await rig.send(rig.message('kakao', '반품 배송비는 얼마인가요?')));
    expect(texts.join()).toContain('편도 3,000원');
    expect(rig.engine.calls).toHaveLength(0);
  });

  it('an engine of the house goes on', async () => {
    const own = new ScriptedEngine('socket');
    limitTo(own);
    const response = rig.send(rig.message('test', '오늘 어때요?'));
    const call = await own.nextCall();
    call.say('좋아요.');
    call.finish();
    expect(seen(await response).texts).toEqual(['좋아요.']);
    expect(rig.engine.calls).toHaveLength(0);
  });

  it('the model is back as soon as the limit is', async () => {
    limitTo(rig.bot.approvedEngine);
    isReached = false;
    const response = rig.send(rig.message('test', '오늘 어때요?'));
    const call = await rig.engine.nextCall();
    call.say('좋아요.');
    call.finish();
    expect(seen(await response).texts).toEqual(['좋아요.']);
  });

  it('the operator who wants approved wording alone gets nothing else', () => {
    limitTo(new ScriptedEngine('socket'));
    Object.assign(rig.bot, { answerMode: 'approved' });
    expect(enginesNow(rig.bot)).toEqual([rig.bot.approvedEngine]);
  });
});
