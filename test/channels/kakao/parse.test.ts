import { describe, expect, it } from 'vitest';
import { createKakaoChannel } from '../../../src/channels/kakao/index.ts';
import { countingIds, fixtureBytes, RECEIVED_AT, webhookRequest } from '../../helpers/channel-requests.ts';

const warnings: object[] = [];
const channel = createKakaoChannel({
  botId: 'default',
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

  it.each(['{}', '{"userRequest":{}}', '{"userRequest":{"user":{"id":""}}}', '{"userRequest":null}'])(
    'refuses %s: nobody to answer',
    (body) => {
      expect(() => channel.parse(webhookRequest(body))).toThrowError(/userRequest\.user\.id/);
    },
  );

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
    expect(warnings).toEqual([expect.objectContaining({ event: 'callback-url-ignored', host: expect.any(String) })]);
    expect(JSON.stringify(warnings)).not.toContain('://');
  });

  it.each([null, 7, '', {}])('that is %j is none', (url) => {
    warnings.length = 0;
    expect(withUrl(url).replyWindows).toHaveLength(2);
    expect(warnings).toEqual([]);
  });

  it('is looked for under userRequest only', () => {
    const event = parseWith((payload) =>
      Object.assign(payload.userRequest ?? {}, { params: { callbackUrl: 'https://bot-api.kakao.com/v1/x' } }),
    );
    expect(event.replyWindows).toHaveLength(2);
  });
});
