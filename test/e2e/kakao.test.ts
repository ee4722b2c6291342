/** KakaoTalk against the real process: each customer is a person of the simulator, each question can be held back in the model. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Choice, choicesIn, textOf } from '../../simulator/bubble.ts';
import {
  type CallOptions,
  createKakaoSimulator,
  type KakaoSimulator,
  type SkillExchange,
} from '../../simulator/kakao.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';
import { WAIT } from '../helpers/wait.ts';
import { GatedModel, questionId, SLOWLY } from './gated-model.ts';

/** Long enough that a busy machine answers within it what need not wait. */
const INLINE_BUDGET_MS = 2_000;
const SECRET = 'kakao-e2e-secret';
let model: GatedModel;
let kakao: KakaoSimulator;
/** Each for one test: a fault meets whichever callback comes next. */
let faulty: readonly KakaoSimulator[];
let gateway: GatewayProcess;

beforeAll(async () => {
  model = new GatedModel();
  const platform = (seed: string) => createKakaoSimulator({ seed, secret: SECRET, callback: false });
  kakao = platform('kakao-e2e');
  faulty = ['refuses', 'takes and cuts', 'cuts'].map(platform);
  const origins = await Promise.all([kakao, ...faulty].map(async (simulator) => (await simulator.start()).url));
  await model.start();
  gateway = await GatewayProcess.start({
    ...model.env,
    KAKAO_SECRET: SECRET,
    KAKAO_CALLBACK_ORIGINS: origins.join(','),
    KAKAO_INLINE_BUDGET_MS: String(INLINE_BUDGET_MS),
    KAKAO_PERSON_BUTTON: 'operator',
  });
  for (const simulator of [kakao, ...faulty]) simulator.skillUrl = `${gateway.url}/query/KAKAO`;
});

afterAll(async () => {
  await Promise.all([kakao, ...(faulty ?? [])].map((simulator) => simulator?.close()));
  await Promise.all([model?.close(), gateway?.stop()]);
});

afterEach(() => {
  const posts = [kakao, ...faulty].flatMap((simulator) => simulator.callbackPosts);
  for (const post of posts) expect(post.findings).toEqual({ faults: [], warnings: [] });
});

let people = 0;

/** Somebody who has never been here. */
function newCustomer(): string {
  people += 1;
  return `손님 ${people}`;
}

/** The exchange, which must hold nothing that Kakao would find fault with. */
async function valid(exchange: Promise<SkillExchange>): Promise<SkillExchange> {
  const { findings } = await exchange;
  expect(findings).toEqual({ faults: [], warnings: [] });
  return exchange;
}

const labels = (exchange: SkillExchange) => exchange.quickReplies.map((choice) => choice.label);
const postsTo = (exchange: SkillExchange, at = kakao) => {
  const { userRequest } = exchange.request as { userRequest: { callbackUrl: string } };
  return at.callbackPosts.filter((post) => userRequest.callbackUrl.endsWith(post.path));
};

/** Asks something that the model keeps to itself for now. */
async function askSlowly(user: string, id: string, options: CallOptions = {}, from = kakao): Promise<SkillExchange> {
  const exchange = await valid(from.say(user, `${id} ${SLOWLY} 알려 주세요`, options));
  await vi.waitFor(() => expect(model.asked(id)).toBe(1), WAIT);
  return exchange;
}

/** Touches "답변 보기" until what comes back is no waiting bubble any more. */
async function pickUp(user: string, options: CallOptions = {}, from = kakao): Promise<SkillExchange> {
  return vi.waitFor(async () => {
    const exchange = await valid(from.tap(user, '답변 보기', options));
    expect(textOf(exchange.bubbles)).not.toContain('답변을 준비하고 있습니다');
    return exchange;
  }, WAIT);
}

function buttonOf(user: string): Choice {
  const [button] = kakao.choices(user);
  if (button === undefined) throw new Error('The waiting bubble has no button');
  return button;
}

