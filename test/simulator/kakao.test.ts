import { afterEach, describe, expect, it } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { createKakaoSimulator, type KakaoSimulator, type KakaoSimulatorOptions } from '../../simulator/kakao.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { type StubGateway, sendJson, startStubGateway } from './simulate-stub-gateway.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

async function gateway(answer: Parameters<typeof startStubGateway>[0]): Promise<StubGateway> {
  const stub = await startStubGateway(answer);
  opened.push(stub);
  return stub;
}

async function simulate(stub: StubGateway, options: Partial<KakaoSimulatorOptions> = {}): Promise<KakaoSimulator> {
  const simulator = createKakaoSimulator({ skillUrl: `${stub.url}/query/KAKAO`, seed: 1, ...options });
  opened.push(simulator);
  await simulator.start();
  return simulator;
}

const say = (text: string, quickReplies?: readonly unknown[]) => ({
  version: '2.0',
  template: { outputs: [{ simpleText: { text } }], ...(quickReplies === undefined ? {} : { quickReplies }) },
});
const promise = { version: '2.0', useCallback: true, data: { text: '확인하고 있어요.' } };
const echo: Parameters<typeof startStubGateway>[0] = ({ json }, response) =>
  sendJson(response, say(json.userRequest.utterance));

async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) {
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    httpStatus: response.status,
    ...((await response.json()) as { status: string; message: string; taskId: string; timestamp: number }),
  };
}

