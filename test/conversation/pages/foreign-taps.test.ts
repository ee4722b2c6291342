/** What a button carries opens an answer only where it was asked for: a token that turns up elsewhere is worth nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bot } from '../../../src/conversation/bot.ts';
import type { ConversationRef, MessageReceived, Scenario, TapAction } from '../../../src/message.ts';
import { flush, GatewayRig, seen } from '../../helpers/gateway-rig.ts';

const GONE = '요청하신 답변을 찾지 못했어요. 번거로우시겠지만 다시 질문해 주세요.';
const KAKAO_BOT: Scenario = { platformBotId: '667e0123456789abcdef0123' };

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  await rig.close();
});

interface Elsewhere {
  readonly conversation?: ConversationRef;
  readonly scenario?: Scenario;
}

const elsewhere: readonly (readonly [string, Elsewhere])[] = [
  ['another customer', { conversation: { botId: 'default', channel: 'kakao', user: 'other' } }],
  ['a group room', { conversation: { botId: 'default', channel: 'kakao', room: 'club', user: 'user' } }],
  ['another bot of this program', { conversation: { botId: 'second', channel: 'kakao', user: 'user' } }],
  ['another channel', { conversation: { botId: 'default', channel: 'naver', user: 'user' } }],
  ['another bot of Kakao', { scenario: { platformBotId: 'ffffffffffffffffffffffff' } }],
];

const kinds: readonly ((turnId: string) => TapAction)[] = [
  (turnId) => ({ kind: 'pickup', turnId }),
  (turnId) => ({ kind: 'again', turnId }),
  (turnId) => ({ kind: 'continue', turnId, position: 0 }),
];

async function tap(action: TapAction, { conversation, scenario = KAKAO_BOT }: Elsewhere = {}) {
  const event: MessageReceived = {
    ...rig.message('kakao', '', { input: 'tap', action, scenario }),
    ...(conversation === undefined ? {} : { conversation }),
  };
  const bot: Bot = { ...rig.bot, id: event.conversation.botId };
  const handling = rig.gateway.handle(bot, rig.channel('kakao'), event);
  await rig.settle();
  await rig.clock.advance(4_000);
  const handled = await handling;
  await flush(rig, handled);
  return seen(handled);
}

async function askSlowly(): Promise<MessageReceived> {
  const event = rig.message('kakao', '제 주문은 어디에 있나요?', { scenario: KAKAO_BOT });
  const handling = rig.send(event);
  await rig.settle();
  await rig.clock.advance(4_000);
  await flush(rig, await handling);
  return event;
}

describe.each(elsewhere)('a button in %s', (_, there) => {
  it('opens no answer that is held', async () => {
    const { id } = await askSlowly();
    const call = await rig.engine.nextCall();
    call.say('배송 중이에요.');
    call.finish();
    await rig.settle();
    for (const kind of kinds) expect(await tap(kind(id), there)).toEqual({ texts: [GONE], choices: [] });
    expect((await rig.store.readDeliveries(id)).map(({ state }) => state)).toEqual(['held']);
    expect((await tap({ kind: 'pickup', turnId: id })).texts).toEqual(['배송 중이에요.']);
    for (const kind of kinds) expect((await tap(kind(id), there)).texts).toEqual([GONE]);
  });

  it('opens nothing of an answer that is being written', async () => {
    const { id } = await askSlowly();
    const call = await rig.engine.nextCall();
    call.say('고객님의 주문은 배송 중이에요. 내일 오전에 도착할 예정이라고 합니다.');
    await rig.settle();
    for (const kind of kinds) expect(await tap(kind(id), there)).toEqual({ texts: [GONE], choices: [] });
    expect(await rig.store.readDeliveries(id)).toEqual([]);
    expect((await tap({ kind: 'pickup', turnId: id })).texts).toEqual(['고객님의 주문은 배송 중이에요.']);
  });
});
