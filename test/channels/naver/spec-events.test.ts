/** Every body that TalkTalk sends, in each of the forms that its documents and its staff describe (README, handover_v1, profile_api_v1,
 *  pay_api_v1 of navertalk/chatbot-api, and its issues): the wording is ours, the shapes are theirs. */
import { describe, expect, it } from 'vitest';
import { createNaverChannel } from '../../../src/channels/naver/index.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { countingIds, webhookRequest } from '../../helpers/channel-requests.ts';

const channel = createNaverChannel({
  botId: 'default',
  secrets: [],
  authorization: 'key',
  baseUrl: 'https://gw.talk.naver.com',
  typing: true,
  synchronousBudgetMs: 900,
  newId: countingIds(),
  logger: silentLogger,
});

const user = 'AAECAwQFBgcICQoLDA0ODw';
const PHINF = 'https://talk.phinf.naver.net/a/b.jpg';
const mobile = { mobile: true };
const text = (words: string, inputType: string, rest: object = {}) => ({ text: words, inputType, ...rest });
const said = (input: string, words: string, rest: object = {}) => ({
  type: 'message-received',
  input,
  text: words,
  ...rest,
});
const send = (content: object, rest: object = {}) => ({ event: 'send', user, ...content, ...rest });
const echo = (content: object, options?: object) => ({
  event: 'echo',
  user,
  echoedEvent: 'send',
  ...content,
  ...(options === undefined ? {} : { options }),
});
const echoed = (author: string, rest: object = {}) => ({ type: 'message-echoed', author, ...rest });
const product = {
  name: '니트',
  url: 'https://shop.example/items/7',
  mobileUrl: 'https://m.shop.example/items/7',
  thumbUrl: 'https://shop-phinf.pstatic.net/7.jpg',
  currencyPrice: '39,000원',
};
const productOptions = (fields: object) => ({ textContent: text('상품 문의입니다.', 'product'), options: fields });
const handover = (options: object) => ({ event: 'handover', user, options });
const profile = (options: object) => ({ event: 'profile', user, options });
const address = {
  roadAddr: '경기도 성남시 분당구 불정로 6',
  detAddr: '1층',
  zipNo: '13561',
  rnMgtSn: '411353180009',
  latitude: '37.35',
  longitude: '127.10',
};
const payComplete = (paymentResult: object) => ({ event: 'pay_complete', user, options: { paymentResult } });
const payConfirm = (paymentConfirmResult: object) => ({
  event: 'pay_confirm',
  user,
  options: { paymentConfirmResult },
});
const keys = { merchantPayKey: 'order-1', merchantUserKey: 'member-1' };
const details = { totalPayAmount: 39_000, ...keys };

