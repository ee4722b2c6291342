import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OutboundEventRules, validateOutboundEvent } from '../../../src/channels/naver/validate.ts';

const user = 'AAECAwQFBgcICQoLDA0ODw';
const text = (title: string, code?: string) => ({
  type: 'TEXT',
  data: { title, ...(code === undefined ? {} : { code }) },
});
const link = { type: 'LINK', data: { title: '보기', url: 'https://a.example', mobileUrl: 'https://m.example' } };
const image = { imageUrl: 'https://a.example/a.png' };

function faultsOf(value: unknown, rules?: OutboundEventRules): readonly string[] {
  return validateOutboundEvent(value, rules).faults.map((fault) => fault.path);
}

function warningsOf(value: unknown, rules?: OutboundEventRules): readonly string[] {
  return validateOutboundEvent(value, rules).warnings.map((warning) => warning.path);
}

const send = (content: object) => ({ event: 'send', user, ...content });
const composite = (body: object) => send({ compositeContent: { compositeList: [body] } });
const inComposite = 'compositeContent.compositeList[0]';

describe('a good event', () => {
  const payment = {
    merchantPayKey: 'order-1',
    totalPayAmount: 1_000,
    taxScopeAmount: 900,
    taxExScopeAmount: 100,
    productItems: [{ categoryType: 'FOOD', categoryId: 'DELIVERY', uid: '1', name: '치킨', count: 1 }],
  };
  it.each([
    ['text', send({ textContent: { text: '안녕하세요' } })],
    [
      'text with quick replies',
      send({ textContent: { text: 'a', quickReply: { buttonList: [text('배송', 'c'), link] } } }),
    ],
    ['a push', send({ textContent: { text: 'a' }, options: { notification: true, readBySend: true } })],
    ['an image by URL', send({ imageContent: image })],
    ['an image by id', send({ imageContent: { imageId: 'x' } })],
    [
      'a full composite',
      composite({
        title: '주문',
        description: '배송 중',
        image,
        elementList: {
          type: 'LIST',
          data: [{ title: '니트', description: 'a', subDescription: 'b', image, button: text('선택') }],
        },
        buttonList: [
          text('문의'),
          link,
          { type: 'OPTION', data: { title: '더 보기', buttonList: [text('하나'), link] } },
          { type: 'PAY', data: { paymentInfo: payment } },
          { type: 'TIME', data: {} },
          {
            type: 'CALENDAR',
            data: { options: { calendar: { start: '20261101', end: '20261130', disables: '0,20261105-20261107' } } },
          },
          {
            type: 'TIMEINTERVAL',
            data: { options: { timeInterval: { start: '0900', end: '1800', interval: '30', disables: '1200-1300' } } },
          },
        ],
      }),
    ],
    ['typing', { event: 'action', user, options: { action: 'typingOn' } }],
    ['a profile request', { event: 'profile', user, options: { field: 'cellphone', agreements: ['address'] } }],
    ['passing the thread', { event: 'handover', user, options: { control: 'passThread', targetId: 1 } }],
    ['taking the thread', { event: 'handover', user, options: { control: 'takeThread', metadata: '' } }],
    [
      'a menu',
      {
        event: 'persistentMenu',
        menuContent: [
          {
            menus: [
              { type: 'TEXT', data: { title: '배송', code: 'c' } },
              { type: 'LINK', data: { title: '전화', url: 'tel:0212345678' } },
              { type: 'NESTED', data: { title: '더', menus: [{ type: 'TEXT', data: { title: 'a', code: 'b' } }] } },
            ],
          },
        ],
      },
    ],
    ['no menu', { event: 'persistentMenu', menuContent: [] }],
    ['products', { event: 'product', user, options: { ids: [1, 2], displayType: 'list' } }],
  ])('may be %s', (_name, event) => {
    expect(validateOutboundEvent(event)).toEqual({ faults: [], warnings: [] });
  });

  it('may leave the user out in a webhook response', () => {
    const answer = { event: 'send', textContent: { text: 'a' } };
    expect(faultsOf(answer)).toEqual(['user']);
    expect(faultsOf(answer, { via: 'webhook-response' })).toEqual([]);
  });
});

