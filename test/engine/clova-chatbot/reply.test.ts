import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Action,
  button,
  type Component,
  FAILURE_TEXT,
  postback,
  rows,
  text,
} from '../../../simulator/clova-chatbot.ts';
import { drawAnswer, drawMenu } from '../../../src/engine/clova-chatbot/reply.ts';
import { TapData } from '../../../src/engine/clova-chatbot/tap-data.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const draw = (answer: object) =>
  drawAnswer(answer as Readonly<Record<string, unknown>>, new TapData(new ManualClock(0)));
const drawOne = (bubble: Component | object) => draw({ bubbles: [bubble] }).reply.parts;

const PICTURE = 'https://img.example.com/a.jpg';
const link: Action = { type: 'link', data: { url: 'https://shop.example.com/a' } };
const tapOf = (payload: string) => ({ kind: 'engine', engine: 'clova-chatbot', data: `send:${payload}` });

describe('a text', () => {
  it('is its title, its grey line and its words', () => {
    expect(drawOne({ ...text('본문'), title: '제목', subTitle: '부제' })).toEqual([
      { type: 'text', text: '제목\n부제\n본문', format: 'plain' },
    ]);
  });

  it('with a link or an action is a card with a button', () => {
    expect(drawOne(text('본문', { url: 'ncloud.com/a', urlAlias: '홈페이지' }))).toEqual([
      {
        type: 'card',
        description: '본문',
        buttons: [{ type: 'link', label: '홈페이지', url: 'https://ncloud.com/a' }],
      },
    ]);
    expect(drawOne(text('본문', { action: postback('더 보기') }))).toEqual([
      {
        type: 'card',
        description: '본문',
        buttons: [{ type: 'message', label: '더 보기', action: tapOf('_T_더 보기') }],
      },
    ]);
  });

  it.each(['홈페이지 참고', 'javascript:alert(1)', 'myapp://open', 'https://', '//'])(
    'with %s for a link shows it as words',
    (url) => {
      expect(drawOne(text('본문', { url }))).toEqual([{ type: 'text', text: `본문\n${url}`, format: 'plain' }]);
    },
  );
});

describe('a picture', () => {
  it('alone is a picture', () => {
    expect(drawOne({ type: 'image', data: { imageUrl: PICTURE, alt: '사진' } })).toEqual([
      { type: 'image', url: PICTURE, altText: '사진' },
    ]);
  });

  it('with words is a card, wherever they stand', () => {
    const image = {
      type: 'image',
      title: '물회',
      data: { imageUrl: PICTURE, imagePosition: 'bottom', description: '맛' },
    };
    expect(drawOne(image)).toEqual([
      { type: 'card', title: '물회', description: '맛', imageUrl: PICTURE, buttons: [] },
    ]);
  });

  it('that can be touched is a card: its link opens from the picture, too', () => {
    expect(drawOne({ type: 'image', data: { imageUrl: PICTURE, action: link } })).toEqual([
      {
        type: 'card',
        imageUrl: PICTURE,
        imageLinkUrl: 'https://shop.example.com/a',
        buttons: [{ type: 'link', label: 'shop.example.com', url: 'https://shop.example.com/a' }],
      },
    ]);
  });
});

/** Of any shape, one cell a row. */
const cells = (...components: readonly object[]) => components.map((data) => [{ rowSpan: 1, colSpan: 1, data }]);

