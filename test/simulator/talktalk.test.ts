import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import {
  createTalkTalkSimulator,
  type TalkTalkSimulator,
  type TalkTalkSimulatorOptions,
} from '../../simulator/talktalk.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { type StubGateway, type StubJson, sendJson, startStubGateway } from './simulate-stub-gateway.ts';

const KEY = 'raw-key';
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

async function gateway(answer: Parameters<typeof startStubGateway>[0]): Promise<StubGateway> {
  const stub = await startStubGateway(answer);
  opened.push(stub);
  return stub;
}

type Options = Partial<TalkTalkSimulatorOptions>;
async function simulate(
  stub: StubGateway,
  options: Options = {},
): Promise<{ simulator: TalkTalkSimulator; api: string }> {
  const simulator = createTalkTalkSimulator({
    webhookUrl: `${stub.url}/query/NAVER`,
    authorization: KEY,
    seed: 1,
    ...options,
  });
  opened.push(simulator);
  const { url } = await simulator.start();
  return { simulator, api: url };
}

const empty = (_: unknown, response: ServerResponse) => void response.writeHead(200).end();
const text = (words: string) => ({ event: 'send', textContent: { text: words } });
const button = (title: string, code?: string) => ({
  type: 'TEXT',
  data: { title, ...(code === undefined ? {} : { code }) },
});

interface ApiReply {
  readonly httpStatus: number;
  readonly success?: boolean;
  readonly resultCode?: string;
  readonly resultMessage?: string;
  readonly imageId?: string;
}

