import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKnowledge } from '../../../src/knowledge/index.ts';
import type { KnowledgeEntry } from '../../../src/knowledge/knowledge.ts';
import type { MessageReceived } from '../../../src/message.ts';
import type { FakeWire } from '../../helpers/fake-channel.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';

const KNIT = { name: '메리노 울 니트', url: 'https://shop.example/items/7', price: '39,000원', storeName: '말길상점' };

const entry = (id: string, question: string, answer: string): KnowledgeEntry => ({
  id,
  question,
  aliases: [],
  answer,
  links: [],
});

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
  Object.assign(rig.bot, {
    quiet: { quietMs: 1_200, longestMs: 5_000 },
    knowledge: createKnowledge([
      entry('fee', '반품 배송비는 얼마인가요?', '편도 3,000원입니다.'),
      entry('knit', '메리노 울 니트 세탁 방법', '찬물에 손세탁해 주세요.'),
      entry('coat', '캐시미어 코트 세탁 방법', '드라이클리닝해 주세요.'),
    ]),
  });
  rig.engine.answer = async function* (request) {
    requests.push(request);
    yield { type: 'text-delta', text: `답: ${request.question}` };
    yield { type: 'finished', reason: 'stop', model: 'echo' };
  };
  requests.length = 0;
});

afterEach(() => rig.close());

const requests: Parameters<typeof rig.engine.answer>[0][] = [];
const say = (text: string, fields: Partial<MessageReceived> = {}) => rig.send(rig.message('naver', text, fields));
const ask = (product: MessageReceived['product']) =>
  say('', { input: 'product', ...(product === undefined ? {} : { product }) });
const sent = () => rig.channel('naver').sent.flatMap(({ message }) => (message.wire as FakeWire).texts);
const prompts = () => requests.map(({ systemPrompt }) => systemPrompt);

async function pass(ms: number): Promise<void> {
  await rig.settle();
  await rig.clock.advance(ms);
  await rig.settle();
}

describe('a product inquiry', () => {
  it('and the words behind it are one question, with the product for the model and for retrieval', async () => {
    await ask(KNIT);
    await pass(300);
    await say('세탁은 어떻게 하나요?');
    await pass(1_200);
    expect(sent()).toEqual(['답: 세탁은 어떻게 하나요?']);
    expect(prompts()[0]).toContain(
      '[고객이 보고 있는 상품]\n상품명: 메리노 울 니트\n가격: 39,000원\n판매처: 말길상점\n',
    );
    expect(prompts()[0]).not.toContain('shop.example');
    expect(requests[0]?.grounds[0]).toMatchObject({ id: 'knit' });
  });

  it('does not drown a question that has nothing to do with it', async () => {
    await ask({ name: '[무료배송] 2026 겨울 신상 메리노 울 니트 3종 모음전 특가' });
    await pass(300);
    await say('반품 배송비는 얼마인가요?');
    await pass(1_200);
    expect(requests[0]?.confidence).toBe('sure');
    expect(requests[0]?.grounds[0]?.id).toBe('fee');
  });

  it('without words is asked back, by name where there is one', async () => {
    await ask(KNIT);
    await pass(1_200);
    await ask(undefined);
    await pass(1_200);
    expect(sent()).toEqual([
      '‘메리노 울 니트’ 상품을 보고 계시네요. 어떤 점이 궁금하신가요?',
      expect.stringContaining('상품 이름과 함께'),
    ]);
    expect(requests).toEqual([]);
  });

  it('stays what the conversation is about, over merged turns, until it goes cold or another comes', async () => {
    await ask(KNIT);
    await say('이거 따뜻한가요?');
    await pass(1_200);
    await say('색상은요?');
    await pass(1_200);
    await ask({ name: '캐시미어 코트' });
    await pass(1_200);
    await say('세탁은 어떻게 하나요?');
    await pass(1_200);
    await rig.clock.advance(3_600_000);
    await say('안녕하세요');
    await pass(1_200);
    const names = prompts().map((prompt) => /상품명: (.*)/.exec(prompt)?.[1]);
    expect(names).toEqual(['메리노 울 니트', '메리노 울 니트', '캐시미어 코트', undefined]);
    expect(requests[2]?.history.at(-2)).toEqual({ role: 'user', text: '(상품 문의) 캐시미어 코트' });
  });

  it('is not lost when the process dies between it and the answer', async () => {
    await ask(KNIT);
    await pass(100);
    await say('이거 따뜻한가요?');
    await pass(100);
    rig.die();
    await rig.restart();
    await pass(1_200);
    expect(sent()).toEqual(['답: 이거 따뜻한가요?']);
    expect(prompts()[0]).toContain('상품명: 메리노 울 니트');
  });
});