describe('an answer in time', () => {
  it('comes in the response, also where a callback was offered', async () => {
    const user = newCustomer();
    for (const callback of [false, true]) {
      const exchange = await valid(kakao.say(user, `질문-a${Number(callback)}-1 알려 주세요`, { callback }));
      expect(exchange.callback).toBeUndefined();
      expect(textOf(exchange.bubbles)).toContain(`질문-a${Number(callback)}-1 말씀하신`);
    }
    expect(kakao.callbackPosts).toEqual([]);
  });

  it('remembers what was said before, and only in this chat', async () => {
    const user = newCustomer();
    await valid(kakao.say(user, '질문-b0-1 제 이름은 가온입니다'));
    await valid(kakao.say(user, '질문-b0-2 제 이름이 뭐죠?'));
    await valid(kakao.say(user, '질문-b0-3 제 이름이 뭐죠?', { room: '우리 모임' }));
    await valid(kakao.say(newCustomer(), '질문-b0-4 제 이름이 뭐죠?'));
    const sent = model.simulator.requests.map(({ body }) => JSON.stringify(body));
    const remembers = [2, 3, 4].map((n) => sent.find((body) => body.includes(`질문-b0-${n}`))?.includes('가온'));
    expect(remembers).toEqual([true, false, false]);
  });

  it('is given once for a call that a proxy repeats', async () => {
    const first = await valid(kakao.say(newCustomer(), '질문-c0-1 알려 주세요'));
    const again = await valid(kakao.repeat(first));
    expect(textOf(again.bubbles)).toBe(textOf(first.bubbles));
    expect(model.asked('질문-c0-1')).toBe(1);
  });
});

describe('what is no question', () => {
  it('welcomes whoever enters, every time', async () => {
    const user = newCustomer();
    for (let times = 0; times < 2; times += 1) {
      expect(textOf((await valid(kakao.open(user))).bubbles)).toContain('안녕하세요');
    }
  });

  it('offers the button of the channel to whoever asks for a person', async () => {
    const exchange = await valid(kakao.say(newCustomer(), '상담원 연결해 주세요'));
    expect(textOf(exchange.bubbles)).toContain('상담원');
    expect(choicesIn(exchange.bubbles)).toMatchObject([{ type: 'operator', label: '상담원 연결하기' }]);
  });

  it('proves the connection to the admin centre, whose test chat is a chat', async () => {
    expect(textOf((await valid(kakao.skillTest({ 주제: '배송' }))).bubbles)).toContain('연결 성공');
    expect(textOf((await valid(kakao.botTest('질문-d0-1 알려 주세요'))).bubbles)).toContain('질문-d0-1 말씀하신');
  });

  it('says what it can do with photos and videos, and asks no model about them', async () => {
    const user = newCustomer();
    const before = model.simulator.requests.length;
    const photo = await valid(kakao.sendPhoto(user, 'http://dn-m.talk.kakaocdn.net/talkm/a/i_0a1b2c.jpg'));
    expect(textOf(photo.bubbles)).toContain('사진');
    const video = await valid(
      kakao.sendPhoto(user, 'http://dn-m.talk.kakaocdn.net/talkm/a/v_0a1b2c.mp4', { type: 'video' }),
    );
    expect(textOf(video.bubbles)).toContain('동영상은 확인할 수 없어요');
    expect(model.simulator.requests).toHaveLength(before);
  });

  it('confirms a parameter that arrives at the skill’s address by mistake', async () => {
    const { status, text } = await kakao.validateParameter(newCustomer(), { origin: '내일', resolved: '2026-11-22' });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      status: 'SUCCESS',
      value: '2026-11-22',
      version: '2.0',
      template: { outputs: [{ simpleText: { text: expect.stringContaining('/validate/KAKAO') } }] },
    });
  });
});

