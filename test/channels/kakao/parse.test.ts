import { describe, expect, it } from 'vitest';
import { createKakaoChannel } from '../../../src/channels/kakao/index.ts';
import { countingIds, fixtureBytes, RECEIVED_AT, webhookRequest } from '../../helpers/channel-requests.ts';

const warnings: object[] = [];
const channel = createKakaoChannel({
  botId: 'default',
  botName: '가온상점',
  secrets: [],
  callbackOrigins: ['https://bot-api.kakao.com', 'http://127.0.0.1:4000'],
  inlineBudgetMs: 4_000,
  callbackBudgetMs: 50_000,
  waitingText: '잠시만요.',
  contact: '고객센터 02-000-0000',
  newId: countingIds(),
  logger: { debug() {}, info() {}, error() {}, warn: (fields) => void warnings.push(fields) },
});
const parse = (name: string, headers: Record<string, string> = {}) =>
  channel.parse(webhookRequest(fixtureBytes(`kakao/${name}.json`), { headers }));
const parseWith = (change: (payload: Record<string, never>) => void) => {
  const payload = JSON.parse(Buffer.from(fixtureBytes('kakao/typed.json')).toString());
  change(payload);
  return channel.parse(webhookRequest(payload));
};

describe('reading a skill payload', () => {
  it('reads typed text', () => {
    expect(parse('typed')).toMatchObject({
      type: 'message-received',
      text: '배송비가 얼마예요?',
      input: 'typed',
      conversation: { botId: 'default', channel: 'kakao', user: expect.stringMatching(/^0f1e/) },
      requestId: 'request-1',
      replyWindows: [{ mode: 'inline', closesAt: RECEIVED_AT + 4_000 }, { mode: 'pickup' }],
    });
  });

  it('trims the newline of 봇테스트 and answers it like anybody', () => {
    expect(parse('bot-test')).toMatchObject({ type: 'message-received', text: '2021 검색' });
  });

  it('recognises the placeholder of 스킬 테스트', () => {
    expect(parse('skill-test').type).toBe('connection-tested');
    const typed = parseWith((payload) => Object.assign(payload.userRequest ?? {}, { utterance: '발화 내용' }));
    expect(typed.type).toBe('message-received');
    const inBotTest = JSON.parse(Buffer.from(fixtureBytes('kakao/bot-test.json')).toString());
    inBotTest.userRequest.utterance = '발화 내용\n';
    expect(channel.parse(webhookRequest(inBotTest))).toMatchObject({ type: 'message-received', text: '발화 내용' });
  });

  it('takes an empty utterance for the welcome block', () => {
    expect(parse('welcome').type).toBe('conversation-opened');
  });

  it.each([
    [
      'photo',
      {
        input: 'image',
        text: '',
        images: [expect.stringMatching(/^https:\/\/talk\.kakaocdn\.net\/.*signature=y%3D$/)],
      },
    ],
    ['photo-url-only', { input: 'image', text: '', images: [expect.stringMatching(/i_0123\.jpg$/)] }],
    ['video', { input: 'video', text: '' }],
    [
      'tap-continue',
      { input: 'tap', text: '이어서 보기', action: { kind: 'continue', turnId: 'turn-1', position: 1 } },
    ],
    ['tap-nested-extra', { input: 'tap', action: { kind: 'pickup', turnId: 'turn-1' } }],
    ['client-extra-null-string', { input: 'typed', text: '안녕하세요' }],
  ])('reads %s', (name, expected) => {
    expect(parse(name)).toMatchObject({ type: 'message-received', ...expected });
  });

  it('does not take an address of somebody else for a photo', () => {
    const event = parseWith((payload) =>
      Object.assign(payload.userRequest ?? {}, { utterance: 'https://kakaocdn.net.evil.example/a.jpg' }),
    );
    expect(event).toMatchObject({ input: 'typed' });
  });

  it('takes the addresses that Kakao names as media as they are, and leaves the judgement to whoever fetches them', () => {
    const parseMedia = (media: unknown) =>
      parseWith((payload) => Object.assign(payload.userRequest ?? {}, { params: { media } }));
    const url = 'http://127.0.0.1:8700/a.png?signature=y%3D';
    expect(parseMedia([{ type: 'image', url }, { type: 'image' }, { type: 'image', url: 'file:///a' }])).toMatchObject({
      input: 'image',
      images: [url],
    });
    expect(parseMedia({ type: 'voice', url })).toMatchObject({ input: 'other' });
  });

  it('knows a video by its address alone', () => {
    const event = parseWith((payload) =>
      Object.assign(payload.userRequest ?? {}, { utterance: 'https://talk.kakaocdn.net/dn/a/v.mp4?expires=1' }),
    );
    expect(event).toMatchObject({ input: 'video', text: '' });
    expect(event).not.toHaveProperty('images');
  });

  it('gives every member of a group room a conversation in that room', () => {
    expect(parse('group').conversation).toMatchObject({ room: 'group-key-0001', user: expect.any(String) });
    expect(parse('group').replyWindows[1]).toMatchObject({ mode: 'callback', closesAt: RECEIVED_AT + 240_000 });
  });

  it.each([
    ['{}', '"userRequest" is missing'],
    ['{"userRequest":null}', '"userRequest" is not an object'],
    ['{"userRequest":[]}', '"userRequest" is not an object'],
    ['{"userRequest":{}}', '"userRequest.user" is missing'],
    ['{"userRequest":{"user":[]}}', '"userRequest.user" is not an object'],
    ['{"userRequest":{"user":{}}}', '"userRequest.user.id" is missing'],
    ['{"userRequest":{"user":{"id":""}}}', '"userRequest.user.id" is empty'],
    ['{"userRequest":{"user":{"id":["a"]}}}', '"userRequest.user.id" is neither text nor a number'],
    ['{"userRequest":{"user":{"id":1e999}}}', '"userRequest.user.id" is a number out of range'],
    [`{"userRequest":{"user":{"id":"${'f'.repeat(1_000)}"}}}`, '"userRequest.user.id" is longer than 256 characters'],
    ['{"userRequest":{"user":{"id":"a\\u0000b"}}}', '"userRequest.user.id" holds control characters'],
  ])('refuses %s: nobody to answer, and the reason is the true one', (body, reason) => {
    expect(() => channel.parse(webhookRequest(body))).toThrowError(reason);
  });

  it.each([5, null, { a: 1 }, ['a'], true, '\0', '\0 \u0007', undefined, Infinity])(
    'refuses the utterance %j, which nobody can read, instead of greeting',
    (utterance) => {
      const change = () => parseWith((payload) => Object.assign(payload.userRequest ?? {}, { utterance, params: {} }));
      expect(change).toThrowError('The field "userRequest.utterance"');
    },
  );

  it('understands a tap, a photo and the welcome block without an utterance, and says that it was missing', () => {
    const without = (name: string, block = '폴백 블록') => {
      const payload = JSON.parse(Buffer.from(fixtureBytes(`kakao/${name}.json`)).toString());
      payload.userRequest.utterance = undefined;
      payload.userRequest.block = { id: 'b', name: block };
      payload.intent = { id: 'b', name: block };
      warnings.length = 0;
      return channel.parse(webhookRequest(payload));
    };
    const said = { channel: 'kakao', bot: 'default', reason: 'The field "userRequest.utterance" is missing' };
    expect(without('tap-continue')).toMatchObject({ input: 'tap' });
    expect(warnings).toMatchObject([said]);
    expect(without('photo')).toMatchObject({ input: 'image' });
    expect(warnings).toMatchObject([said]);
    expect(without('typed', '웰컴 블록')).toMatchObject({ type: 'conversation-opened' });
    expect(warnings).toMatchObject([said]);
  });

  it('takes odd calls, and says in one line without their words what was odd', () => {
    const typed = Buffer.from(fixtureBytes('kakao/typed.json')).toString();
    const say = (json: string) => typed.replace('"배송비가 얼마예요?"', json);
    const reasonOf = (body: string | Uint8Array, type = 'application/json') => {
      warnings.length = 0;
      channel.parse(webhookRequest(body, { headers: { 'content-type': type } }));
      expect(warnings.length).toBeLessThan(2);
      return (warnings[0] as { reason?: string } | undefined)?.reason;
    };
    expect(reasonOf(typed)).toBeUndefined();
    expect(reasonOf(say('"두 줄\\r\\n\\t입니다"'))).toBeUndefined();
    expect(reasonOf(typed, 'application/json; charset=utf-8')).toBeUndefined();
    expect(reasonOf(typed, 'text/plain')).toBe('The content type is not application/json');
    expect(reasonOf(typed, '')).toContain('The content type is missing');
    expect(reasonOf(say('"비밀\\u0000"'))).toBe(
      'The field "userRequest.utterance" held control characters, which were removed',
    );
    expect(reasonOf(say('"비밀\\ud83d"'))).toContain('half a surrogate pair');
    expect(reasonOf(say(`"${'가'.repeat(10_001)}"`))).toContain('has 10001 characters and was cut to 10000');
    const broken = Buffer.from(say('"X"'), 'utf8');
    broken[broken.indexOf('"X"') + 1] = 0xff;
    expect(reasonOf(broken)).toContain('not valid UTF-8');
    expect(reasonOf(say('"비밀\\u0000\\ud83d"'), 'text/plain')?.split('. ')).toHaveLength(3);
  });

  it.each([
    ['{}', {}, 'typed', undefined],
    ['null', null, 'typed', undefined],
    ['the text "null"', 'null', 'typed', undefined],
    ['an empty text', '', 'typed', undefined],
    ['a list', ['malgil:reset'], 'typed', undefined],
    ['an extra of the operator', { coupon: 7 }, 'tap', undefined],
    ['ours', { malgil: 'malgil:reset' }, 'tap', { kind: 'reset' }],
    ['ours, wrapped twice', { extra: { extra: { malgil: 'malgil:person' } } }, 'tap', { kind: 'person' }],
    ['ours, wrapped without end', { extra: { extra: { extra: { malgil: 'malgil:person' } } } }, 'tap', undefined],
    ['ours, as text', '{"malgil":"malgil:ask:fee"}', 'tap', { kind: 'ask', entryId: 'fee' }],
    ['ours with a fault', { malgil: 'malgil:continue:t:-1' }, 'tap', undefined],
  ])('a clientExtra that is %s', (_name, clientExtra, input, action) => {
    const event = parseWith((payload) => Object.assign(payload.action ?? {}, { clientExtra }));
    expect(event).toMatchObject({ type: 'message-received', input, ...(action === undefined ? {} : { action }) });
    if (action === undefined) expect(event).not.toHaveProperty('action');
  });

  it.each([
    ['CARD_BUTTON_MESSAGE', 'tap'],
    ['CARD_BUTTON_BLOCK', 'tap'],
    ['LIST_ITEM_MESSAGE', 'tap'],
    ['LIST_ITEM_BLOCK', 'tap'],
    ['LISTMENU_MESSAGE', 'tap'],
    ['LISTMENU_BLOCK', 'tap'],
    ['QUICKREPLY_BUTTON_MESSAGE', 'tap'],
    ['QUICKREPLY_BUTTON_BLOCK', 'tap'],
    ['TEXT_INPUT', 'typed'],
    ['SOMETHING_NEW', 'typed'],
    [7, 'typed'],
  ])('a flow that begins with %s', (type, input) => {
    expect(parseWith((payload) => Object.assign(payload, { flow: { trigger: { type } } }))).toMatchObject({ input });
  });

  it.each([
    ['@말길 상담 배송비는요?', '배송비는요?'],
    ['@말길 상담\n배송비는요?', '배송비는요?'],
    ['@말길 상담사 연결', '@말길 상담사 연결'],
    ['@다른 사람 안녕', '@다른 사람 안녕'],
  ])('in a group room, %j asks %j', (utterance, text) => {
    const payload = JSON.parse(Buffer.from(fixtureBytes('kakao/group.json')).toString());
    payload.userRequest.utterance = utterance;
    expect(channel.parse(webhookRequest(payload))).toMatchObject({ text });
  });

  it('knows the name that the operator gave it, too', () => {
    const payload = JSON.parse(Buffer.from(fixtureBytes('kakao/group.json')).toString());
    payload.userRequest.utterance = '@가온 상점 배송비는요?';
    expect(channel.parse(webhookRequest(payload))).toMatchObject({ text: '배송비는요?' });
  });

  it('takes a mention alone for a greeting, and leaves mentions outside of rooms alone', () => {
    const payload = JSON.parse(Buffer.from(fixtureBytes('kakao/group.json')).toString());
    payload.userRequest.utterance = '@말길 상담';
    expect(channel.parse(webhookRequest(payload)).type).toBe('conversation-opened');
    expect(
      parseWith((typed) => Object.assign(typed.userRequest ?? {}, { utterance: '@말길 상담 배송비는요?' })),
    ).toMatchObject({ text: '@말길 상담 배송비는요?' });
  });
});

