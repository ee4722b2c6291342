import { describe, expect, it } from 'vitest';
import type { RenderContext } from '../../../src/channels/channel.ts';
import { type RenderOptions, renderReply } from '../../../src/channels/kakao/render.ts';
import type { SkillOutput, SkillResponse } from '../../../src/channels/kakao/schema.ts';
import { validateSkillResponse } from '../../../src/channels/kakao/validate.ts';
import type {
  CardPart,
  CarouselPart,
  Choice,
  DetailsPart,
  ListPart,
  ProductPart,
  Reply,
  ReplyPart,
} from '../../../src/message.ts';

const direct = { botId: 'default', channel: 'kakao', user: 'u' } as const;
const group = { ...direct, room: 'r' };
const imageUrl = 'https://shop.example/coat.png';
const more: Choice = { type: 'link', label: '자세히', url: 'https://shop.example/1' };
const moreButton = { label: '자세히', action: 'webLink', webLinkUrl: 'https://shop.example/1' };
const say = (label: string): Choice => ({ type: 'message', label });
const choices = (count: number) => Array.from({ length: count }, (_, i) => say(`선택 ${i + 1}`));

interface Rendered {
  readonly responses: readonly SkillResponse[];
  readonly outputs: readonly SkillOutput[];
  readonly types: readonly string[];
  readonly degradations: readonly string[];
}

/** Everything rendered here must please the judge, without a warning. */
function render(reply: Partial<Reply>, context: Partial<RenderContext> = {}, options: RenderOptions = {}): Rendered {
  const full: RenderContext = { turnId: 'turn-1', conversation: direct, mode: 'inline', maxBubbles: 3, ...context };
  let degradations: readonly string[] = [];
  const messages = renderReply({ parts: [], quickReplies: [], ...reply }, full, {
    ...options,
    onDegraded: (found) => {
      degradations = found;
    },
  });
  const responses = messages.map((message) => message.wire as SkillResponse);
  const room = full.conversation.room === undefined ? 'channel' : 'group';
  for (const response of responses) {
    if (response.template.outputs.length === 0) continue;
    expect(validateSkillResponse(response, { room })).toEqual({ faults: [], warnings: [] });
  }
  const outputs = responses.flatMap((response) => response.template.outputs);
  return { responses, outputs, types: outputs.flatMap(typeOf), degradations };
}

function typeOf(output: SkillOutput): readonly string[] {
  return 'carousel' in output
    ? [`carousel of ${output.carousel.items.length} ${output.carousel.type}`]
    : Object.keys(output);
}

const inGroup = (parts: readonly ReplyPart[], quickReplies: readonly Choice[] = []) =>
  render({ parts, quickReplies }, { conversation: group });

const card = (more: Partial<CardPart> = {}): CardPart => ({ type: 'card', title: '반품', buttons: [], ...more });
const list = (rows: number, more: Partial<ListPart> = {}): ListPart => ({
  type: 'list',
  title: '자주 묻는 질문',
  items: Array.from({ length: rows }, (_, i) => ({ title: `질문 ${i + 1}` })),
  buttons: [],
  ...more,
});
const details = (more: Partial<DetailsPart> = {}): DetailsPart => ({
  type: 'details',
  rows: [{ label: '상품', value: '코트' }],
  buttons: [],
  ...more,
});
const product = (more: Partial<ProductPart> = {}): ProductPart => ({
  type: 'product',
  title: '코트',
  priceKrw: 39_000,
  imageUrl,
  buttons: [],
  ...more,
});

describe('a text', () => {
  it('may be passed on, joined only with texts that may too', () => {
    const text = (value: string, forwardable: boolean): ReplyPart => ({
      type: 'text',
      text: value,
      format: 'plain',
      forwardable,
    });
    expect(render({ parts: [text('하나', true), text('둘', true), text('셋', false)] }).outputs).toEqual([
      { simpleText: { text: '하나\n\n둘', forwardable: true } },
      { simpleText: { text: '셋' } },
    ]);
  });

  it('that may be passed on gets no buttons, which would hide the icon', () => {
    const parts: ReplyPart[] = [{ type: 'text', text: '안내', format: 'plain', forwardable: true }];
    expect(render({ parts, quickReplies: [more] }).types).toEqual(['simpleText', 'textCard']);
  });
});