describe('the envelope', () => {
  it.each([
    ['nothing', undefined, ''],
    ['a list of events', [send({ textContent: { text: 'a' } })], ''],
    ['no event', { user }, 'event'],
    ['an event of the other direction', { event: 'echo', user, textContent: { text: 'a' } }, 'event'],
    ['an empty user', { event: 'send', user: '', textContent: { text: 'a' } }, 'user'],
    ['a partner', { ...send({ textContent: { text: 'a' } }), partner: 'wc1234' }, 'partner'],
    ['no content', send({}), ''],
    ['two contents', send({ textContent: { text: 'a' }, imageContent: image }), ''],
    [
      'an option as text',
      send({ textContent: { text: 'a' }, options: { notification: 'true' } }),
      'options.notification',
    ],
  ])('refuses %s', (_name, value, path) => {
    expect(faultsOf(value)).toContain(path);
  });

  it('knows what a webhook response can carry', () => {
    const response: OutboundEventRules = { via: 'webhook-response' };
    expect(faultsOf({ event: 'action', options: { action: 'typingOn' } }, response)).toEqual([]);
    expect(faultsOf({ event: 'handover', options: { control: 'takeThread' } }, response)).toEqual(['event']);
    const push = { event: 'send', textContent: { text: 'a' }, options: { notification: true } };
    expect(warningsOf(push, response)).toEqual(['options.notification']);
  });
});

describe('contents', () => {
  it.each([
    ['an empty text', { textContent: { text: '' } }, 'textContent.text'],
    ['a number', { textContent: { text: 1 } }, 'textContent.text'],
    ['half an emoji', { textContent: { text: '😀'.slice(0, 1) } }, 'textContent.text'],
    ['an inputType', { textContent: { text: 'a', inputType: 'typing' } }, 'textContent.inputType'],
    ['no image', { imageContent: {} }, 'imageContent'],
    ['two sources', { imageContent: { ...image, imageId: 'x' } }, 'imageContent'],
    ['a file as image', { imageContent: { imageUrl: 'file:///a.png' } }, 'imageContent.imageUrl'],
    ['no composite', { compositeContent: { compositeList: [] } }, 'compositeContent.compositeList'],
    ['null among composites', { compositeContent: { compositeList: [null] } }, 'compositeContent.compositeList[0]'],
    [
      'eleven composites',
      { compositeContent: { compositeList: Array(11).fill({ title: 'a', description: 'b' }) } },
      'compositeContent.compositeList',
    ],
  ])('refuse %s', (_name, content, path) => {
    expect(faultsOf(send(content))).toContain(path);
  });

  it('warn above the length limits', () => {
    expect(validateOutboundEvent(send({ textContent: { text: '가'.repeat(10_000) } }))).toEqual({
      faults: [],
      warnings: [],
    });
    expect(warningsOf(send({ textContent: { text: '가'.repeat(10_001) } }))).toEqual(['textContent.text']);
    expect(warningsOf(composite({ title: '가'.repeat(201), description: '가'.repeat(1_001) }))).toEqual([
      `${inComposite}.title`,
      `${inComposite}.description`,
    ]);
  });

  it('count titles as people do', () => {
    const family = '👩‍👩‍👧‍👦';
    const titled = (title: string) => composite({ description: 'a', buttonList: [text(title)] });
    expect(warningsOf(titled(family.repeat(18)))).toEqual([]);
    expect(warningsOf(titled(family.repeat(19)))).toEqual([`${inComposite}.buttonList[0].data.title`]);
    expect(warningsOf(composite({ title: '가'.normalize('NFD').repeat(200), description: 'a' }))).toEqual([]);
  });

  it('warn about an image that is not fetched from its port', () => {
    expect(warningsOf(send({ imageContent: { imageUrl: 'http://a.example:8080/a.png' } }))).toEqual([
      'imageContent.imageUrl',
    ]);
  });
});

describe('the two rules of a composite', () => {
  it.each([
    ['a title alone', { title: 'a' }],
    ['a description alone', { description: 'a' }],
    ['a title beside an empty description', { title: 'a', description: '' }],
    ['a title over no buttons', { title: 'a', buttonList: [] }],
    ['an image with buttons but without words', { image, buttonList: [text('a')] }],
    ['nothing', {}],
  ])('refuse %s', (_name, body) => {
    expect(faultsOf(composite(body))).toContain(inComposite);
  });

  it.each([
    ['title and description', { title: 'a', description: 'b' }],
    ['title and image', { title: 'a', image }],
    ['description and buttons', { description: 'a', buttonList: [text('a')] }],
    ['list and image', { elementList: { type: 'LIST', data: [{ title: 'a' }] }, image }],
  ])('accept %s', (_name, body) => {
    expect(faultsOf(composite(body))).toEqual([]);
  });

  it('count three elements, complete, of type LIST', () => {
    const list = (data: readonly unknown[], type = 'LIST') => composite({ title: 'a', elementList: { type, data } });
    const path = `${inComposite}.elementList`;
    expect(faultsOf(list(Array(3).fill({ title: 'a' })))).toEqual([]);
    expect(faultsOf(list(Array(4).fill({ title: 'a' })))).toEqual([`${path}.data`]);
    expect(faultsOf(list([{ description: 'a' }]))).toEqual([`${path}.data[0].title`]);
    expect(faultsOf(list([{ title: 'a' }], 'list'))).toEqual([`${path}.type`]);
  });
});