it('turns away whoever does not know the secret, before anything is asked', async () => {
  const { skillUrl } = kakao;
  const stranger = createKakaoSimulator({ seed: 'stranger', skillUrl, secret: 'guessed', callback: false });
  try {
    const exchange = await stranger.say(newCustomer(), '질문-e0-1 알려 주세요');
    expect(exchange.status).toBe(401);
    expect(model.asked('질문-e0-1')).toBe(0);
  } finally {
    await stranger.close();
  }
});

describe.concurrent('a late answer with a callback', () => {
  it('is promised in time and posted exactly once, 500 ms after the promise at the earliest', async () => {
    const user = newCustomer();
    const askedAt = Date.now();
    const exchange = await askSlowly(user, '질문-f0-1', { callback: true });
    expect(exchange.response).toMatchObject({ version: '2.0', useCallback: true });
    expect(textOf(exchange.bubbles)).toContain('답변을 준비하고 있습니다');
    model.release('질문-f0-1');
    const result = await exchange.callback;
    expect(result?.outcome).toBe('delivered');
    expect(textOf(result?.bubbles ?? [])).toContain('질문-f0-1 말씀하신');
    const [post] = postsTo(exchange);
    // A process that has been late lately makes its promise before the budget is over; timers may fire a millisecond early.
    expect(post?.at).toBeGreaterThanOrEqual(askedAt + 500 - 5);

    const next = await valid(kakao.say(user, '질문-f0-2 알려 주세요', { callback: true }));
    expect(textOf(next.bubbles)).not.toContain('질문-f0-1');
    expect(labels(next)).toEqual([]);
    expect(postsTo(exchange).map((sent) => sent.accepted)).toEqual([true]);
  });

  it('answers every question of a conversation under its own callback', async () => {
    const user = newCustomer();
    const both = await Promise.all(
      [1, 2].map((n) => valid(kakao.say(user, `질문-g0-${n} ${SLOWLY}`, { callback: true }))),
    );
    for (const asked of [1, 2]) {
      await vi.waitFor(() => expect(model.asked('질문-g0-')).toBe(asked), WAIT);
      model.release('질문-g0-');
    }
    for (const [index, exchange] of both.entries()) {
      const result = await exchange.callback;
      expect(questionId(textOf(result?.bubbles ?? []))).toEqual([`질문-g0-${index + 1}`]);
      expect(postsTo(exchange).map((post) => post.accepted)).toEqual([true]);
    }
  });

  it('is posted again where Kakao says that nothing was accepted', async () => {
    const platform = faulty[0] ?? kakao;
    const exchange = await askSlowly(newCustomer(), '질문-h0-1', { callback: true }, platform);
    platform.injectCallbackFault({
      kind: 'refuse',
      message: 'The skill server settings are incorrect. Use callback true setting required.',
    });
    model.release('질문-h0-1');
    expect((await exchange.callback)?.outcome).toBe('delivered');
    expect(postsTo(exchange, platform).map((post) => post.accepted)).toEqual([false, true]);
  });

  it.each([
    [1, true],
    [2, false],
  ])('is never repeated by itself when the result was cut (%i, accepted: %s)', async (index, accepted) => {
    const platform = faulty[index] ?? kakao;
    const user = newCustomer();
    const id = `질문-i${index}-1`;
    const exchange = await askSlowly(user, id, { callback: true }, platform);
    platform.injectCallbackFault({ kind: 'cut', accepted });
    model.release(id);
    await vi.waitFor(() => expect(postsTo(exchange, platform)).toHaveLength(1), WAIT);

    // The customer decides: offered with the next answer, never put before it.
    const next = await vi.waitFor(async () => {
      const answer = await valid(platform.say(user, `질문-i${index}-2 알려 주세요`));
      expect(labels(answer)).toContain('답변 다시 보기');
      return answer;
    }, WAIT);
    expect(textOf(next.bubbles)).not.toContain(id);
    const again = await valid(platform.tap(user, '답변 다시 보기'));
    expect(textOf(again.bubbles)).toContain(id);
    expect(postsTo(exchange, platform)).toHaveLength(1);
  });

  it('is held instead where the callback would go to a stranger', async () => {
    const user = newCustomer();
    const stranger = createKakaoSimulator({ seed: 'elsewhere', skillUrl: kakao.skillUrl, secret: SECRET });
    try {
      await stranger.start();
      const exchange = await askSlowly(user, '질문-j0-1', { callback: true }, stranger);
      expect(exchange.callback).toBeUndefined();
      expect(labels(exchange)).toEqual(['답변 보기']);
      model.release('질문-j0-1');
      const picked = await pickUp(user, {}, stranger);
      expect(textOf(picked.bubbles)).toContain('질문-j0-1 말씀하신');
      expect(stranger.callbackPosts).toEqual([]);
    } finally {
      await stranger.close();
    }
  });
});