describe('a template', () => {
  const template = (data: object, frame: object = {}) => ({ type: 'template', ...frame, data });

  it('is a card: cover, then the cells row by row, then the foot', () => {
    const parts = drawOne(
      template({
        cover: text('표지 글'),
        description: '긴 글',
        contentTable: [
          ...rows(button('하나', postback('하나'))),
          [
            { rowSpan: 1, colSpan: 1, data: text('왼쪽') },
            { rowSpan: 1, colSpan: 1, data: text('오른쪽') },
          ],
          ...rows(button('둘', postback('둘'))),
          ...rows(text('넷째 줄')),
        ],
        footTable: rows(button('셋', postback('셋'))),
      }),
    );
    expect(parts).toMatchObject([
      {
        type: 'card',
        description: '긴 글\n표지 글\n왼쪽 · 오른쪽\n넷째 줄',
        buttons: [{ label: '하나' }, { label: '둘' }, { label: '셋' }],
      },
    ]);
  });

  it('with a cover alone is what the cover is', () => {
    expect(drawOne(template({ cover: text('글') }))).toEqual([{ type: 'text', text: '글', format: 'plain' }]);
    expect(drawOne(template({ cover: { type: 'image', data: { imageUrl: PICTURE } } }))).toEqual([
      { type: 'image', url: PICTURE },
    ]);
  });

  it('without a cover, without a table, with a foot alone has nothing but what it has', () => {
    expect(drawOne(template({}, { title: '제목' }))).toEqual([{ type: 'text', text: '제목', format: 'plain' }]);
    expect(drawOne(template({ footTable: rows(button('셋', postback('셋'))) }))).toEqual([]);
  });

  it('of pictures beside words is a list under its heading', () => {
    const row = (title: string) => ({
      type: 'image',
      title,
      subTitle: '부제',
      data: { imageUrl: PICTURE, action: link },
    });
    const contentTable = [...cells(row('가'), row('나')), ...rows(button('더', postback('더')))];
    expect(drawOne(template({ cover: text('골라 주세요'), contentTable }, { title: '지점' }))).toMatchObject([
      { type: 'text', text: '골라 주세요' },
      {
        type: 'list',
        title: '지점',
        items: [
          { title: '가', description: '부제', imageUrl: PICTURE, choice: { type: 'link' } },
          { title: '나', description: '부제' },
        ],
        buttons: [{ label: '더' }],
      },
    ]);
  });

  it('shows the same button once, and its own action where no button has it', () => {
    const twice = rows(button('예약', postback('예약')), button('예약', postback('예약')));
    expect(drawOne(template({ contentTable: twice, action: postback('예약') }))).toMatchObject([
      { buttons: [{ label: '예약' }] },
    ]);
    expect(drawOne(template({ contentTable: twice, action: link }))).toMatchObject([
      { buttons: [{ label: '예약' }, { type: 'link' }] },
    ]);
  });

  it('drawn over one picture names its untitled buttons by what they do', () => {
    const untitled = (action: object) => ({ type: 'button', data: { type: 'imageButton', action } });
    const contentTable = cells(
      untitled({ type: 'postback', data: { postback: '예약하기' } }),
      untitled({ type: 'link', data: { url: 'https://shop.example.com' } }),
      untitled({ type: 'phone', data: { number: '02-000-0000' } }),
      untitled({ type: 'phone', data: { number: '02-000-0000', name: '가게' } }),
      untitled({ type: 'utterance', data: { text: '몇 시?', postback: '시간' } }),
      untitled({ type: 'postback', data: { postback: 'x', displayText: '보이는 말' } }),
    );
    expect(drawOne(template({ contentBackgroundImage: PICTURE, contentTable }))).toMatchObject([
      {
        imageUrl: PICTURE,
        buttons: [
          { label: '예약하기', action: tapOf('예약하기') },
          { label: 'shop.example.com' },
          { label: '선택' },
          { label: '가게' },
          { label: '몇 시?', action: tapOf('시간') },
          { label: '보이는 말', text: 'x' },
        ],
      },
    ]);
  });
});

describe('a carousel', () => {
  const image = (title: string): Component => ({ type: 'image', title, data: { imageUrl: PICTURE } });

  it('of one card is that card', () => {
    expect(drawOne({ type: 'carousel', data: { cards: [image('하나')] } })).toMatchObject([
      { type: 'card', title: '하나' },
    ]);
  });

  it('mixes pictures and templates as cards of one kind', () => {
    const cards = [
      image('하나'),
      { type: 'template', data: { cover: image('둘'), contentTable: rows(button('가', link)) } },
    ];
    expect(drawOne({ type: 'carousel', data: { cards } })).toMatchObject([
      {
        type: 'carousel',
        cards: [
          { type: 'card', title: '하나', buttons: [] },
          { type: 'card', title: '둘', buttons: [{ label: '가' }] },
        ],
      },
    ]);
  });

  it('of lists stays one, and rows among other cards become lines and buttons', () => {
    const row: Component = { type: 'image', title: '줄', subTitle: '부제', data: { imageUrl: PICTURE, action: link } };
    const list = { type: 'template', title: '목록', data: { contentTable: rows(row, row) } };
    expect(drawOne({ type: 'carousel', data: { cards: [list, list] } })).toMatchObject([
      { type: 'carousel', cards: [{ type: 'list' }, { type: 'list' }] },
    ]);
    expect(drawOne({ type: 'carousel', data: { cards: [list, image('하나')] } })).toMatchObject([
      {
        type: 'carousel',
        cards: [{ type: 'card', title: '목록', description: '- 줄: 부제\n- 줄: 부제' }, { title: '하나' }],
      },
    ]);
  });

  it('of nothing is nothing, and what is no card is read and counted', () => {
    expect(drawOne({ type: 'carousel', data: { cards: [] } })).toEqual([]);
    const { reply, skipped } = draw({
      bubbles: [{ type: 'carousel', data: { cards: [{ type: 'flex', title: '대체 글' }, null] } }],
    });
    expect(reply.parts).toEqual([{ type: 'text', text: '대체 글', format: 'plain' }]);
    expect(skipped).toEqual(['card flex', 'card undefined']);
  });
});