describe('a card', () => {
  it('with a picture is a basicCard with all that a picture can have', () => {
    const part = card({
      description: '7일 안에',
      imageUrl,
      imageAltText: '코트 사진',
      imageShape: 'square',
      imageLinkUrl: 'https://shop.example/1',
      forwardable: true,
    });
    const thumbnail = { imageUrl, altText: '코트 사진', link: { web: 'https://shop.example/1' }, fixedRatio: true };
    expect(render({ parts: [part] }).outputs).toEqual([
      { basicCard: { title: '반품', description: '7일 안에', thumbnail, forwardable: true } },
    ]);
  });

  it('may not be passed on beside buttons', () => {
    const { outputs } = render({ parts: [card({ imageUrl, forwardable: true, buttons: [more] })] });
    expect(outputs).toEqual([
      { basicCard: { title: '반품', thumbnail: { imageUrl, altText: '반품' }, buttons: [moreButton] } },
    ]);
  });

  it.each([
    ['a description that is too long', card({ imageUrl, description: '가'.repeat(231) }), ['basicCard', 'simpleText']],
    ['a title that is too long', card({ imageUrl, title: '가'.repeat(51) }), ['basicCard', 'simpleText']],
    ['too long for a textCard', card({ description: '가'.repeat(450), buttons: [more] }), ['simpleText', 'textCard']],
    ['no picture that Kakao could fetch', card({ imageUrl: '/a.png', buttons: [more] }), ['textCard']],
  ])('with %s becomes simpler', (_name, part, types) => {
    const rendered = render({ parts: [part] });
    expect(rendered.types).toEqual(types);
    expect(rendered.degradations).toHaveLength(1);
  });

  it('keeps its other buttons as quick replies, or on cards below', () => {
    const { outputs, responses } = render({ parts: [card({ buttons: choices(5) })] });
    expect(outputs).toMatchObject([
      { textCard: { buttons: [{ label: '선택 1' }, { label: '선택 2' }, { label: '선택 3' }] } },
    ]);
    expect(responses[0]?.template.quickReplies?.map(({ label }) => label)).toEqual(['선택 4', '선택 5']);
  });
});

describe('the buttons of a card', () => {
  const layoutOf = (part: Partial<CardPart>) => {
    const [output] = render({ parts: [card(part)] }).outputs;
    const body = output !== undefined && 'basicCard' in output ? output.basicCard : undefined;
    return [body?.buttonLayout, body?.buttons?.map(({ label }) => label)];
  };
  const square = { imageUrl, imageShape: 'square' } as const;

  it('lie side by side where the labels can be read there', () => {
    expect(layoutOf({ imageUrl, buttons: [say('예'), say('아니요')], buttonLayout: 'horizontal' })).toEqual([
      'horizontal',
      ['예', '아니요'],
    ]);
    expect(layoutOf({ ...square, buttons: [say('예'), say('아니요')] })).toEqual([undefined, ['예', '아니요']]);
  });

  it.each([
    ['a label above 8', [say('가'.repeat(9)), say('나')]],
    ['three of them', choices(3)],
  ])('stand one below the other for %s, uncut', (_name, buttons) => {
    const labels = buttons.map(({ label }) => label);
    expect(layoutOf({ imageUrl, buttons, buttonLayout: 'horizontal' })).toEqual(['vertical', labels]);
    expect(layoutOf({ ...square, buttons })).toEqual(['vertical', labels]);
  });

  it('are all that Kakao knows', () => {
    const buttons: Choice[] = [
      { type: 'share', label: '공유' },
      { type: 'block', label: '예약', blockId: 'b1', text: '예약할게요', action: { kind: 'ask', entryId: 'e' } },
      { type: 'phone', label: '전화', phoneNumber: '(02) 123.4567 (내선 3)' },
    ];
    expect(render({ parts: [card({ buttons })] }).outputs).toMatchObject([
      {
        textCard: {
          buttons: [
            { label: '공유', action: 'share' },
            {
              label: '예약',
              action: 'block',
              blockId: 'b1',
              messageText: '예약할게요',
              extra: { malgil: 'malgil:ask:e' },
            },
            { label: '전화', action: 'phone', phoneNumber: '02-123-4567' },
          ],
        },
      },
    ]);
  });

  it('speak where a block has no id, and are left out where nothing can be dialled', () => {
    const buttons: Choice[] = [
      { type: 'block', label: '예약', blockId: ' ' },
      { type: 'phone', label: '전화', phoneNumber: '010-****-1234' },
    ];
    const { outputs, degradations } = render({ parts: [card({ buttons })] });
    expect(outputs).toEqual([
      { textCard: { title: '반품', buttons: [{ label: '예약', action: 'message', messageText: '예약' }] } },
    ]);
    expect(degradations).toEqual(['phone choice left out']);
  });

  it.each([
    ['operator', direct, [{ label: '상담원', action: 'operator' }]],
    [{ blockId: 'b1' }, direct, [{ label: '상담원', action: 'block', blockId: 'b1' }]],
    [{ blockId: 'b1' }, group, [{ label: '상담원', action: 'block', blockId: 'b1' }]],
    ['none', direct, undefined],
    ['operator', group, undefined], // no counsellor answers in a group room
  ] as const)('hand over to a person by %j', (personButton, conversation, buttons) => {
    const parts = [card({ imageUrl, buttons: [{ type: 'person', label: '상담원' }] })];
    const { outputs, degradations } = render({ parts }, { conversation }, { personButton });
    expect(outputs[0]).toEqual({
      basicCard: {
        title: '반품',
        thumbnail: { imageUrl, altText: '반품' },
        ...(buttons === undefined ? {} : { buttons }),
      },
    });
    expect(degradations).toEqual([]);
  });
});

