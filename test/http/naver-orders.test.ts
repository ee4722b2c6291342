/** A customer asks for an order: the whole program between the simulator's consent dialog and the operator's own system. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { createTalkTalkSimulator, type TalkTalkSimulator } from '../../simulator/talktalk.ts';
import { JsonServer } from '../helpers/json-server.ts';
import { startProgram, type TestProgram } from '../helpers/test-program.ts';
import { WAIT } from '../helpers/wait.ts';

const PHONE = '01098765432';

let shop: JsonServer;
let talktalk: TalkTalkSimulator;
let program: TestProgram;
let directory: string;
let user: string;
let people = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'malgil-orders-'));
  shop = await JsonServer.open();
  talktalk = createTalkTalkSimulator({ seed: 'orders', authorization: 'key', consentTimeoutMs: 600_000 });
  const { url } = await talktalk.start();
  program = await startProgram({
    DATA_DIR: directory,
    NAVER_AUTHORIZATION: 'key',
    NAVER_BASE_URL: url,
    NAVER_QUIET_MS: '50',
    NAVER_SENDS_PER_SECOND: '100',
    OPERATOR_HOOK_URL: `${shop.origin}/hook`,
    OPERATOR_HOOK_SECRET: 'a secret of sixteen and more',
    DATA_KEY: Buffer.alloc(32, 7).toString('base64'),
  });
  talktalk.webhookUrl = `${await program.app.listen({ port: 0, host: '127.0.0.1' })}/query/NAVER`;
});

afterAll(async () => {
  await talktalk?.close();
  await program?.end();
  await shop?.close();
  await rm(directory, { recursive: true, force: true });
});

beforeEach(() => {
  people += 1;
  user = `손님 ${people}`;
  shop.received.length = 0;
});

const texts = () => talktalk.messages(user).map((message) => textOf(message.bubbles));
const dialog = () => vi.waitFor(() => expect(talktalk.consentDialog(user)).toBeDefined(), WAIT);

async function onDisk(): Promise<Buffer> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('owner'));
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(directory, name)))));
}

it('opens the dialog behind the words, and answers what the shop says, masked', async () => {
  shop.reaction = { body: { text: `${PHONE} 고객님, 오늘 출발했어요.` } };
  await talktalk.open(user);
  await talktalk.say(user, '배송 조회해 주세요');
  await dialog();
  expect(talktalk.consentDialog(user)).toMatchObject({ field: 'cellphone' });
  await talktalk.answerConsent(user, 'SUCCESS', PHONE);
  await vi.waitFor(() => expect(texts().at(-1)).toBe('[전화번호] 고객님, 오늘 출발했어요.'), WAIT);
  expect(JSON.parse(shop.received[0]?.body ?? '')).toMatchObject({
    type: 'look-up',
    question: '배송 조회해 주세요',
    profile: { phone: PHONE },
  });
  expect((await onDisk()).includes(PHONE)).toBe(false);
  expect(JSON.stringify(program.logged)).not.toContain(PHONE);
  expect(talktalk.apiCalls.flatMap((call) => call.findings.faults)).toEqual([]);
});

it('withdrawal deletes everything, and the shop hears of it', async () => {
  shop.reaction = { body: { text: '찾았어요.' } };
  await talktalk.say(user, '주문조회 하나도 남지 않을 말');
  await dialog();
  await talktalk.answerConsent(user, 'SUCCESS', PHONE);
  await vi.waitFor(() => expect(texts().at(-1)).toBe('찾았어요.'), WAIT);
  const traces = [talktalk.userKey(user), '하나도 남지 않을 말'];
  const before = await onDisk();
  expect(traces.filter((trace) => before.includes(trace))).toEqual(traces);
  await talktalk.settled();
  expect(await talktalk.withdrawConsent(user, ['cellphone'])).toMatchObject({ status: 200 });
  await vi.waitFor(() => expect(shop.received).toHaveLength(2), WAIT);
  expect(JSON.parse(shop.received[1]?.body ?? '')).toMatchObject({ type: 'profile-withdrawn', fields: ['phone'] });
  const after = await onDisk();
  expect(traces.filter((trace) => after.includes(trace))).toEqual([]);
});

it('collects nothing from a customer under 14', async () => {
  await talktalk.open(user, { under14: true });
  await talktalk.say(user, '주문조회');
  await vi.waitFor(() => expect(texts().at(-1)).toContain('만 14세 미만'), WAIT);
  expect(talktalk.consentDialog(user)).toBeUndefined();
});

it('says so when TalkTalk refuses to open the dialog', async () => {
  talktalk.injectSendFault({
    kind: 'result',
    resultCode: '02',
    resultMessage: 'request json 문자열 파싱 오류',
    of: 'profile',
  });
  await talktalk.say(user, '주문조회');
  await vi.waitFor(() => expect(texts().at(-1)).toContain('동의 창을 열 수 없어'), WAIT);
});