describe('buttons', () => {
  const under = (...buttonList: unknown[]) => composite({ title: 'a', buttonList });
  const quick = (...buttonList: unknown[]) => send({ textContent: { text: 'a', quickReply: { buttonList } } });
  const option = (...buttonList: unknown[]) => ({ type: 'OPTION', data: { title: 'a', buttonList } });
  const first = `${inComposite}.buttonList[0]`;

  it.each([
    ['no type', { data: { title: 'a' } }, 'type'],
    ['a lower-case type', { type: 'text', data: { title: 'a' } }, 'type'],
    ['no data', { type: 'TEXT' }, 'data'],
    ['no title', { type: 'TEXT', data: {} }, 'data.title'],
    ['no mobile address', { type: 'LINK', data: { title: 'a', url: 'https://a.example' } }, 'data.mobileUrl'],
    ['a phone link', { type: 'LINK', data: { title: 'a', url: 'tel:02', mobileUrl: 'tel:02' } }, 'data.url'],
    [
      'an insecure webview',
      {
        type: 'LINK',
        data: { title: 'a', url: 'https://a.example', mobileUrl: 'http://a.example', mobileTarget: 'webview' },
      },
      'data.mobileUrl',
    ],
    [
      'a webview that is too high',
      { type: 'LINK', data: { ...link.data, mobileTarget: 'webview', mobileTargetAttr: { webviewHeight: 91 } } },
      'data.mobileTargetAttr.webviewHeight',
    ],
    ['an option in an option', option(option(text('a'))), 'data.buttonList[0].type'],
    ['an empty option', option(), 'data.buttonList'],
    [
      'a cheap payment',
      { type: 'PAY', data: { paymentInfo: { merchantPayKey: 'a', totalPayAmount: 99, productItems: [] } } },
      'data.paymentInfo.totalPayAmount',
    ],
    [
      'a number as interval',
      { type: 'TIMEINTERVAL', data: { options: { timeInterval: { interval: 30 } } } },
      'data.options.timeInterval.interval',
    ],
    [
      'a time between the steps',
      { type: 'TIMEINTERVAL', data: { options: { timeInterval: { start: '0901' } } } },
      'data.options.timeInterval.start',
    ],
    [
      'a dashed date',
      { type: 'CALENDAR', data: { options: { calendar: { start: '2026-11-01', end: '20261130' } } } },
      'data.options.calendar.start',
    ],
  ])('refuse %s', (_name, button, path) => {
    expect(faultsOf(under(button))).toContain(`${first}.${path}`);
  });

  it('count ten under a composite, inside an option and among quick replies', () => {
    const eleven = Array(11).fill(text('a'));
    expect(faultsOf(under(...eleven))).toEqual([`${inComposite}.buttonList`]);
    expect(faultsOf(under(option(...eleven)))).toEqual([`${first}.data.buttonList`]);
    expect(faultsOf(quick(...eleven))).toEqual(['textContent.quickReply.buttonList']);
    expect(faultsOf(quick(...eleven), { unconfirmed: { manyQuickReplies: true } })).toEqual([]);
  });

  it('have titles of 18 characters, elsewhere 10', () => {
    expect(warningsOf(under(text('가'.repeat(18))))).toEqual([]);
    expect(warningsOf(under(text('가'.repeat(19))))).toEqual([`${first}.data.title`]);
    expect(warningsOf(quick(text('가'.repeat(10))))).toEqual([]);
    expect(warningsOf(quick(text('가'.repeat(11))))).toEqual(['textContent.quickReply.buttonList[0].data.title']);
    expect(warningsOf(under(option(text('가'.repeat(11)))))).toEqual([`${first}.data.buttonList[0].data.title`]);
    expect(warningsOf(under(text('a', 'c'.repeat(1_001))))).toEqual([`${first}.data.code`]);
  });

  it('are no options among quick replies', () => {
    expect(faultsOf(quick(option(text('a'))))).toEqual(['textContent.quickReply.buttonList[0].type']);
  });

  it.each([
    ['the older form of a payment', { type: 'PAY', data: { payKey: 'k' } }, 'data.payKey'],
    [
      'a height for no webview',
      { ...link, data: { ...link.data, mobileTargetAttr: { webviewHeight: 70 } } },
      'data.mobileTargetAttr',
    ],
    [
      'half a period',
      { type: 'CALENDAR', data: { options: { calendar: { start: '20261101' } } } },
      'data.options.calendar',
    ],
    [
      'a period that ends before it starts',
      { type: 'CALENDAR', data: { options: { calendar: { start: '20261101', end: '20261031' } } } },
      'data.options.calendar',
    ],
  ])('warn about %s', (_name, button, path) => {
    expect(faultsOf(under(button))).toEqual([]);
    expect(warningsOf(under(button))).toEqual([`${first}.${path}`]);
  });

  it('ask for payments whose taxes add up', () => {
    const pay = (taxScopeAmount: number) => {
      const items = [{ categoryType: 'a', categoryId: 'b', uid: 'c', name: 'd' }];
      const paymentInfo = {
        merchantPayKey: 'k',
        totalPayAmount: 1_000,
        taxScopeAmount,
        taxExScopeAmount: 100,
        productItems: items,
      };
      return under({ type: 'PAY', data: { paymentInfo } });
    };
    expect(faultsOf(pay(900))).toEqual([]);
    expect(faultsOf(pay(800))).toEqual([`${first}.data.paymentInfo`]);
  });
});

