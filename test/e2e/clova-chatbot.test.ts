/** CLOVA Chatbot behind the real process: its buttons drawn by both platforms, and what is touched goes back to it. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Bubble, choicesIn, findChoice, textOf } from '../../simulator/bubble.ts';
import {
  type ClovaChatbotSimulator,
  createClovaChatbotSimulator,
  FAILURE_TEXT,
} from '../../simulator/clova-chatbot.ts';
import type { SkillExchange } from '../../simulator/kakao.ts';
import { WAIT } from '../helpers/wait.ts';
import { openStage, type Stage } from './stage.ts';

const SECRET = 'chatbot-e2e-secret';
const MESSAGE_MS = 20_000;
const WELCOME = '바다식당 챗봇';

let chatbot: ClovaChatbotSimulator;
let stage: Stage;

beforeAll(async () => {
  chatbot = createClovaChatbotSimulator({ secret: SECRET });
  stage = await openStage({
    ENGINE: 'clova-chatbot,faq',
    CLOVA_CHATBOT_URL: (await chatbot.start()).url,
    CLOVA_CHATBOT_SECRET: SECRET,
    KNOWLEDGE_FILE: 'sample',
    NAVER_QUIET_MS: '0',
  });
});

afterAll(() => Promise.all([stage?.end(), chatbot?.close()]));

afterEach(() => {
  expect(stage.talktalk.apiCalls.flatMap((call) => call.findings.faults)).toEqual([]);
});

const lastCall = () => chatbot.calls.at(-1)?.call;

/** The words of an exchange, which must hold nothing that Kakao would find fault with. */
async function words(exchange: Promise<SkillExchange>): Promise<string> {
  const { bubbles, findings } = await exchange;
  expect(findings.faults).toEqual([]);
  return textOf(bubbles);
}

describe('on KakaoTalk', () => {
  const labels = (user: string) => stage.kakao.choices(user).map(({ label }) => label);

  it('the welcome message greets, and its buttons begin a form that goes on to its end', async () => {
    const user = '예약 손님';
    expect(await words(stage.kakao.open(user))).toContain(WELCOME);
    expect(labels(user)).toEqual(expect.arrayContaining(['예약', '영업시간']));
    expect(await words(stage.kakao.tap(user, '예약'))).toContain('언제로 예약할까요?');
    expect(await words(stage.kakao.tap(user, '내일'))).toContain('성함');
    expect(lastCall()).toMatchObject({ event: 'send', text: '_T_내일' });
    expect(await words(stage.kakao.say(user, '홍길동'))).toContain('홍길동 님, 내일 예약되었습니다.');
  });

  it('cards, lists and carousels are drawn, and their rows and buttons answered', async () => {
    const user = '구경하는 손님';
    expect(await words(stage.kakao.say(user, '지점'))).toContain('광안리점');
    await words(stage.kakao.tap(user, '광안리점'));
    expect(lastCall()).toMatchObject({ text: '_T_광안리점' });
    const { bubbles, findings } = await stage.kakao.say(user, '추천');
    expect(findings.faults).toEqual([]);
    expect(bubbles).toMatchObject([{ type: 'carousel', cards: [{ title: '물회' }, { title: '회덮밥' }] }]);
    await words(stage.kakao.tap(user, '물회 예약'));
    expect(lastCall()).toMatchObject({ text: '_T_물회 예약' });
    expect(await words(stage.kakao.say(user, '전체 메뉴'))).toContain('메뉴');
    expect(await words(stage.kakao.tap(user, '처음으로'))).toContain(WELCOME);
    expect(lastCall()).toMatchObject({ event: 'open' });
  });

  it('a reset ends the form', async () => {
    const user = '마음이 바뀐 손님';
    await stage.kakao.say(user, '예약');
    await stage.kakao.tap(user, '오늘');
    await stage.kakao.say(user, '처음부터');
    expect(await words(stage.kakao.say(user, '영업시간'))).toContain('11시부터');
  });
});

describe('on TalkTalk', () => {
  const next = async (user: string): Promise<readonly Bubble[]> => {
    const message = await stage.talktalk.nextMessage(user, MESSAGE_MS);
    expect(message.findings.faults).toEqual([]);
    return message.bubbles;
  };

  it('the welcome message greets in the response, and a form goes on to its end', async () => {
    let user = '';
    // On a machine that stands still TalkTalk's second may pass before the chatbot has answered: then the next customer is greeted by it.
    await vi.waitFor(async () => {
      user = `톡톡 손님 ${randomUUID()}`;
      const { message } = await stage.talktalk.open(user);
      expect(message?.via).toBe('webhook-response');
      expect(textOf(await next(user))).toContain(WELCOME);
    }, WAIT);
    await stage.talktalk.press(user, '예약');
    expect(textOf(await next(user))).toContain('언제로 예약할까요?');
    await stage.talktalk.press(user, '오늘');
    expect(textOf(await next(user))).toContain('성함');
    await stage.talktalk.say(user, '홍길동');
    expect(textOf(await next(user))).toContain('홍길동 님, 오늘 예약되었습니다.');
  });

  it('every button of a card is drawn or said, and goes back as what it carries', async () => {
    const user = '문의 손님';
    await stage.talktalk.say(user, '문의');
    const card = await next(user);
    expect(textOf(card)).toContain('어떻게 문의하시겠어요?');
    expect(textOf(await next(user))).toContain('051-000-0000'); // no button dials there
    await stage.talktalk.press(user, findChoice(choicesIn(card), '영업시간은?'));
    expect(textOf(await next(user))).toContain('11시부터');
    expect(lastCall()).toMatchObject({ event: 'send', text: '영업시간' });
  });
});

describe('for developers', () => {
  async function ask(query: string): Promise<Record<string, unknown>> {
    const response = await fetch(`${stage.gateway.url}/query/TEST`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as Record<string, unknown>;
  }

  it('what the chatbot says of its answer is in TEST', async () => {
    expect(await ask('영업시간')).toMatchObject({
      Answer: '매일 11시부터 21시까지예요.',
      engine: 'clova-chatbot',
      chatbot: { scenarioName: '영업시간', missed: false },
    });
  });

  it('a miss leaves the answer to the next engine, and the failure message to nobody else', async () => {
    expect(await ask('반품 배송비는 얼마예요?')).toMatchObject({ engine: 'faq' });
    expect(await ask('화성에는 언제 가나요')).toMatchObject({ engine: 'clova-chatbot', Answer: FAILURE_TEXT });
  });

  it('a chatbot that fails leaves the answer to the next engine, and no secret in the log', async () => {
    chatbot.failNext(1, { kind: 'refusal', code: '4031' });
    expect(await ask('반품 배송비는 얼마예요?')).toMatchObject({ engine: 'faq' });
    const log = stage.gateway.lines.join('\n');
    expect(log).toContain('CLOVA_CHATBOT_SECRET');
    expect(log).not.toContain(SECRET);
    expect(log).not.toContain('custom/v1');
  });
});