describe('a list', () => {
  it('is a listCard whose rows can be touched', () => {
    const part = list(0, {
      items: [
        {
          title: '배송비',
          description: '3,000원',
          imageUrl,
          choice: { type: 'message', label: '배송비', text: '배송비 얼마예요?' },
        },
        { title: '예약', choice: { type: 'block', label: '예약', blockId: 'b1' } },
        { title: '홈페이지', choice: more },
        { title: '전화', choice: { type: 'phone', label: '전화', phoneNumber: '1588-0000' } },
      ],
      buttons: [more],
    });
    expect(render({ parts: [part] }).outputs).toEqual([
      {
        listCard: {
          header: { title: '자주 묻는 질문' },
          items: [
            { title: '배송비', description: '3,000원', imageUrl, action: 'message', messageText: '배송비 얼마예요?' },
            { title: '예약', action: 'block', blockId: 'b1' },
            { title: '홈페이지', link: { web: 'https://shop.example/1' } },
            { title: '전화' },
          ],
          buttons: [moreButton],
        },
      },
    ]);
  });

  it('of many rows is several listCards, evenly filled, the buttons on the last', () => {
    const { outputs, degradations } = render({ parts: [list(6, { buttons: [more] })] });
    expect(outputs.map((output) => ('listCard' in output ? output.listCard.items.length : 0))).toEqual([3, 3]);
    expect(outputs[0]).not.toHaveProperty('listCard.buttons');
    expect(outputs[1]).toHaveProperty('listCard.buttons', [moreButton]);
    expect(degradations).toEqual(['list of 6 rows shown as 2 listCards']);
  });

  it.each([
    ['heading', list(2, { title: '가'.repeat(31), buttons: [more] })],
    ['row', list(0, { items: [{ title: '가'.repeat(37) }], buttons: [more] })],
    ['missing title', list(0, { items: [{ title: ' ', description: '설명' }], buttons: [more] })],
  ])('with an unfit %s is a card with lines', (_name, part) => {
    const { types, degradations } = render({ parts: [part] });
    expect(types).toEqual(['textCard']);
    expect(degradations[0]).toMatch(/^listCard with .*: shown as a simpler card$/);
  });
});

