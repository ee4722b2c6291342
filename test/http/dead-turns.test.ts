/** What operators see of questions that nobody will answer any more. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { json, startProgram, type TestProgram } from '../helpers/test-program.ts';
import { WAIT } from '../helpers/wait.ts';

const KEY = 'operator-key-for-tests';
const USER = 'AAECAwQFBgcICQoLDA0ODw';
let program: TestProgram;
let sendApi: Server;

beforeAll(async () => {
  sendApi = createServer((request, response) => {
    request.resume();
    response
      .setHeader('content-type', 'application/json')
      .end('{"success":false,"resultCode":"02","resultMessage":"no"}');
  });
  await new Promise<void>((resolve) => sendApi.listen(0, '127.0.0.1', resolve));
  program = await startProgram({
    OPERATOR_KEY: KEY,
    NAVER_AUTHORIZATION: 'ct_sample',
    NAVER_BASE_URL: `http://127.0.0.1:${(sendApi.address() as AddressInfo).port}`,
    METRICS: 'on',
  });
});

afterAll(async () => {
  await program?.end();
  sendApi.close();
});

describe('GET /bots/:botId/dead-turns', () => {
  const read = (query = '', headers: Record<string, string> = { authorization: `Bearer ${KEY}` }, bot = 'default') =>
    program.app.inject({ url: `/bots/${bot}/dead-turns${query}`, headers });

  it('names the customer whose answer the platform refused, and the code, and no words', async () => {
    expect((await read()).json()).toEqual({ bot: 'default', turns: [], next: null });
    const textContent = { text: '반품 배송비는 얼마예요?', inputType: 'typing' };
    const event = { event: 'send', user: USER, textContent, options: { mobile: false } };
    await program.app.inject({ method: 'POST', url: '/query/NAVER', ...json(event) });
    const page = await vi.waitFor(async () => {
      const response = await read('?limit=1');
      expect(response.json().turns).toHaveLength(1);
      return response;
    }, WAIT);
    expect(page.json().turns).toMatchObject([
      { channel: 'naver', user: USER, room: null, reason: 'refused', code: '02', receivedAt: expect.any(Number) },
    ]);
    expect(page.body).not.toContain('반품');
    const { next } = page.json();
    expect((await read(`?before=${next}`)).json()).toEqual({ bot: 'default', turns: [], next: null });
    const metrics = (await program.app.inject({ url: '/metrics' })).body;
    expect(metrics).toMatch(/malgil_deliveries_total\{[^}]*outcome="refused"[^}]*\} \d/);
  });

  it('is for the operator of a bot that is there, who asks for a page of a size', async () => {
    expect((await read('', {})).statusCode).toBe(401);
    expect((await read('', undefined, 'nobody')).statusCode).toBe(404);
    for (const limit of ['0', '1001', '-1', 'many', '']) expect((await read(`?limit=${limit}`)).statusCode).toBe(400);
  });
});
