/** Naver TalkTalk against the real process. The simulator echoes every message of the bot back to it, as TalkTalk does. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { createTalkTalkSimulator, type TalkTalkSimulator } from '../../simulator/talktalk.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';
import { WAIT } from '../helpers/wait.ts';
import { GatedModel, questionId, SLOWLY } from './gated-model.ts';

const AUTHORIZATION = 'talktalk-e2e-key';
const SECRET = 'webhook-e2e-secret';
const MESSAGE_MS = 20_000;

let model: GatedModel;
let talktalk: TalkTalkSimulator;
let gateway: GatewayProcess;

beforeAll(async () => {
  model = new GatedModel();
  talktalk = createTalkTalkSimulator({ seed: 'talktalk-e2e', authorization: AUTHORIZATION });
  const [{ url }] = await Promise.all([talktalk.start(), model.start()]);
  gateway = await GatewayProcess.start({
    ...model.env,
    NAVER_BASE_URL: url,
    NAVER_AUTHORIZATION: AUTHORIZATION,
    NAVER_SECRET: SECRET,
    NAVER_SENDS_PER_SECOND: '1000',
    // Each message is a question of its own here.
    NAVER_QUIET_MS: '0',
  });
  talktalk.webhookUrl = `${gateway.url}/query/NAVER/${SECRET}`;
});

afterAll(async () => {
  await Promise.all([talktalk?.close(), model?.close(), gateway?.stop()]);
});

let user: string;
let people = 0;

beforeEach(() => {
  people += 1;
  user = `손님 ${people}`;
});

afterEach(async () => {
  await talktalk.settled();
  const missed = talktalk.deliveries.filter(({ outcome }) => outcome !== 'accepted' && outcome !== 'lost');
  expect(missed).toEqual([]);
  expect(talktalk.deliveries.flatMap((delivery) => delivery.findings.faults)).toEqual([]);
  expect(talktalk.apiCalls.flatMap((call) => call.findings.faults)).toEqual([]);
  expect(talktalk.suspended).toBe(false);
});

const texts = (name = user) => talktalk.messages(name).map((message) => textOf(message.bubbles));
const sends = (name = user) => talktalk.apiCalls.filter((call) => call.user === name && call.name === 'send');
const nextText = async (name = user) => textOf((await talktalk.nextMessage(name, MESSAGE_MS)).bubbles);

const DELIVERED = { state: 'delivered', isEchoed: 1 };

/** What became of everything that was to go out to a person, in order. */
function storedFates(userKey: string): readonly object[] {
  const database = new DatabaseSync(join(gateway.dataDir, 'malgil.sqlite'), { readOnly: true });
  try {
    const rows = database
      .prepare(
        `SELECT d.state, d.echoed_at IS NOT NULL AS isEchoed FROM deliveries d
         JOIN conversations c ON c.serial = d.conversation WHERE c.key LIKE '%' || ? || '%' ORDER BY d.serial`,
      )
      .all(userKey);
    return rows.map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

/** Asks something that the model keeps to itself for now. */
async function askSlowly(id: string): Promise<void> {
  await talktalk.say(user, `${id} ${SLOWLY} 알려 주세요`);
  await vi.waitFor(() => expect(model.asked(id)).toBe(1), WAIT);
}

describe('a customer', () => {
  it('is greeted in the response once, however often the room is opened', async () => {
    const first = await talktalk.open(user);
    expect(first.message?.via).toBe('webhook-response');
    expect(textOf(first.message?.bubbles ?? [])).toContain('안녕하세요');
    for (let times = 0; times < 3; times += 1) expect((await talktalk.open(user)).message).toBeUndefined();
    expect(texts()).toHaveLength(1);
    expect(sends()).toEqual([]);
  });

  it('is answered through the send API', async () => {
    const asked = await talktalk.say(user, '질문-a0-1 알려 주세요');
    expect(asked.response).toBeUndefined();
    const message = await talktalk.nextMessage(user, MESSAGE_MS);
    expect(message).toMatchObject({ via: 'send-api', overlapped: false, overAgent: false });
    expect(textOf(message.bubbles)).toContain('질문-a0-1 말씀하신');
  });

  it('sees "typing" while the model is slow', async () => {
    await askSlowly('질문-b0-1');
    await vi.waitFor(() => expect(talktalk.isTyping(user)).toBe(true), WAIT);
    model.release('질문-b0-1');
    expect(await nextText()).toContain('질문-b0-1 말씀하신');
    expect(talktalk.isTyping(user)).toBe(false);
  });

  it('gets an answer to each question that was asked while the bot was busy, in order', async () => {
    await askSlowly('질문-c0-1');
    for (const n of [2, 3, 4]) await talktalk.say(user, `질문-c0-${n} 알려 주세요`);
    model.release('질문-c0-1');
    expect(await nextText()).toContain('질문-c0-1 말씀하신');
    for (const n of [2, 3, 4]) expect(questionId(await nextText())).toEqual([`질문-c0-${n}`]);
    expect(texts()).toHaveLength(4);
  });

  it('who has left hears nothing more', async () => {
    await askSlowly('질문-d0-1');
    const cancelled = model.simulator.whenCancelled();
    await talktalk.leave(user);
    await cancelled;
    model.release('질문-d0-1');
    // Whoever comes later is answered, so there was time for what must not come.
    await talktalk.say('다음 손님', '질문-d0-2 알려 주세요');
    expect(await nextText('다음 손님')).toContain('질문-d0-2 말씀하신');
    expect(sends()).toEqual([]);
  });

  it('gets an answer to a photo and to a sticker', async () => {
    await talktalk.sendImage(user, 'https://talk.example/photo.jpg');
    expect(await nextText()).toContain('사진');
    await talktalk.sendSticker(user);
    expect(await nextText()).toContain('스티커');
  });
});

describe('an agent', () => {
  it('is not talked over, and hands back', async () => {
    await talktalk.say(user, '질문-e0-1 알려 주세요');
    await nextText();
    await talktalk.agentSays(user, '안녕하세요, 상담원입니다.');
    await talktalk.say(user, '질문-e0-2 상담원님께 여쭤볼게요');
    await talktalk.agentCompletes(user);
    await talktalk.say(user, '질문-e0-3 알려 주세요');
    expect(await nextText()).toContain('질문-e0-3 말씀하신');
    expect(texts()).toHaveLength(2);
    expect(model.asked('질문-e0-2')).toBe(0);
    expect(talktalk.messages(user).some((message) => message.overAgent)).toBe(false);
  });
});

describe('a customer who wants a person', () => {
  const passes = (name = user) =>
    talktalk.apiCalls.filter((call) => call.user === name && call.name === 'handover').map((call) => call.accepted);

  it('hears that one is coming, is given to the agents, and comes back', async () => {
    await talktalk.say(user, '상담원 연결해 주세요');
    expect(await nextText()).toContain('상담원에게 연결해 드릴게요');
    await vi.waitFor(() => expect(talktalk.threadOwner(user)).toBe('partner'), WAIT);
    await talktalk.say(user, '질문-l0-1 여쭤볼게요');
    await talktalk.agentSays(user, '네, 고객님.');
    await talktalk.agentCompletes(user);
    await talktalk.say(user, '질문-l0-2 알려 주세요');
    expect(await nextText()).toContain('질문-l0-2 말씀하신');
    expect(model.asked('질문-l0-1')).toBe(0);
    expect(passes()).toEqual([true]);
    expect(talktalk.messages(user).some((message) => message.overAgent)).toBe(false);
  });

  it('is told when the platform refuses, and the bot goes on', async () => {
    talktalk.injectSendFault({ of: 'handover', kind: 'result', resultCode: '01' });
    await talktalk.say(user, '상담원 연결해 주세요');
    await nextText();
    expect(await nextText()).toContain('연결하지 못했어요');
    await talktalk.say(user, '질문-l1-1 알려 주세요');
    expect(await nextText()).toContain('질문-l1-1 말씀하신');
  });

  it("is the bot's again although the end of the agent's work got lost", async () => {
    await talktalk.say(user, '질문-l2-1 알려 주세요');
    await nextText();
    await talktalk.agentSays(user, '안녕하세요, 상담원입니다.');
    talktalk.loseEvents('handover');
    expect(await talktalk.agentCompletes(user)).toMatchObject({ outcome: 'lost' });
    await talktalk.say(user, '질문-l2-2 알려 주세요');
    expect(await nextText()).toContain('질문-l2-2 말씀하신');
  });
});

describe('the platform', () => {
  it('gets 200 for whatever it sends, at once and with nothing in it', async () => {
    const unknown = ['payment_refund', 'open2', '', '__proto__'].map((event) => talktalk.sendRaw(user, { event }));
    const odd = [
      { event: 'send' },
      { event: 'send', textContent: null },
      { event: 'send', textContent: { text: 7 }, options: [] },
      { event: 'echo' },
      { event: 'handover', options: { control: 'takeThread' } },
      { event: 'profile', options: { result: 'DISAGREE' } },
    ].map((event) => talktalk.sendRaw(user, event));
    for (const delivery of await Promise.all([...unknown, ...odd])) {
      expect(delivery).toMatchObject({ outcome: 'accepted', status: 200 });
    }
    const url = talktalk.webhookUrl;
    const requests = [
      fetch(url),
      fetch(url, { method: 'HEAD' }),
      fetch(url, { method: 'PUT', body: 'x' }),
      fetch(url, { method: 'POST', body: '{' }),
      fetch(url, { method: 'POST', body: 'ㅎ'.repeat(1_000_000), headers: { 'content-type': 'text/plain' } }),
      fetch(`${gateway.url}/query/NAVER/wrong-secret`, { method: 'POST', body: '{"event":"open","user":"a"}' }),
      fetch(`${gateway.url}/query/NAVER/a/b/c?d=%`, { method: 'POST' }),
      fetch(`${gateway.url}/bots/nobody/query/NAVER`, { method: 'POST' }),
    ];
    expect((await Promise.all(requests)).map((response) => response.status)).toEqual(requests.map(() => 200));
  });

  it('charges nobody: a payment that nobody approved is no 200', async () => {
    const paid = await fetch(talktalk.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json;charset=UTF-8' },
      body: JSON.stringify({ event: 'pay_complete', user: talktalk.userKey(user), options: { paymentResult: {} } }),
    });
    expect(paid.status).toBe(404);
  });

  it('that delivers an event twice gets one answer', async () => {
    const once = await talktalk.say(user, '질문-f0-1 알려 주세요');
    await talktalk.repeat(once);
    await nextText();
    await talktalk.say(user, '질문-f0-2 알려 주세요');
    expect(await nextText()).toContain('질문-f0-2');
    expect(texts()).toHaveLength(2);
  });

  it('that echoes every answer starts no conversation of the bot with itself', async () => {
    const before = model.simulator.requests.length;
    for (let n = 1; n <= 10; n += 1) {
      await talktalk.say(user, `질문-g0-${n} 알려 주세요`);
      expect(await nextText()).toContain(`질문-g0-${n} 말씀하신`);
    }
    await talktalk.settled();
    const echoes = talktalk.deliveries.filter(
      ({ event }) => event.event === 'echo' && event.user === talktalk.userKey(user),
    );
    expect(echoes).toHaveLength(10);
    // Echoes that look like a customer's words are still nobody's words.
    for (const echoedEvent of ['send', undefined]) {
      const textContent = { text: '질문-g0-11 알려 주세요', inputType: 'typing' };
      await talktalk.sendRaw(user, { event: 'echo', echoedEvent, textContent, options: { mobile: false } });
    }
    await talktalk.say(user, '질문-g0-12 알려 주세요');
    expect(await nextText()).toContain('질문-g0-12 말씀하신');
    expect(texts()).toHaveLength(11);
    expect(model.simulator.requests.length - before).toBe(11);
  });

  it('in a storm of echoes hears nothing: no answer, no question to the model, no failed delivery', async () => {
    await talktalk.say(user, '질문-s0-1 알려 주세요');
    const answer = await nextText();
    await talktalk.settled();
    const before = { asked: model.simulator.requests.length, called: talktalk.apiCalls.length };
    const options = { mobile: false };
    const echoes: Record<string, unknown>[] = [
      { textContent: { text: answer }, options },
      { textContent: { text: '질문-s0-2 알려 주세요', inputType: 'typing' }, options },
      { textContent: { text: '상담원 연결해 주세요', code: 'malgil:person', inputType: 'button' }, options },
      {
        textContent: {},
        marketingContent: { marketingMessageNo: 1, marketingText: '(광고) 질문-s0-3 겨울 세일' },
        options,
      },
      { imageContent: { imageUrl: 'https://talk-phinf.pstatic.net/a.jpg', width: '10', height: '10' }, options },
    ];
    for (let round = 0; round < 20; round += 1) {
      const storm = Array.from({ length: 5 }, () => echoes).flat();
      await Promise.all(storm.map((echo) => talktalk.sendRaw(user, { event: 'echo', echoedEvent: 'send', ...echo })));
    }
    await talktalk.say(user, '질문-s0-4 알려 주세요');
    expect(await nextText()).toContain('질문-s0-4 말씀하신');
    expect(model.simulator.requests.length - before.asked).toBe(1);
    const later = talktalk.apiCalls.slice(before.called).filter((call) => call.user === user && call.name === 'send');
    expect(later).toHaveLength(1);
  });

  it('in a rush of 500 messages loses none, doubles none, and keeps the order of each customer', async () => {
    const crowd = Array.from({ length: 50 }, (_, index) => ({ name: `군중 ${index}`, index }));
    await Promise.all(
      crowd.map(async ({ name, index }) => {
        for (let n = 1; n <= 10; n += 1) await talktalk.say(name, `질문-h${index}-${n} 알려 주세요`);
      }),
    );
    for (const { name, index } of crowd) {
      await vi.waitFor(() => expect(questionId(texts(name).join('\n'))).toHaveLength(10), WAIT);
      const asked = Array.from({ length: 10 }, (_, n) => `질문-h${index}-${n + 1}`);
      expect(questionId(texts(name).join('\n'))).toEqual(asked);
      expect(talktalk.maxInFlight(name)).toBe(1);
    }
  });
});

describe('the send API', () => {
  it('that fails for a moment is tried again, and the answer arrives once', async () => {
    talktalk.injectSendFault({ kind: 'result', resultCode: '99', resultMessage: '내부 오류' });
    await talktalk.say(user, '질문-i0-1 알려 주세요');
    expect(await nextText()).toContain('질문-i0-1 말씀하신');
    expect(sends().map((call) => call.accepted)).toEqual([false, true]);
  });

  it.each([true, false])('that hangs up without a word is not asked again (accepted: %s)', async (accepted) => {
    talktalk.injectSendFault({ kind: 'cut', accepted });
    await talktalk.say(user, `질문-j${Number(accepted)}-1 알려 주세요`);
    await vi.waitFor(() => expect(sends()).toHaveLength(1), WAIT);
    await talktalk.say(user, `질문-j${Number(accepted)}-2 알려 주세요`);
    await vi.waitFor(() => expect(texts().at(-1)).toContain(`질문-j${Number(accepted)}-2`), WAIT);
    expect(sends()).toHaveLength(2);
    expect(texts()).toHaveLength(accepted ? 2 : 1);
    // What the store knows at last: the echo is the receipt of what did arrive.
    const fate = accepted ? { state: 'delivered', isEchoed: 1 } : { state: 'unknown', isEchoed: 0 };
    await vi.waitFor(() => expect(storedFates(talktalk.userKey(user))).toEqual([fate, DELIVERED]), WAIT);
  });

  it('that refuses one answer for good does not hold up the next', async () => {
    talktalk.injectSendFault({ kind: 'result', resultCode: '02', resultMessage: 'request json 문자열 파싱 오류' });
    await talktalk.say(user, '질문-k0-1 알려 주세요');
    await talktalk.say(user, '질문-k0-2 알려 주세요');
    expect(await nextText()).toContain('질문-k0-2');
    expect(sends().map((call) => call.accepted)).toEqual([false, true]);
  });
});

it('sends the picture of an entry before its words', async () => {
  const knowledge = join(gateway.folder, 'knowledge.csv');
  await writeFile(
    knowledge,
    'question,answer,image\n반품비는 얼마인가요?,편도 3 000원입니다.,https://shop.example/fee.png\n',
  );
  const platform = createTalkTalkSimulator({ seed: 'pictures', authorization: AUTHORIZATION });
  const { url } = await platform.start();
  const shop = await GatewayProcess.start({
    KNOWLEDGE_FILE: knowledge,
    NAVER_BASE_URL: url,
    NAVER_AUTHORIZATION: AUTHORIZATION,
  });
  try {
    platform.webhookUrl = `${shop.url}/query/NAVER`;
    await platform.say('손님', '반품비는 얼마인가요?');
    const first = await platform.nextMessage('손님', MESSAGE_MS);
    const second = await platform.nextMessage('손님', MESSAGE_MS);
    expect(first.bubbles).toEqual([{ type: 'image', imageUrl: 'https://shop.example/fee.png' }]);
    expect(textOf(second.bubbles)).toBe('편도 3 000원입니다.');
    expect([first.overlapped, second.overlapped]).toEqual([false, false]);
  } finally {
    await Promise.all([platform.close(), shop.stop()]);
  }
});

it('keeps what customers say and every secret out of the log', () => {
  const told = [AUTHORIZATION, SECRET, 'nv-e2e-key', '말씀하신', '질문-'];
  expect(gateway.logged.some((line) => line.msg === 'answered')).toBe(true);
  expect(gateway.lines.filter((line) => told.some((words) => line.includes(words)))).toEqual([]);
});
