import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { validateOutboundEvent } from '../../src/channels/naver/validate.ts';
import { json, startProgram, type TestProgram } from '../helpers/test-program.ts';
import { WAIT } from '../helpers/wait.ts';

const USER = 'AAECAwQFBgcICQoLDA0ODw';
const send = (text: string) => ({
  event: 'send',
  user: USER,
  textContent: { text, inputType: 'typing' },
  options: { mobile: false },
});

describe('POST /query/NAVER', () => {
  let program: TestProgram;
  let sendApi: Server;
  const sent: { authorization: string | undefined; event: Record<string, unknown> }[] = [];
  let onSent = () => {};

  beforeAll(async () => {
    sendApi = createServer(async (request: IncomingMessage, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      sent.push({ authorization: request.headers.authorization, event: JSON.parse(Buffer.concat(chunks).toString()) });
      response.setHeader('content-type', 'application/json').end('{"success":true,"resultCode":"00"}');
      onSent();
    });
    await new Promise<void>((resolve) => sendApi.listen(0, '127.0.0.1', resolve));
    program = await startProgram({
      NAVER_AUTHORIZATION: 'ct_sample',
      PUBLIC_URL: 'https://bot.example',
      NAVER_BASE_URL: `http://127.0.0.1:${(sendApi.address() as AddressInfo).port}`,
    });
  });

  afterAll(async () => {
    await program.end();
    sendApi.close();
  });

  afterEach(() => {
    sent.length = 0;
    onSent = () => {};
  });

  function messages(count: number): Promise<void> {
    return new Promise((resolve) => {
      onSent = () => {
        if (sent.filter(({ event }) => event.event === 'send').length >= count) resolve();
      };
      onSent();
    });
  }

  it('gives 200 at once and sends the answer through the send API, image first', async () => {
    const response = await program.app.inject({
      method: 'POST',
      url: '/query/NAVER',
      ...json(send('반품 배송비는 얼마예요?')),
    });
    expect([response.statusCode, response.body]).toEqual([200, '']);
    await messages(2);
    const events = sent.map(({ event }) => event).filter((event) => event.event === 'send');
    expect(Object.keys(events[0] ?? {})).toContain('imageContent');
    expect(events[1]).toMatchObject({ user: USER, textContent: { text: expect.stringContaining('3,000원') } });
    for (const event of events) expect(validateOutboundEvent(event)).toEqual({ faults: [], warnings: [] });
    expect(sent[0]?.authorization).toBe('ct_sample');
  });

  it('greets once in the webhook response, not again within the cool-down', async () => {
    const open = (user: string) => {
      const payload = json({ event: 'open', user, options: { inflow: 'list' } });
      return program.app.inject({ method: 'POST', url: '/query/NAVER', ...payload });
    };
    let visitors = 10;
    const user = () => `BBECAwQFBgcICQoLDA0O${visitors}`;
    // A response has a second. Where the machine stood still, nobody is greeted, and the next visitor is.
    const first = await vi.waitFor(async () => {
      visitors += 1;
      const response = await open(user());
      expect(response.statusCode).toBe(200);
      expect(response.body).not.toBe('');
      return response;
    }, WAIT);
    expect(first.json()).toMatchObject({ event: 'send', textContent: { text: expect.stringContaining('안녕하세요') } });
    const second = await open(user());
    expect([second.statusCode, second.body]).toEqual([200, '']);
  });

  it.each([
    ['leave', json({ event: 'leave', user: USER })],
    ['friend', json({ event: 'friend', user: USER, options: { set: 'on' } })],
    ['echo', json({ event: 'echo', echoedEvent: 'send', user: USER, textContent: { text: '봇의 말' } })],
    [
      'handover',
      json({ event: 'handover', user: USER, options: { control: 'passThread', metadata: "{'autoEnd':false}" } }),
    ],
    ['profile', json({ event: 'profile', user: USER, options: { result: 'CANCEL' } })],
    ['an unknown event', json({ event: 'hologram', user: USER })],
    ['standby', json({ ...send('상담원에게 하는 말'), standby: true })],
    ['no user', json({ event: 'send', textContent: { text: 'x' } })],
    ['broken JSON', { headers: { 'content-type': 'application/json' }, payload: '{"event":' }],
    ['a wrong content type', { headers: { 'content-type': 'text/plain' }, payload: 'hello' }],
    ['a malformed content type', { headers: { 'content-type': ';;;' }, payload: '{}' }],
    ['nothing', { payload: '' }],
    ['a body that is too large', json(send('a'.repeat(1_200_000)))],
    ['a null byte', json(send('a\u0000'))],
  ])('%s: 200, and nothing is sent', async (_name, request) => {
    const response = await program.app.inject({ method: 'POST', url: '/query/NAVER', ...request });
    expect([response.statusCode, response.body]).toEqual([200, '']);
    expect(sent.filter(({ event }) => event.event === 'send')).toEqual([]);
  });

  it.each([
    ['GET', '/query/NAVER'],
    ['HEAD', '/query/NAVER'],
    ['OPTIONS', '/query/NAVER'],
    ['PUT', '/query/NAVER/x'],
    ['DELETE', '/query/NAVER/a/b/c'],
    ['POST', '/query/NAVER/'],
    ['POST', '/query/NAVER/%'],
    ['POST', '/bots/nobody/query/NAVER/x'],
    ['PROPFIND', '/query/NAVER'],
    ['GET', `/query/NAVER/${'x'.repeat(3_000)}`],
  ])('%s %s: 200', async (method, url) => {
    const response = await program.app.inject({ method: method as 'GET', url, payload: method === 'POST' ? '{}' : '' });
    expect(response.statusCode).toBe(200);
  });

  it('never answers a payment request with 200: that would charge the customer', async () => {
    const pay = { event: 'pay_complete', user: USER, options: { paymentResult: { code: 'Success', paymentId: 'p' } } };
    const bodies = [
      JSON.stringify(pay),
      `${JSON.stringify(pay)}}`,
      '{"event":"pay_complete"',
      '{"event":"pay_complete","user":5}',
    ];
    for (const payload of bodies) {
      const headers = { 'content-type': 'application/json' };
      const response = await program.app.inject({ method: 'POST', url: '/query/NAVER', headers, payload });
      expect(response.statusCode).not.toBe(200);
    }
    const wrongPlace = await program.app.inject({ method: 'POST', url: '/query/NAVER/guess', ...json(pay) });
    expect(wrongPlace.statusCode).not.toBe(200);
  });

  const pay = JSON.stringify({ event: 'pay_complete', user: USER, options: { paymentResult: { code: 'Success' } } });
  it.each([
    ['a malformed content type', '/query/NAVER', ';;;', pay],
    ['another content type', '/query/NAVER', 'json', pay],
    ['an unknown bot', '/bots/nobody/query/NAVER/x', 'application/json', pay],
    ['an address that cannot be decoded', '/query/NAVER/%zz', 'application/json', pay],
    [
      'a body that is too large',
      '/query/NAVER',
      'application/json',
      `${pay.slice(0, -1)},"pad":"${'a'.repeat(1_100_000)}"}`,
    ],
  ])('a payment request with %s is not 200 either', async (_name, url, contentType, payload) => {
    const response = await program.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': contentType },
      payload,
    });
    expect(response.statusCode).not.toBe(200);
  });

  it('reads an event whatever its content type says', async () => {
    const payload = JSON.stringify({ event: 'open', user: 'CCECAwQFBgcICQoLDA0ODw' });
    const headers = { 'content-type': 'json' };
    const response = await program.app.inject({ method: 'POST', url: '/query/NAVER', headers, payload });
    expect(response.json().event).toBe('send');
  });

  it('strangers without the path secret get 200 and nothing happens', async () => {
    const guarded = await startProgram({ NAVER_SECRET: 'path-secret' });
    try {
      const request = json({ event: 'open', user: USER });
      const stranger = await guarded.app.inject({ method: 'POST', url: '/query/NAVER/guess', ...request });
      expect([stranger.statusCode, stranger.body]).toEqual([200, '']);
      const naver = await guarded.app.inject({ method: 'POST', url: '/query/NAVER/path-secret', ...request });
      expect(naver.json().event).toBe('send');
    } finally {
      await guarded.end();
    }
  });

  it('without a key the answer goes in the webhook response, as one valid event', async () => {
    const keyless = await startProgram();
    try {
      const response = await keyless.app.inject({
        method: 'POST',
        url: '/query/NAVER',
        ...json(send('반품 배송비는 얼마예요?')),
      });
      expect(response.statusCode).toBe(200);
      expect(JSON.stringify(response.json())).toContain('3,000원');
      expect(validateOutboundEvent(Object.assign(response.json(), { user: USER })).faults).toEqual([]);
    } finally {
      await keyless.end();
    }
  });
});