describe('the callback URL', () => {
  const withUrl = (callbackUrl: unknown) =>
    parseWith((payload) => Object.assign(payload.userRequest ?? {}, { callbackUrl }));

  it.each(['typed-callback', 'dev-channel-callback'])('opens a window and keeps the URL byte for byte: %s', (name) => {
    const { callbackUrl } = JSON.parse(Buffer.from(fixtureBytes(`kakao/${name}.json`)).toString()).userRequest;
    expect(parse(name).replyWindows).toEqual([
      { mode: 'inline', closesAt: RECEIVED_AT + 4_000 },
      { mode: 'callback', closesAt: RECEIVED_AT + 50_000, url: callbackUrl },
      { mode: 'pickup' },
    ]);
  });

  it('is taken from a listed origin on another port', () => {
    expect(withUrl('http://127.0.0.1:4000/callback/cbtoken:1?x=!').replyWindows).toHaveLength(3);
  });

  it.each([
    'http://bot-api.kakao.com/v1/x',
    'https://bot-api.kakao.com:8443/v1/x',
    'https://bot-api.kakao.com.evil.example/v1/x',
    'https://evil.example/bot-api.kakao.com/',
    'https://user@bot-api.kakao.com/v1/x',
    'https://bot-api.kakao.com@evil.example/v1/x',
    'https://bot-api.kakao.com\\@evil.example/v1/x',
    'https://bot-api.kakao.com\t/v1/x',
    'https://bot-api.kakao.com/v1/x#y',
    'http://127.0.0.1:4001/callback',
    'http://127.0.0.1/callback',
    'http://[::1]:4000/callback',
    'http://2130706433:4000.evil.example/callback',
    'file:///etc/passwd',
    '//bot-api.kakao.com/v1/x',
    'javascript:alert(1)',
    `https://bot-api.kakao.com/${'x'.repeat(3_000)}`,
  ])('is ignored with a warning: %s', (url) => {
    warnings.length = 0;
    expect(withUrl(url).replyWindows.map((window) => window.mode)).toEqual(['inline', 'pickup']);
    expect(warnings).toEqual([
      {
        event: 'callback-url-ignored',
        channel: 'kakao',
        bot: expect.any(String),
        request: expect.any(String),
        host: expect.any(String),
      },
    ]);
    expect(JSON.stringify(warnings)).not.toContain('://');
  });

  it.each([null, undefined])('that is %j is none, as where the block has no callback', (url) => {
    warnings.length = 0;
    expect(withUrl(url).replyWindows).toHaveLength(2);
    expect(warnings).toEqual([]);
  });

  it.each([7, '', {}, false])('that is %j is ignored with a warning', (url) => {
    warnings.length = 0;
    expect(withUrl(url).replyWindows).toHaveLength(2);
    expect(warnings).toEqual([expect.objectContaining({ event: 'callback-url-ignored', host: 'none' })]);
  });

  it('is looked for under userRequest only', () => {
    const event = parseWith((payload) =>
      Object.assign(payload.userRequest ?? {}, { params: { callbackUrl: 'https://bot-api.kakao.com/v1/x' } }),
    );
    expect(event.replyWindows).toHaveLength(2);
  });
});
