import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryReceipt } from '../../../src/channels/channel.ts';
import type { InboundEvent } from '../../../src/message.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';

const QUESTION = '어제 산 니트가 저에게 어울릴까요';
const CUT: DeliveryReceipt = { outcome: 'unknown', code: 'CUT', retryable: false };
type MessageEchoed = Extract<InboundEvent, { type: 'message-echoed' }>;

let rig: GatewayRig;
let echoes: number;

beforeEach(async () => {
  rig = await GatewayRig.open();
  echoes = 0;
});

afterEach(async () => {
  await rig.close();
});

const hear = async (rest: Partial<MessageEchoed>) => {
  echoes += 1;
  const event: MessageEchoed = {
    type: 'message-echoed',
    id: `echo${echoes}`,
    conversation: { botId: 'default', channel: 'naver', user: 'user' },
    receivedAt: rig.clock.now(),
    requestId: `echo${echoes}`,
    replyWindows: [],
    author: 'bot',
    ...rest,
  };
  const handled = await rig.gateway.handle(rig.bot, rig.channel('naver'), event);
  await rig.settle();
  return handled;
};
const hearOwn = (text: string, rest: Partial<MessageEchoed> = {}) =>
  hear({ text, echoKeys: [`text:${text}`], ...rest });
const hearAgent = (text: string) => hear({ text, author: 'agent' });

async function ask(answer: string, question = QUESTION): Promise<string> {
  const event = rig.message('naver', question);
  await rig.send(event);
  const call = await rig.engine.nextCall();
  call.say(answer);
  call.finish();
  await rig.settle();
  return event.id;
}

const first = async (turnId: string) => (await rig.store.readDeliveries(turnId))[0];

describe('an echo of the bot', () => {
  it('turns "unknown" into "delivered": it is the only receipt there is', async () => {
    rig.channel('naver').receipts.push(CUT);
    const turnId = await ask('한 번만 갑니다');
    expect(await first(turnId)).toMatchObject({ state: 'unknown', result: 'CUT' });
    await hearOwn('한 번만 갑니다', { platformId: '31' });
    expect(await first(turnId)).toMatchObject({
      state: 'delivered',
      result: 'CUT',
      platformId: '31',
      echoedAt: rig.clock.now(),
    });
    expect(rig.channel('naver').sent).toHaveLength(1);
  });

  it('may be faster than the result of its send, whatever that is', async () => {
    for (const receipt of [CUT, { outcome: 'delivered', code: '00', retryable: false } as const]) {
      const late = Promise.withResolvers<DeliveryReceipt>();
      rig.channel('naver').receipts.push(late.promise);
      const turnId = await ask(`먼저 온 메아리 ${receipt.code}`);
      await hearOwn(`먼저 온 메아리 ${receipt.code}`);
      late.resolve(receipt);
      await rig.settle();
      const expected = receipt === CUT ? {} : { result: '00' };
      expect(await first(turnId)).toMatchObject({ state: 'delivered', attempts: 1, ...expected });
    }
  });

  it('after a restart tells what became of a message that was on its way', async () => {
    rig.channel('naver').receipts.push(new Promise(() => {}));
    const turnId = await ask('끊긴 답변');
    rig.die();
    await rig.restart();
    expect((await first(turnId))?.state).toBe('unknown');
    await hearOwn('끊긴 답변');
    expect((await first(turnId))?.state).toBe('delivered');
  });

  it('of another customer, or of other words, changes nothing', async () => {
    rig.channel('naver').receipts.push(CUT);
    const turnId = await ask('내 답변');
    await hearOwn('다른 답변');
    await hearOwn('내 답변', { conversation: { botId: 'default', channel: 'naver', user: 'other' } });
    expect((await first(turnId))?.state).toBe('unknown');
  });

  it('is never answered: a storm of them opens no turn, asks no engine and sends nothing', async () => {
    await ask('답변');
    const before = { calls: rig.engine.calls.length, sent: rig.channel('naver').sent.length };
    const kinds: Partial<MessageEchoed>[] = [
      { text: '답변', echoKeys: ['text:답변'] },
      { text: '상담원 연결해 주세요', echoKeys: [] },
      { text: '처음부터', author: 'system' },
      { author: 'system' },
    ];
    for (let round = 0; round < 500; round += 1) {
      const event = kinds[round % kinds.length] ?? {};
      void rig.gateway.handle(rig.bot, rig.channel('naver'), {
        type: 'message-echoed',
        id: `storm${round}`,
        conversation: { botId: 'default', channel: 'naver', user: 'user' },
        receivedAt: rig.clock.now(),
        requestId: 'storm',
        replyWindows: [],
        author: 'bot',
        ...event,
      });
    }
    await rig.settle();
    await rig.clock.advance(60_000);
    expect({ calls: rig.engine.calls.length, sent: rig.channel('naver').sent.length }).toEqual(before);
    expect(rig.gateway.openTurns).toBe(0);
    expect(await rig.store.readTurns(rig.key('naver'), 0, 10)).toHaveLength(1);
  });
});

describe('what an agent says', () => {
  it('is context for the bot afterwards, together with what the customer told the agent', async () => {
    await ask('니트는 잘 어울립니다');
    await hearAgent('안녕하세요, 교환은 제가 도와드릴게요.');
    await rig.send(rig.message('naver', '95 사이즈로 바꿔 주세요', { standby: true }));
    await rig.settle();
    await hear({ type: 'thread-returned' } as never);
    await rig.send(rig.message('naver', '언제 도착하나요?'));
    const call = await rig.engine.nextCall();
    expect(call.request.history).toEqual([
      { role: 'user', text: QUESTION },
      { role: 'assistant', text: '니트는 잘 어울립니다' },
      { role: 'assistant', text: '(상담원) 안녕하세요, 교환은 제가 도와드릴게요.' },
      { role: 'user', text: '95 사이즈로 바꿔 주세요' },
    ]);
    call.say('이틀 뒤에 도착합니다');
    call.finish();
    await rig.settle();
  });

  it('is never answered, and stored without personal data', async () => {
    await hearAgent('제 번호는 010-1234-5678 입니다');
    expect(rig.engine.calls).toHaveLength(0);
    const [turn] = await rig.store.readTurns(rig.key('naver'), 0, 10);
    expect(turn).toMatchObject({ state: 'suppressed', note: 'handed-over' });
    expect(JSON.stringify(turn)).not.toContain('1234');
  });

  it('is forgotten with the rest when the customer leaves', async () => {
    await hearAgent('교환은 제가 도와드릴게요.');
    await rig.gateway.handle(rig.bot, rig.channel('naver'), {
      ...rig.message('naver', ''),
      type: 'conversation-left',
    } as never);
    const memory = await rig.store.readMemory(rig.key('naver'), 100, 10);
    expect(memory.recentTurns).toEqual([]);
  });
});
