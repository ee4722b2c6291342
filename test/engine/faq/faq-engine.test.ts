import { describe, expect, it } from 'vitest';
import { renderReply as renderKakao } from '../../../src/channels/kakao/render.ts';
import { renderReply as renderNaver } from '../../../src/channels/naver/render.ts';
import type { EnginePart, EngineRequest, Ground } from '../../../src/engine/engine.ts';
import { createFaqEngine } from '../../../src/engine/faq/index.ts';
import { replyText } from '../../../src/message.ts';
import { collectParts, engineContract, engineRequest } from '../../helpers/engine-contract.ts';

const CONTACT = '고객센터 1600-0000 (평일 10~17시)';
const FEE: Ground = {
  id: 'return-fee',
  question: '반품 배송비는 얼마인가요?',
  answer: '단순 변심 반품은 3,000원입니다.',
  links: [],
  score: 0.9,
};
const HOW: Ground = {
  ...FEE,
  id: 'return-how',
  question: '반품은 어떻게 신청하나요?',
  answer: '마이페이지에서요.',
  score: 0.7,
};
const PERIOD: Ground = { ...FEE, id: 'return-period', question: '반품은 며칠 안에 해야 하나요?', score: 0.6 };
const FAR: Ground = { ...FEE, id: 'jobs', question: '직원을 뽑고 있나요?', score: 0.1 };

const engine = createFaqEngine();

type FaqReply = Extract<EnginePart, { type: 'reply' }>;

async function ask(overrides: Partial<EngineRequest>, from = engine): Promise<FaqReply> {
  const parts = await collectParts(from, engineRequest({ contact: CONTACT, ...overrides }));
  expect(parts.map(({ type }) => type)).toEqual(['reply', 'finished']);
  return parts[0] as FaqReply;
}

