/** KakaoTalk against the real process: each customer is a person of the simulator, each question can be held back in the model. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { createKakaoSimulator, type KakaoSimulator, type SkillExchange } from '../../simulator/kakao.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';
import { GatedModel, SLOWLY } from './gated-model.ts';

const INLINE_BUDGET_MS = 1_000;
const SECRET = 'kakao-e2e-secret';
const WAIT = { timeout: 15_000, interval: 25 };

let model: GatedModel;
let kakao: KakaoSimulator;
let gateway: GatewayProcess;

beforeAll(async () => {
  model = new GatedModel();
  kakao = createKakaoSimulator({ seed: 'kakao-e2e', secret: SECRET, callback: false, skillTimeoutMs: 5_000 });
  const [{ url }] = await Promise.all([kakao.start(), model.start()]);
  gateway = await GatewayProcess.start({
    ...model.env,
    KAKAO_SECRET: SECRET,
    KAKAO_CALLBACK_ORIGINS: url,
    KAKAO_INLINE_BUDGET_MS: String(INLINE_BUDGET_MS),
  });
  kakao.skillUrl = `${gateway.url}/query/KAKAO`;
});

afterAll(async () => {
  await Promise.all([kakao?.close(), model?.close(), gateway?.stop()]);
});

let user: string;
let people = 0;
let judged: Promise<SkillExchange>[] = [];

beforeEach(() => {
  people += 1;
  user = `손님 ${people}`;
  judged = [];
});

afterEach(async () => {
  for (const exchange of await Promise.all(judged)) expect(exchange.findings).toEqual({ faults: [], warnings: [] });
  for (const post of kakao.callbackPosts) expect(post.findings).toEqual({ faults: [], warnings: [] });
});

/** The exchange, judged at the end of the test. */
function valid(exchange: Promise<SkillExchange>): Promise<SkillExchange> {
  judged.push(exchange);
  return exchange;
}

const labels = (exchange: SkillExchange) => exchange.quickReplies.map((choice) => choice.label);
const postsTo = (exchange: SkillExchange) => {
  const { userRequest } = exchange.request as { userRequest: { callbackUrl: string } };
  return kakao.callbackPosts.filter((post) => userRequest.callbackUrl.endsWith(post.path));
};

/** Asks something that the model keeps to itself for now. */
async function askSlowly(id: string, options: { callback?: boolean; room?: string } = {}): Promise<SkillExchange> {
  const exchange = await valid(kakao.say(user, `${id} ${SLOWLY} 알려 주세요`, options));
  await vi.waitFor(() => expect(model.asked(id)).toBe(1), WAIT);
  return exchange;
}

/** Touches the button until what comes back is no waiting bubble any more. */
async function pickUp(button: string, room?: string): Promise<SkillExchange> {
  return vi.waitFor(async () => {
    const exchange = await valid(kakao.tap(user, button, room === undefined ? {} : { room }));
    expect(textOf(exchange.bubbles)).not.toContain('답변을 준비하고 있습니다');
    return exchange;
  }, WAIT);
}

describe('an answer in time', () => {
  it('comes in the response, also where a callback was offered', async () => {
    for (const callback of [false, true]) {
      const exchange = await valid(kakao.say(user, `질문-a${Number(callback)}-1 알려 주세요`, { callback }));
      expect(exchange.callback).toBeUndefined();
      expect(textOf(exchange.bubbles)).toContain(`질문-a${Number(callback)}-1 말씀하신`);
    }
    expect(kakao.callbackPosts).toEqual([]);
  });

  it('remembers what was said before, and only in this chat', async () => {
    await valid(kakao.say(user, '질문-b0-1 제 이름은 가온입니다'));
    await valid(kakao.say(user, '질문-b0-2 제 이름이 뭐죠?'));
    await valid(kakao.say(user, '질문-b0-3 제 이름이 뭐죠?', { room: '우리 모임' }));
    await valid(kakao.say(`${user}의 친구`, '질문-b0-4 제 이름이 뭐죠?'));
    const remembers = ['질문-b0-2', '질문-b0-3', '질문-b0-4'].map((id) =>
      JSON.stringify(model.simulator.requests.findLast(({ body }) => JSON.stringify(body).includes(id))?.body).includes(
        '가온',
      ),
    );
    expect(remembers).toEqual([true, false, false]);
  });

  it('is given once for a call that a proxy repeats', async () => {
    const first = await valid(kakao.say(user, '질문-c0-1 알려 주세요'));
    const again = await valid(kakao.repeat(first));
    expect(textOf(again.bubbles)).toBe(textOf(first.bubbles));
    expect(model.asked('질문-c0-1')).toBe(1);
  });
});