async function call(
  api: string,
  body: unknown,
  more: { path?: string; key?: string; contentType?: string } = {},
): Promise<ApiReply> {
  const response = await fetch(`${api}/chatbot/v1/${more.path ?? 'event'}`, {
    method: 'POST',
    headers: { 'content-type': more.contentType ?? 'application/json;charset=UTF-8', authorization: more.key ?? KEY },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { httpStatus: response.status, ...((await response.json()) as object) };
}

/** A webhook that accepts everything, and a room that the customer entered. */
async function quiet(options: Options = {}) {
  const stub = await gateway(empty);
  const { simulator, api } = await simulate(stub, options);
  await simulator.open('민지');
  const user = simulator.userKey('민지');
  return { stub, simulator, api, user, send: (body: object) => call(api, { user, ...body }) };
}

const events = (stub: StubGateway): readonly StubJson[] => stub.requests.map((request) => request.json);

describe('what a webhook gets', () => {
  it('is one event with the headers of the platform and a stable user key', async () => {
    const { stub, simulator, user } = await quiet();
    expect(user).toMatch(/^[\w-]{22}$/);
    expect(Buffer.from(user, 'base64url')).toHaveLength(16);
    const { headers, json, path } = stub.requests[0] ?? expect.unreachable();
    expect(path).toBe('/query/NAVER');
    expect(headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json;charset=UTF-8',
      'user-agent': 'navertalk/v1',
    });
    expect(headers).not.toHaveProperty('authorization');
    expect(json).toEqual({
      event: 'open',
      user,
      options: { inflow: 'list', friend: false, under14: false, under19: false, unreadMessage: false, mobile: true },
    });
    const again = await quiet();
    expect(again.user).toBe(user);
    expect((await quiet({ seed: 2 })).user).not.toBe(user);
    expect(simulator.userKey('지수')).not.toBe(user);
  });

  it('has every form of a customer message', async () => {
    const { stub, simulator } = await quiet();
    await simulator.say('민지', '안녕하세요');
    await simulator.sendImage('민지', 'https://shop-phinf.pstatic.net/a.jpg');
    await simulator.sendSticker('민지');
    await simulator.sendSafeNumber('민지');
    await simulator.sendProduct('민지', { name: '니트', currencyPrice: '39,000원' });
    await simulator.friend('민지', 'on');
    await simulator.leave('민지');
    const [, typed, image, sticker, phone, product, friend, leave] = events(stub);
    expect(typed).toMatchObject({
      event: 'send',
      messageId: 1,
      textContent: { text: '안녕하세요', inputType: 'typing' },
    });
    expect(typed).not.toHaveProperty('standby');
    expect(image).toMatchObject({ messageId: 2, imageContent: { width: '800', height: '600' } });
    expect(sticker).toMatchObject({ textContent: { inputType: 'sticker' } });
    expect(phone).toMatchObject({
      textContent: { text: expect.stringMatching(/^\d+,\d{4}-\d\d-\d\d$/), inputType: 'vphone' },
    });
    expect(product).toMatchObject({ textContent: { inputType: 'product' }, options: { product: { name: '니트' } } });
    expect(friend).toMatchObject({ event: 'friend', options: { set: 'on' } });
    expect(leave).toMatchObject({ event: 'leave' });
  });

  it('is only what is ticked, and no leave of somebody who never spoke', async () => {
    const { stub, simulator } = await quiet({ events: ['send', 'leave'] });
    expect(await simulator.leave('지수')).toMatchObject({ outcome: 'withheld' });
    expect(await simulator.friend('민지', 'on')).toMatchObject({ outcome: 'unsubscribed', status: 0 });
    expect(await simulator.say('민지', '안녕')).toMatchObject({ outcome: 'accepted', status: 200 });
    expect(events(stub).map((event) => event.event)).toEqual(['send']);
  });

  it('can be the same event twice', async () => {
    const { stub, simulator } = await quiet();
    await simulator.repeat(await simulator.say('민지', '안녕'));
    expect(events(stub)[2]).toEqual(events(stub)[1]);
  });
});

describe('an answer in the webhook response', () => {
  it('is shown, without a user of its own', async () => {
    const stub = await gateway((_, response) => sendJson(response, text('어서 오세요')));
    const { simulator } = await simulate(stub);
    const delivery = await simulator.open('민지');
    expect(delivery.findings).toEqual({ faults: [], warnings: [] });
    expect(textOf(delivery.message?.bubbles ?? [])).toBe('어서 오세요');
    expect(await simulator.nextMessage('민지', 1_000)).toMatchObject({ via: 'webhook-response' });
  });

  it.each<[string, unknown, string]>([
    ['a list of events', [text('a')], ''],
    ['two contents', { ...text('a'), imageContent: { imageUrl: 'https://a.example/a.png' } }, ''],
    ['an event for the send API', { event: 'handover', options: { control: 'takeThread' } }, 'event'],
  ])('is invisible when it is %s', async (_name, body, path) => {
    const { simulator } = await simulate(await gateway((_, response) => sendJson(response, body)));
    const delivery = await simulator.say('민지', '안녕');
    expect(delivery.outcome).toBe('accepted');
    expect(delivery.findings.faults.map((fault) => fault.path)).toEqual([path]);
    expect(simulator.messages('민지')).toEqual([]);
  });

  it('must be JSON and say so, and may be something else entirely', async () => {
    const bodies = ['네', JSON.stringify(text('a')), '{"success":true,"resultCode":"00"}'];
    const stub = await gateway(
      (_, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end(bodies.shift()),
    );
    const { simulator } = await simulate(stub);
    expect((await simulator.say('민지', 'a')).findings.faults).toMatchObject([{ path: 'http.body' }]);
    expect((await simulator.say('민지', 'a')).findings.faults).toMatchObject([{ path: 'http.content-type' }]);
    expect((await simulator.say('민지', 'a')).findings).toMatchObject({ faults: [], warnings: [{ path: '' }] });
    expect(simulator.messages('민지')).toEqual([]);
  });

  it('to somebody who left is discarded', async () => {
    const stub = await gateway((_, response) => sendJson(response, text('가지 마세요')));
    const { simulator } = await simulate(stub, { events: ['send', 'leave'] });
    await simulator.say('민지', '안녕');
    expect(await simulator.leave('민지')).not.toHaveProperty('message');
    expect(simulator.messages('민지')).toHaveLength(1);
  });
});

describe('delivery', () => {
  it.each<[string, Parameters<typeof startStubGateway>[0], string, boolean]>([
    ['500', (_, response) => sendJson(response, {}, 500), '5xx', true],
    ['429', (_, response) => sendJson(response, {}, 429), '4xx', true],
    ['a cut connection', (_, response) => void response.destroy(), 'connect', true],
    ['202', (_, response) => sendJson(response, {}, 202), 'other-status', false],
    ['302', (_, response) => sendJson(response, {}, 302), 'other-status', false],
  ])('fails on %s', async (_name, answer, failure, counts) => {
    const stub = await gateway(answer);
    const { simulator } = await simulate(stub, { unconfirmed: { suspendAfterFailures: 1 } });
    expect(await simulator.say('민지', '안녕')).toMatchObject({ outcome: 'failed', failure });
    expect(simulator.suspended).toBe(counts);
  });

  it('fails when nothing listens, and when what listens speaks no TLS', async () => {
    const stub = await gateway(empty);
    await stub.close();
    const { simulator } = await simulate(stub);
    expect(await simulator.say('민지', '안녕')).toMatchObject({ status: 0, failure: 'connect' });
    const plain = await gateway(empty);
    simulator.webhookUrl = `${plain.url.replace('http:', 'https:')}/query/NAVER`;
    expect(await simulator.say('민지', '안녕')).toMatchObject({ status: 0, failure: 'tls' });
  });

  it('fails after five seconds of silence', async () => {
    const clock = new ManualClock();
    const arrived = Promise.withResolvers<void>();
    const { simulator } = await simulate(await gateway(() => arrived.resolve()), { clock });
    const saying = simulator.say('민지', '안녕');
    await arrived.promise;
    await clock.advance(5_000);
    expect(await saying).toMatchObject({ timedOut: true, failure: 'read-timeout', elapsedMs: 5_000 });
  });

  it('stops after repeated failures inside an hour until a manager saves the URL again', async () => {
    const clock = new ManualClock();
    let status = 500;
    const stub = await gateway((_, response) => sendJson(response, {}, status));
    const { simulator } = await simulate(stub, { clock, unconfirmed: { suspendAfterFailures: 3 } });
    await simulator.say('민지', '하나');
    await simulator.say('민지', '둘');
    await clock.advance(3_600_000); // the first two are forgotten
    await simulator.say('민지', '셋');
    await simulator.say('민지', '넷');
    expect(simulator.suspended).toBe(false);
    await simulator.say('민지', '다섯');
    expect(simulator.suspended).toBe(true);

    status = 200;
    await clock.advance(10 * 3_600_000);
    expect(await simulator.say('민지', '여섯')).toMatchObject({ outcome: 'suspended', status: 0 });
    expect(stub.requests).toHaveLength(5);
    simulator.resave();
    expect(await simulator.say('민지', '일곱')).toMatchObject({ outcome: 'accepted' });
  });

  it('can count every status but 200', async () => {
    const stub = await gateway((_, response) => sendJson(response, {}, 202));
    const { simulator } = await simulate(stub, { unconfirmed: { suspendAfterFailures: 1, countOtherStatuses: true } });
    await simulator.say('민지', '안녕');
    expect(simulator.suspended).toBe(true);
  });
});

describe('the send API', () => {
  it('takes a message, shows it and lets the bot hear itself', async () => {
    const { stub, simulator, send } = await quiet();
    const waiting = simulator.nextMessage('민지', 10_000);
    const quickReply = { buttonList: [button('배송', 'code-1')] };
    expect(await send({ event: 'send', textContent: { text: '안녕하세요', quickReply } })).toEqual({
      httpStatus: 200,
      success: true,
      resultCode: '00',
    });
    expect(await waiting).toMatchObject({
      via: 'send-api',
      bubbles: [{ type: 'text', text: '안녕하세요' }],
      overAgent: false,
    });
    await simulator.settled();
    expect(events(stub)[1]).toMatchObject({
      event: 'echo',
      echoedEvent: 'send',
      messageId: 1,
      textContent: { text: '안녕하세요', quickReply },
      options: { mobile: false },
    });
    expect(events(stub)[1]?.options).not.toHaveProperty('managerNickname');
  });

  it.each<[string, (room: Awaited<ReturnType<typeof quiet>>) => Promise<ApiReply>, object]>([
    [
      'a wrong key',
      ({ api, user }) => call(api, { user, ...text('a') }, { key: 'wrong' }),
      { resultCode: '01', resultMessage: 'Authorization 정보 오류' },
    ],
    [
      'a prefixed key',
      ({ api, user }) => call(api, { user, ...text('a') }, { key: `Bearer ${KEY}` }),
      { resultCode: '01' },
    ],
    ['no JSON', ({ api }) => call(api, '{'), { resultCode: '02' }],
    ['no content', ({ send }) => send({ event: 'send' }), { resultCode: '02' }],
    [
      'a composite with a title alone',
      ({ send }) => send({ event: 'send', compositeContent: { compositeList: [{ title: 'a' }] } }),
      { resultCode: '02' },
    ],
    [
      'an impossible user',
      ({ api }) => call(api, { user: 'minji', ...text('a') }),
      { resultCode: '99', resultMessage: '잘못된 user 값 : minji' },
    ],
    [
      'a stranger',
      ({ api, simulator }) => call(api, { user: simulator.userKey('지수'), ...text('a') }),
      { resultCode: '01', resultMessage: '권한없는 파트너에 대한 요청' },
    ],
    ['a partner', ({ send }) => send({ ...text('a'), partner: 'wc1234' }), { resultCode: '03' }],
    ['an unknown picture', ({ send }) => send({ event: 'send', imageContent: { imageId: 'x' } }), { resultCode: '99' }],
  ])('refuses %s with HTTP 200', async (_name, request, expected) => {
    const room = await quiet();
    expect(await request(room)).toMatchObject({ httpStatus: 200, success: false, ...expected });
    expect(room.simulator.messages('민지')).toEqual([]);
    expect(room.simulator.apiCalls).toMatchObject([{ accepted: false }]);
  });

  it('refuses a malformed Content-Type with 415', async () => {
    const { api, user } = await quiet();
    for (const contentType of ['text/plain', 'application/json;', 'application/json; charset=euc-kr', 'json']) {
      expect(await call(api, { user, ...text('a') }, { contentType })).toMatchObject({ httpStatus: 415 });
    }
    for (const contentType of ['application/json', 'application/json; charset=utf-8']) {
      expect(await call(api, { user, ...text('a') }, { contentType })).toMatchObject({ resultCode: '00' });
    }
  });

  it('knows two paths and one method', async () => {
    const { api, user } = await quiet();
    expect(await call(api, { user, ...text('a') }, { path: 'events' })).toMatchObject({ httpStatus: 404 });
    expect((await fetch(`${api}/chatbot/v1/event`)).status).toBe(405);
  });

  it.each([
    ['image/png', Buffer.from('\u0089PNG\r\n\u001a\n and more', 'latin1'), '00'],
    ['image/gif', Buffer.from('GIF89a and more'), '00'],
    ['image/jpeg', Buffer.from('GIF89a and more'), 'IMG-01'],
    ['text/html', Buffer.from('<!doctype html>'), 'IMG-01'],
    ['image/png', undefined, 'IMG-99'],
  ])('looks at pictures on this machine: %s of %j is %s', async (contentType, body, resultCode) => {
    const { api } = await quiet();
    const host = await gateway((_, response) => {
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': contentType }).end(body);
    });
    expect(await call(api, { imageUrl: `${host.url}/a` }, { path: 'imageUpload' })).toMatchObject({ resultCode });
  });

  it('draws products of the shop', async () => {
    const { simulator, send, stub } = await quiet();
    const customButtonList = [{ id: 7, buttonList: [button('재고 문의', 'c')] }];
    const options = {
      ids: [7, 8],
      displayType: 'single',
      customButtonList,
      quickReply: { buttonList: [button('상담')] },
    };
    expect(await send({ event: 'product', options })).toMatchObject({ resultCode: '00' });
    expect(simulator.choices('민지').map((choice) => choice.label)).toEqual(['상담', '재고 문의']);
    expect(textOf(simulator.messages('민지')[0]?.bubbles ?? [])).toBe('스마트스토어 상품 7\n스마트스토어 상품 8');
    await simulator.settled();
    expect(events(stub).at(-1)).toMatchObject({ event: 'echo', echoedEvent: 'product' });
  });

  it('takes pictures, and messages that name them', async () => {
    const { api, simulator, send } = await quiet();
    const upload = await call(api, { imageUrl: 'https://a.example/a.png' }, { path: 'imageUpload' });
    expect(upload).toMatchObject({ success: true, resultCode: '00', imageId: expect.stringMatching(/^.{101,512}$/) });
    expect(await send({ event: 'send', imageContent: { imageId: upload.imageId } })).toMatchObject({
      resultCode: '00',
    });
    expect(simulator.messages('민지')).toMatchObject([
      { bubbles: [{ type: 'image', imageUrl: 'https://a.example/a.png' }] },
    ]);
    const image = { imageId: 'never given' };
    const compositeList = [{ title: 'a', image }];
    expect(await send({ event: 'send', compositeContent: { compositeList } })).toMatchObject({ resultCode: '99' });
    simulator.injectSendFault({
      of: 'imageUpload',
      kind: 'result',
      resultCode: 'IMG-02',
      resultMessage: '이미지 업로드 - 전송/처리 시간 초과',
    });
    expect(await call(api, { imageUrl: 'https://a.example/a.png' }, { path: 'imageUpload' })).toMatchObject({
      success: false,
      resultCode: 'IMG-02',
    });
    expect(await call(api, { imageUrl: 'ftp://a.example/a.png' }, { path: 'imageUpload' })).toMatchObject({
      resultCode: 'IMG-99',
    });
    expect(await call(api, {}, { path: 'imageUpload' })).toMatchObject({ resultCode: '02' });
  });

  it('says success to an impossible payment and shows nothing', async () => {
    const { simulator, send } = await quiet();
    const pay = { type: 'PAY', data: { paymentInfo: { merchantPayKey: 'a', totalPayAmount: 1, productItems: [] } } };
    const composite = { title: '결제', description: '니트', buttonList: [pay] };
    expect(await send({ event: 'send', compositeContent: { compositeList: [composite] } })).toMatchObject({
      resultCode: '00',
    });
    expect(simulator.messages('민지')).toEqual([]);
    expect(simulator.apiCalls[0]?.findings.faults.length).toBeGreaterThan(0);
  });

  it('shows "typing" for ten seconds, or until a message comes', async () => {
    const clock = new ManualClock();
    const { simulator, send } = await quiet({ clock });
    const type = (action: string) => send({ event: 'action', options: { action } });
    await type('typingOn');
    await clock.advance(9_999);
    expect(simulator.isTyping('민지')).toBe(true);
    await type('typingOn');
    await clock.advance(9_999);
    expect(simulator.isTyping('민지')).toBe(true);
    await clock.advance(1);
    expect(simulator.isTyping('민지')).toBe(false);
    await type('typingOn');
    await send(text('네'));
    expect(simulator.isTyping('민지')).toBe(false);
    await type('typingOn');
    await type('typingOff');
    expect(simulator.isTyping('민지')).toBe(false);
  });

  it('blocks bursts when told to, and always knows the highest burst', async () => {
    const clock = new ManualClock();
    const { simulator, send } = await quiet({
      clock,
      rateBlock: { requests: 3, windowMs: 3_000, blockedForMs: 5_000 },
    });
    const codes = [];
    for (let n = 0; n < 4; n += 1) codes.push((await send(text('a'))).resultCode);
    expect(codes).toEqual(['00', '00', '99', '99']);
    await clock.advance(4_999);
    expect((await send(text('a'))).resultCode).toBe('99');
    await clock.advance(3_000);
    expect((await send(text('a'))).resultCode).toBe('00');
    expect(simulator.peakRequests()).toBe(4);
  });

  it('meets the faults that a test asks for, event by event', async () => {
    const { simulator, send } = await quiet();
    simulator.injectSendFault({ kind: 'result', resultCode: '99', resultMessage: '알 수 없는 오류' }, 2);
    simulator.injectSendFault({ kind: 'result', resultCode: '99', httpStatus: 503 });
    simulator.injectSendFault({ kind: 'cut', accepted: false });
    simulator.injectSendFault({ of: 'handover', kind: 'result', resultCode: '01' });
    expect(await send({ event: 'action', options: { action: 'typingOn' } })).toMatchObject({ resultCode: '00' });
    expect(await send(text('a'))).toMatchObject({ resultCode: '99', resultMessage: '알 수 없는 오류' });
    expect(await send(text('a'))).toMatchObject({ resultCode: '99' });
    expect(await send(text('a'))).toMatchObject({ httpStatus: 503 });
    await expect(send(text('a'))).rejects.toThrow();
    expect(await send(text('마지막'))).toMatchObject({ resultCode: '00' });
    expect(await send({ event: 'handover', options: { control: 'passThread', targetId: 1 } })).toMatchObject({
      resultCode: '01',
    });
    expect(simulator.messages('민지').map((message) => textOf(message.bubbles))).toEqual(['마지막']);
  });

  it('leaves the fate of a message unknown: taken, cut, and heard only by echo', async () => {
    const { stub, simulator, send } = await quiet();
    simulator.injectSendFault({ kind: 'cut', accepted: true });
    await expect(send(text('도착했어요'))).rejects.toThrow();
    await simulator.settled();
    expect(simulator.messages('민지')).toHaveLength(1);
    expect(events(stub)[1]).toMatchObject({ event: 'echo', textContent: { text: '도착했어요' } });
  });

  it('knows when requests for one person overlap', async () => {
    const clock = new ManualClock();
    const { simulator, send } = await quiet({ clock });
    simulator.injectSendFault({ kind: 'delay', delayMs: 1_000 });
    const slow = send(text('첫째'));
    while (simulator.maxInFlight('민지') === 0) await new Promise((resolve) => setImmediate(resolve));
    await send(text('둘째'));
    await clock.advance(1_000);
    await slow;
    expect(simulator.messages('민지').map((message) => [textOf(message.bubbles), message.overlapped])).toEqual([
      ['둘째', true],
      ['첫째', false],
    ]);
    expect(simulator.maxInFlight('민지')).toBe(2);
  });
});

describe('buttons', () => {
  it('come back with title and code; links never do', async () => {
    const { stub, simulator, send } = await quiet({ events: ['send'] });
    const link = { type: 'LINK', data: { title: '보기', url: 'https://a.example', mobileUrl: 'https://m.example' } };
    const option = { type: 'OPTION', data: { title: '더 보기', buttonList: [button('교환', 'c-2')] } };
    const composite = {
      title: '무엇을 도와드릴까요?',
      buttonList: [button('배송', 'c-1'), link, option, { type: 'CALENDAR', data: { code: 'day' } }],
    };
    await send({
      event: 'send',
      compositeContent: { compositeList: [composite], quickReply: { buttonList: [button('처음으로')] } },
    });
    expect(simulator.choices('민지').map((choice) => choice.label)).toEqual([
      '처음으로',
      '배송',
      '보기',
      '더 보기',
      '교환',
      '날짜 선택하기',
    ]);

    await simulator.press('민지', '배송');
    await simulator.press('민지', '교환');
    await simulator.press('민지', '날짜 선택하기', '20261130');
    await expect(simulator.press('민지', '보기')).rejects.toThrow('never reaches');
    expect(events(stub).map((event) => event.textContent)).toEqual(
      [
        undefined,
        { text: '배송', code: 'c-1', inputType: 'button' },
        { text: '교환', code: 'c-2', inputType: 'button' },
        { text: '20261130', code: 'day', inputType: 'calendar' },
      ].slice(1),
    );
    expect(simulator.choices('민지').map((choice) => choice.label)).not.toContain('처음으로');
  });

  it('stand in the persistent menu too', async () => {
    const { stub, simulator, api } = await quiet({ events: ['send'] });
    const menus = [
      { type: 'NESTED', data: { title: '더', menus: [{ type: 'TEXT', data: { title: '상담원', code: 'person' } }] } },
    ];
    expect(await call(api, { event: 'persistentMenu', menuContent: [{ menus }] })).toMatchObject({ resultCode: '00' });
    const [person] = simulator.menu;
    await simulator.press('민지', person ?? expect.unreachable());
    expect(events(stub)[0]?.textContent).toMatchObject({ text: '상담원', code: 'person' });
  });

  it('ask the webhook before they charge', async () => {
    let status = 404;
    const stub = await gateway(({ json }, response) => {
      if (json.event === 'pay_complete') sendJson(response, text('품절이에요.'), status);
      else sendJson(response, {});
    });
    const { simulator, api } = await simulate(stub);
    await simulator.open('민지');
    const items = [{ categoryType: 'a', categoryId: 'b', uid: 'c', name: '니트' }];
    const pay = {
      type: 'PAY',
      data: { paymentInfo: { merchantPayKey: 'order-1', totalPayAmount: 39_000, productItems: items } },
    };
    const compositeContent = { compositeList: [{ title: '결제', description: '니트', buttonList: [pay] }] };
    await call(api, { event: 'send', user: simulator.userKey('민지'), compositeContent });
    const choice = simulator.choices('민지')[0] ?? expect.unreachable();

    const refused = await simulator.pay('민지', choice);
    expect(refused).toMatchObject({ charged: false, complete: { outcome: 'failed', status: 404 } });
    expect(textOf(simulator.messages('민지').at(-1)?.bubbles ?? [])).toBe('품절이에요.');
    status = 200;
    const paid = await simulator.pay('민지', choice);
    expect(paid).toMatchObject({ charged: true, confirm: { outcome: 'accepted' } });
    const options = events(stub)
      .filter((event) => event.event.startsWith('pay_'))
      .map((event) => event.options);
    expect(options[1]).toMatchObject({
      paymentResult: { code: 'Success', merchantPayKey: 'order-1', paymentId: expect.any(String) },
    });
    expect(options[2]).toMatchObject({
      paymentConfirmResult: { code: 'Success', message: null, deatil: { totalPayAmount: 39_000 } },
    });
  });

  it('may be refused without a count towards the suspension', async () => {
    const stub = await gateway((_, response) => sendJson(response, {}, 404));
    for (const countPaymentRefusals of [true, false]) {
      const { simulator } = await simulate(stub, { unconfirmed: { countPaymentRefusals, suspendAfterFailures: 1 } });
      await simulator.sendRaw('민지', { event: 'pay_complete', options: { paymentResult: { code: 'Success' } } });
      expect(simulator.suspended).toBe(countPaymentRefusals);
    }
  });
});

describe('handover', () => {
  it('puts the customer on standby while agents own the thread, old buttons excepted', async () => {
    const { stub, simulator, send } = await quiet({ events: ['send', 'handover', 'echo'] });
    await send({ event: 'send', textContent: { text: '네', quickReply: { buttonList: [button('배송')] } } });
    await simulator.settled();
    const old = simulator.choices('민지')[0] ?? expect.unreachable();
    expect(await send({ event: 'handover', options: { control: 'passThread', targetId: 1 } })).toMatchObject({
      resultCode: '00',
    });
    await simulator.agentSays('민지', '상담사입니다');
    await simulator.say('민지', '네');
    await simulator.press('민지', old);
    await send(text('봇이 끼어들어요'));
    await simulator.settled();
    expect(simulator.threadOwner('민지')).toBe('partner');
    expect(simulator.messages('민지').map((message) => message.overAgent)).toEqual([false, true]);

    await simulator.agentCompletes('민지');
    await simulator.say('민지', '봇 나와라');
    const [, agent, standing, pressed, over, completed, last] = events(stub);
    expect(agent).toMatchObject({
      event: 'echo',
      options: { managerNickname: '김상담', sourceId: 1, threadOwnerId: 1 },
    });
    expect(standing).toMatchObject({ standby: true, event: 'send' });
    expect(pressed).not.toHaveProperty('standby');
    expect(over).toMatchObject({ event: 'echo', options: { threadOwnerId: 1 } });
    expect(over?.options.sourceId).not.toBe(1);
    expect(completed).toMatchObject({
      event: 'handover',
      options: { control: 'passThread', metadata: expect.any(String) },
    });
    expect(last).not.toHaveProperty('standby');
  });

  it('goes back when the bot takes the thread, and is not announced when the bot had it anyway', async () => {
    const { stub, simulator, send } = await quiet();
    expect(await simulator.agentCompletes('민지')).toMatchObject({ outcome: 'withheld' });
    await send({ event: 'handover', options: { control: 'passThread', targetId: 1 } });
    await send({ event: 'handover', options: { control: 'takeThread' } });
    await simulator.say('민지', '네');
    expect(events(stub).at(-1)).not.toHaveProperty('standby');
  });

  it('does not exist when it is switched off', async () => {
    const { stub, simulator, send } = await quiet({ handover: false });
    expect(await send({ event: 'handover', options: { control: 'passThread', targetId: 1 } })).toMatchObject({
      resultCode: '01',
    });
    await simulator.agentSays('민지', '상담사입니다');
    await simulator.say('민지', '네');
    expect(events(stub)[1]?.options).toEqual({ mobile: false, managerNickname: '김상담' });
    expect(events(stub)[2]).not.toHaveProperty('standby');
  });

  it('echoes files, marketing and goodbyes of the partner', async () => {
    const { stub, simulator } = await quiet();
    await simulator.agentSendsFile('민지', '견적서.pdf');
    await simulator.broadcast('민지', '주말 할인');
    await simulator.agentLeaves('민지');
    expect(events(stub).slice(1)).toMatchObject([
      { textContent: {}, fileContent: { fileName: '견적서.pdf' } },
      { textContent: {}, marketingContent: { marketingText: '주말 할인' } },
      { echoedEvent: 'leave' },
    ]);
  });
});

describe('the consent dialog', () => {
  const ask = { event: 'profile', options: { field: 'cellphone', agreements: ['nickname'] } };

  it('silences the room until it is answered', async () => {
    const { stub, simulator, send } = await quiet({ events: ['send', 'profile'] });
    expect(await send(ask)).toMatchObject({ resultCode: '00' });
    expect(simulator.consentDialog('민지')).toEqual({ field: 'cellphone', agreements: ['nickname'] });
    expect(await simulator.say('민지', '사라질 말')).toMatchObject({ outcome: 'withheld' });
    for (const event of [text('a'), ask]) {
      expect(await send(event)).toMatchObject({
        resultCode: '01',
        resultMessage: '현재 이 사용자에게 메시지를 보낼 수 없음',
      });
    }
    await simulator.answerConsent('민지', 'SUCCESS', '01012345678');
    await simulator.say('민지', '이제 들려요');
    expect(events(stub)).toMatchObject([
      { event: 'profile', options: { result: 'SUCCESS', cellphone: '01012345678' } },
      { event: 'send', textContent: { text: '이제 들려요' } },
    ]);
    expect(() => simulator.answerConsent('민지', 'CANCEL')).toThrow('No consent dialog');
  });

  it('is skipped once agreed, opens again after a withdrawal', async () => {
    const { stub, simulator, send } = await quiet({ events: ['profile'] });
    await send(ask);
    await simulator.answerConsent('민지', 'SUCCESS', '01012345678');
    await send(ask);
    await simulator.settled();
    expect(simulator.consentDialog('민지')).toBeUndefined();
    await simulator.withdrawConsent('민지', ['cellphone']);
    await send(ask);
    await simulator.answerConsent('민지', 'CANCEL');
    expect(events(stub).map((event) => event.options)).toEqual([
      { result: 'SUCCESS', cellphone: '01012345678' },
      { result: 'SUCCESS', cellphone: '01012345678' },
      { result: 'WITHDRAW', withdrawals: ['cellphone'] },
      { result: 'CANCEL' },
    ]);
  });

  it('closes by itself a minute after the last word, and tells nobody', async () => {
    const clock = new ManualClock();
    const { stub, simulator, send } = await quiet({ clock, events: ['send', 'profile'] });
    await send(ask);
    await clock.advance(59_999);
    await simulator.say('민지', '아직');
    await clock.advance(59_999);
    expect(simulator.consentDialog('민지')).toBeDefined();
    await clock.advance(1);
    expect(simulator.consentDialog('민지')).toBeUndefined();
    expect(await send(text('다시'))).toMatchObject({ resultCode: '00' });
    expect(stub.requests).toEqual([]);
  });
});

describe('waiting for messages', () => {
  it('gives each message once, in order, and gives up in time', async () => {
    const clock = new ManualClock();
    const { simulator, send } = await quiet({ clock });
    await send(text('하나'));
    await send(text('둘'));
    expect(textOf((await simulator.nextMessage('민지', 1)).bubbles)).toBe('하나');
    expect(textOf((await simulator.nextMessage('민지', 1)).bubbles)).toBe('둘');
    const third = simulator.nextMessage('민지', 1_000);
    const refused = expect(third).rejects.toThrow('No message for 민지 in 1000 ms');
    await clock.advance(1_000);
    await refused;
    await send(text('셋'));
    expect(textOf((await simulator.nextMessage('민지', 1)).bubbles)).toBe('셋');
  });

  it('ends with the simulator', async () => {
    const { simulator } = await quiet();
    const waiting = expect(simulator.nextMessage('민지', 60_000)).rejects.toThrow('closed');
    await simulator.close();
    await waiting;
  });
});