function textOf(reply: FaqReply): string {
  return reply.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** Asks again with what was said before, as the core does. */
async function askInARow(question: string, times: number, overrides: Partial<EngineRequest> = {}): Promise<FaqReply[]> {
  const replies: FaqReply[] = [];
  const history: EngineRequest['history'][number][] = [];
  let failuresInARow = 0;
  for (let turn = 0; turn < times; turn += 1) {
    const reply = await ask({ question, history: [...history], failuresInARow, ...overrides });
    replies.push(reply);
    history.push({ role: 'user', text: question }, { role: 'assistant', text: textOf(reply) });
    failuresInARow = reply.answered ? 0 : failuresInARow + 1;
  }
  return replies;
}

engineContract('faq', () => ({
  engine: createFaqEngine(),
  request: engineRequest({ grounds: [FEE], confidence: 'sure' }),
}));

describe('a sure match', () => {
  it('is answered in the operator’s words and names its entry', async () => {
    expect(await ask({ grounds: [FEE, HOW], confidence: 'sure' })).toEqual({
      type: 'reply',
      parts: [{ type: 'text', text: FEE.answer, format: 'plain' }],
      quickReplies: [],
      groundIds: ['return-fee'],
      answered: true,
    });
  });

  it('shows the picture before the text and the links as buttons behind it', async () => {
    const links = [{ label: '신청하기', url: 'https://shop.example/returns?a=1&b=2' }];
    const { parts } = await ask({
      grounds: [{ ...FEE, imageUrl: 'https://bot.example/sample/a.png', links }],
      confidence: 'sure',
    });
    expect(parts).toEqual([
      { type: 'image', url: 'https://bot.example/sample/a.png', altText: FEE.question },
      { type: 'text', text: FEE.answer, format: 'plain' },
      {
        type: 'card',
        description: '신청하기: https://shop.example/returns?a=1&b=2',
        buttons: [{ type: 'link', label: '신청하기', url: 'https://shop.example/returns?a=1&b=2' }],
      },
    ]);
  });

  it('ends with the address where there are no buttons, and says no question of its own', async () => {
    const links = [
      { label: '교환 신청하기', url: 'https://shop.example/exchange' },
      { label: '안내', url: 'https://shop.example/help' },
    ];
    const { parts } = await ask({ grounds: [{ ...HOW, links }], confidence: 'sure' });
    expect(replyText({ parts, quickReplies: [] })).toBe(
      `${HOW.answer}\n\n교환 신청하기: https://shop.example/exchange\n안내: https://shop.example/help`,
    );
  });

  it('is one card with the answer and the button, in KakaoTalk as in TalkTalk', async () => {
    const links = [{ label: '교환 신청하기', url: 'https://shop.example/exchange' }];
    const { parts } = await ask({ grounds: [{ ...HOW, links }], confidence: 'sure' });
    const context = {
      conversation: { botId: 'default', channel: 'kakao', user: 'u' },
      turnId: 't',
      mode: 'callback',
      maxBubbles: 3,
    } as const;
    const reply = { parts, quickReplies: [] };
    expect(renderKakao(reply, context).map(({ wire }) => wire)).toMatchObject([
      {
        template: {
          outputs: [
            { textCard: { description: HOW.answer, buttons: [{ action: 'webLink', label: '교환 신청하기' }] } },
          ],
        },
      },
    ]);
    expect(renderNaver(reply, { ...context, mode: 'push' }).map(({ wire }) => wire)).toMatchObject([
      { compositeContent: { compositeList: [{ description: HOW.answer, buttonList: [{ type: 'LINK' }] }] } },
    ]);
  });

  it('wins over a greeting before the question, and over the language', async () => {
    for (const question of ['안녕하세요 반품 배송비 얼마예요?', '네 감사합니다 반품비는요', 'return fee']) {
      expect((await ask({ question, grounds: [FEE], confidence: 'sure' })).groundIds).toEqual(['return-fee']);
    }
  });
});

describe('a possible match', () => {
  it('becomes a question with up to three choices and a person', async () => {
    const reply = await ask({
      question: '반품',
      grounds: [FEE, HOW, PERIOD, { ...FEE, id: 'x' }],
      confidence: 'possible',
    });
    expect(reply.quickReplies).toEqual([
      {
        type: 'message',
        label: '반품 배송비는 얼마인가요',
        text: FEE.question,
        action: { kind: 'ask', entryId: 'return-fee' },
      },
      {
        type: 'message',
        label: '반품은 어떻게 신청하나요',
        text: HOW.question,
        action: { kind: 'ask', entryId: 'return-how' },
      },
      expect.objectContaining({ action: { kind: 'ask', entryId: 'return-period' } }),
      { type: 'message', label: '상담원 연결', action: { kind: 'person' } },
    ]);
    expect(reply.groundIds).toEqual(['return-fee', 'return-how', 'return-period']);
    expect(reply.answered).toBe(true);
    expect(textOf(reply)).toMatch(/골라 주세요/);
  });

  it('leaves out what is far behind the best', async () => {
    const { quickReplies, groundIds } = await ask({ question: '반품', grounds: [FEE, FAR], confidence: 'possible' });
    expect(quickReplies).toHaveLength(2);
    expect(groundIds).toEqual(['return-fee']);
  });
});

describe('no match', () => {
  const UNKNOWN = '우주 정거장 입장료';

  it('asks for other words first, then offers a person with the contact', async () => {
    const [first, second] = await askInARow(UNKNOWN, 2);
    expect(first).toMatchObject({ answered: false, groundIds: [] });
    expect(first && textOf(first)).toMatch(/다시 적어 주시겠어요/);
    expect(first && textOf(first).split(CONTACT)).toEqual([expect.any(String), '']);
    expect(second && textOf(second)).toMatch(/상담원/);
    expect(second && textOf(second)).toContain(CONTACT);
    expect(second?.answered).toBe(false);
  });

  it('always leaves a way to a person', async () => {
    for (const reply of await askInARow(UNKNOWN, 4)) {
      expect(reply.quickReplies).toContainEqual({ type: 'message', label: '상담원 연결', action: { kind: 'person' } });
    }
  });

  it.each([
    ['no match', UNKNOWN, {}],
    ['choices', '반품', { grounds: [FEE, HOW], confidence: 'possible' }],
    ['English', 'How do I get to Mars?', {}],
    ['a greeting', '안녕하세요', {}],
  ] as const)('never says the same twice in a row: %s', async (_, question, overrides) => {
    const texts = (await askInARow(question, 6, overrides)).map(textOf);
    for (let i = 1; i < texts.length; i += 1) expect(texts[i]).not.toBe(texts[i - 1]);
  });

  it('offers the operator’s topics as examples', async () => {
    const withTopics = createFaqEngine({ topics: [HOW, PERIOD] });
    const reply = await ask({ question: UNKNOWN }, withTopics);
    expect(textOf(reply)).toContain('‘반품은 어떻게 신청하나요’');
    expect(reply.quickReplies[0]).toMatchObject({ action: { kind: 'ask', entryId: 'return-how' } });
  });

  it('offers the nearest entries when it failed twice', async () => {
    const { quickReplies } = await ask({ question: UNKNOWN, grounds: [FAR], failuresInARow: 1 });
    expect(quickReplies[0]).toMatchObject({ action: { kind: 'ask', entryId: 'jobs' } });
  });

  it('says nothing of a contact that the operator did not give', async () => {
    for (const failuresInARow of [0, 1, 2]) {
      expect(textOf(await ask({ question: UNKNOWN, failuresInARow, contact: '' }))).not.toMatch(/\n\n$|undefined/);
    }
  });
});

describe('small talk', () => {
  it('is answered kindly whatever retrieval made of it', async () => {
    const reply = await ask({ question: '고마워요', grounds: [FEE], confidence: 'possible' });
    expect(reply).toMatchObject({ answered: true, groundIds: [], quickReplies: [] });
    expect(textOf(reply)).toMatch(/기뻐요|천만에요/);
    expect(textOf(await ask({ question: '안녕하세요', grounds: [FEE], confidence: 'sure' }))).toMatch(/^안녕하세요/);
  });

  it('leaves the greeting to the operator’s own entry', async () => {
    const own: Ground = { ...FEE, id: 'hello', question: '안녕하세요', answer: '말길상점입니다. 어서 오세요!' };
    expect((await ask({ question: '안녕하세요~', grounds: [own], confidence: 'sure' })).groundIds).toEqual(['hello']);
  });

  it('asks the sad what is wrong', async () => {
    for (const reply of await askInARow('ㅠㅠ', 2)) expect(textOf(reply)).toMatch(/어떤 (점|일)/);
  });

  it('says that it is no person when asked, and gives a person to the angry', async () => {
    expect(textOf(await ask({ question: '사람이에요?' }))).toMatch(/챗봇/);
    const angry = await ask({ question: '아 진짜 짜증나' });
    expect(textOf(angry)).toMatch(/죄송/);
    expect(textOf(angry)).toContain(CONTACT);
    expect(angry.quickReplies).toContainEqual({ type: 'message', label: '상담원 연결', action: { kind: 'person' } });
  });
});

describe('other languages', () => {
  it.each([
    ['Do you ship to Japan?', /only answer in Korean/],
    ['送料はいくらですか？', /韓国語のみ/],
    ['运费是多少钱？', /韩语/],
  ])('%s', async (question, expected) => {
    const reply = await ask({ question });
    expect(textOf(reply)).toMatch(expected);
    expect(textOf(reply)).toContain(CONTACT);
    expect(reply).toMatchObject({ answered: false, quickReplies: [{ action: { kind: 'person' } }] });
  });
});

describe('cancelling', () => {
  it('emits nothing for a signal that has fired', async () => {
    expect(await collectParts(engine, engineRequest(), AbortSignal.abort())).toEqual([]);
  });

  it('emits nothing more once the signal fires', async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const part of engine.answer(engineRequest(), controller.signal)) {
      seen.push(part.type);
      controller.abort();
    }
    expect(seen).toEqual(['reply']);
  });
});
