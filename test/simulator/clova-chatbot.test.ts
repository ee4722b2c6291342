import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ClovaChatbotSimulator,
  createClovaChatbotSimulator,
  FAILURE_TEXT,
} from '../../simulator/clova-chatbot.ts';

const SECRET = 'simulator-secret';

let simulator: ClovaChatbotSimulator;
let url: string;

beforeEach(async () => {
  simulator = createClovaChatbotSimulator({ secret: SECRET });
  ({ url } = await simulator.start());
});

afterEach(() => simulator.close());

const text = (description: unknown) => ({ type: 'text', data: { description } });
const send = (description: unknown) => ({
  version: 'v2',
  userId: 'u',
  timestamp: Date.now(),
  bubbles: [text(description)],
  event: 'send',
});

async function post(body: unknown, headers: Readonly<Record<string, string>> = {}, address = url) {
  const bytes = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(address, {
    method: 'POST',
    headers: {
      'content-type': 'application/json;UTF-8',
      'x-ncp-chatbot_signature': createHmac('sha256', SECRET).update(bytes).digest('base64'),
      ...headers,
    },
    body: bytes,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('the stand-in for CLOVA Chatbot', () => {
  it.each<[string, unknown, string, Record<string, string>?]>([
    ['a wrong signature', send('안녕'), '4031', { 'x-ncp-chatbot_signature': 'AAAA' }],
    ['another content type', send('안녕'), '4000', { 'content-type': 'text/plain' }],
    ['no JSON', '{', '4000'],
    ['a list', [], '4000'],
    ['a field that nobody documents', { ...send('안녕'), text: '안녕' }, '4000'],
    ['version 1', { ...send('안녕'), version: 'v1' }, '1000'],
    ['no user', { ...send('안녕'), userId: '' }, '4000'],
    ['a user id that is too long', { ...send('안녕'), userId: 'u'.repeat(257) }, '4000'],
    ['a timestamp as text', { ...send('안녕'), timestamp: '1' }, '4000'],
    ['an old timestamp', { ...send('안녕'), timestamp: Date.now() - 11_000 }, '4032'],
    ['an unknown event', { ...send('안녕'), event: 'close' }, '4000'],
    ['no bubble', { ...send('안녕'), bubbles: [] }, '4000'],
    ['two bubbles', { ...send('안녕'), bubbles: [text('하나'), text('둘')] }, '4000'],
    ['an empty bubble', send(''), '4000'],
    ['a bubble of another type', { ...send('안녕'), bubbles: [{ ...text('안녕'), type: 'image' }] }, '4000'],
  ])('refuses %s', async (_, body, code, headers) => {
    expect(await post(body, headers)).toMatchObject({ status: 500, body: { code } });
  });

  it('has one address, behind a gateway', async () => {
    expect(await post(send('안녕'), {}, `${url}/more`)).toMatchObject({
      status: 404,
      body: { error: { errorCode: '300' } },
    });
  });

  it('answers with the metadata of live answers', async () => {
    const { status, body } = await post(send('영업시간'));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      userId: 'u',
      event: 'send',
      normalizer: 'null',
      scenario: { name: '영업시간' },
      bubbles: [{ type: 'text', context: [] }],
    });
    expect((await post(send('모를 말'))).body).toMatchObject({
      bubbles: [{ data: { description: FAILURE_TEXT } }],
      conversation: { scenarioName: null },
    });
  });

  it('keeps a form by user, and goes on by the full postback alone', async () => {
    await post(send('예약'));
    expect(JSON.stringify((await post(send('오늘'))).body)).toContain(FAILURE_TEXT);
    expect(JSON.stringify((await post({ ...send('_T_오늘'), userId: 'other' })).body)).toContain(FAILURE_TEXT);
    expect(JSON.stringify((await post(send('_T_오늘'))).body)).toContain('성함');
    expect(JSON.stringify((await post(send('홍길동'))).body)).toContain('홍길동 님, 오늘');
  });

  it('brings the menu with the welcome, and when it is asked for', async () => {
    const open = { ...send('x'), bubbles: [], event: 'open' };
    expect((await post(open)).body).toMatchObject({ persistentMenu: { title: '메뉴' } });
    const { body } = await post({ ...open, event: 'getPersistentMenu' });
    expect(body).not.toHaveProperty('bubbles');
    expect(body).toMatchObject({ persistentMenu: { type: 'template' } });
  });
});