describe('what a skill server gets', () => {
  it('is a channel payload with the headers of the platform', async () => {
    const stub = await gateway(echo);
    const simulator = await simulate(stub, { secret: 's3cret' });
    const exchange = await simulator.say('민지', '안녕하세요', { isFriend: true });

    expect(exchange).toMatchObject({ status: 200, timedOut: false, findings: { faults: [], warnings: [] } });
    expect(textOf(exchange.bubbles)).toBe('안녕하세요');
    const { headers, json, path } = stub.requests[0] ?? expect.unreachable();
    expect(path).toBe('/query/KAKAO');
    expect(headers).toMatchObject({ 'user-agent': 'AHC/2.1', accept: '*/*', 'x-malgil-secret': 's3cret' });
    expect(headers['x-request-id']).toMatch(/^chp-[0-9a-f]{32}$/);
    expect(headers['x-chappie-footprint']).toBe(headers['x-request-id']);
    expect(json.bot.id).toMatch(/^[0-9a-f]{24}$/);
    expect(json.userRequest.user).toEqual({
      id: simulator.userKey('민지'),
      type: 'botUserKey',
      properties: {
        botUserKey: simulator.userKey('민지'),
        bot_user_key: simulator.userKey('민지'),
        plusfriendUserKey: expect.stringMatching(/^[\w-]{12}$/),
        plusfriend_user_key: expect.stringMatching(/^[\w-]{12}$/),
        isFriend: true,
      },
    });
    expect(simulator.userKey('민지')).toMatch(/^[0-9a-f]{66}$/);
    expect(json.userRequest).toMatchObject({
      lang: 'ko',
      timezone: 'Asia/Seoul',
      params: { surface: 'Kakaotalk.plusfriend' },
    });
    expect(json.userRequest.callbackUrl).toMatch(/\/v1\/bots\/[0-9a-f]{24}\/callback\/cbtoken:[0-9a-f]{32}$/);
    expect(json.action.clientExtra).toEqual({});
    expect(json.contexts).toEqual([]);
    expect(json.flow).toEqual({ trigger: { type: 'TEXT_INPUT' } });
  });

  it('has the same ids for the same seed, and others for another bot', async () => {
    const stub = await gateway(echo);
    for (const seed of [7, 7, 8]) {
      const simulator = await simulate(stub, { seed });
      await simulator.say('민지', '안녕');
    }
    const [first, second, other] = stub.requests.map(({ json }) => {
      const { callbackUrl, ...userRequest } = json.userRequest;
      return JSON.stringify([{ ...json, userRequest }, new URL(callbackUrl).pathname]);
    });
    expect(second).toBe(first);
    expect(other).not.toBe(first);
    expect(stub.requests[2]?.json.userRequest.user.id).not.toBe(stub.requests[0]?.json.userRequest.user.id);
  });

  it('offers no callback where the block has none switched on', async () => {
    const stub = await gateway(echo);
    const simulator = await simulate(stub, { callback: false });
    await simulator.say('민지', '안녕');
    await simulator.say('민지', '안녕', { callback: true });
    expect(stub.requests[0]?.json.userRequest).not.toHaveProperty('callbackUrl');
    expect(stub.requests[1]?.json.userRequest).toHaveProperty('callbackUrl');
  });

  it('marks the development channel in the bot id and in the callback URL', async () => {
    const stub = await gateway(echo);
    const simulator = await simulate(stub, { developmentChannel: true });
    await simulator.say('민지', '안녕');
    expect(stub.requests[0]?.json.bot.id).toMatch(/^[0-9a-f]{24}!$/);
    expect(stub.requests[0]?.json.userRequest.callbackUrl).toContain(`/bots/${simulator.botId}/callback/`);
  });

  it('is the placeholder of the test form', async () => {
    const stub = await gateway(echo);
    const simulator = await simulate(stub);
    await simulator.skillTest({ sys_text: '환불' });
    expect(stub.requests[0]?.json).toMatchObject({
      bot: { name: '봇 이름' },
      action: {
        clientExtra: null,
        params: { sys_text: '환불' },
        detailParams: { sys_text: { origin: '환불', value: '환불', groupName: '' } },
      },
      userRequest: {
        utterance: '발화 내용',
        lang: null,
        params: { ignoreMe: 'true' },
        user: { type: 'accountId', properties: {} },
      },
    });
    for (const key of ['contexts', 'flow']) expect(stub.requests[0]?.json).not.toHaveProperty(key);
    expect(stub.requests[0]?.json.userRequest).not.toHaveProperty('callbackUrl');
  });

  it('ends with a newline in the test chat', async () => {
    const stub = await gateway(echo);
    const simulator = await simulate(stub);
    await simulator.botTest('배송 조회');
    expect(stub.requests[0]?.json.userRequest).toMatchObject({
      utterance: '배송 조회\n',
      lang: 'kr',
      params: { surface: 'BuilderBotTest', ignoreMe: 'true' },
    });
    expect(stub.requests[0]?.json.userRequest.user.properties).not.toHaveProperty('plusfriendUserKey');
  });

  it('is empty at the welcome block, and an address for a photo', async () => {
    const stub = await gateway((_, response) => sendJson(response, say('어서 오세요')));
    const simulator = await simulate(stub);
    await simulator.open('민지');
    await simulator.sendPhoto('민지', 'https://talk.kakaocdn.net/a.jpg', { type: 'image' });
    await simulator.sendSecureImages('민지', ['http://secure.kakaocdn.net/1', 'http://secure.kakaocdn.net/2']);
    const [welcome, photo, secure] = stub.requests.map(({ json }) => json);
    expect(welcome?.userRequest).toMatchObject({ utterance: '', block: { name: '웰컴 블록' } });
    expect(photo?.userRequest).toMatchObject({
      utterance: 'https://talk.kakaocdn.net/a.jpg',
      params: { media: { type: 'image', url: 'https://talk.kakaocdn.net/a.jpg' } },
    });
    expect(photo?.flow).toEqual({ trigger: { type: 'IMAGE_UPLOAD' }, lastBlock: welcome?.userRequest.block });
    expect(JSON.parse(secure?.action.params.secureimage ?? '')).toMatchObject({
      imageQuantity: '2',
      secureUrls: 'List(http://secure.kakaocdn.net/1, http://secure.kakaocdn.net/2)',
    });
  });

  it('names the room of a group, keeps its members apart and their channel keys back', async () => {
    const stub = await gateway(echo);
    const simulator = await simulate(stub);
    await simulator.say('민지', '안녕', { room: '가족방' });
    const { json } = stub.requests[0] ?? expect.unreachable();
    expect(json.userRequest.chat).toEqual({
      id: simulator.roomKey('가족방'),
      type: 'botGroupKey',
      properties: { botGroupKey: simulator.roomKey('가족방') },
    });
    expect(json.userRequest.user.properties).not.toHaveProperty('plusfriendUserKey');
  });

  it('brings a tap back with its extra and says what was touched', async () => {
    const quickReplies = [
      { label: '답변 보기', action: 'message', messageText: '답변 보기', extra: { malgil: 'pickup' } },
      { label: '상담', action: 'block', blockId: 'b'.repeat(24) },
    ];
    const stub = await gateway((_, response) => sendJson(response, say('잠시만요', quickReplies)));
    const simulator = await simulate(stub);
    await simulator.say('민지', '환불');
    await simulator.tap('민지', '답변 보기');
    await simulator.tap('민지', 2);
    const [, message, block] = stub.requests.map(({ json }) => json);
    expect(message?.userRequest.utterance).toBe('답변 보기');
    expect(message?.action.clientExtra).toEqual({ malgil: 'pickup' });
    expect(message?.flow.trigger).toMatchObject({
      type: 'QUICKREPLY_BUTTON_MESSAGE',
      referrerBlock: { name: '폴백 블록' },
    });
    expect(block?.userRequest).toMatchObject({ utterance: '상담', block: { id: 'b'.repeat(24) } });
    expect(block?.flow.trigger.type).toBe('QUICKREPLY_BUTTON_BLOCK');
    await expect(simulator.tap('민지', 9)).rejects.toThrow('offered: 답변 보기, 상담');
  });

  it('remembers buttons and rows of cards, and refuses to send a link to the bot', async () => {
    const outputs = [
      { textCard: { title: '문의', buttons: [{ label: '전화', action: 'phone', phoneNumber: '02-1234-5678' }] } },
      {
        listCard: {
          header: { title: '질문' },
          items: [{ title: '배송', action: 'message', messageText: '배송 문의', extra: 1 }],
        },
      },
    ];
    const stub = await gateway((_, response) => sendJson(response, { version: '2.0', template: { outputs } }));
    const simulator = await simulate(stub);
    await simulator.say('민지', '도움말');
    expect(simulator.choices('민지').map((choice) => choice.label)).toEqual(['전화', '배송']);
    await simulator.tap('민지', '배송');
    expect(stub.requests[1]?.json).toMatchObject({
      userRequest: { utterance: '배송 문의' },
      action: { clientExtra: 1 },
      flow: { trigger: { type: 'LIST_ITEM_MESSAGE' } },
    });
    await expect(simulator.tap('민지', '전화')).rejects.toThrow('never reaches');
  });

  it('carries contexts on: lifeSpan in the answer, lifespan in the next request', async () => {
    const clock = new ManualClock();
    const context = { values: [{ name: 'order', lifeSpan: 2, ttl: 60, params: { id: '7' } }] };
    const stub = await gateway(({ json }, response) =>
      sendJson(response, { ...say('네'), ...(json.userRequest.utterance === '주문' ? { context } : {}) }),
    );
    const simulator = await simulate(stub, { clock });
    for (const text of ['주문', '둘', '셋', '넷']) await simulator.say('민지', text);
    expect(stub.requests.map(({ json }) => json.contexts)).toEqual([
      [],
      [{ name: 'order', lifespan: 2, ttl: 60, params: { id: { value: '7', resolvedValue: '7' } } }],
      [{ name: 'order', lifespan: 1, ttl: 60, params: { id: { value: '7', resolvedValue: '7' } } }],
      [],
    ]);
    await simulator.say('지수', '주문');
    await clock.advance(60_000);
    await simulator.say('지수', '다음');
    expect(stub.requests.at(-1)?.json.contexts).toEqual([]);
  });

  it('can be the same call twice, and a call of the parameter validation', async () => {
    const stub = await gateway((_, response) => sendJson(response, say('네')));
    const simulator = await simulate(stub);
    const exchange = await simulator.say('민지', '안녕');
    await simulator.repeat(exchange);
    expect(stub.requests[1]?.json).toEqual(stub.requests[0]?.json);
    expect(stub.requests[1]?.headers['x-request-id']).toBe(stub.requests[0]?.headers['x-request-id']);
    const validation = await simulator.validateParameter('민지', { origin: '내일', resolved: '2026-11-22' });
    expect(validation.status).toBe(200);
    expect(Object.keys(stub.requests[2]?.json ?? {}).sort()).toEqual(
      ['bot', 'isInSlotFilling', 'lang', 'params', 'timezone', 'user', 'utterance', 'value'].sort(),
    );
  });
});

