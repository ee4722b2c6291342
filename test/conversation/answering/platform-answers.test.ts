import { describe, expect, it } from 'vitest';
import { withPlatformAnswers } from '../../../src/conversation/answering/platform-answers.ts';
import { searchKnowledge } from '../../../src/conversation/answering/respond.ts';
import type { Bot } from '../../../src/conversation/bot.ts';
import { createKnowledge } from '../../../src/knowledge/index.ts';
import type { KnowledgeResult } from '../../../src/knowledge/knowledge.ts';
import { flush, GatewayRig, seen } from '../../helpers/gateway-rig.ts';

const OWN = { id: 'fee', question: '반품 배송비', aliases: [], answer: '3,000원입니다.', links: [] };
const ANSWERS = [
  {
    question: '주차',
    answer: '지하 1층입니다.',
    linkUrl: 'https://shop.example/park',
    imageUrl: 'https://i.example/p.png',
  },
  { question: '주차 요금', answer: '무료입니다.' },
];

function found(confidence: KnowledgeResult['confidence'], scores: number[]): KnowledgeResult {
  return { confidence, matches: scores.map((score, index) => ({ entry: { ...OWN, id: `own-${index}` }, score })) };
}

describe('answers of the platform', () => {
  it.each(['sure', 'possible'] as const)('stand behind the operator’s entries that are %s', (confidence) => {
    const result = withPlatformAnswers(found(confidence, [0.9, 0.4]), ANSWERS);
    expect(result.confidence).toBe(confidence);
    expect(result.matches.map(({ entry }) => entry.id)).toEqual(['own-0', 'own-1', 'platform-1', 'platform-2']);
    const scores = result.matches.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('are the answer where nothing of the operator’s fits', () => {
    expect(withPlatformAnswers(found('none', [0.1]), ANSWERS)).toMatchObject({
      confidence: 'sure',
      matches: [
        {
          entry: {
            id: 'platform-1',
            answer: '지하 1층입니다.',
            imageUrl: 'https://i.example/p.png',
            links: [{ label: '자세히 보기', url: 'https://shop.example/park' }],
          },
          score: 1,
        },
        { entry: { id: 'platform-2', links: [] } },
      ],
    });
  });

  it('change nothing where there are none', () => {
    const result = found('none', []);
    expect(withPlatformAnswers(result, undefined)).toBe(result);
    expect(withPlatformAnswers(result, [])).toBe(result);
  });

  it('do not replace an entry that the customer tapped', () => {
    const bot = { knowledge: createKnowledge([OWN]) } as unknown as Bot;
    const asked = {
      text: '주차',
      action: { kind: 'ask', entryId: 'fee' },
      scenario: { platformAnswers: ANSWERS },
    } as const;
    expect(searchKnowledge(bot, asked).matches).toHaveLength(1);
  });

  it('reach the model as grounds, phone numbers and all', async () => {
    const rig = await GatewayRig.open();
    try {
      const answer = '주차는 02-1234-5678로 문의해 주세요.';
      const scenario = { platformAnswers: [{ question: '주차되나요?', answer }] };
      const asked = rig.send(rig.message('kakao', '주차되나요?', { scenario }));
      const call = await rig.engine.nextCall();
      expect(call.request.grounds[0]).toMatchObject({ id: 'platform-1', question: '주차되나요?' });
      const placeholder = /주차는 (\[\[전화\d\]\])로/.exec(call.request.systemPrompt)?.[1];
      call.say(`${placeholder}로 물어봐 주세요.`);
      call.finish();
      const handled = await asked;
      expect(seen(handled).texts).toEqual(['02-1234-5678로 물어봐 주세요.']);
      await flush(rig, handled);
    } finally {
      await rig.close();
    }
  });
});
