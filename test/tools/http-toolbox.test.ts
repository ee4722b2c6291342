import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import type { ResolveName } from '../../src/platform/public-lookup.ts';
import { readTools, toolProblems } from '../../src/tools/declaration.ts';
import { createHttpToolbox } from '../../src/tools/http-toolbox.ts';
import { buildToolRequest } from '../../src/tools/tool-request.ts';
import type { ToolCallContext } from '../../src/tools/toolbox.ts';
import { JsonServer } from '../helpers/json-server.ts';

const SECRET = 'top-secret-key';

let service: JsonServer;

beforeEach(async () => {
  service = await JsonServer.open();
});

afterEach(() => service.close());

function declare(overrides: Readonly<Record<string, unknown>> = {}) {
  return {
    name: 'order_status',
    description: '주문 상태를 조회합니다.',
    parameters: {
      type: 'object',
      properties: { orderNumber: { type: 'string', minLength: 1 }, detail: { type: 'boolean' } },
      required: ['orderNumber'],
    },
    url: `${service.origin}/shop/orders/{orderNumber}?format=json`,
    secretHeader: { name: 'X-Api-Key', value: SECRET },
    ...overrides,
  };
}

function openToolbox(
  declarations: readonly unknown[] = [declare()],
  { isPrivate = true, resolveName }: { readonly isPrivate?: boolean; readonly resolveName?: ResolveName } = {},
) {
  expect(toolProblems(declarations)).toEqual([]);
  const tools = readTools(declarations);
  const toolbox = createHttpToolbox({
    tools,
    privateOrigins: isPrivate ? tools.map(({ origin }) => origin) : [],
    clock: systemClock,
    ...(resolveName === undefined ? {} : { resolveName }),
  });
  onTestFinished(() => toolbox.close());
  return toolbox;
}

function context(overrides: Partial<ToolCallContext> = {}): ToolCallContext {
  return {
    conversation: { botId: 'default', channel: 'kakao', user: '손님 1' },
    callKey: 'turn-1:1',
    closesAt: Date.now() + 60_000,
    signal: new AbortController().signal,
    ...overrides,
  };
}

describe('a call', () => {
  it('is the request that the operator declared, with the secret in its header', async () => {
    service.reaction = { body: { status: '배송 중' } };
    const toolbox = openToolbox();
    const args = { orderNumber: '20 26/한글'.replace('/', '-'), detail: true };
    expect(await toolbox.call('order_status', args, context())).toEqual({
      outcome: 'done',
      text: '{"status":"배송 중"}',
    });
    const [request] = service.received;
    expect(request).toMatchObject({
      method: 'GET',
      path: `/shop/orders/${encodeURIComponent('20 26-한글')}?format=json&detail=true`,
      body: '',
    });
    expect(request?.headers).toMatchObject({
      'x-api-key': SECRET,
      'idempotency-key': 'turn-1:1',
      'accept-encoding': 'identity',
    });
    expect(Object.keys(request?.headers ?? {}).filter((name) => name.startsWith('x-malgil'))).toEqual([]);
  });

  it('carries what is not in the path in the body of a POST, and says who asks where that is wanted', async () => {
    const toolbox = openToolbox([declare({ method: 'POST', identifiesCustomer: true })]);
    await toolbox.call('order_status', { orderNumber: '7', detail: false }, context());
    expect(service.received[0]).toMatchObject({
      method: 'POST',
      path: '/shop/orders/7?format=json',
      body: '{"detail":false}',
      headers: {
        'x-malgil-bot': 'default',
        'x-malgil-channel': 'kakao',
        'x-malgil-user': encodeURIComponent('손님 1'),
      },
    });
  });

  it('offers the model nothing but name, description and parameters', () => {
    const { definitions } = openToolbox();
    expect(Object.keys(definitions[0] ?? {})).toEqual(['name', 'description', 'parameters']);
    expect(JSON.stringify(definitions)).not.toMatch(/127\.0\.0\.1|secret/);
  });
});

