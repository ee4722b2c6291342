/** TalkTalk without a key for its send API: answers that are longer than the one event of a webhook response. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { validateOutboundEvent } from '../../src/channels/naver/validate.ts';
import { JsonServer } from '../helpers/json-server.ts';
import { json, listen, startProgram, type TestProgram } from '../helpers/test-program.ts';
import { WAIT } from '../helpers/wait.ts';

const LONG = Array.from({ length: 2_000 }, (_, n) => `${n + 1}번째 약관은 이 문장입니다.`).join('\n');
const solid = (text: string) => text.replace(/\s/g, '');

let folder: string;
let env: Record<string, string>;
let program: TestProgram;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'malgil-naver-pages-'));
  const file = join(folder, 'terms.csv');
  const picture = 'https://shop.example/terms.png';
  await writeFile(
    file,
    `질문,답변,이미지\n이용약관을 모두 보여 주세요,"${LONG}",\n약관 그림도 보여 주세요,"${LONG}",${picture}\n`,
  );
  env = { KNOWLEDGE_FILE: file, RATE_LIMIT_PER_CONVERSATION: '0' };
  program = await startProgram(env);
  // A page counts as shown when it was written to a socket.
  url = `http://127.0.0.1:${await listen(program)}/query/NAVER`;
});

afterAll(async () => {
  await program.end();
  await rm(folder, { recursive: true, force: true });
});

interface Said {
  readonly text: string;
  readonly quickReply?: {
    readonly buttonList: readonly { readonly data: { readonly title: string; readonly code: string } }[];
  };
}

async function hear(user: string, text: string, code?: string): Promise<Said> {
  const textContent = { text, ...(code === undefined ? { inputType: 'typing' } : { code, inputType: 'button' }) };
  const { headers, payload } = json({ event: 'send', user, textContent });
  const response = await fetch(url, { method: 'POST', headers, body: payload });
  const event = (await response.json()) as { textContent: Said };
  expect(validateOutboundEvent(event, { via: 'webhook-response' }).faults).toEqual([]);
  return event.textContent;
}

async function readAll(user: string, question: string): Promise<readonly Said[]> {
  const pages = [await hear(user, question)];
  for (;;) {
    const way = pages.at(-1)?.quickReply?.buttonList.find(({ data }) => data.title === '이어서 보기');
    if (way === undefined) return pages;
    pages.push(await hear(user, way.data.title, way.data.code));
  }
}

it('come page by page behind "이어서 보기", the same page with every tap, without a word lost', async () => {
  const pages = await readAll('AAECAwQFBgcICQoLDA0ODw', '이용약관을 모두 보여 주세요');
  expect(pages.length).toBeGreaterThan(1);
  expect(solid(pages.map(({ text }) => text).join(''))).toBe(solid(LONG));
  for (const { text } of pages.slice(0, -1)) expect(text).toMatch(/입니다\.$/);
  const [first, second] = pages;
  const again = first?.quickReply?.buttonList[0]?.data;
  expect(await hear('AAECAwQFBgcICQoLDA0ODw', again?.title ?? '', again?.code)).toEqual(second);
});

it('keep the address of their picture', async () => {
  const pages = await readAll('BAECAwQFBgcICQoLDA0ODw', '약관 그림도 보여 주세요');
  const said = solid(pages.map(({ text }) => text).join(''));
  expect(said).toBe(`https://shop.example/terms.png${solid(LONG)}`);
});

it('go out by the send API, as a whole, where it is there', async () => {
  const sendApi = await JsonServer.open();
  sendApi.reaction = { body: { success: true, resultCode: '00' } };
  const synchronous = await startProgram({
    ...env,
    NAVER_SYNC: 'true',
    NAVER_AUTHORIZATION: 'key',
    NAVER_BASE_URL: sendApi.origin,
    NAVER_SENDS_PER_SECOND: '1000',
  });
  onTestFinished(async () => {
    await synchronous.end();
    await sendApi.close();
  });
  const question = {
    event: 'send',
    user: 'CAECAwQFBgcICQoLDA0ODw',
    textContent: { text: '이용약관을 모두 보여 주세요' },
  };
  const response = await synchronous.app.inject({ method: 'POST', url: '/query/NAVER', ...json(question) });
  expect([response.statusCode, response.body]).toEqual([200, '']);
  const sent = () =>
    sendApi.received
      .map(({ body }) => JSON.parse(body) as { event: string; textContent?: Said })
      .flatMap(({ event, textContent }) => (event === 'send' && textContent !== undefined ? [textContent] : []));
  await vi.waitFor(
    () =>
      expect(
        solid(
          sent()
            .map(({ text }) => text)
            .join(''),
        ),
      ).toBe(solid(LONG)),
    WAIT,
  );
  expect(sent().filter(({ quickReply }) => quickReply !== undefined)).toEqual([]);
});