describe('other events', () => {
  it.each([
    ['another action', { event: 'action', user, options: { action: 'typing' } }, 'options.action'],
    ['an action without options', { event: 'action', user }, 'options'],
    ['another field', { event: 'profile', user, options: { field: 'email' } }, 'options.field'],
    ['a field of contract partners', { event: 'profile', user, options: { field: 'productOrder' } }, 'options.field'],
    ['a thread passed to nobody', { event: 'handover', user, options: { control: 'passThread' } }, 'options.targetId'],
    [
      'a target as text',
      { event: 'handover', user, options: { control: 'passThread', targetId: '1' } },
      'options.targetId',
    ],
    ['a menu of one user', { event: 'persistentMenu', user, menuContent: [] }, 'user'],
    [
      'five menu items',
      {
        event: 'persistentMenu',
        menuContent: [{ menus: Array(5).fill({ type: 'TEXT', data: { title: 'a', code: 'c' } }) }],
      },
      'menuContent[0].menus',
    ],
    [
      'a menu item without code',
      { event: 'persistentMenu', menuContent: [{ menus: [{ type: 'TEXT', data: { title: 'a' } }] }] },
      'menuContent[0].menus[0].data.code',
    ],
    [
      'five products in a list',
      { event: 'product', user, options: { ids: [1, 2, 3, 4, 5], displayType: 'list' } },
      'options.ids',
    ],
  ])('refuse %s', (_name, event, path) => {
    expect(faultsOf(event)).toContain(path);
  });

  it('warn about buttons of a product that is not shown', () => {
    const customButtonList = [{ id: 2, buttonList: [text('a')] }];
    const options = { ids: [1], displayType: 'single', customButtonList, quickReply: { buttonList: [text('b')] } };
    expect(validateOutboundEvent({ event: 'product', user, options })).toEqual({
      faults: [],
      warnings: [{ path: 'options.customButtonList[0].id', message: 'is none of the ids' }],
    });
  });

  it('nest menus three deep', () => {
    const nested = (levels: number): object =>
      levels === 0
        ? { type: 'TEXT', data: { title: 'a', code: 'c' } }
        : { type: 'NESTED', data: { title: 'a', menus: [nested(levels - 1)] } };
    const menu = (levels: number) => ({ event: 'persistentMenu', menuContent: [{ menus: [nested(levels)] }] });
    expect(faultsOf(menu(2))).toEqual([]);
    expect(faultsOf(menu(3))).toEqual(['menuContent[0].menus[0].data.menus[0].data.menus[0].type']);
  });
});

it('judges any JSON without throwing, and lets nothing pass by accident', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(faultsOf(value)).not.toEqual([]);
      expect(faultsOf(composite({ title: 'a', buttonList: [value] }))).not.toEqual([]);
      expect(faultsOf({ event: 'handover', user, options: value })).not.toEqual([]);
    }),
  );
});
