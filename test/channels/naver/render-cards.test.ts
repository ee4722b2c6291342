import { describe, expect, it } from 'vitest';
import { type RenderOptions, renderReply } from '../../../src/channels/naver/render.ts';
import { validateOutboundEvent } from '../../../src/channels/naver/validate.ts';
import type {
  CardPart,
  CarouselPart,
  Choice,
  DetailsPart,
  ListPart,
  Payment,
  ProductPart,
  Reply,
  ReplyMode,
  ReplyPart,
} from '../../../src/message.ts';

const user = 'AAECAwQFBgcICQoLDA0ODw';
const conversation = { botId: 'default', channel: 'naver', user } as const;

/** The wires of a reply; every one of them, and what would stand in its place, is as the platform takes it. */
function render(reply: Partial<Reply>, mode: ReplyMode = 'push', options: RenderOptions = {}): readonly unknown[] {
  const context = { turnId: 't', conversation, mode, maxBubbles: 1 };
  return renderReply({ parts: [], quickReplies: [], ...reply }, context, options).map(({ wire, fallback }) => {
    for (const event of [wire, ...(fallback === undefined ? [] : [fallback])]) {
      expect(validateOutboundEvent({ ...(event as object), user })).toEqual({ faults: [], warnings: [] });
    }
    return wire;
  });
}

const compositesOf = (part: ReplyPart): readonly Record<string, unknown>[] => {
  const [wire] = render({ parts: [part] });
  return (wire as { compositeContent?: { compositeList: [] } }).compositeContent?.compositeList ?? [];
};

const say = (label: string): Choice => ({ type: 'message', label });
const link: Choice = { type: 'link', label: '자세히', url: 'https://shop.example/1' };
const linkButton = { type: 'LINK', data: { title: '자세히', url: link.url, mobileUrl: link.url } };
const image = { imageUrl: 'https://shop.example/1.png' };
const card = (fields: Partial<CardPart>): CardPart => ({ type: 'card', buttons: [], ...fields });

