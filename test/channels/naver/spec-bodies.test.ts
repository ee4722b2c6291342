/** Every body of the chatbot API v1 as its documents describe it (README, ui_component_v1, handover_v1, profile_api_v1, pay_api_v1,
 *  product_message_api of navertalk/chatbot-api, 2025-05-14): the wording is ours, the shapes are theirs. */
import { describe, expect, it } from 'vitest';
import { validateOutboundEvent } from '../../../src/channels/naver/validate.ts';

const user = 'AAECAwQFBgcICQoLDA0ODw';
const image = { imageUrl: 'https://shop.example/menu.png' };
const text = (title: string, code?: string) => ({ type: 'TEXT', data: { title, ...(code ? { code } : {}) } });
const link = (title: string) => ({
  type: 'LINK',
  data: { title, url: 'https://shop.example/pc', mobileUrl: 'https://m.shop.example' },
});
const webview = {
  type: 'LINK',
  data: {
    ...link('화면 열기').data,
    mobileTarget: 'webview',
    mobileTargetAttr: { webviewTitle: '배송 조회', webviewHeight: 70 },
  },
};
const payment = {
  type: 'PAY',
  data: {
    paymentInfo: {
      merchantPayKey: 'order-1',
      totalPayAmount: 22_000,
      productItems: [
        {
          categoryType: 'FOOD',
          categoryId: 'DELIVERY',
          uid: 'a',
          name: '치킨',
          startDate: '20261121',
          endDate: '20261122',
          count: 2,
        },
      ],
      merchantUserKey: 'member-1',
      productName: '치킨 외 1건',
      productCount: 2,
      deliveryFee: 2_000,
      taxScopeAmount: 20_000,
      taxExScopeAmount: 2_000,
      purchaserName: '김말길',
      purchaserBirthday: '19900102',
    },
  },
};
const calendar = {
  type: 'CALENDAR',
  data: {
    title: '날짜 고르기',
    code: 'visit-day',
    options: {
      calendar: {
        placeholder: '방문일',
        start: '20261101',
        end: '20261130',
        disables: '0,6,20261105,20261110-20261112',
        isRange: true,
      },
    },
  },
};
const time = { type: 'TIME', data: { title: '시간 고르기', code: 'visit-time' } };
const timeInterval = {
  type: 'TIMEINTERVAL',
  data: {
    title: '시간 고르기',
    code: 'visit-slot',
    options: { timeInterval: { start: '0600', end: '2355', interval: '30', disables: '1200-1300,1500' } },
  },
};
const bare = ['TIME', 'CALENDAR', 'TIMEINTERVAL'].map((type) => ({ type, data: {} }));
const element = (button: object) => ({
  title: '니트',
  description: '겨울용\n울 100%',
  subDescription: '39,000원',
  image,
  button,
});