describe('arguments that a model made up', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['miss one that is required', {}],
    ['have the wrong type', { orderNumber: 7 }],
    ['name a parameter that was not declared', { orderNumber: '7', admin: 'true' }],
    ['reach for the prototype', JSON.parse('{"orderNumber":"7","__proto__":{"admin":true}}')],
    ['climb out of the path', { orderNumber: '..' }],
    ['climb with a slash', { orderNumber: '../admin' }],
    ['climb with a backslash', { orderNumber: '..\\admin' }],
    ['are blank', { orderNumber: '  ' }],
    ['carry a line break', { orderNumber: '7\r\nHost: evil.test' }],
    ['carry half a character', { orderNumber: '\ud800' }],
    ['are longer than any order number', { orderNumber: '7'.repeat(5_000) }],
  ])('are sent nowhere when they %s', async (_name, args) => {
    const result = await openToolbox().call('order_status', args, context());
    expect(result.outcome).toBe('bad-arguments');
    expect(service.received).toEqual([]);
  });

  it.each(['7?admin=1', '7#x', '7&format=xml', '%2e%2e', '7;x=1', '@evil.test', '//evil.test'.replaceAll('/', ':')])(
    'cannot leave their place in the address: %s',
    async (orderNumber) => {
      await openToolbox().call('order_status', { orderNumber }, context());
      expect(service.received[0]?.path).toBe(`/shop/orders/${encodeURIComponent(orderNumber)}?format=json`);
    },
  );

  it('cannot replace a part of the query that the operator fixed', async () => {
    const properties = { format: { type: 'string' } };
    const problems = toolProblems([
      declare({ url: `${service.origin}/x?format=json`, parameters: { type: 'object', properties } }),
    ]);
    expect(problems).toEqual(['tool order_status: argument format is already fixed in the query of the url']);
  });

  it('are refused unread when all of them together are too long', async () => {
    const properties = { x: { type: 'string', maxLength: 5_000 }, y: { type: 'string', maxLength: 5_000 } };
    const toolbox = openToolbox([
      declare({ url: `${service.origin}/x`, method: 'POST', parameters: { type: 'object', properties } }),
    ]);
    const most = 2_000 - JSON.stringify({ x: '', y: '' }).length - 1_000;
    const call = (y: string) => toolbox.call('order_status', { x: 'x'.repeat(1_000), y }, context());
    expect(await call('y'.repeat(most + 1))).toMatchObject({ outcome: 'bad-arguments' });
    expect(await call('y'.repeat(most))).toMatchObject({ outcome: 'done' });
    expect(service.received).toHaveLength(1);
  });

  it('name a tool that is not there', async () => {
    const result = await openToolbox().call('drop_tables', {}, context());
    expect(result).toMatchObject({ outcome: 'unknown-tool', text: expect.stringContaining('order_status') });
  });

  it('stay below the fixed part of the path, whatever they are', () => {
    const [tool] = readTools([declare({ url: 'https://api.example.com/a/{orderNumber}{detail}/b' })]);
    if (tool === undefined) throw new Error('unreadable');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (orderNumber, detail) => {
        const request = buildToolRequest(tool, { orderNumber, detail });
        if (request === undefined) return;
        const { origin, pathname, search, hash } = new URL(request.path, 'https://api.example.com');
        expect(origin).toBe('https://api.example.com');
        expect(pathname).toMatch(/^\/a\/[^/]+\/b$/);
        expect(search + hash).toBe('');
      }),
    );
  });
});