describe('buttons', () => {
  const buttons = (...choices: Choice[]) => compositesOf(card({ title: '예약', buttons: choices }))[0]?.buttonList;

  it('say their title, and carry what else they say in the code', () => {
    expect(buttons(say('배송비'), { type: 'message', label: '배송비', text: '배송비가 얼마예요?' }, link)).toEqual([
      { type: 'TEXT', data: { title: '배송비' } },
      { type: 'TEXT', data: { title: '배송비', code: 'malgil:say:배송비가 얼마예요?' } },
      linkButton,
    ]);
  });

  it('show a title above 18 characters whole in the text of the card', () => {
    const label = '배송비와 배송 기간이 얼마나 되는지 궁금해요';
    const [composite] = compositesOf(card({ title: '안내', buttons: [say(label)] }));
    expect(composite).toEqual({
      title: '안내',
      description: `• ${label}`,
      buttonList: [{ type: 'TEXT', data: { title: '배송비와 배송 기간이 얼마나 되…', code: `malgil:say:${label}` } }],
    });
  });

  it('hand over to a person by a code of ours, and leave passing on to others', () => {
    expect(buttons({ type: 'person', label: '상담사 연결' }, { type: 'share', label: '공유' })).toEqual([
      { type: 'TEXT', data: { title: '상담사 연결', code: 'malgil:person' } },
    ]);
  });

  it('unfold: menus with all that may stand in them, deeper ones flat', () => {
    const deeper: Choice = { type: 'menu', label: '더', choices: [say('교환')] };
    expect(buttons({ type: 'menu', label: '도움말', choices: [say('환불'), link, deeper] })).toEqual([
      {
        type: 'OPTION',
        data: {
          title: '도움말',
          buttonList: [
            { type: 'TEXT', data: { title: '환불' } },
            linkButton,
            { type: 'TEXT', data: { title: '교환' } },
          ],
        },
      },
    ]);
  });

  it('unfold in two where a menu is too long for one', () => {
    const choices = Array.from({ length: 12 }, (_, index) => say(`질문 ${index}`));
    expect(buttons({ type: 'menu', label: '질문', choices })).toMatchObject([
      { type: 'OPTION', data: { title: '질문', buttonList: { length: 6 } } },
      { type: 'OPTION', data: { title: '질문', buttonList: { length: 6 } } },
    ]);
  });

  it('open calendars', () => {
    const closedDates = ['2026-11-05', { from: '2026-11-10', to: '2026-11-12' }, '2026-02-30', '내일'];
    expect(
      buttons(
        {
          type: 'pick-date',
          label: '날짜 고르기',
          isRange: true,
          firstDate: '2026-11-01',
          lastDate: '2026-11-30',
          closedWeekdays: [0, 6, 7],
          closedDates,
          placeholder: '방문하실 날',
        },
        { type: 'pick-date', label: '', firstDate: '2026-11-01' },
      ),
    ).toEqual([
      {
        type: 'CALENDAR',
        data: {
          title: '날짜 고르기',
          options: {
            calendar: {
              placeholder: '방문하실 날',
              start: '20261101',
              end: '20261130',
              disables: '0,6,20261105,20261110-20261112',
              isRange: true,
            },
          },
        },
      },
      { type: 'CALENDAR', data: {} },
    ]);
  });

  it('open clocks, freely or in steps', () => {
    const closedTimes = ['09:30', { from: '12:00', to: '13:00' }, '25:00'];
    expect(
      buttons(
        { type: 'pick-time', label: '시간' },
        {
          type: 'pick-time-slot',
          label: '예약 시간',
          firstTime: '09:00',
          lastTime: '18:00',
          stepMinutes: 28,
          closedTimes,
        },
        { type: 'pick-time-slot', label: '시간', firstTime: '09:03', stepMinutes: 9_999 },
      ),
    ).toEqual([
      { type: 'TIME', data: { title: '시간' } },
      {
        type: 'TIMEINTERVAL',
        data: {
          title: '예약 시간',
          options: { timeInterval: { start: '0900', end: '1800', interval: '30', disables: '0930,1200-1300' } },
        },
      },
      { type: 'TIMEINTERVAL', data: { title: '시간', options: { timeInterval: { interval: '720' } } } },
    ]);
  });

  const payment: Payment = {
    id: 'order-1',
    totalKrw: 21_000,
    deliveryFeeKrw: 3_000,
    taxFreeKrw: 1_000,
    customerId: 'member-7',
    purchaser: { name: '김말길', birthday: '1990-01-02' },
    items: [
      {
        categoryType: 'FOOD',
        categoryId: 'DELIVERY',
        id: 'chicken',
        name: '치킨',
        sellerId: 'shop1',
        count: 2,
        firstDate: '2026-11-21',
      },
    ],
  };

  it('take payments', () => {
    expect(buttons({ type: 'payment', label: '결제하기', payment })).toEqual([
      {
        type: 'PAY',
        data: {
          paymentInfo: {
            merchantPayKey: 'order-1',
            merchantUserKey: 'member-7',
            totalPayAmount: 21_000,
            deliveryFee: 3_000,
            taxScopeAmount: 20_000,
            taxExScopeAmount: 1_000,
            purchaserName: '김말길',
            purchaserBirthday: '19900102',
            productItems: [
              {
                categoryType: 'FOOD',
                categoryId: 'DELIVERY',
                uid: 'chicken',
                name: '치킨',
                sellerId: 'shop1',
                startDate: '20261121',
                count: 2,
              },
            ],
          },
        },
      },
    ]);
  });

  it.each<[string, Partial<Payment>]>([
    ['below 100 won', { totalKrw: 99 }],
    ['of half a won', { totalKrw: 1_000.5 }],
    ['for nothing', { items: [] }],
    ['whose taxes do not add up', { taxableKrw: 1, taxFreeKrw: 1 }],
    ['without a name of its own', { id: ' ' }],
    ['of an article without a name', { items: [{ categoryType: 'a', categoryId: 'b', id: 'c', name: '' }] }],
    ['for somebody born on no day', { purchaser: { name: '김말길', birthday: '1990-13-01' } }],
  ])('are left out for a payment %s, which TalkTalk would accept and never show', (_name, wrong) => {
    expect(buttons(say('문의'), { type: 'payment', label: '결제', payment: { ...payment, ...wrong } })).toEqual([
      { type: 'TEXT', data: { title: '문의' } },
    ]);
  });

  it('above ten go on under a second card', () => {
    const composites = compositesOf(
      card({ title: '질문', buttons: Array.from({ length: 11 }, (_, i) => say(`질문 ${i}`)) }),
    );
    expect(composites).toMatchObject([{ title: '질문', buttonList: { length: 6 } }, { buttonList: { length: 5 } }]);
  });
});

describe('quick replies', () => {
  it('become buttons where they unfold, are too long or too many', () => {
    const menu: Choice = { type: 'menu', label: '도움말', choices: [say('환불')] };
    const many = Array.from({ length: 11 }, (_, index) => say(`질문 ${index}`));
    const [wire] = render({
      parts: [{ type: 'text', text: '고르세요.', format: 'plain' }],
      quickReplies: [menu, ...many],
    });
    expect(wire).toMatchObject({
      compositeContent: {
        compositeList: [{ description: '고르세요.', buttonList: [{ type: 'OPTION' }, { data: { title: '질문 10' } }] }],
        quickReply: { buttonList: { length: 10 } },
      },
    });
  });

  it('may be pickers', () => {
    const [wire] = render({ quickReplies: [{ type: 'pick-date', label: '날짜' }] });
    expect(wire).toMatchObject({
      textContent: { quickReply: { buttonList: [{ type: 'CALENDAR', data: { title: '날짜' } }] } },
    });
  });
});

