/** Replies of every part type, with sizes on both sides of Kakao's limits. */
import fc from 'fast-check';
import type {
  CardPart,
  CarouselPart,
  Choice,
  DetailsPart,
  ListPart,
  Payment,
  ProductPart,
  Reply,
  ReplyPart,
} from '../../../src/message.ts';

const words = fc.constantFrom(
  '배송은 보통 이틀에서 사흘쯤 걸립니다. ',
  '환불 규정을 확인해 주세요! ',
  '문의는 02-1234-5678 로 주세요. ',
  'https://shop.example/help?id=1&x=%EA%B0%80 ',
  '3만 5천 원부터 ',
  '👩‍👩‍👧‍👦🇰🇷👍🏽 ',
  '가나다라마바사아자차카타파하',
  '"따옴표"와 \\역슬래시\\ ',
  'A',
  '\n',
  '\n\n',
  ' ',
);
const text = (maxWords: number) => fc.array(words, { maxLength: maxWords }).map((list) => list.join(''));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Without the keys that are `undefined`: exactOptionalPropertyTypes. */
function record<T extends object>(fields: { [K in keyof T]-?: fc.Arbitrary<T[K] | undefined> }): fc.Arbitrary<T> {
  return fc
    .record(fields as unknown as Record<string, fc.Arbitrary<unknown>>)
    .map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)) as T);
}

const action = fc.constantFrom(
  { kind: 'person' },
  { kind: 'ask', entryId: 'faq-1' },
  { kind: 'engine', engine: 'clova-chatbot', data: 'send:_T_예약: 하기' },
  { kind: 'ask', entryId: '긴 이름'.repeat(100) },
) as fc.Arbitrary<NonNullable<Extract<Choice, { type: 'message' }>['action']>>;

const date = fc.constantFrom('2026-11-21', '2026-12-31', '2026-02-30', '');
const clockTime = fc.constantFrom('09:00', '18:30', '09:03', '24:00', '');
const amount = optional(fc.constantFrom(0, 1_000, 20_000, -1, 0.5));
const payment = record<Payment>({
  id: fc.constantFrom('order-1', ''),
  totalKrw: fc.constantFrom(21_000, 99, 1_000.5),
  items: fc.array(
    record<Payment['items'][number]>({
      categoryType: fc.constantFrom('FOOD', ''),
      categoryId: fc.constant('DELIVERY'),
      id: fc.constant('a'),
      name: fc.constantFrom('치킨', ' '),
      sellerId: optional(fc.constantFrom('shop1', '말길')),
      firstDate: optional(date),
      lastDate: optional(date),
      count: optional(fc.constantFrom(1, 0)),
    }),
    { maxLength: 3 },
  ),
  customerId: optional(fc.constantFrom('member-7', '')),
  title: optional(fc.constantFrom('주문', '')),
  itemCount: amount,
  deliveryFeeKrw: amount,
  taxableKrw: amount,
  taxFreeKrw: amount,
  purchaser: optional(fc.constantFrom({ name: '김말길', birthday: '1990-01-02' }, { name: '', birthday: '' })),
});

/** What the words and addresses of a reply are like: random mixtures seldom fit a card, so most replies are of a kind that does. */
interface Kind {
  readonly shortText: fc.Arbitrary<string>;
  readonly url: fc.Arbitrary<string>;
  readonly maxButtons: number;
}