const EVENTS: readonly (readonly [name: string, body: object, expected: object])[] = [
  [
    'a room entered by a button',
    {
      event: 'open',
      user,
      options: {
        inflow: 'button',
        referer: 'https://shop.example/items/7',
        from: 'item-7',
        friend: true,
        under14: false,
        under19: false,
        unreadMessage: false,
        mobile: true,
        noReflectBot: false,
      },
    },
    { type: 'conversation-opened', isUnder14: false },
  ],
  ['from the list', { event: 'open', user, options: { inflow: 'list' } }, { type: 'conversation-opened' }],
  ['by an address', { event: 'open', user, options: { inflow: 'none' } }, { type: 'conversation-opened' }],
  ['by a way of tomorrow', { event: 'open', user, options: { inflow: 'qr' } }, { type: 'conversation-opened' }],
  ['without options', { event: 'open', user }, { type: 'conversation-opened' }],
  [
    'by a child',
    { event: 'open', user, options: { inflow: 'none', under14: true, under19: true } },
    { type: 'conversation-opened', isUnder14: true },
  ],
  ['a room left', { event: 'leave', user, options: mobile }, { type: 'conversation-left', replyWindows: [] }],
  ['left without options', { event: 'leave', user }, { type: 'conversation-left' }],
  ['news wanted', { event: 'friend', user, options: { set: 'on' } }, { isSubscribed: true }],
  ['news not wanted', { event: 'friend', user, options: { set: 'off' } }, { isSubscribed: false }],

  ['the first sample', send({ textContent: text('안녕', 'typing') }), said('typed', '안녕')],
  [
    'typed words with a number and a flag',
    send({ textContent: text('안녕', 'typing') }, { messageId: 30, options: { ...mobile, noReflectBot: true } }),
    said('typed', '안녕'),
  ],
  ['words of an old log', send({ textContent: { text: '안녕' } }), said('typed', '안녕')],
  ['a button', send({ textContent: text('배송 조회', 'button', { code: 'shipping' }) }), said('tap', '배송 조회')],
  ['a button without a code', send({ textContent: text('배송 조회', 'button') }), said('tap', '배송 조회')],
  [
    'a sticker',
    send({ textContent: text('스티커를 보냈습니다.', 'sticker') }),
    said('sticker', '스티커를 보냈습니다.'),
  ],
  [
    'a call back',
    send({ textContent: text('05012345678,2026-12-01', 'vphone') }),
    said('other', '안심번호로 전화 상담을 요청합니다.', { action: { kind: 'person' } }),
  ],
  [
    'a product',
    send(productOptions({ ...mobile, product: { ...product, currencyMobilePrice: '38,000원' } })),
    said('product', '', { product: { name: '니트', url: product.url, price: '39,000원' } }),
  ],
  [
    'a product of a newer log',
    send(productOptions({ product: { ...product, storeName: '말길상점', currencyOriginalPrice: '49,000원' } })),
    said('product', '', { product: { name: '니트', url: product.url, price: '39,000원', storeName: '말길상점' } }),
  ],
  ['a product without details', send(productOptions(mobile)), said('product', '')],
  ['a time', send({ textContent: text('14:30', 'time', { code: 'visit' }) }), said('tap', '14:30')],
  ['a time of a list', send({ textContent: text('09:30', 'timeInterval') }), said('tap', '09:30')],
  ['a day', send({ textContent: text('20261124', 'calendar') }), said('tap', '2026년 11월 24일')],
  [
    'several days',
    send({ textContent: text('20261124-20261126', 'calendar') }),
    said('tap', '2026년 11월 24일부터 2026년 11월 26일까지'),
  ],
  ['an input of tomorrow', send({ textContent: text('안녕', 'voice') }), said('other', '안녕')],
  [
    'a picture',
    send({ imageContent: { imageUrl: PHINF, width: '640', height: '480' } }),
    said('image', '', { images: [PHINF] }),
  ],
  [
    'a picture of an older log',
    send({ imageContent: { imageUrl: 'http://talk.phinf.naver.net/a.jpg', width: 640, height: 480 } }),
    said('image', '', { images: ['http://talk.phinf.naver.net/a.jpg'] }),
  ],
  [
    'a picture beside an empty text',
    send({ textContent: {}, imageContent: { imageUrl: PHINF } }),
    said('image', '', { images: [PHINF] }),
  ],
  [
    'a picture with a broken address',
    send({ imageContent: { imageUrl: 'https://shop-phinf.pstatic.netnull' } }),
    said('image', '', { images: [] }),
  ],
  [
    'words for the agents',
    { standby: true, ...send({ textContent: text('네', 'typing') }, { options: mobile }) },
    said('typed', '네', { standby: true }),
  ],

  [
    'the echo of an agent',
    echo(
      { textContent: text('상담사입니다.', 'typing') },
      { managerNickname: '말길', sourceId: 1, threadOwnerId: 1, mobile: false },
    ),
    echoed('agent', { text: '상담사입니다.', agentsOwnThread: true }),
  ],
  [
    'the echo of an agent, with the partner named, as in the samples',
    { ...echo({ textContent: text('네', 'typing') }, { managerNickname: '말길' }), partner: 'wc1234' },
    echoed('agent', { text: '네' }),
  ],
  [
    'the echo of a name card',
    echo({ textContent: text('명함을 보냈습니다.', 'nameCard') }, { managerNickname: '말길' }),
    echoed('agent'),
  ],
  [
    'the echo of a file, beside an empty text',
    echo(
      {
        textContent: {},
        fileContent: { downloadUrl: 'https://file.example/1', fileName: '견적.pdf', expireDate: '2026-12-21' },
      },
      { managerNickname: '말길' },
    ),
    echoed('agent'),
  ],
  ['the echo of a smart alert', echo({ textContent: text('예약되었습니다.', 'alarm') }), echoed('system')],
  [
    'the echo of a broadcast, beside an empty text',
    echo({ textContent: {}, marketingContent: { marketingMessageNo: 7, marketingText: '(광고) 겨울 세일' } }),
    echoed('system', { text: '(광고) 겨울 세일' }),
  ],
  [
    'the echo of the bot',
    { ...echo({ textContent: text('3,000원', 'typing') }, { sourceId: 54_321, threadOwnerId: 54_321 }), messageId: 31 },
    echoed('bot', { text: '3,000원', platformId: '31', echoKeys: [expect.stringMatching(/^text:/)] }),
  ],
  [
    'the echo of its cards',
    echo({ compositeContent: { compositeList: [{ title: '안내', description: '고르세요.' }] } }),
    echoed('bot', { text: '안내\n고르세요.', echoKeys: [expect.stringMatching(/^cards:/)] }),
  ],
  ['the echo of its picture', echo({ imageContent: { imageUrl: PHINF } }), echoed('bot', { echoKeys: ['picture'] })],
  ['the echo of its product cards', { ...echo({}), echoedEvent: 'product' }, echoed('bot', { echoKeys: ['product'] })],
  [
    'an agent who left',
    { event: 'echo', user, echoedEvent: 'leave' },
    { type: 'event-ignored', name: 'echo:leave', replyWindows: [] },
  ],
  [
    'an echo of tomorrow',
    { event: 'echo', user, echoedEvent: 'retract' },
    { type: 'event-ignored', name: 'echo:retract' },
  ],

  [
    'a nickname',
    profile({ result: 'SUCCESS', nickname: '홍길동' }),
    { type: 'profile-received', profile: { nickname: '홍길동' } },
  ],
  [
    'a phone number',
    profile({ result: 'SUCCESS', cellphone: '01012345678' }),
    { type: 'profile-received', profile: { phone: '01012345678' } },
  ],
  [
    'an address',
    profile({ result: 'SUCCESS', address }),
    {
      type: 'profile-received',
      profile: { address: { street: address.roadAddr, detail: '1층', postCode: '13561' } },
    },
  ],
  ['a success without a nickname', profile({ result: 'SUCCESS' }), { type: 'profile-received', profile: {} }],
  ['no consent', profile({ result: 'CANCEL' }), { type: 'profile-declined' }],
  ['no consent, until 2018', profile({ result: 'DISAGREE' }), { type: 'profile-declined' }],
  [
    'consent taken back',
    profile({ result: 'WITHDRAW', withdrawals: ['cellphone'] }),
    { type: 'profile-withdrawn', fields: ['phone'] },
  ],
  ['a result of tomorrow', profile({ result: 'LATER' }), { type: 'event-ignored', name: 'profile' }],

  [
    'a room given back',
    handover({ control: 'passThread', metadata: '{"managerNickname":"말길","autoEnd":false}' }),
    { type: 'thread-returned' },
  ],
  [
    'a room given back, in single quotes, with the partner named',
    {
      ...handover({ control: 'passThread', metadata: "{'managerNickname':'말길','autoEnd':true}" }),
      partner: 'wc1234',
    },
    { type: 'thread-returned' },
  ],
  ['a room given back without metadata', handover({ control: 'passThread' }), { type: 'thread-returned' }],

  [
    'a request to charge',
    payComplete({ code: 'Success', paymentId: 'NP1', ...keys }),
    {
      type: 'payment-requested',
      payment: { isSuccess: true, id: 'order-1', customerId: 'member-1', serviceId: 'NP1' },
    },
  ],
  [
    'a payment that did not get so far',
    payComplete({ code: 'Fail', message: 'OwnerAuthFail', ...keys }),
    { type: 'payment-requested', payment: { isSuccess: false, reason: 'OwnerAuthFail' } },
  ],
  [
    'a charge, as the documents spell it',
    payConfirm({ code: 'Success', message: null, paymentId: 'NP1', deatil: details }),
    { type: 'payment-settled', payment: { isSuccess: true, id: 'order-1', serviceId: 'NP1', details } },
  ],
  [
    'a charge, as it should be spelt',
    payConfirm({ code: 'Success', message: null, paymentId: 'NP1', detail: details }),
    { type: 'payment-settled', payment: { isSuccess: true, id: 'order-1', serviceId: 'NP1', details } },
  ],
  [
    'a charge that failed',
    payConfirm({ code: 'Fail', message: '잔액 부족', paymentId: 'NP1' }),
    { type: 'payment-settled', payment: { isSuccess: false, serviceId: 'NP1', reason: '잔액 부족' } },
  ],

  ['an event of 2017', { event: 'block', user }, { type: 'event-ignored', name: 'block' }],
  ['the call of another product', { message: '상담 요청' }, { type: 'event-ignored', name: 'unknown' }],
];

describe('every event of the documents', () => {
  it.each(EVENTS)('%s', (_name, body, expected) => {
    const event = channel.parse(webhookRequest(body));
    expect(event).toMatchObject(expected);
    if ('user' in body) expect(event.conversation.user).toBe(user);
  });

  it.each(EVENTS)('with fields that nobody knows: %s', (_name, body, expected) => {
    const more = { ...body, version: 2, plugin: { entities: [null] }, profile: [], unknown: null };
    expect(channel.parse(webhookRequest(more))).toMatchObject(expected);
  });

  it('only some can be answered, and only some of those right in the response', () => {
    const windowsOf = (name: string) => {
      const body = EVENTS.find(([known]) => known === name)?.[1];
      return channel.parse(webhookRequest(body)).replyWindows.map(({ mode }) => mode);
    };
    expect(windowsOf('the first sample')).toEqual(['push']);
    expect(windowsOf('a room entered by a button')).toEqual(['inline', 'push']);
    expect(windowsOf('a request to charge')).toEqual(['inline']);
    expect(windowsOf('a room left')).toEqual([]);
    expect(windowsOf('the echo of an agent')).toEqual([]);
  });
});