const BODIES: Readonly<Record<string, object>> = {
  'a text of several lines': { event: 'send', user, textContent: { text: '안녕하세요.\n무엇을 도와드릴까요?' } },
  'the longest text': { event: 'send', user, textContent: { text: '가'.repeat(10_000) } },
  'a push': { event: 'send', user, options: { notification: true }, textContent: { text: '발송했습니다.' } },
  'a send that marks as read': { event: 'send', user, options: { readBySend: true }, textContent: { text: '네' } },
  'quick replies under a text': {
    event: 'send',
    user,
    textContent: {
      text: '고르세요.',
      quickReply: { buttonList: [text('배송', 'c'), link('쇼핑몰'), payment, calendar, ...bare] },
    },
  },
  'quick replies under an image': {
    event: 'send',
    user,
    imageContent: { ...image, quickReply: { buttonList: [text('크게')] } },
  },
  'quick replies under cards': {
    event: 'send',
    user,
    compositeContent: { compositeList: [{ title: 'a', description: 'b' }], quickReply: { buttonList: [text('다음')] } },
  },
  'an image by its address': { event: 'send', user, imageContent: image },
  'an image by its id': { event: 'send', user, imageContent: { imageId: 'x'.repeat(120) } },
  'the fullest card': {
    event: 'send',
    user,
    compositeContent: {
      compositeList: [
        {
          title: '가'.repeat(200),
          description: '나'.repeat(1_000),
          image,
          elementList: { type: 'LIST', data: [element(text('담기', 'c')), element(link('보기')), element(calendar)] },
          buttonList: [
            text('가'.repeat(18), 'c'.repeat(1_000)),
            link('쇼핑몰'),
            webview,
            {
              type: 'OPTION',
              data: {
                title: '더 보기',
                buttonList: [text('가'.repeat(10)), link('링크'), payment, calendar, time, timeInterval],
              },
            },
            payment,
            calendar,
            time,
            timeInterval,
            ...bare.slice(0, 2),
          ],
        },
      ],
    },
  },
  'a carousel of ten': {
    event: 'send',
    user,
    compositeContent: {
      compositeList: Array.from({ length: 10 }, (_, index) => ({ title: `상품 ${index}`, image: { imageId: 'i' } })),
    },
  },
  'typing on': { event: 'action', user, options: { action: 'typingOn' } },
  'typing off': { event: 'action', user, options: { action: 'typingOff' } },
  'a single product': { event: 'product', user, options: { ids: [1_002_324_883], displayType: 'single' } },
  'fifteen products': {
    event: 'product',
    user,
    options: { ids: Array.from({ length: 15 }, (_, i) => i + 1), displayType: 'single' },
  },
  'a list of products with buttons': {
    event: 'product',
    user,
    options: {
      ids: [1, 2, 3, 4],
      displayType: 'list',
      quickReply: { buttonList: [text('더 보기')] },
      customButtonList: [{ id: 1, buttonList: [text('문의'), link('보기')] }],
    },
  },
  'a request for a nickname': { event: 'profile', user, options: { field: 'nickname' } },
  'a request for several fields': {
    event: 'profile',
    user,
    options: { field: 'cellphone', agreements: ['nickname', 'address'] },
  },
  'handing over': { event: 'handover', user, options: { control: 'passThread', targetId: 1 } },
  'taking back': { event: 'handover', user, options: { control: 'takeThread', metadata: '' } },
  'taking back without metadata': { event: 'handover', user, options: { control: 'takeThread' } },
  'a menu of every kind': {
    event: 'persistentMenu',
    menuContent: [
      {
        menus: [
          { type: 'TEXT', data: { title: '가'.repeat(20), code: 'c' } },
          { type: 'LINK', data: { title: '쇼핑몰', url: 'https://shop.example', mobileUrl: 'https://m.shop.example' } },
          { type: 'LINK', data: { title: '전화', url: 'tel:0212345678' } },
          {
            type: 'NESTED',
            data: {
              title: '더',
              menus: [
                { type: 'NESTED', data: { title: '더', menus: [{ type: 'TEXT', data: { title: 'a', code: 'b' } }] } },
              ],
            },
          },
        ],
      },
    ],
  },
  'no menu any more': { event: 'persistentMenu', menuContent: [] },
};

describe('every body of the documents', () => {
  it.each(Object.entries(BODIES))('%s', (_name, body) => {
    expect(validateOutboundEvent(body)).toEqual({ faults: [], warnings: [] });
  });

  it.each(
    Object.entries(BODIES).filter(
      ([, body]) => !('user' in body) || !/handover|product/.test(JSON.stringify(body).slice(0, 30)),
    ),
  )('may stand in a webhook response, without its user: %s', (_name, body) => {
    const { user: _, options, ...rest } = body as { user?: string; options?: { notification?: boolean } };
    const answer = options?.notification === true ? rest : { ...rest, ...(options === undefined ? {} : { options }) };
    expect(validateOutboundEvent(answer, { via: 'webhook-response' })).toEqual({ faults: [], warnings: [] });
  });
});

describe('what the documents forbid', () => {
  const card = (fields: object) => ({ event: 'send', user, compositeContent: { compositeList: [fields] } });
  it.each<[string, object]>([
    ['a card with a title alone', card({ title: 'a' })],
    ['a card without words', card({ image, buttonList: [text('a')] })],
    ['null among cards', { event: 'send', user, compositeContent: { compositeList: [null] } }],
    ['null among buttons', card({ title: 'a', buttonList: [null] })],
    ['four elements', card({ title: 'a', elementList: { type: 'LIST', data: Array(4).fill({ title: 'a' }) } })],
    ['an element list in small letters', card({ title: 'a', elementList: { type: 'list', data: [{ title: 'a' }] } })],
    [
      'an unfolding quick reply',
      {
        event: 'send',
        user,
        textContent: {
          text: 'a',
          quickReply: { buttonList: [{ type: 'OPTION', data: { title: 'a', buttonList: [text('a')] } }] },
        },
      },
    ],
    [
      'a link without a mobile address',
      card({ title: 'a', buttonList: [{ type: 'LINK', data: { title: 'a', url: 'https://a.example' } }] }),
    ],
    ['a send with two contents', { event: 'send', user, textContent: { text: 'a' }, imageContent: image }],
    ['five products in a list', { event: 'product', user, options: { ids: [1, 2, 3, 4, 5], displayType: 'list' } }],
    ['a menu for one customer', { event: 'persistentMenu', user, menuContent: [] }],
    [
      'a handover with the partner named',
      { event: 'handover', user, partner: 'wc1234', options: { control: 'passThread', targetId: 1 } },
    ],
  ])('%s', (_name, body) => {
    expect(validateOutboundEvent(body).faults).not.toEqual([]);
  });
});