describe('the other side', () => {
  it.each<[string, Partial<Exclude<JsonServer['reaction'], string>>, string]>([
    ['sends us elsewhere', { status: 302, headers: { location: 'http://169.254.169.254/latest' } }, 'http-302'],
    ['breaks', { status: 500, body: { stack: 'at internal' } }, 'http-500'],
    ['shows a page', { headers: { 'content-type': 'text/html' }, body: '<h1>login</h1>' }, 'content-type'],
    ['packs what nobody wanted packed', { headers: { 'content-encoding': 'gzip' }, body: 'x' }, 'packed'],
    ['breaks off in its JSON', { body: '{"stack":"at internal' }, 'not-json'],
    ['calls a page JSON', { body: '<h1>login</h1>' }, 'not-json'],
  ])('gives the model no word of its own when it %s, and says to us why', async (_name, reaction, reason) => {
    service.reaction = { body: {}, ...reaction };
    const result = await openToolbox().call('order_status', { orderNumber: '7' }, context());
    expect(result).toMatchObject({ outcome: 'failed', reason });
    expect(result.text).not.toMatch(/169|internal|login/);
    expect(service.received).toHaveLength(1);
  });

  it('may say why it refuses', async () => {
    service.reaction = { status: 404, body: { message: '주문을 찾을 수 없습니다.' } };
    const result = await openToolbox().call('order_status', { orderNumber: '7' }, context());
    expect(result).toMatchObject({
      outcome: 'refused',
      reason: 'http-404',
      text: expect.stringContaining('주문을 찾을 수 없습니다.'),
    });
  });

  it.each(['euc-kr', 'EUC-KR', '"cp949"', 'ks_c_5601-1987'])('may speak %s, when it says so', async (charset) => {
    service.reaction = {
      headers: { 'content-type': `application/json; charset=${charset}` },
      body: iconv.encode('{ "status": "배송 중" }', 'cp949'),
    };
    const result = await openToolbox().call('order_status', { orderNumber: '7' }, context());
    expect(result).toEqual({ outcome: 'done', text: '{"status":"배송 중"}' });
  });

  it('may count further than JavaScript can: digits stay, blanks go', async () => {
    service.reaction = { body: '{ "no": 20261122123456789,\n  "memo": "a \\" : b" }' };
    const result = await openToolbox().call('order_status', { orderNumber: '7' }, context());
    expect(result).toEqual({ outcome: 'done', text: '{"no":20261122123456789,"memo":"a \\" : b"}' });
  });

  it('may say nothing', async () => {
    service.reaction = { body: '' };
    const result = await openToolbox().call('order_status', { orderNumber: '7' }, context());
    expect(result).toEqual({ outcome: 'done', text: '{"ok":true}' });
  });

  it('cannot fill the memory or the window of the model', async () => {
    const endless = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const write = () => {
        while (response.write('가나다라마바사아자차카타파하'.repeat(400)));
        response.once('drain', write);
      };
      write();
    });
    endless.listen(0, '127.0.0.1');
    await once(endless, 'listening');
    onTestFinished(() => {
      endless.closeAllConnections();
      endless.close();
    });
    const origin = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`;
    const toolbox = openToolbox([declare({ url: `${origin}/{orderNumber}` })]);
    const { outcome, text } = await toolbox.call('order_status', { orderNumber: '7' }, context());
    expect(outcome).toBe('done');
    expect(text.length).toBeLessThan(6_100);
    expect(text).toContain('뒷부분을 잘랐습니다');
  });

  it('may be slow only as long as its limit, and as the question has time', async () => {
    service.reaction = 'silence';
    const slow = openToolbox([declare({ timeoutMs: 100 })]);
    const args = { orderNumber: '7' };
    expect((await slow.call('order_status', args, context())).outcome).toBe('timeout');
    const patient = openToolbox([declare({ timeoutMs: 60_000 })]);
    const inTime = context({ closesAt: Date.now() + 100 });
    expect((await patient.call('order_status', args, inTime)).outcome).toBe('timeout');
    const sent = service.received.length;
    expect((await patient.call('order_status', args, context({ closesAt: Date.now() }))).outcome).toBe('timeout');
    expect(service.received).toHaveLength(sent);
  });

  it('is left when the turn is cancelled', async () => {
    service.reaction = 'silence';
    const turn = new AbortController();
    const call = openToolbox().call('order_status', { orderNumber: '7' }, context({ signal: turn.signal }));
    setTimeout(() => turn.abort(), 50);
    await expect(call).rejects.toMatchObject({ code: 'TURN_CANCELLED' });
  });

  it('is told nothing about why when nobody listens there', async () => {
    const toolbox = openToolbox([declare({ url: 'http://127.0.0.1:1/{orderNumber}' })]);
    const result = await toolbox.call('order_status', { orderNumber: '7' }, context());
    expect(result.outcome).toBe('failed');
    expect(result.text).not.toMatch(/127|ECONN/);
  });
});

describe('a name that is not listed as private', () => {
  const resolveTo =
    (...addresses: string[]): ResolveName =>
    (_hostname, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );

  it.each(['127.0.0.1', '10.0.0.8', '169.254.169.254', '::1', 'fd00::1', '::ffff:127.0.0.1'])(
    'is not followed to %s',
    async (address) => {
      const port = new URL(service.origin).port;
      const declarations = [declare({ url: `http://api.example.com:${port}/{orderNumber}` })];
      for (const resolveName of [resolveTo(address), resolveTo('93.184.215.14', address)]) {
        const toolbox = openToolbox(declarations, { isPrivate: false, resolveName });
        const result = await toolbox.call('order_status', { orderNumber: '7' }, context());
        expect(result.outcome).toBe('failed');
      }
      expect(service.received).toEqual([]);
    },
  );
});