describe('what only other messengers show', () => {
  const bubble = { type: 'bubble', body: { contents: [{ type: 'text', text: '안녕하세요' }] } };

  it('is a flex message by its alternative text, wherever that is', () => {
    expect(drawOne({ type: 'flex', title: '대체 글', data: bubble })).toMatchObject([{ text: '대체 글' }]);
    expect(drawOne({ type: 'flex', title: ' ', subTitle: '대체 글', data: bubble })).toMatchObject([
      { text: '대체 글' },
    ]);
  });

  it('is a flex message without one by what can be read and opened in it', () => {
    const action = { type: 'uri', label: '열기', uri: 'https://shop.example.com' };
    expect(drawOne({ type: 'flex', data: { ...bubble, footer: { contents: [{ action }] } } })).toEqual([
      {
        type: 'card',
        description: '안녕하세요',
        buttons: [{ type: 'link', label: '열기', url: 'https://shop.example.com' }],
      },
    ]);
    expect(drawOne({ type: 'flex', data: 'text' })).toEqual([]);
  });

  it('is left out and counted: stickers, and what nobody knows', () => {
    const { reply, skipped } = draw({
      bubbles: [
        { type: 'line_sticker', data: { packageId: '1', stickerId: '2' } },
        { type: 'hologram', title: '그래도 읽을 말', data: {} },
        'text',
        text(FAILURE_TEXT),
      ],
    });
    expect(reply.parts).toMatchObject([{ text: '그래도 읽을 말' }, { text: FAILURE_TEXT }]);
    expect(skipped).toEqual(['line_sticker', 'hologram', 'untyped']);
  });
});

describe('buttons', () => {
  it('beside the bubbles are quick replies, each once, unknown actions left out', () => {
    const { reply } = draw({
      bubbles: [text('글'), button('거품', postback('거품'))],
      quickButtons: [
        button('빠른', postback('빠른')),
        button('빠른', postback('빠른')),
        { type: 'button', title: '모름', data: { action: { type: 'camera' } } },
        { type: 'button', title: '빈 것' },
      ],
    });
    expect(reply.quickReplies.map(({ label }) => label)).toEqual(['거품', '빠른']);
  });

  it.each([
    ['a postback without its full form', { type: 'postback', data: { postback: '예약' } }, 'send:예약'],
    ['an utterance', { type: 'utterance', data: { utteranceId: '7', text: '시간?', postback: '시간' } }, 'send:시간'],
    ['a welcome', { type: 'welcome', data: {} }, 'open:'],
    ['a welcome with a payload', { type: 'welcome', data: { postback: 'w' } }, 'open:w'],
    ['a payload with blanks', { type: 'postback', data: { postback: 'x', postbackFull: ' _T_ x ' } }, 'send: _T_ x '],
  ])('carry what %s wants back', (_, action, data) => {
    expect(
      draw({ quickButtons: [{ type: 'button', title: '단추', data: { action } }] }).reply.quickReplies,
    ).toMatchObject([{ label: '단추', action: { data } }]);
  });
});

describe('the menu', () => {
  it('never is an item, and is drawn without cover and foot', () => {
    const persistentMenu = {
      type: 'template',
      title: '메뉴',
      data: { cover: text('덮개'), contentTable: rows(button('예약', postback('예약'))), footTable: rows(text('발')) },
    };
    const answer = { bubbles: [text('글')], persistentMenu };
    expect(draw(answer).reply.parts).toMatchObject([{ text: '글' }]);
    expect(drawMenu(answer, new TapData(new ManualClock(0)))).toMatchObject([
      { type: 'card', title: '메뉴', buttons: [{ label: '예약' }] },
    ]);
    expect(drawMenu({}, new TapData(new ManualClock(0)))).toBeUndefined();
  });
});

describe('an answer', () => {
  it('of any shape at all is drawn without a word of complaint', () => {
    const component = fc.record(
      {
        type: fc.oneof(fc.constantFrom('text', 'image', 'template', 'carousel', 'flex', 'button'), fc.string()),
        title: fc.jsonValue(),
        subTitle: fc.jsonValue(),
        data: fc.oneof(
          fc.jsonValue(),
          fc.record({
            cover: fc.jsonValue(),
            contentTable: fc.jsonValue(),
            cards: fc.jsonValue(),
            action: fc.jsonValue(),
          }),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.record({
          bubbles: fc.oneof(fc.array(component), fc.jsonValue()),
          quickButtons: fc.jsonValue(),
          persistMenu: component,
        }),
        (answer) => {
          const { reply } = draw(answer);
          expect(JSON.parse(JSON.stringify(reply))).toEqual(reply);
          drawMenu(answer as Readonly<Record<string, unknown>>, new TapData(new ManualClock(0)));
        },
      ),
    );
  });
});