describe('a late answer with a callback', () => {
  it('is promised in time and posted exactly once, 500 ms after the promise at the earliest', async () => {
    const askedAt = Date.now();
    const exchange = await askSlowly('질문-d0-1', { callback: true });
    expect(exchange.response).toMatchObject({ version: '2.0', useCallback: true });
    expect(textOf(exchange.bubbles)).toContain('답변을 준비하고 있습니다');
    await model.release();
    const result = await exchange.callback;
    expect(result?.outcome).toBe('delivered');
    expect(textOf(result?.bubbles ?? [])).toContain('질문-d0-1 말씀하신');
    const [post] = postsTo(exchange);
    // The promise cannot have left before the budget was over; timers may fire a millisecond early.
    expect(post?.at).toBeGreaterThanOrEqual(askedAt + INLINE_BUDGET_MS + 500 - 5);

    const next = await valid(kakao.say(user, '질문-d0-2 알려 주세요', { callback: true }));
    expect(textOf(next.bubbles)).not.toContain('질문-d0-1');
    expect(labels(next)).toEqual([]);
    expect(postsTo(exchange).map((sent) => sent.accepted)).toEqual([true]);
  });

  it('answers every question of a conversation under its own callback', async () => {
    const [first, second] = await Promise.all([
      valid(kakao.say(user, `질문-e0-1 ${SLOWLY}`, { callback: true })),
      valid(kakao.say(user, `질문-e0-2 ${SLOWLY}`, { callback: true })),
    ]);
    for (const asked of [1, 2]) {
      await vi.waitFor(() => expect(model.asked('질문-e0-')).toBe(asked), WAIT);
      await model.release();
    }
    const results = await Promise.all([first.callback, second.callback]);
    expect(results.map((result) => /질문-e0-\d/.exec(textOf(result?.bubbles ?? []))?.[0])).toEqual([
      '질문-e0-1',
      '질문-e0-2',
    ]);
    expect([...postsTo(first), ...postsTo(second)].map((post) => post.accepted)).toEqual([true, true]);
  });

  it('is posted again where Kakao says that nothing was accepted', async () => {
    const exchange = await askSlowly('질문-f0-1', { callback: true });
    kakao.injectCallbackFault({
      kind: 'refuse',
      message: 'The skill server settings are incorrect. Use callback true setting required.',
    });
    await model.release();
    expect((await exchange.callback)?.outcome).toBe('delivered');
    expect(postsTo(exchange).map((post) => post.accepted)).toEqual([false, true]);
  });

  it.each([true, false])('is never repeated by itself when the result was cut (accepted: %s)', async (accepted) => {
    const id = `질문-g${Number(accepted)}-1`;
    const exchange = await askSlowly(id, { callback: true });
    kakao.injectCallbackFault({ kind: 'cut', accepted });
    await model.release();
    await vi.waitFor(() => expect(postsTo(exchange)).toHaveLength(1), WAIT);

    // The customer decides: offered with the next answer, never put before it.
    const next = await vi.waitFor(async () => {
      const answer = await valid(kakao.say(user, `질문-g${Number(accepted)}-2 알려 주세요`));
      expect(labels(answer)).toContain('답변 다시 보기');
      return answer;
    }, WAIT);
    expect(textOf(next.bubbles)).not.toContain(id);
    const again = await valid(kakao.tap(user, '답변 다시 보기'));
    expect(textOf(again.bubbles)).toContain(id);
    expect(postsTo(exchange)).toHaveLength(1);
  });

  it('is held instead where the callback would go to a stranger', async () => {
    const stranger = createKakaoSimulator({ seed: 'stranger', skillUrl: kakao.skillUrl, secret: SECRET });
    try {
      await stranger.start();
      const exchange = await valid(stranger.say(user, `질문-h0-1 ${SLOWLY}`, { callback: true }));
      expect(exchange.callback).toBeUndefined();
      expect(labels(exchange)).toEqual(['답변 보기']);
      await model.release();
      await vi.waitFor(async () => {
        const picked = await valid(stranger.tap(user, '답변 보기'));
        expect(textOf(picked.bubbles)).toContain('질문-h0-1 말씀하신');
      }, WAIT);
      expect(stranger.callbackPosts).toEqual([]);
    } finally {
      await stranger.close();
    }
  });
});