describe.concurrent('a late answer without a callback', () => {
  it('is fetched with the button of the waiting bubble, and again with the same button', async () => {
    const user = newCustomer();
    const waiting = await askSlowly(user, '질문-k0-1');
    expect(labels(waiting)).toEqual(['답변 보기']);
    const early = await valid(kakao.tap(user, '답변 보기'));
    expect(textOf(early.bubbles)).toContain('답변을 준비하고 있습니다');
    const button = buttonOf(user);
    model.release('질문-k0-1');
    const picked = await pickUp(user);
    expect(textOf(picked.bubbles)).toContain('질문-k0-1 말씀하신');
    const again = await valid(kakao.tap(user, button));
    expect(textOf(again.bubbles)).toBe(textOf(picked.bubbles));
    expect(model.asked('질문-k0-1')).toBe(1);
  });

  it('comes first in the response to the next question, once', async () => {
    const user = newCustomer();
    await askSlowly(user, '질문-l0-1');
    model.release('질문-l0-1');
    const next = await valid(kakao.say(user, '질문-l0-2 알려 주세요'));
    expect(questionId(textOf(next.bubbles))).toEqual(['질문-l0-1', '질문-l0-2']);
    expect(next.bubbles).toHaveLength(2);
    const last = await valid(kakao.say(user, '질문-l0-3 알려 주세요'));
    expect(questionId(textOf(last.bubbles))).toEqual(['질문-l0-3']);
  });

  it('of a stranger is out of reach of whoever copies the button', async () => {
    const user = newCustomer();
    await askSlowly(user, '질문-m0-1');
    const button = buttonOf(user);
    model.release('질문-m0-1');
    const stolen = await valid(kakao.tap(newCustomer(), button));
    expect(textOf(stolen.bubbles)).not.toContain('질문-m0-1');
    expect(textOf((await pickUp(user)).bubbles)).toContain('질문-m0-1 말씀하신');
  });
});

describe.concurrent('a group chat', () => {
  it('is answered inline, with a card button for what is late, and through its callback', async () => {
    const user = newCustomer();
    const room = '점심 모임';
    const inline = await valid(kakao.say(user, '질문-n0-1 알려 주세요', { room }));
    expect(textOf(inline.bubbles)).toContain('질문-n0-1 말씀하신');
    const waiting = await askSlowly(user, '질문-n0-2', { room });
    expect(waiting.quickReplies).toEqual([]);
    model.release('질문-n0-2');
    expect(textOf((await pickUp(user, { room })).bubbles)).toContain('질문-n0-2 말씀하신');
    const promised = await askSlowly(user, '질문-n0-3', { room, callback: true });
    model.release('질문-n0-3');
    const result = await promised.callback;
    expect(textOf(result?.bubbles ?? [])).toContain('질문-n0-3 말씀하신');
    expect(postsTo(promised).map((post) => post.accepted)).toEqual([true]);
  });
});

it('keeps what customers say and every secret out of the log', () => {
  const told = [SECRET, 'nv-e2e-key', '말씀하신', '질문-', 'cbtoken'];
  expect(gateway.logged.some((line) => line.msg === 'answered')).toBe(true);
  expect(gateway.lines.filter((line) => told.some((words) => line.includes(words)))).toEqual([]);
});