describe('details', () => {
  it('are an itemCard', () => {
    const part = details({
      heading: '주문 1234',
      summary: { label: '합계', value: '39,000원' },
      rowAlignment: 'right',
      title: '배송 중',
      description: '내일 도착합니다.',
      imageUrl,
      imageShape: 'square',
      buttons: [more],
    });
    expect(render({ parts: [part] }).outputs).toEqual([
      {
        itemCard: {
          thumbnail: { imageUrl, altText: '주문 1234', width: 800, height: 800 },
          head: { title: '주문 1234' },
          itemList: [{ title: '상품', description: '코트' }],
          itemListAlignment: 'right',
          itemListSummary: { title: '합계', description: '39,000원' },
          title: '배송 중',
          description: '내일 도착합니다.',
          buttons: [moreButton],
        },
      },
    ]);
  });

  it('show a description without a title as the title, which it would need', () => {
    expect(render({ parts: [details({ description: '내일 도착' })] }).outputs[0]).toHaveProperty(
      'itemCard.title',
      '내일 도착',
    );
  });

  it('show a summary that is no price as a row', () => {
    const { outputs, degradations } = render({ parts: [details({ summary: { label: '합계', value: '무료' } })] });
    expect(outputs[0]).toHaveProperty('itemCard.itemList.1', { title: '합계', description: '무료' });
    expect(degradations).toEqual(['summary that is no price shown as a row']);
  });

  it.each([
    ['eleven rows', { rows: Array(11).fill({ label: '상품', value: '코트' }) }],
    ['a label above 6', { rows: [{ label: '결제 예정 금액', value: '39,000원' }] }],
    ['three lines in a row', { rows: [{ label: '주소', value: '서울\n강남구\n역삼동' }] }],
    ['a heading of two lines', { heading: '주문\n1234' }],
    ['too many words', { title: '가'.repeat(100), description: '나'.repeat(101) }],
    ['thirteen lines of words', { title: '가', description: Array(12).fill('나').join('\n') }],
  ])('with %s are a card with lines', (_name, more) => {
    const { types, degradations } = render({ parts: [details({ ...more, imageUrl })] });
    expect(types[0]).toBe('basicCard');
    expect(degradations.some((what) => what.startsWith('itemCard'))).toBe(true);
  });
});

describe('a product', () => {
  it('is a commerceCard', () => {
    const part = product({
      description: '울 100 %',
      discountedPriceKrw: 31_200,
      discountPercent: 20,
      imageLinkUrl: 'https://shop.example/1',
      seller: { name: '말길상점', imageUrl },
      buttons: [more],
    });
    expect(render({ parts: [part] }).outputs).toEqual([
      {
        commerceCard: {
          title: '코트',
          description: '울 100 %',
          price: 39_000,
          currency: 'won',
          discountedPrice: 31_200,
          discountRate: 20,
          thumbnails: [{ imageUrl, altText: '코트', link: { web: 'https://shop.example/1' } }],
          profile: { nickname: '말길상점', imageUrl },
          buttons: [moreButton],
        },
      },
    ]);
  });

  it.each([
    ['a title above 30', { title: '가'.repeat(31) }],
    ['a description above 40', { description: '가'.repeat(41) }],
    ['a price that is no whole number', { priceKrw: 1.5 }],
    ['a negative price', { discountedPriceKrw: -1 }],
  ])('with %s is a basicCard that says the price', (_name, more) => {
    const { outputs, types, degradations } = render({ parts: [product(more)] });
    expect(types).toEqual(['basicCard']);
    expect(JSON.stringify(outputs)).toContain('원');
    expect(degradations).toHaveLength(1);
  });

  it('without a picture is text', () => {
    expect(render({ parts: [product({ imageUrl: '' })] }).outputs).toEqual([
      { simpleText: { text: '코트\n39,000원' } },
    ]);
  });
});

