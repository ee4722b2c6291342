/** The payload as Kakao's guide and published captures show it, part by part: each body parses, and says what it says. */
import { describe, expect, it } from 'vitest';
import { skillPayloadForms } from '../../../simulator/kakao/payload-forms.ts';
import { createKakaoChannel } from '../../../src/channels/kakao/index.ts';
import type { InboundEvent } from '../../../src/message.ts';
import {
  countingIds,
  fixtureBytes,
  fixtureNames,
  RECEIVED_AT,
  webhookRequest,
} from '../../helpers/channel-requests.ts';

const channel = createKakaoChannel({
  botId: 'default',
  secrets: [],
  kakaoBotIds: ['667e0123456789abcdef0123'],
  onBotIdMismatch: 'refuse',
  callbackOrigins: ['https://bot-api.kakao.com'],
  inlineBudgetMs: 4_000,
  callbackBudgetMs: 50_000,
  waitingText: '잠시만요.',
  contact: '',
  newId: countingIds(),
  logger: { debug() {}, info() {}, warn() {}, error() {} },
});

type Json = Readonly<Record<string, unknown>>;

const USER = '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0ab';
const BLOCK = { id: '667e0123456789abcdef0456', name: '폴백 블록' };

/** All fields of the guide, each of which a row may replace or take away (`undefined`). */
function payload(change: { userRequest?: Json; action?: Json; top?: Json } = {}): unknown {
  return {
    bot: { id: '667e0123456789abcdef0123', name: '말길 상담' },
    intent: { ...BLOCK, extra: { reason: { code: 1, message: 'OK' } } },
    action: {
      id: '667e0123456789abcdef0789',
      name: '말길',
      params: {},
      detailParams: {},
      clientExtra: {},
      ...change.action,
    },
    userRequest: {
      block: BLOCK,
      user: { id: USER, type: 'botUserKey', properties: { botUserKey: USER, bot_user_key: USER } },
      utterance: '배송비는요?',
      params: { surface: 'Kakaotalk.plusfriend' },
      lang: 'ko',
      timezone: 'Asia/Seoul',
      ...change.userRequest,
    },
    contexts: [],
    flow: { trigger: { type: 'TEXT_INPUT' }, lastBlock: BLOCK },
    ...change.top,
  };
}

function parse(body: unknown): InboundEvent {
  const event = channel.parse(webhookRequest(body));
  expect(JSON.parse(JSON.stringify(event))).toEqual(event);
  return event;
}

const SAID = { type: 'message-received', text: '배송비는요?', input: 'typed', conversation: { user: USER } };
const user = (fields: Json) => ({ userRequest: { user: { id: USER, type: 'botUserKey', ...fields } } });
const knowledge = (extra: Json) => ({ top: { intent: { ...BLOCK, name: '지식+', extra } } });
const matchedKnowledges = [
  { question: '환불은요?', answer: '3일 안에 됩니다.', categories: ['환불'], imageUrl: '', landingUrl: '' },
];
const KNOWN = { ...SAID, scenario: { platformAnswers: [{ question: '환불은요?', answer: '3일 안에 됩니다.' }] } };
const tap = (clientExtra: unknown) => ({ action: { clientExtra } });
const TAPPED = { type: 'message-received', input: 'tap', action: { kind: 'pickup', turnId: 'turn-1' } };
const malgil = 'malgil:pickup:turn-1';
const started = (flow: unknown) => ({ top: { flow } });
const media = (value: unknown) => ({
  userRequest: { utterance: PHOTO, params: { surface: 'Kakaotalk.plusfriend', media: value } },
  top: { flow: { trigger: { type: 'IMAGE_UPLOAD' } } },
});
const PHOTO = 'https://talk.kakaocdn.net/dn/a/i_1.jpg?credential=k&expires=1790000000&signature=s%3D';
const SECURE = 'http://secure.kakaocdn.net/dna/1/img.jpg?expires=1790000000&signature=s%3D';
const secure = (secureUrls: string, name = 'secureimage') => {
  const value = JSON.stringify({
    privacyAgreement: 'Y',
    imageQuantity: '1',
    secureUrls,
    expire: '2026-11-22T00:10:00Z',
  });
  return {
    params: { [name]: value },
    detailParams: { [name]: { origin: secureUrls, value, groupName: '' } },
  };
};

