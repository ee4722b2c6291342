/** The answer to a first question, for whoever asks the same. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AnswerCache } from '../../../src/conversation/answering/answer-cache.ts';
import type { MessageReceived } from '../../../src/message.ts';
import { GatewayRig, seen } from '../../helpers/gateway-rig.ts';

const KEEP_MS = 600_000;
const QUESTION = '오늘은 기분이 어때요?';

let rig: GatewayRig;
let users: number;

beforeEach(async () => {
  rig = await GatewayRig.open();
  users = 0;
  Object.assign(rig.bot, { answerCache: new AnswerCache(KEEP_MS) });
});

afterEach(() => rig.close());

/** Asks as somebody who has never been here, unless `fields` name one. Says whether the model was asked. */
async function ask(text: string, fields: Partial<MessageReceived> = {}) {
  const calls = rig.engine.calls.length;
  const conversation = { botId: 'default', channel: 'test', user: `user${users++}` } as const;
  const question = rig.message('test', text, { conversation, ...fields });
  const response = rig.send(question);
  await rig.settle();
  const asked = rig.engine.calls.length > calls;
  if (asked) {
    const call = await rig.engine.nextCall();
    call.say(`대답 ${calls + 1}`);
    call.finish();
  }
  const { texts } = seen(await response);
  return { asked, texts, source: (await rig.store.readTurn(question.id))?.source };
}

describe('the same first question', () => {
  it('of another customer gets the same answer, and the model is not asked', async () => {
    const first = await ask(QUESTION);
    expect(first).toMatchObject({ asked: true, texts: ['대답 1'] });
    expect(first.source).not.toHaveProperty('cached');
    const second = await ask('  오늘은 기분이  어때요 ??');
    expect(second).toMatchObject({ asked: false, texts: ['대답 1'] });
    expect(second.source).toEqual({ ...first.source, cached: true });
  });

  it('is counted, and what has no place in the cache is not', async () => {
    const read = vi.spyOn(rig.metrics, 'answerCacheRead');
    await ask(QUESTION);
    await ask(QUESTION);
    await ask('주민번호는 900101-1234568입니다. 확인해 주세요.');
    expect(read.mock.calls).toEqual([
      ['default', 'miss'],
      ['default', 'hit'],
    ]);
  });

  it('is asked anew when the answer is old', async () => {
    await ask(QUESTION);
    await rig.clock.advance(KEEP_MS - 1);
    expect((await ask(QUESTION)).asked).toBe(false);
    await rig.clock.advance(1);
    expect((await ask(QUESTION)).asked).toBe(true);
  });

  it('is asked anew when the prompt is another one', async () => {
    await ask(QUESTION);
    Object.assign(rig.bot, { systemPrompt: '당신은 다른 상담원입니다.' });
    expect((await ask(QUESTION)).asked).toBe(true);
    Object.assign(rig.bot, { contact: '고객센터 02-111-1111' });
    expect((await ask(QUESTION)).asked).toBe(true);
  });
});

describe('never from memory', () => {
  it('is a question with words before it', async () => {
    await ask(QUESTION);
    const conversation = { botId: 'default', channel: 'test', user: 'talker' } as const;
    expect((await ask('안녕하신가 물어볼게요', { conversation })).asked).toBe(true);
    expect((await ask(QUESTION, { conversation })).asked).toBe(true);
  });

  it.each<[string, Partial<MessageReceived>]>([
    ['a product', { product: { name: '반팔 티셔츠' } }],
    ['what a scenario found out', { scenario: { params: { size: 'L' } } }],
    ['answers of the platform', { scenario: { platformAnswers: [{ question: '기분', answer: '좋음' }] } }],
    ['a button', { action: { kind: 'engine', engine: 'scripted', data: 'x' } }],
  ])('is a question with %s', async (_name, fields) => {
    await ask(QUESTION);
    expect((await ask(QUESTION, fields)).asked).toBe(true);
    expect((await ask(`${QUESTION} 정말로요`, fields)).asked).toBe(true);
    expect((await ask(`${QUESTION} 정말로요`)).asked).toBe(true);
  });

  it('is a question from which personal data was taken', async () => {
    expect((await ask('제 번호는 010-1234-5678인데 기분이 어때요?')).asked).toBe(true);
    expect((await ask('제 번호는 010-8765-4321인데 기분이 어때요?')).asked).toBe(true);
  });

  it('is one that a tool might answer', async () => {
    await ask(QUESTION);
    const toolbox = { definitions: [], waitingText: () => undefined, call: async () => ({}), close: async () => {} };
    Object.assign(rig.bot, { tools: { toolbox, maxRounds: 1 } });
    expect((await ask(QUESTION)).asked).toBe(true);
  });
});

it('forgets the oldest of too many', () => {
  const cache = new AnswerCache(1_000);
  const answer = {
    reply: { parts: [], quickReplies: [] },
    source: { kind: 'model', engine: 'clova', entries: [] },
  } as const;
  for (let n = 0; n <= 1_000; n += 1) cache.write(`question ${n}`, answer, 0);
  expect(cache.read('question 0', 0)).toBeUndefined();
  expect(cache.read('question 1', 0)).toEqual(answer);
  expect(cache.read('question 1000', 999)).toEqual(answer);
  expect(cache.read('question 1000', 1_000)).toBeUndefined();
});