describe('a carousel', () => {
  const carousel = (cards: CarouselPart['cards'], header?: CarouselPart['header']): CarouselPart => ({
    type: 'carousel',
    cards,
    ...(header === undefined ? {} : { header }),
  });
  const header = { title: '신상품', description: '이번 주', imageUrl };
  const many = <T>(count: number, one: T): T[] => Array(count).fill(one);

  it.each([
    ['textCard', card({ description: '가'.repeat(128) }), 10],
    ['basicCard', card({ imageUrl }), 10],
    ['commerceCard', product(), 10],
    ['listCard', list(4), 5],
    ['itemCard', details({ imageUrl }), 10],
  ])('holds %ss, as many as Kakao shows', (type, one, max) => {
    const of = (count: number) => render({ parts: [carousel(many(count, one) as CarouselPart['cards'])] }).types;
    expect(of(max)).toEqual([`carousel of ${max} ${type}`]);
    const half = Math.ceil((max + 1) / 2);
    expect(of(max + 1)).toEqual([`carousel of ${half} ${type}`, `carousel of ${max + 1 - half} ${type}`]);
  });

  it('has its header where the type may have one, else a card before it', () => {
    const withHeader = render({ parts: [carousel(many(2, product()), header)] });
    expect(withHeader.outputs[0]).toHaveProperty('carousel.header', {
      title: '신상품',
      description: '이번 주',
      thumbnail: { imageUrl },
    });
    expect(withHeader.degradations).toEqual([]);
    for (const [cards, long] of [
      [many(2, list(2)), header],
      [many(2, product()), { ...header, title: '한\n두\n세 줄' }],
      [many(2, product()), { ...header, imageUrl: 'x' }],
      [many(1, product()), header],
    ] as const) {
      const rendered = render({ parts: [carousel(cards, long)] });
      expect(JSON.stringify(rendered.outputs[0])).toContain('이번 주');
      expect(rendered.outputs[1]).not.toHaveProperty('carousel.header');
      expect(rendered.degradations).toContain('header of a carousel shown as a card before it');
    }
  });

  it('is cut where its cards stop looking alike', () => {
    const square = card({ imageUrl, imageShape: 'square' });
    const wide = card({ imageUrl });
    expect(render({ parts: [carousel([wide, wide, square, square])] }).types).toEqual([
      'carousel of 2 basicCard',
      'carousel of 2 basicCard',
    ]);
    const headed = details({ heading: '주문' });
    expect(render({ parts: [carousel([headed, headed, details()])] }).types).toEqual([
      'carousel of 2 itemCard',
      'itemCard',
    ]);
    expect(render({ parts: [carousel([wide, wide, card()])] }).types).toEqual(['carousel of 2 basicCard', 'textCard']);
  });

  it('shows a card alone that is too large for it', () => {
    const large = card({ imageUrl, description: '가'.repeat(77) });
    const { types, degradations } = render({ parts: [carousel([card({ imageUrl }), card({ imageUrl }), large])] });
    expect(types).toEqual(['carousel of 2 basicCard', 'basicCard']);
    expect(degradations).toContain('carousel shown in 2 bubbles');
    const three = card({ imageUrl, description: '한\n두\n세 줄' });
    expect(render({ parts: [carousel([card({ imageUrl }), card({ imageUrl }), three])] }).types).toEqual(types);
    const crowded = card({ imageUrl, buttons: choices(4) });
    expect(render({ parts: [carousel([card({ imageUrl }), card({ imageUrl }), crowded])] }).types).toEqual(types);
  });

  it('becomes simpler as a whole where that keeps it together', () => {
    const { types, degradations } = render({ parts: [carousel([product(), product({ title: '가'.repeat(31) })])] });
    expect(types).toEqual(['carousel of 2 basicCard']);
    expect(degradations[0]).toMatch(/in a carousel: all its cards shown simpler$/);
  });

  it('of itemCards shows pictures 2:1 and five rows; of textCards 128 characters; of lists four rows', () => {
    const rows = (count: number) => details({ rows: many(count, { label: '상품', value: '코트' }) });
    const square = details({ imageUrl, imageShape: 'square' });
    expect(render({ parts: [carousel([square, square])] }).outputs[0]).toMatchObject({
      carousel: { items: [{ thumbnail: { width: 800, height: 400 } }, {}] },
    });
    expect(render({ parts: [carousel([rows(5), rows(5)])] }).types).toEqual(['carousel of 2 itemCard']);
    expect(render({ parts: [carousel([rows(6), rows(6)])] }).types).toEqual(['carousel of 2 textCard']);
    const text = (count: number) => card({ description: '가'.repeat(count), buttons: [more] });
    expect(render({ parts: [carousel([text(129), text(128)])] }).types).toEqual(['textCard', 'textCard']);
    expect(render({ parts: [carousel([list(5), list(4)])] }).types).toEqual(['carousel of 3 listCard']);
  });

  it('passes nothing on', () => {
    const one = card({ imageUrl, forwardable: true });
    expect(JSON.stringify(render({ parts: [carousel([one, one])] }).outputs)).not.toContain('forwardable');
  });

  it('takes the room of several bubbles when its addresses are long', () => {
    const long = `https://shop.example/${'x'.repeat(1_900)}`;
    const cards = many(9, card({ imageUrl: long }));
    const full = { turnId: 't', conversation: direct, mode: 'inline', maxBubbles: 3 } as const;
    const messages = renderReply({ parts: [carousel(cards)], quickReplies: [] }, full);
    expect(messages.map(({ bubbles }) => bubbles)).toEqual([3]);
    const narrow = renderReply({ parts: [carousel(cards)], quickReplies: [] }, { ...full, maxBubbles: 1 });
    expect(narrow.map(({ bubbles }) => bubbles)).toEqual([1, 1, 1]);
  });
});