describe('a late answer without a callback', () => {
  it('is fetched with the button of the waiting bubble, and again with the same button', async () => {
    const waiting = await askSlowly('질문-i0-1');
    expect(labels(waiting)).toEqual(['답변 보기']);
    const early = await valid(kakao.tap(user, '답변 보기'));
    expect(textOf(early.bubbles)).toContain('답변을 준비하고 있습니다');
    const [button] = kakao.choices(user);
    await model.release();
    const picked = await pickUp('답변 보기');
    expect(textOf(picked.bubbles)).toContain('질문-i0-1 말씀하신');
    if (button === undefined) throw new Error('The waiting bubble has lost its button');
    const again = await valid(kakao.tap(user, button));
    expect(textOf(again.bubbles)).toBe(textOf(picked.bubbles));
    expect(model.asked('질문-i0-1')).toBe(1);
  });

  it('comes first in the response to the next question, once', async () => {
    await askSlowly('질문-j0-1');
    await model.release();
    const next = await vi.waitFor(async () => {
      const answer = await valid(kakao.say(user, '질문-j0-2 알려 주세요'));
      expect(textOf(answer.bubbles)).toMatch(/질문-j0-1 말씀.*\n.*질문-j0-2 말씀/s);
      return answer;
    }, WAIT);
    expect(next.bubbles).toHaveLength(2);
    const last = await valid(kakao.say(user, '질문-j0-3 알려 주세요'));
    expect(textOf(last.bubbles)).not.toContain('질문-j0-1');
  });

  it('of a stranger is out of reach of whoever copies the button', async () => {
    await askSlowly('질문-k0-1');
    const [button] = kakao.choices(user);
    await model.release();
    if (button === undefined) throw new Error('The waiting bubble has lost its button');
    const stolen = await valid(kakao.tap('도둑', button));
    expect(textOf(stolen.bubbles)).not.toContain('질문-k0-1');
    expect(textOf((await pickUp('답변 보기')).bubbles)).toContain('질문-k0-1 말씀하신');
  });
});

describe('a group chat', () => {
  const room = '점심 모임';

  it('is answered inline, with a card button for what is late, and through its callback', async () => {
    const inline = await valid(kakao.say(user, '질문-l0-1 알려 주세요', { room }));
    expect(textOf(inline.bubbles)).toContain('질문-l0-1 말씀하신');
    const waiting = await askSlowly('질문-l0-2', { room });
    expect(waiting.quickReplies).toEqual([]);
    await model.release();
    expect(textOf((await pickUp('답변 보기', room)).bubbles)).toContain('질문-l0-2 말씀하신');
    const promised = await askSlowly('질문-l0-3', { room, callback: true });
    await model.release();
    const result = await promised.callback;
    expect(textOf(result?.bubbles ?? [])).toContain('질문-l0-3 말씀하신');
    expect(postsTo(promised).map((post) => post.accepted)).toEqual([true]);
  });
});

describe('what is no question', () => {
  it('welcomes whoever enters, every time', async () => {
    for (let times = 0; times < 2; times += 1) {
      expect(textOf((await valid(kakao.open(user))).bubbles)).toContain('안녕하세요');
    }
  });

  it('proves the connection to the admin centre, whose test chat is a chat', async () => {
    expect(textOf((await valid(kakao.skillTest({ 주제: '배송' }))).bubbles)).toContain('연결 성공');
    expect(textOf((await valid(kakao.botTest('질문-m0-1 알려 주세요'))).bubbles)).toContain('질문-m0-1 말씀하신');
  });

  it('says what it can do with photos and videos, and asks no model about them', async () => {
    const before = model.simulator.requests.length;
    const photo = await valid(kakao.sendPhoto(user, 'http://dn-m.talk.kakaocdn.net/talkm/a/i_0a1b2c.jpg'));
    expect(textOf(photo.bubbles)).toContain('사진');
    const video = await valid(
      kakao.sendPhoto(user, 'http://dn-m.talk.kakaocdn.net/talkm/a/v_0a1b2c.mp4', { type: 'video' }),
    );
    expect(textOf(video.bubbles)).toContain('글로 적어');
    expect(model.simulator.requests).toHaveLength(before);
  });

  it('takes a parameter validation without an error', async () => {
    const { status } = await kakao.validateParameter(user, { origin: '내일', resolved: '2026-11-22' });
    expect(status).toBe(200);
  });
});

it('turns away whoever does not know the secret, before anything is asked', async () => {
  const stranger = createKakaoSimulator({
    seed: 'no secret',
    skillUrl: kakao.skillUrl,
    secret: 'guessed',
    callback: false,
  });
  try {
    const exchange = await stranger.say(user, '질문-n0-1 알려 주세요');
    expect(exchange.status).toBe(401);
    expect(model.asked('질문-n0-1')).toBe(0);
  } finally {
    await stranger.close();
  }
});

it('keeps what customers say and every secret out of the log', () => {
  const told = [SECRET, 'nv-e2e-key', '말씀하신', '질문-', 'cbtoken'];
  expect(gateway.logged.some((line) => line.msg === 'answered')).toBe(true);
  expect(gateway.lines.filter((line) => told.some((words) => line.includes(words)))).toEqual([]);
});
