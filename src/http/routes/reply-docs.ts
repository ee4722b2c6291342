/** What /docs says about a reply (`Reply` of src/message.ts): TEST answers with it, WEB sends it in its `answer` event. */
import Type, { type TProperties, type TSchema } from 'typebox';

const DateDocs = Type.String({ description: '`2026-11-21`' });
const TimeDocs = Type.String({ description: '`09:30`, 24 hours' });

function closed(point: TSchema) {
  return Type.Optional(Type.Array(Type.Union([point, Type.Object({ from: point, to: point })])));
}

const ChoiceDocs = Type.Union(
  [
    choice('message', 'Says `text`, else the label', {
      text: Type.Optional(Type.String()),
      action: Type.Optional(Type.Any({ description: 'Set on our own buttons; WEB sends it back as `tap`' })),
    }),
    choice('link', 'Opens a page', { url: Type.String() }),
    choice('phone', 'Dials', { phoneNumber: Type.String() }),
    choice('share', 'Passes the card on', {}),
    choice('person', 'Asks for a human being', {}),
    choice('block', 'Runs a block of the Kakao bot; elsewhere the same as `message`', {
      blockId: Type.String(),
      text: Type.Optional(Type.String()),
      action: Type.Optional(Type.Any()),
    }),
    choice('menu', 'Unfolds', { choices: Type.Array(Type.Any(), { description: 'Choices of any kind' }) }),
    choice('pick-date', 'A day, or the first and the last day of several', {
      isRange: Type.Optional(Type.Boolean()),
      firstDate: Type.Optional(DateDocs),
      lastDate: Type.Optional(DateDocs),
      closedDates: closed(DateDocs),
      closedWeekdays: Type.Optional(Type.Array(Type.Integer(), { description: '0 Sunday to 6 Saturday' })),
      placeholder: Type.Optional(Type.String()),
    }),
    choice('pick-time', 'A time of day', {}),
    choice('pick-time-slot', 'One of the times offered, a fixed number of minutes apart', {
      firstTime: Type.Optional(TimeDocs),
      lastTime: Type.Optional(TimeDocs),
      stepMinutes: Type.Optional(Type.Integer()),
      closedTimes: closed(TimeDocs),
    }),
    choice('payment', 'Asks the customer to pay', { payment: Type.Any() }),
  ],
  { description: 'A button or a quick reply. A channel leaves out what it cannot do' },
);

function choice(type: string, description: string, fields: TProperties) {
  return Type.Object({ type: Type.Literal(type), label: Type.String(), ...fields }, { description });
}

const FRAME = {
  buttons: Type.Array(ChoiceDocs),
  buttonLayout: Type.Optional(Type.Union([Type.Literal('vertical'), Type.Literal('horizontal')])),
};

const PICTURE = {
  imageUrl: Type.Optional(Type.String()),
  imageAltText: Type.Optional(Type.String()),
  imageShape: Type.Optional(
    Type.Union([Type.Literal('wide'), Type.Literal('square')], {
      description: '`wide` is 2:1, cut to fit; `square` is 1:1 with its own proportions kept',
    }),
  ),
  imageLinkUrl: Type.Optional(Type.String()),
};

const WORDS = { title: Type.Optional(Type.String()), description: Type.Optional(Type.String()) };

const FORWARDABLE = { forwardable: Type.Optional(Type.Boolean({ description: 'The customer may pass it on' })) };

const LabelledValue = Type.Object({ label: Type.String(), value: Type.String() });

const CardDocs = part('card', { ...WORDS, ...PICTURE, ...FRAME, ...FORWARDABLE });

const ListDocs = part('list', {
  title: Type.String(),
  items: Type.Array(
    Type.Object({
      title: Type.String(),
      description: Type.Optional(Type.String()),
      imageUrl: Type.Optional(Type.String()),
      choice: Type.Optional(ChoiceDocs),
    }),
  ),
  ...FRAME,
});

const DetailsDocs = part('details', {
  heading: Type.Optional(Type.String()),
  rows: Type.Array(LabelledValue),
  rowAlignment: Type.Optional(Type.Union([Type.Literal('left'), Type.Literal('right')])),
  summary: Type.Optional(LabelledValue),
  ...WORDS,
  ...PICTURE,
  ...FRAME,
});

const ProductDocs = part('product', {
  storeNumber: Type.Optional(Type.Integer({ description: 'In Naver Smart Store' })),
  ...WORDS,
  priceKrw: Type.Integer(),
  discountedPriceKrw: Type.Optional(Type.Integer()),
  discountPercent: Type.Optional(Type.Number()),
  imageUrl: Type.String(),
  imageLinkUrl: Type.Optional(Type.String()),
  seller: Type.Optional(Type.Object({ name: Type.String(), imageUrl: Type.Optional(Type.String()) })),
  ...FRAME,
});

function part(type: string, fields: TProperties) {
  return Type.Object({ type: Type.Literal(type), ...fields });
}

export const ReplyDocs = Type.Object(
  {
    parts: Type.Array(
      Type.Union([
        part('text', {
          text: Type.String(),
          format: Type.Union([Type.Literal('plain'), Type.Literal('markdown')]),
          ...FORWARDABLE,
        }),
        part('image', { url: Type.String(), altText: Type.Optional(Type.String()), ...FORWARDABLE }),
        CardDocs,
        ListDocs,
        DetailsDocs,
        ProductDocs,
        part('carousel', {
          cards: Type.Array(Type.Union([CardDocs, ListDocs, DetailsDocs, ProductDocs]), {
            description: 'All of one type',
          }),
          header: Type.Optional(
            Type.Object({ title: Type.String(), description: Type.String(), imageUrl: Type.String() }),
          ),
        }),
      ]),
    ),
    quickReplies: Type.Array(ChoiceDocs),
    context: Type.Optional(
      Type.Array(
        Type.Object({
          name: Type.String(),
          lifespan: Type.Integer({ description: 'In turns; 0 deletes it' }),
          ttlSeconds: Type.Optional(Type.Integer()),
          params: Type.Optional(Type.Record(Type.String(), Type.String())),
        }),
        { description: 'Output contexts of the Kakao bot' },
      ),
    ),
    data: Type.Optional(
      Type.Record(Type.String(), Type.Any(), { description: 'Values for bubbles made at the platform' }),
    ),
  },
  { description: 'Parts and quick replies, in the words of no platform' },
);