describe('a group room', () => {
  it('shows products and carousels card by card', () => {
    const cards = [product(), product()];
    const { types, degradations } = inGroup([{ type: 'carousel', cards }]);
    expect(types).toEqual(['basicCard', 'basicCard']);
    expect(degradations).toContain('carousel in a group room shown card by card');
    expect(degradations).toContain('commerceCard in a group room: shown as a simpler card');
  });

  it('has room for five buttons, one of them the way on where there is more', () => {
    const text: ReplyPart = { type: 'text', text: '고르세요.', format: 'plain' };
    const five = inGroup([text], choices(5));
    expect(five.outputs).toMatchObject([
      { textCard: { description: '고르세요.', buttons: choices(5).map(({ label }) => ({ label })) } },
    ]);
    const { responses } = inGroup([text], choices(17));
    expect(responses.flatMap(({ template }) => template.outputs)).toHaveLength(5);
    expect(responses[0]?.template.outputs.at(-1)).toMatchObject({
      textCard: { buttons: [{}, {}, {}, {}, { label: '이어서 보기' }] },
    });
    expect(JSON.stringify(responses)).toContain('선택 17');
  });

  it('leads on from a card of its own below what cannot carry a button', () => {
    const longUrl = `https://shop.example/${'x'.repeat(600)}`;
    const parts: ReplyPart[] = [{ type: 'text', text: Array(4).fill(longUrl).join('\n\n'), format: 'plain' }];
    const { responses, outputs } = inGroup(parts);
    expect(responses).toHaveLength(2);
    expect(responses[0]?.template.outputs.at(-1)).toMatchObject({ textCard: { buttons: [{ label: '이어서 보기' }] } });
    expect(JSON.stringify(outputs).split(longUrl)).toHaveLength(5);
  });

  it('hangs the way on under a picture without cutting it', () => {
    const pictures: ReplyPart[] = Array.from({ length: 4 }, () => ({ type: 'image', url: imageUrl }));
    const { outputs } = inGroup(pictures);
    expect(outputs[2]).toMatchObject({
      basicCard: { thumbnail: { fixedRatio: true }, buttons: [{ label: '이어서 보기' }] },
    });
  });
});

describe('values beside the bubbles', () => {
  const text: ReplyPart = { type: 'text', text: '안내', format: 'plain' };

  it('go out with the first message, spelled as responses spell them', () => {
    const context = [
      { name: 'order', lifespan: 5, ttlSeconds: 60, params: { id: '1234', count: 3 as unknown as string } },
      { name: ' ', lifespan: 1 },
    ];
    const long = { ...text, text: '배송은 이틀 걸립니다. '.repeat(200) };
    const { responses } = render({ parts: [long], context, data: { text: '값' } });
    expect(responses.length).toBeGreaterThan(1);
    expect(responses[0]).toMatchObject({
      context: { values: [{ name: 'order', lifeSpan: 5, ttl: 60, params: { id: '1234', count: '3' } }] },
      data: { text: '값' },
    });
    for (const response of responses.slice(1)) expect(Object.keys(response)).toEqual(['version', 'template']);
  });

  it('are left out when they are too large for the response', () => {
    const { responses, degradations } = render({ parts: [text], data: { text: '가'.repeat(900) } });
    expect(responses[0]).not.toHaveProperty('data');
    expect(degradations).toEqual(['data of too many bytes left out']);
  });
});

describe('choices', () => {
  it('are ten quick replies, the rest buttons', () => {
    const parts: ReplyPart[] = [{ type: 'text', text: '고르세요.', format: 'plain' }];
    const quickReplies: Choice[] = [...choices(11), { type: 'block', label: '예약', blockId: 'b1' }];
    const { responses, outputs } = render({ parts, quickReplies });
    expect(responses[0]?.template.quickReplies).toHaveLength(10);
    expect(outputs).toMatchObject([
      { textCard: { buttons: [{ label: '선택 11' }, { action: 'block', blockId: 'b1' }] } },
    ]);
  });

  it('need no bubble of their own where there is no room for one', () => {
    const { responses } = render({ quickReplies: choices(1) }, { maxBubbles: 0 });
    expect(responses).toMatchObject([{ template: { outputs: [], quickReplies: [{ label: '선택 1' }] } }]);
    expect(render({ quickReplies: choices(1) }).outputs).toEqual([{ simpleText: { text: '아래에서 선택해 주세요.' } }]);
  });
});