describe('a bad answer', () => {
  it.each<[string, Parameters<typeof startStubGateway>[0], string]>([
    ['status 500', (_, response) => sendJson(response, say('죄송해요'), 500), 'http.status'],
    ['status 201', (_, response) => sendJson(response, say('네'), 201), 'http.status'],
    [
      'text',
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('네'),
      'http.body',
    ],
    [
      'HTML',
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(JSON.stringify(say('네'))),
      'http.content-type',
    ],
    [
      'another charset',
      (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/json; charset=euc-kr' })
          .end(JSON.stringify(say('a'))),
      'http.content-type',
    ],
    [
      'a broken bubble',
      (_, response) => sendJson(response, { version: '2.0', template: { outputs: [{ simpleText: {} }] } }),
      'template.outputs[0].simpleText.text',
    ],
    ['a cut connection', (_, response) => void response.destroy(), 'http'],
  ])('(%s) shows the customer nothing and names the fault', async (_name, answer, path) => {
    const simulator = await simulate(await gateway(answer));
    const exchange = await simulator.say('민지', '안녕');
    expect(exchange.findings.faults.map((fault) => fault.path)).toEqual([path]);
    expect(exchange.bubbles).toEqual([]);
  });

  it('is quick replies in a group room', async () => {
    const stub = await gateway((_, response) =>
      sendJson(response, say('네', [{ label: 'a', action: 'message', messageText: 'a' }])),
    );
    const simulator = await simulate(stub);
    const exchange = await simulator.say('민지', '안녕', { room: '가족방' });
    expect(exchange.findings.faults.map((fault) => fault.path)).toEqual(['template.quickReplies']);
  });

  it('is a promise where no callback was offered', async () => {
    const simulator = await simulate(await gateway((_, response) => sendJson(response, promise)), { callback: false });
    const exchange = await simulator.say('민지', '안녕');
    expect(exchange.findings.faults.map((fault) => fault.path)).toEqual(['useCallback']);
    expect(exchange.callback).toBeUndefined();
  });

  it('is none after five seconds, measured from sending', async () => {
    const clock = new ManualClock();
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    const stub = await gateway((_, response) => {
      response.on('close', closed.resolve);
      arrived.resolve();
    });
    const simulator = await simulate(stub, { clock });
    const calling = simulator.say('민지', '안녕');
    await arrived.promise;
    await clock.advance(4_999);
    expect(await Promise.race([calling, Promise.resolve('waiting')])).toBe('waiting');
    await clock.advance(1);
    const exchange = await calling;
    expect(exchange).toMatchObject({ status: 0, timedOut: true, elapsedMs: 5_000, bubbles: [] });
    await closed.promise; // the platform hangs up
  });

  it('is also a body that never ends', async () => {
    const clock = new ManualClock();
    const arrived = Promise.withResolvers<void>();
    const stub = await gateway((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"version":');
      arrived.resolve();
    });
    const simulator = await simulate(stub, { clock });
    const calling = simulator.say('민지', '안녕');
    await arrived.promise;
    await clock.advance(5_000);
    expect(await calling).toMatchObject({ timedOut: true, elapsedMs: 5_000 });
  });

  it('is a connection that nobody accepts', async () => {
    const stub = await gateway(echo);
    await stub.close();
    const simulator = await simulate(stub);
    expect(await simulator.say('민지', '안녕')).toMatchObject({ status: 0, timedOut: false, failure: 'ECONNREFUSED' });
  });
});

describe('the callback', () => {
  /** A gateway that promises and hands its callback URLs to the test. */
  async function promising(options: Partial<KakaoSimulatorOptions> = {}) {
    const stub = await gateway((_, response) => sendJson(response, promise));
    const simulator = await simulate(stub, options);
    const start = async (text = '환불', callOptions = {}) => {
      const exchange = await simulator.say('민지', text, callOptions);
      const url = stub.requests.at(-1)?.json.userRequest.callbackUrl ?? '';
      return { exchange, url };
    };
    return { simulator, start };
  }

  it('shows the waiting message of the console, then the answer', async () => {
    const { simulator, start } = await promising({ waitingMessage: '[안내] {{#webhook.text}}' });
    const { exchange, url } = await start();
    expect(exchange.bubbles).toEqual([{ type: 'text', text: '[안내] 확인하고 있어요.', folded: false }]);
    const reply = await post(
      url,
      say('7일 안에 환불해 드려요.', [{ label: '더', action: 'message', messageText: '더' }]),
    );
    expect(reply).toMatchObject({ httpStatus: 200, status: 'SUCCESS', timestamp: expect.any(Number) });
    expect(reply.taskId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const result = await exchange.callback;
    expect(result).toMatchObject({ outcome: 'delivered', findings: { faults: [] } });
    expect(textOf(result?.bubbles ?? [])).toBe('7일 안에 환불해 드려요.');
    expect(simulator.choices('민지').map((choice) => choice.label)).toEqual(['더']);
    expect(simulator.callbackPosts).toMatchObject([{ accepted: true, path: new URL(url).pathname }]);
  });

  it('shows an empty waiting message when the console has no variable to fill', async () => {
    const { start } = await promising({ waitingMessage: '{{#webhook.message}}' });
    const { exchange } = await start();
    expect(textOf(exchange.bubbles)).toBe('');
  });

  it('works once', async () => {
    const { simulator, start } = await promising();
    const { url } = await start();
    const replies = await Promise.all([post(url, say('하나')), post(url, say('둘'))]);
    expect(replies.map((reply) => reply.status).sort()).toEqual(['FAIL', 'SUCCESS']);
    expect(replies.find((reply) => reply.status === 'FAIL')?.message).toBe(
      'Invalid callback token. Check your callback token.',
    );
    expect(simulator.callbackPosts.filter((sent) => sent.accepted)).toHaveLength(1);
  });

  it('expires after a minute, in a group room after five', async () => {
    const clock = new ManualClock();
    const { start } = await promising({ clock });
    const channel = await start('하나');
    const group = await start('둘', { room: '가족방' });
    await clock.advance(59_999);
    expect(await Promise.race([channel.exchange.callback, Promise.resolve('waiting')])).toBe('waiting');
    await clock.advance(1);
    expect(await channel.exchange.callback).toMatchObject({ outcome: 'expired', elapsedMs: 60_000, bubbles: [] });
    expect(await post(channel.url, say('늦음'))).toMatchObject({
      message: 'Invalid callback token. Check your callback token.',
    });
    expect(await post(group.url, say('아직'))).toMatchObject({ status: 'SUCCESS' });
    const late = await start('셋', { room: '가족방' });
    await clock.advance(300_000);
    expect(await late.exchange.callback).toMatchObject({ outcome: 'expired' });
  });

  it.each<[string, (url: string) => string, string]>([
    ['another token', (url) => url.replace(/.$/, 'x'), 'Invalid callback token. Check your callback token.'],
    [
      'a re-encoded token',
      (url) => url.replace('cbtoken:', 'cbtoken%3A'),
      'Invalid callback token. Check your callback token.',
    ],
    ['another bot', (url) => url.replace(/bots\/./, 'bots/x'), 'Invalid bot ID. Check your Bot ID.'],
    ['a re-encoded bot', (url) => url.replace('!', '%21'), 'Invalid bot ID. Check your Bot ID.'],
  ])('refuses %s', async (_name, alter, message) => {
    const { start } = await promising({ developmentChannel: true });
    const { url } = await start();
    expect(await post(alter(url), say('네'))).toMatchObject({ httpStatus: 200, status: 'FAIL', message });
    expect(await post(url, say('네'))).toMatchObject({ status: 'SUCCESS' });
  });

  it.each<[string, unknown, Record<string, string>]>([
    ['text', '네', { 'content-type': 'application/json' }],
    ['a broken bubble', { version: '2.0', template: { outputs: [] } }, { 'content-type': 'application/json' }],
    ['another promise', promise, { 'content-type': 'application/json' }],
    ['a good body under a wrong name', say('네'), { 'content-type': 'text/plain' }],
  ])('refuses %s, and the URL is spent unless told otherwise', async (_name, body, headers) => {
    for (const badBodySpendsToken of [true, false]) {
      const { start } = await promising({ unconfirmed: { badBodySpendsToken } });
      const { url } = await start();
      expect(await post(url, body, headers)).toMatchObject({
        status: 'FAIL',
        message: 'Invalid json response from bot-skill.',
      });
      expect((await post(url, say('네'))).status).toBe(badBodySpendsToken ? 'FAIL' : 'SUCCESS');
    }
  });

  it('refuses a POST that overtakes the acknowledgement', async () => {
    const early = Promise.withResolvers<Awaited<ReturnType<typeof post>>>();
    const stub = await gateway(async ({ json }, response) => {
      early.resolve(await post(json.userRequest.callbackUrl, say('너무 빨라요')));
      sendJson(response, promise);
    });
    const simulator = await simulate(stub);
    const exchange = await simulator.say('민지', '안녕');
    expect((await early.promise).message).toMatch(/^The skill server settings are incorrect\. Use callback true/);
    expect(await post(stub.requests[0]?.json.userRequest.callbackUrl ?? '', say('이제'))).toMatchObject({
      status: 'SUCCESS',
    });
    expect(await exchange.callback).toMatchObject({ outcome: 'delivered' });
  });

  it('can ask for some time between the acknowledgement and the POST', async () => {
    const clock = new ManualClock();
    const { start } = await promising({ clock, unconfirmed: { callbackSettleMs: 500 } });
    const { url } = await start();
    await clock.advance(499);
    expect((await post(url, say('네'))).message).toMatch(/^The skill server settings are incorrect/);
    await clock.advance(1);
    expect((await post(url, say('네'))).status).toBe('SUCCESS');
  });

  it('refuses a POST when the answer promised none', async () => {
    const stub = await gateway(echo);
    const simulator = await simulate(stub);
    await simulator.say('민지', '안녕');
    expect((await post(stub.requests[0]?.json.userRequest.callbackUrl ?? '', say('네'))).message).toMatch(
      /^The skill server settings are incorrect/,
    );
  });

  it('is for testing purposes only when it comes from the test chat', async () => {
    const stub = await gateway((_, response) => sendJson(response, promise));
    const simulator = await simulate(stub);
    const exchange = await simulator.botTest('안녕');
    expect(textOf(exchange.bubbles)).toBe('확인하고 있어요.');
    expect((await post(stub.requests[0]?.json.userRequest.callbackUrl ?? '', say('네'))).message).toBe(
      'Invalid callback token for testing purposes.',
    );
  });

  it('judges advertisers more strictly', async () => {
    const { start } = await promising({ rules: { advertising: true } });
    const { url } = await start();
    const two = {
      version: '2.0',
      template: { outputs: [{ simpleText: { text: 'a' } }, { simpleText: { text: 'b' } }] },
    };
    expect((await post(url, two)).message).toMatch(/^Invalid skill-json format\. This talk bubble is not suitable/);
  });

  it('meets the faults that a test asks for, in order', async () => {
    const { simulator, start } = await promising({ unconfirmed: { callbackFailHttpStatus: 400 } });
    const internal = 'Internal server error occured. Please contact technical support. 501';
    simulator.injectCallbackFault({ kind: 'refuse', status: 'ERROR', message: internal, httpStatus: 500 }, 2);
    simulator.injectCallbackFault({ kind: 'refuse', message: internal });
    simulator.injectCallbackFault({ kind: 'cut', accepted: false });
    const { exchange, url } = await start();
    for (let n = 0; n < 2; n += 1) {
      expect(await post(url, say('네'))).toMatchObject({ httpStatus: 500, status: 'ERROR', message: internal });
    }
    expect(await post(url, say('네'))).toMatchObject({ httpStatus: 400, status: 'FAIL' });
    await expect(post(url, say('네'))).rejects.toThrow();
    expect(await post(url, say('네'))).toMatchObject({ httpStatus: 200, status: 'SUCCESS' });
    expect(await exchange.callback).toMatchObject({ outcome: 'delivered' });
    expect(simulator.callbackPosts.map((sent) => sent.accepted)).toEqual([false, false, false, false, true]);
  });

  it('may take an answer and cut the connection before saying so', async () => {
    const { simulator, start } = await promising();
    simulator.injectCallbackFault({ kind: 'cut', accepted: true });
    const { exchange, url } = await start();
    await expect(post(url, say('네'))).rejects.toThrow();
    expect(await exchange.callback).toMatchObject({ outcome: 'delivered' });
    expect((await post(url, say('네'))).status).toBe('FAIL');
  });

  it('looks at the body late when it is slow', async () => {
    const clock = new ManualClock();
    const { simulator, start } = await promising({ clock });
    simulator.injectCallbackFault({ kind: 'delay', delayMs: 60_000 });
    const { url } = await start();
    const posting = post(url, say('네'));
    while (simulator.callbackPosts.length === 0) await clock.advance(60_000);
    expect((await posting).message).toMatch(/^Invalid callback token\./);
  });

  it('ends with the simulator', async () => {
    const { simulator, start } = await promising();
    const { exchange } = await start();
    await simulator.close();
    expect(await exchange.callback).toMatchObject({ outcome: 'closed' });
  });
});

it('draws every kind of bubble', async () => {
  const thumbnail = { imageUrl: 'https://a.example/a.png', altText: '니트' };
  const outputs = [
    { simpleText: { text: '가'.repeat(501) } },
    { commerceCard: { title: '니트', price: 39_000, discount: 4_000, thumbnails: [thumbnail] } },
    {
      carousel: {
        type: 'itemCard',
        header: { title: '주문', description: '최근', thumbnail },
        items: [
          {
            itemList: [{ title: '상태', description: '배송 중' }],
            itemListSummary: { title: '합계', description: '39,000원' },
            buttons: [{ label: '보기', action: 'webLink', webLinkUrl: 'https://a.example' }],
          },
        ],
      },
    },
  ];
  const simulator = await simulate(
    await gateway((_, response) => sendJson(response, { version: '2.0', template: { outputs } })),
  );
  const exchange = await simulator.say('민지', '안녕');
  expect(exchange.findings.faults).toEqual([]);
  expect(exchange.bubbles).toEqual([
    { type: 'text', text: '가'.repeat(501), folded: true },
    {
      type: 'card',
      title: '니트',
      imageUrl: thumbnail.imageUrl,
      altText: '니트',
      price: '35,000원',
      regularPrice: '39,000원',
      rows: [],
      buttons: [],
    },
    {
      type: 'carousel',
      header: {
        title: '주문',
        description: '최근',
        imageUrl: thumbnail.imageUrl,
        altText: '니트',
        rows: [],
        buttons: [],
      },
      cards: [
        {
          rows: [
            { title: '상태', description: '배송 중' },
            { title: '합계', description: '39,000원', isSummary: true },
          ],
          rowsFirst: true,
          buttons: [{ label: '보기', place: 'button', effect: 'link', type: 'webLink', url: 'https://a.example' }],
        },
      ],
    },
  ]);
});