const ROWS: readonly (readonly [part: string, body: unknown, expected: object])[] = [
  // The payload as a whole
  ['all fields', payload(), SAID],
  [
    'fields that nobody has heard of',
    payload({ top: { version: '3.0', trace: [1] }, userRequest: { mood: {} } }),
    SAID,
  ],
  ['no contexts, as in 스킬 테스트', payload({ top: { contexts: undefined } }), SAID],
  ['no flow, as in older captures', payload({ top: { flow: undefined } }), SAID],
  ['no intent', payload({ top: { intent: undefined } }), { ...SAID, scenario: { block: BLOCK } }],
  [
    'nothing but what is always there',
    { bot: { id: '667e0123456789abcdef0123' }, userRequest: { utterance: '배송비는요?', user: { id: USER } } },
    SAID,
  ],
  // intent
  [
    'a name with trailing spaces',
    payload({ top: { intent: { id: 'b', name: '주문 조회  ' } } }),
    { scenario: { block: { id: 'b', name: '주문 조회' } } },
  ],
  [
    'reason 0, as in 봇테스트',
    payload({ top: { intent: { ...BLOCK, extra: { reason: { code: 0, message: 'OK' } } } } }),
    SAID,
  ],
  ['knowledge', payload(knowledge({ knowledge: { responseType: 'skill', matchedKnowledges } })), KNOWN],
  [
    'knowledges, as the heading says',
    payload(knowledge({ knowledges: { responseType: 'skill', matchedKnowledges } })),
    KNOWN,
  ],
  // userRequest
  ['no timezone', payload({ userRequest: { timezone: undefined } }), SAID],
  ['lang kr', payload({ userRequest: { lang: 'kr' } }), SAID],
  ['lang null', payload({ userRequest: { lang: null } }), SAID],
  ['params {}', payload({ userRequest: { params: {} } }), SAID],
  ['no params', payload({ userRequest: { params: undefined } }), SAID],
  ['no block', payload({ userRequest: { block: undefined } }), SAID],
  [
    'parameters of an event',
    payload({ userRequest: { params: { orderId: 'A-1' } } }),
    { scenario: { params: { orderId: 'A-1' } } },
  ],
  [
    'a callback URL',
    payload({ userRequest: { callbackUrl: 'https://bot-api.kakao.com/v1/bots/667e!/callback/cbtoken:0123' } }),
    { replyWindows: [{}, { mode: 'callback', closesAt: RECEIVED_AT + 50_000 }, {}] },
  ],
  [
    'a group room',
    payload({ userRequest: { chat: { id: 'g1', type: 'botGroupKey', properties: { botGroupKey: 'g1' } } } }),
    { conversation: { room: 'g1', user: USER } },
  ],
  // userRequest.user
  ['properties {}', payload(user({ properties: {} })), SAID],
  ['no properties', payload(user({})), SAID],
  ['type accountId', payload(user({ type: 'accountId' })), SAID],
  ['type talk_user_id', payload(user({ type: 'talk_user_id' })), SAID],
  ['isFriend true', payload(user({ properties: { isFriend: true, plusfriendUserKey: 'Ab3_d-Ef9hIj' } })), SAID],
  ['isFriend false', payload(user({ properties: { isFriend: false } })), SAID],
  ['appUserId', payload(user({ properties: { appUserId: '7', app_user_id: '7', appUserStatus: 'REGISTERED' } })), SAID],
  ['accountId and talkUserId', payload(user({ properties: { accountId: '1', talkUserId: '2' } })), SAID],
  // bot
  [
    'the development channel',
    payload({ top: { bot: { id: '667e0123456789abcdef0123!', name: '말길' } } }),
    { scenario: { platformBotId: '667e0123456789abcdef0123!' } },
  ],
  // action
  [
    'a system entity as JSON in a text',
    payload({ action: { params: { n: '{"amount":1,"unit":null}' } } }),
    { scenario: { params: { n: { amount: '1' } } } },
  ],
  [
    'a nested object',
    payload({ action: { params: { n: { amount: 1 } } } }),
    { scenario: { params: { n: { amount: '1' } } } },
  ],
  [
    'detailParams beside {}',
    payload({ action: { detailParams: { n: { origin: '하나', value: '1', groupName: '' } } } }),
    { scenario: { params: { n: '1' } } },
  ],
  ['{} beside params', payload({ action: { params: { n: '1' } } }), { scenario: { params: { n: '1' } } }],
  ['the bare name of an entity', payload({ action: { params: { d: 'sys.date' } } }), SAID],
  ['no action', payload({ top: { action: undefined } }), SAID],
  ['clientExtra {}', payload(tap({})), SAID],
  ['clientExtra null', payload(tap(null)), SAID],
  ['clientExtra "null"', payload(tap('null')), SAID],
  ['no clientExtra', payload(tap(undefined)), SAID],
  ['the extra of a button', payload(tap({ malgil })), TAPPED],
  ['an extra inside an extra', payload(tap({ extra: { malgil } })), TAPPED],
  // contexts
  [
    'a context',
    payload({
      top: {
        contexts: [
          { name: 'order', lifespan: 4, ttl: 600, params: { id: { value: '첫 번째', resolvedValue: 'A-1' } } },
        ],
      },
    }),
    { scenario: { contexts: [{ name: 'order', lifespan: 4, ttlSeconds: 600, params: { id: 'A-1' } }] } },
  ],
  [
    'a context in the casing of answers',
    payload({ top: { contexts: [{ name: 'order', lifeSpan: 4 }] } }),
    { scenario: { contexts: [{ name: 'order', lifespan: 4 }] } },
  ],
  // flow
  ['a trigger alone', payload(started({ trigger: { type: 'TEXT_INPUT' } })), SAID],
  ['a trigger without a type', payload(started({ trigger: { referrerBlock: BLOCK } })), SAID],
  ['the last block alone', payload(started({ lastBlock: BLOCK })), SAID],
  ...['CARD_BUTTON', 'LIST_ITEM', 'LISTMENU', 'QUICKREPLY_BUTTON'].flatMap((what) =>
    ['MESSAGE', 'BLOCK'].map((does) => {
      const type = `${what}_${does}`;
      return [type, payload(started({ trigger: { type, referrerBlock: BLOCK } })), { ...SAID, input: 'tap' }] as const;
    }),
  ),
  ['a trigger that is new', payload(started({ trigger: { type: 'VOICE_INPUT' } })), SAID],
  // Photos and videos
  ['a photo', payload(media({ type: 'image', url: PHOTO })), { input: 'image', text: '', images: [PHOTO] }],
  ['a video', payload(media({ type: 'video', url: PHOTO })), { input: 'video', text: '' }],
  ['a photo by its address alone', payload(media(undefined)), { input: 'image', text: '', images: [PHOTO] }],
  [
    'secure images',
    payload({ action: secure(`List(${SECURE}, ${SECURE}2)`) }),
    { input: 'image', images: [SECURE, `${SECURE}2`] },
  ],
  [
    'a secure image under another name',
    payload({ action: secure(`List(${SECURE})`, '사진') }),
    { input: 'image', images: [SECURE] },
  ],
  [
    'a secure image with escapes in its list',
    payload({ action: secure(`List(${SECURE.replaceAll('=', '\\u003d').replaceAll('&', '\\u0026')})`) }),
    { input: 'image', images: [SECURE] },
  ],
  // The welcome block
  ['an entry without words', payload({ userRequest: { utterance: '' } }), { type: 'conversation-opened' }],
  ['an entry of blanks', payload({ userRequest: { utterance: ' \n' } }), { type: 'conversation-opened' }],
  ...['웰컴 블록', ' 웰컴블록 ', '웰컴 블록 '].map((name) => {
    const body = payload({ top: { intent: { id: 'w', name } }, userRequest: { utterance: '처음으로' } });
    return [`words in the block ${JSON.stringify(name)}`, body, { type: 'conversation-opened' }] as const;
  }),
  [
    'a button of ours in the welcome block',
    payload({ top: { intent: { id: 'w', name: '웰컴 블록' } }, action: { clientExtra: { malgil } } }),
    TAPPED,
  ],
  [
    'a question whose last block was the welcome block',
    payload(started({ lastBlock: { id: 'w', name: '웰컴 블록' } })),
    SAID,
  ],
];

describe('a body with', () => {
  it.each(ROWS)('%s', (_part, body, expected) => {
    expect(parse(body)).toMatchObject(expected);
  });
});

describe('every whole body', () => {
  const CALLS = skillPayloadForms('spec').filter(({ name }) => name !== 'parameter validation');
  const open = createKakaoChannel({
    botId: 'default',
    secrets: [],
    callbackOrigins: ['https://bot-api.kakao.com'],
    inlineBudgetMs: 4_000,
    callbackBudgetMs: 50_000,
    waitingText: '',
    contact: '',
    newId: countingIds(),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });

  it.each(CALLS)('of the simulator parses: $name', ({ payload }) => {
    expect(open.checkValue?.(webhookRequest(payload))).toBeUndefined();
    expect(open.parse(webhookRequest(payload)).conversation.user).not.toBe('');
  });

  it.each(fixtureNames('kakao').filter((name) => !name.includes('parameter-validation')))('kept parses: %s', (name) => {
    expect(open.parse(webhookRequest(fixtureBytes(name))).conversation.user).not.toBe('');
  });
});