const fitting = fc.constantFrom('주문', '배송 조회', '상품명', '합계', '39,000원', '한 줄');
const plainUrl = fc.constantFrom('https://shop.example/a.png', 'https://shop.example/상품/1?x=1');
const kinds: readonly fc.WeightedArbitrary<Kind>[] = [
  { weight: 3, arbitrary: fc.constant({ shortText: fitting, url: plainUrl, maxButtons: 2 }) },
  {
    weight: 2,
    arbitrary: fc.constant({
      shortText: fitting,
      url: fc.constant(`https://shop.example/${'x'.repeat(1_900)}`),
      maxButtons: 3,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.constant({
      shortText: fc.oneof(fitting, fc.constant(''), text(4)),
      url: fc.oneof(
        { weight: 9, arbitrary: plainUrl },
        { weight: 1, arbitrary: fc.constantFrom('', '/a.png', 'javascript:alert(1)', 'https://a b.example', '\uD800') },
      ),
      maxButtons: 6,
    }),
  },
];

function repliesOf({ shortText, url, maxButtons }: Kind): fc.Arbitrary<Reply> {
  type ChoiceOf<K extends Choice['type']> = Extract<Choice, { type: K }>;
  const leaf: fc.Arbitrary<Choice> = fc.oneof(
    record<ChoiceOf<'message'>>({
      type: fc.constant('message'),
      label: shortText,
      text: optional(text(12)),
      action: optional(action),
    }),
    record<ChoiceOf<'link'>>({ type: fc.constant('link'), label: shortText, url }),
    record<ChoiceOf<'phone'>>({
      type: fc.constant('phone'),
      label: shortText,
      phoneNumber: fc.constantFrom('02-1234-5678', '(031) 123.4567', '010-****-1234', '없음', '+82 10 1234 5678'),
    }),
    record<ChoiceOf<'share'>>({ type: fc.constant('share'), label: shortText }),
    record<ChoiceOf<'person'>>({ type: fc.constant('person'), label: shortText }),
    record<ChoiceOf<'block'>>({
      type: fc.constant('block'),
      label: shortText,
      blockId: fc.constantFrom('62654c249ac8ed78441532de', '', ' '),
      text: optional(shortText),
      action: optional(action),
    }),
    record<ChoiceOf<'pick-time'>>({ type: fc.constant('pick-time'), label: shortText }),
    record<ChoiceOf<'pick-date'>>({
      type: fc.constant('pick-date'),
      label: shortText,
      isRange: optional(fc.boolean()),
      firstDate: optional(date),
      lastDate: optional(date),
      closedDates: optional(fc.array(fc.oneof(date, fc.record({ from: date, to: date })), { maxLength: 3 })),
      closedWeekdays: optional(fc.constantFrom([], [0, 6], [7, -1, 1.5])),
      placeholder: optional(shortText),
    }),
    record<ChoiceOf<'pick-time-slot'>>({
      type: fc.constant('pick-time-slot'),
      label: shortText,
      firstTime: optional(clockTime),
      lastTime: optional(clockTime),
      stepMinutes: optional(fc.constantFrom(30, 7, 0, 10_000, Number.NaN)),
      closedTimes: optional(
        fc.array(fc.oneof(clockTime, fc.record({ from: clockTime, to: clockTime })), { maxLength: 3 }),
      ),
    }),
    record<ChoiceOf<'payment'>>({ type: fc.constant('payment'), label: shortText, payment }),
  );
  const choice: fc.Arbitrary<Choice> = fc.oneof(
    { weight: 9, arbitrary: leaf },
    {
      weight: 1,
      arbitrary: record<ChoiceOf<'menu'>>({
        type: fc.constant('menu'),
        label: shortText,
        choices: fc.array(leaf, { maxLength: 4 }),
      }),
    },
  );
  const buttons = fc.array(choice, { maxLength: maxButtons });
  const buttonLayout = optional(fc.constantFrom('vertical' as const, 'horizontal' as const));
  const imageShape = optional(fc.constantFrom('wide' as const, 'square' as const));
  const forwardable = optional(fc.boolean());

  const card = record<CardPart>({
    type: fc.constant('card'),
    title: optional(shortText),
    description: optional(fc.oneof(shortText, text(40))),
    imageUrl: optional(url),
    imageAltText: optional(text(6)),
    imageShape,
    imageLinkUrl: optional(url),
    buttons,
    buttonLayout,
    forwardable,
  });

  const list = record<ListPart>({
    type: fc.constant('list'),
    title: shortText,
    items: fc.array(
      record<ListPart['items'][number]>({
        title: shortText,
        description: optional(shortText),
        imageUrl: optional(url),
        choice: optional(choice),
      }),
      { maxLength: 12 },
    ),
    buttons,
    buttonLayout,
  });

  const row = fc.record({ label: shortText, value: shortText });
  const details = record<DetailsPart>({
    type: fc.constant('details'),
    heading: optional(shortText),
    rows: fc.array(fc.oneof(row, fc.constant({ label: '상품', value: '코트' })), { maxLength: 12 }),
    rowAlignment: optional(fc.constantFrom('left' as const, 'right' as const)),
    summary: optional(fc.oneof(row, fc.constant({ label: '합계', value: '39,000원' }))),
    title: optional(shortText),
    description: optional(text(10)),
    imageUrl: optional(url),
    imageAltText: optional(text(6)),
    imageShape,
    imageLinkUrl: optional(url),
    buttons,
    buttonLayout,
  });

  const product = record<ProductPart>({
    type: fc.constant('product'),
    storeNumber: optional(fc.constantFrom(1, 4_433_221)),
    title: optional(shortText),
    description: optional(shortText),
    priceKrw: fc.constantFrom(0, 39_000, 1_250_000),
    discountedPriceKrw: optional(fc.constantFrom(31_200, 0)),
    discountPercent: optional(fc.constantFrom(20, 12.5, 120)),
    imageUrl: url,
    imageLinkUrl: optional(url),
    seller: optional(record<NonNullable<ProductPart['seller']>>({ name: shortText, imageUrl: optional(url) })),
    buttons,
    buttonLayout,
  });

  const header = optional(
    fc.record({ title: shortText, description: shortText, imageUrl: url }) as fc.Arbitrary<
      NonNullable<CarouselPart['header']>
    >,
  );
  const cardsOf = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 13 });
  const carousel = record<CarouselPart>({
    type: fc.constant('carousel'),
    cards: fc.oneof(
      cardsOf(card) as fc.Arbitrary<CarouselPart['cards']>,
      cardsOf(list),
      cardsOf(details),
      cardsOf(product),
    ),
    header,
  });

  const part: fc.Arbitrary<ReplyPart> = fc.oneof(
    {
      weight: 3,
      arbitrary: record<Extract<ReplyPart, { type: 'text' }>>({
        type: fc.constant('text'),
        text: fc.oneof(shortText, text(120)),
        format: fc.constant('plain'),
        forwardable,
      }),
    },
    {
      weight: 1,
      arbitrary: record<Extract<ReplyPart, { type: 'image' }>>({
        type: fc.constant('image'),
        url,
        altText: optional(text(6)),
        forwardable,
      }),
    },
    { weight: 2, arbitrary: card },
    { weight: 2, arbitrary: list },
    { weight: 2, arbitrary: details },
    { weight: 2, arbitrary: product },
    { weight: 2, arbitrary: carousel },
  );

  return record<Reply>({
    parts: fc.array(part, { maxLength: 5 }),
    quickReplies: fc.array(choice, { maxLength: 14 }),
    profileRequest: fc.option(fc.constant({ field: 'phone', alsoNeeded: [] } as const), { nil: undefined }),
    context: optional(
      fc.array(
        record<NonNullable<Reply['context']>[number]>({
          name: fc.constantFrom('order', '주문', ''),
          lifespan: fc.constantFrom(0, 5, -1, 1.5),
          ttlSeconds: optional(fc.constantFrom(60, -1)),
          params: optional(fc.dictionary(fc.constantFrom('a', 'b'), shortText)),
        }),
        { maxLength: 4 },
      ),
    ),
    data: optional(fc.dictionary(fc.constantFrom('text', 'order'), text(60))),
  });
}

export const replies: fc.Arbitrary<Reply> = fc.oneof(...kinds).chain(repliesOf);