describe('lists', () => {
  const list = (items: ListPart['items'], buttons: Choice[] = []): ListPart => ({
    type: 'list',
    title: '배송',
    items,
    buttons,
  });

  it('are elements with a picture and a button each', () => {
    expect(
      compositesOf(
        list(
          [{ title: '배송비', description: '3,000원', ...image, choice: say('배송비') }, { title: '도서산간' }],
          [link],
        ),
      ),
    ).toEqual([
      {
        title: '배송',
        elementList: {
          type: 'LIST',
          data: [
            { title: '배송비', description: '3,000원', image, button: { type: 'TEXT', data: { title: '배송비' } } },
            { title: '도서산간' },
          ],
        },
        buttonList: [linkButton],
      },
    ]);
  });

  it('of more than three rows are several cards of nearly the same size, the buttons on the last', () => {
    const composites = compositesOf(
      list(
        Array.from({ length: 7 }, (_, i) => ({ title: `행 ${i}` })),
        [link],
      ),
    );
    expect(composites.map(({ elementList }) => (elementList as { data: [] }).data.length)).toEqual([3, 2, 2]);
    expect(composites.map(({ buttonList }) => buttonList)).toEqual([undefined, undefined, [linkButton]]);
  });

  it('put what is too long for one line of a row into the next, and a cut title of a button too', () => {
    const long = '가나다라마 '.repeat(25).trim();
    const [composite] = compositesOf(
      list([
        { title: '행', description: long },
        { title: '행', choice: say('배송 기간이 궁금해요') },
      ]),
    );
    expect(composite).toMatchObject({
      elementList: {
        data: [
          {
            description: expect.stringMatching(/^가나다라마 .{80,}/),
            subDescription: expect.stringMatching(/가나다라마$/),
          },
          { description: '배송 기간이 궁금해요', button: { data: { title: '배송 기간이 궁금…' } } },
        ],
      },
    });
  });

  it('are a card where a row is too long', () => {
    const degraded: string[] = [];
    const part = list([{ title: '가'.repeat(101), choice: say('선택') }]);
    const [wire] = render({ parts: [part] }, 'push', { onDegraded: (all) => degraded.push(...all) });
    expect(wire).toMatchObject({
      compositeContent: { compositeList: [{ title: '배송', description: `- ${'가'.repeat(101)}`, buttonList: [{}] }] },
    });
    expect(degraded).toHaveLength(1);
  });

  it('leave to the card what cannot stand in a row', () => {
    const menu: Choice = { type: 'menu', label: '더', choices: [say('환불')] };
    const phone: Choice = { type: 'phone', label: '고객센터', phoneNumber: '02-1234-5678' };
    const wires = render({
      parts: [
        list([
          { title: '하나', choice: menu },
          { title: '둘', choice: phone },
        ]),
      ],
    });
    expect(wires).toMatchObject([
      {
        compositeContent: {
          compositeList: [
            { elementList: { data: [{ title: '하나' }, { title: '둘' }] }, buttonList: [{ type: 'OPTION' }] },
          ],
        },
      },
      { textContent: { text: '고객센터: 02-1234-5678' } },
    ]);
  });
});

describe('details, products, carousels', () => {
  const details: DetailsPart = {
    type: 'details',
    heading: '주문 확인',
    rows: [{ label: '상품', value: '코트' }],
    summary: { label: '합계', value: '39,000원' },
    title: '감사합니다',
    description: '내일 출발합니다.',
    ...image,
    buttons: [say('배송 조회')],
  };
  const product: ProductPart = {
    type: 'product',
    title: '코트',
    priceKrw: 39_000,
    ...image,
    imageLinkUrl: 'https://shop.example/coat',
    seller: { name: '말길상점' },
    buttons: [],
  };
  const numbered = (storeNumber: number, more: Partial<ProductPart> = {}): ProductPart => ({
    ...product,
    storeNumber,
    ...more,
  });
  const carousel = (cards: CarouselPart['cards'], header?: CarouselPart['header']): CarouselPart => ({
    type: 'carousel',
    cards,
    ...(header === undefined ? {} : { header }),
  });

  it('show rows as lines under their heading', () => {
    expect(compositesOf(details)).toEqual([
      {
        title: '주문 확인',
        description: '상품: 코트\n합계: 39,000원\n감사합니다\n내일 출발합니다.',
        image,
        buttonList: [{ type: 'TEXT', data: { title: '배송 조회' } }],
      },
    ]);
  });

  it('show a product with its price and a way to it', () => {
    expect(compositesOf(product)).toEqual([
      {
        title: '코트',
        description: '39,000원\n판매자: 말길상점',
        image,
        buttonList: [
          { type: 'LINK', data: { title: '자세히 보기', url: product.imageLinkUrl, mobileUrl: product.imageLinkUrl } },
        ],
      },
    ]);
  });

  it('let TalkTalk draw a product of its shop, with the plain card for partners without one', () => {
    const context = { turnId: 't', conversation, mode: 'push', maxBubbles: 1 } as const;
    const reply = { parts: [numbered(4_433, { buttons: [say('재고 문의')] })], quickReplies: [say('상담')] };
    const [message] = renderReply(reply, context);
    const quickReply = { buttonList: [{ type: 'TEXT', data: { title: '상담' } }] };
    expect(message?.wire).toEqual({
      event: 'product',
      options: {
        ids: [4_433],
        displayType: 'single',
        customButtonList: [{ id: 4_433, buttonList: [{ type: 'TEXT', data: { title: '재고 문의' } }] }],
        quickReply,
      },
    });
    expect(message?.fallback).toMatchObject({
      event: 'send',
      compositeContent: { compositeList: [{ title: '코트' }], quickReply },
    });
    expect(message?.text).toBe('코트\n39,000원');
  });

  it.each<[string, ReplyPart, ReplyMode]>([
    ['into a webhook response, which takes none', numbered(1), 'inline'],
    ['one of which has no number', carousel([numbered(1), product]), 'push'],
    [
      'with a button that would be cut',
      numbered(1, { buttons: [say('배송비와 배송 기간이 얼마나 되는지 궁금해요')] }),
      'push',
    ],
  ])('draw products themselves %s', (_name, part, mode) => {
    expect(render({ parts: [part] }, mode)).toMatchObject([{ event: 'send', compositeContent: {} }]);
  });

  it('show several products of the shop in one message', () => {
    expect(render({ parts: [carousel([numbered(1), numbered(2)])] })).toEqual([
      { event: 'product', options: { ids: [1, 2], displayType: 'single' } },
    ]);
  });

  it('slide, the header first, ten cards a message', () => {
    const header = { title: '추천', description: '이번 주', imageUrl: image.imageUrl };
    const cards = Array.from({ length: 10 }, (_, index) => card({ title: `상품 ${index}`, description: '설명' }));
    const wires = render({ parts: [carousel(cards, header)] });
    expect(wires).toMatchObject([
      { compositeContent: { compositeList: { length: 6, 0: { title: '추천', image } } } },
      { compositeContent: { compositeList: { length: 5 } } },
    ]);
    expect(render({ parts: [carousel(cards)] })).toHaveLength(1);
  });

  it('go into one webhook response as text, with what can be touched as quick replies', () => {
    const long = card({ title: '안내', description: '가'.repeat(990), buttons: [link, say('배송 조회와 반품 신청')] });
    const [wire] = render({ parts: [{ type: 'text', text: '답변입니다.', format: 'plain' }, long] }, 'inline');
    expect(wire).toMatchObject({
      textContent: {
        text: expect.stringContaining('자세히: https://shop.example/1\n배송 조회와 반품 신청'),
        quickReply: { buttonList: [{ type: 'TEXT', data: { title: '배송 조회와 반품…' } }] },
      },
    });
  });
});

describe('pictures that TalkTalk cannot fetch', () => {
  const nobody: RenderOptions = { reachOf: () => 'nobody' };
  const customers: RenderOptions = { reachOf: () => 'customers' };
  const picture: ReplyPart = { type: 'image', url: 'http://shop.example:8080/1.png', altText: '니트' };
  const withPicture = card({ title: '니트', description: '겨울', imageUrl: 'http://shop.example:8080/1.png' });
  const seePicture = { type: 'LINK', data: { title: '사진 보기', url: picture.url, mobileUrl: picture.url } };

  it('are a link where the customer can open them', () => {
    expect(render({ parts: [picture] }, 'push', customers)).toEqual([
      { event: 'send', textContent: { text: `니트\n${picture.url}` } },
    ]);
    expect(render({ parts: [withPicture] }, 'push', customers)).toMatchObject([
      { compositeContent: { compositeList: [{ title: '니트', description: '겨울', buttonList: [seePicture] }] } },
    ]);
  });

  it('are left out where nobody can, and said in words', () => {
    expect(render({ parts: [picture] }, 'push', nobody)).toEqual([{ event: 'send', textContent: { text: '니트' } }]);
    expect(render({ parts: [withPicture] }, 'push', nobody)).toEqual([
      { event: 'send', compositeContent: { compositeList: [{ title: '니트', description: '겨울' }] } },
    ]);
  });
});
