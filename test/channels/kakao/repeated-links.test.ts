import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineMessages } from '../../../src/channels/kakao/combine.ts';
import { renderReply } from '../../../src/channels/kakao/render.ts';
import type { SkillAction, SkillResponse } from '../../../src/channels/kakao/schema.ts';
import { validateSkillResponse } from '../../../src/channels/kakao/validate.ts';
import type { CardPart, Choice, Reply, ReplyPart } from '../../../src/message.ts';

const URL = 'https://shop.example/returns?a=1&b=(2)';
const link: Choice = { type: 'link', label: '반품 신청하기', url: URL };
const button: SkillAction = { label: '반품 신청하기', action: 'webLink', webLinkUrl: URL };
const LINE = `반품 신청하기: ${URL}`;
const WORDS = '마이페이지에서 신청해 주세요.';
const FILLER = '아래 버튼을 눌러 확인해 주세요.';
const text = (value: string): ReplyPart => ({ type: 'text', text: value, format: 'plain' });
const card = (description?: string, rest: Partial<CardPart> = {}): CardPart => ({
  type: 'card',
  ...(description === undefined ? {} : { description }),
  buttons: [link],
  ...rest,
});
/** The outputs of every page, and what was degraded. */
const drawn = (parts: readonly ReplyPart[], { room, ...rest }: Partial<Reply> & { readonly room?: string } = {}) => {
  const degradations: string[] = [];
  const conversation = {
    botId: 'default',
    channel: 'kakao',
    user: 'u',
    ...(room === undefined ? {} : { room }),
  } as const;
  const messages = renderReply(
    { parts, quickReplies: [], ...rest },
    { turnId: 't', conversation, mode: 'inline', maxBubbles: 3 },
    { onDegraded: (what) => degradations.push(...what) },
  );
  return { outputs: messages.flatMap(({ wire }) => (wire as SkillResponse).template.outputs), degradations };
};
const render = (...args: Parameters<typeof drawn>) => drawn(...args).outputs;

describe('a link that is on a button', () => {
  it('makes one card with the words above it, as the knowledge answers', () => {
    expect(drawn([text(WORDS), card(LINE)])).toEqual({
      outputs: [{ textCard: { description: WORDS, buttons: [button] } }],
      degradations: [],
    });
  });

  it('makes one card with words and all its buttons, laid out as they were meant', () => {
    const help: Choice = { type: 'link', label: '안내', url: 'https://shop.example/help' };
    const buttons: Choice[] = [{ ...link, label: '반품' }, help];
    const lines = `반품: ${URL}\n안내: https://shop.example/help`;
    expect(render([text(WORDS), card(lines, { buttons, buttonLayout: 'horizontal' })])).toEqual([
      {
        textCard: {
          description: WORDS,
          buttons: [
            { ...button, label: '반품' },
            { label: '안내', action: 'webLink', webLinkUrl: 'https://shop.example/help' },
          ],
          buttonLayout: 'horizontal',
        },
      },
    ]);
  });

  it.each([
    ['of 400 characters, on one card', 400, 1],
    ['of 401 characters, above it', 401, 2],
  ])('stands under a text %s', (_what, chars, bubbles) => {
    const long = '가'.repeat(chars);
    const outputs = render([text(long), card(LINE)]);
    expect(outputs).toEqual(
      bubbles === 1
        ? [{ textCard: { description: long, buttons: [button] } }]
        : [{ simpleText: { text: long } }, { textCard: { description: FILLER, buttons: [button] } }],
    );
  });

  it('stands below a text whose number has to be in a text bubble to be linked', () => {
    const words = '고객센터 1600-0000으로 연락해 주세요.';
    expect(render([text(words), card(LINE)])).toEqual([
      { simpleText: { text: words } },
      { textCard: { description: FILLER, buttons: [button] } },
    ]);
  });

  it('stands below a text that may be passed on: nothing with buttons can', () => {
    expect(render([{ type: 'text', text: WORDS, format: 'plain', forwardable: true }, card(LINE)])).toEqual([
      { simpleText: { text: WORDS, forwardable: true } },
      { textCard: { description: FILLER, buttons: [button] } },
    ]);
  });

  it('is under the picture of its card, with the words where they fit there', () => {
    const imageUrl = 'https://shop.example/a.png';
    const short = '가'.repeat(230);
    expect(render([text(short), card(LINE, { imageUrl })])).toEqual([
      { basicCard: { description: short, thumbnail: { imageUrl }, buttons: [button] } },
    ]);
    expect(render([text(`${short}가`), card(LINE, { imageUrl })])).toEqual([
      { simpleText: { text: `${short}가` } },
      { basicCard: { thumbnail: { imageUrl }, buttons: [button] } },
    ]);
  });

  it('is not offered as something to choose where nothing else is, and is where something else is', () => {
    const speak: Choice = { type: 'message', label: '아니요' };
    expect(render([card(LINE)])).toEqual([{ textCard: { description: FILLER, buttons: [button] } }]);
    expect(render([card(LINE, { buttons: [link, speak] })])).toMatchObject([
      { textCard: { description: '아래에서 선택해 주세요.' } },
    ]);
  });

  it.each([
    ['behind a sentence', `신청해 주세요. ${URL}`, '신청해 주세요.'],
    ['behind a colon', `여기서 신청해 주세요: ${URL}`, '여기서 신청해 주세요'],
    ['in brackets', `반품 신청(${URL})에서 하세요.`, '반품 신청에서 하세요.'],
    ['on a line of its own', `신청해 주세요.\n${URL}\n3일 걸려요.`, '신청해 주세요.\n3일 걸려요.'],
  ])('is taken out of the words: %s', (_where, words, left) => {
    expect(render([text(words), card()])).toEqual([{ textCard: { description: left, buttons: [button] } }]);
  });

  it.each([
    ['on a card', [card(LINE)], []],
    ['below everything', [], [link]],
  ])('stays %s under words that cannot do without it', (_where, cards, quickReplies) => {
    const words = `${URL} 에서 신청해 주세요.`;
    expect(render([text(words), ...cards], { quickReplies })).toEqual([
      { textCard: { description: words, buttons: [button] } },
    ]);
  });

  it('goes where such words have it on two buttons', () => {
    const words = `${URL} 에서 신청해 주세요.`;
    expect(render([text(words), card(LINE)], { quickReplies: [link] })).toEqual([{ simpleText: { text: words } }]);
  });

  it.each([
    ['too long for a card', `${URL} 에서 신청해 주세요. ${'가'.repeat(400)}`],
    ['with a number that a text bubble links', `${URL} 에서 신청하거나 1600-0000으로 연락해 주세요.`],
  ])('goes where such words are %s', (_why, words) => {
    expect(render([text(words), card(LINE)])).toEqual([{ simpleText: { text: words } }]);
  });

  it('stays where a text bubble is too short for its address', () => {
    const url = `https://shop.example/${'x'.repeat(1_200)}`;
    const long: Choice = { ...link, url };
    expect(
      JSON.stringify(render([text(`${url} 에서 신청해 주세요.`), card(undefined, { buttons: [long] })])),
    ).toContain(`"webLinkUrl":"${url}"`);
  });

  it('stays in the words of a card that becomes text, where it can be touched', () => {
    const words = `${'가'.repeat(400)}\n${LINE}\n3일 걸려요.`;
    expect(render([card(words)])).toEqual([{ simpleText: { text: words } }]);
    expect(render([card(LINE, { buttons: [{ type: 'person', label: '상담원' }] })])).toEqual([
      { simpleText: { text: LINE } },
    ]);
  });

  it('fits a card that was too long with it', () => {
    const words = '가'.repeat(380);
    expect(render([card(`${words}\n${LINE}`)])).toEqual([{ textCard: { description: words, buttons: [button] } }]);
  });

  it('stays in the words of a group room as well, where any text may become a card', () => {
    expect(render([text(WORDS), card(LINE)], { room: 'r' })).toEqual([
      { simpleText: { text: WORDS } },
      { textCard: { description: LINE, buttons: [button] } },
    ]);
  });
});

it('has every link of an answer in reach, and exactly once', () => {
  const sentence = fc.constantFrom(
    '마이페이지에서 신청해 주세요.',
    '3일 걸려요!',
    '고객센터는 1600-0000이에요',
    '가'.repeat(290),
  );
  /** How a model or an operator writes an address down; `undefined` leaves it to the button. */
  const written = fc.constantFrom<((label: string, url: string) => string) | undefined>(
    undefined,
    (label, url) => `${label}: ${url}`,
    (_label, url) => url,
    (label, url) => `${label}(${url})에서 하세요.`,
    (_label, url) => `신청하려면 ${url} 에서 하세요.`,
    (_label, url) => `신청해 주세요. ${url}`,
  );
  const links = fc
    .array(
      fc.record({
        label: fc.constantFrom('신청하기', '안내', '가까운 매장을 찾아보기'),
        written,
        onCard: fc.boolean(),
      }),
      {
        maxLength: 6,
      },
    )
    .map((made) => made.map((one, index) => ({ ...one, url: `https://shop.example/${index}?q=(1)` })));
  const replies = fc.record({
    links,
    before: fc.array(sentence, { maxLength: 3 }),
    inText: fc.boolean(),
    title: fc.option(fc.constant('반품'), { nil: undefined }),
    imageUrl: fc.option(fc.constant('https://shop.example/a.png'), { nil: undefined }),
  });
  fc.assert(
    fc.property(replies, fc.integer({ min: 1, max: 3 }), ({ links, before, inText, title, imageUrl }, maxBubbles) => {
      const lines = links.flatMap(({ label, url, written }) => written?.(label, url) ?? []);
      const own = links.filter(({ onCard }) => onCard);
      const ownLines = own.flatMap(({ label, url, written }) => written?.(label, url) ?? []);
      const asChoices = (some: typeof links) => some.map(({ label, url }): Choice => ({ type: 'link', label, url }));
      const parts: ReplyPart[] = [
        text([...before, ...(inText ? lines : [])].join('\n')),
        {
          type: 'card',
          description: inText ? '' : ownLines.join('\n'),
          ...(title === undefined ? {} : { title }),
          ...(imageUrl === undefined ? {} : { imageUrl }),
          buttons: asChoices(own),
        },
      ];
      const quickReplies = asChoices(links.filter(({ onCard }) => !onCard));
      const conversation = { botId: 'default', channel: 'kakao', user: 'u' } as const;
      const responses = renderReply(
        { parts, quickReplies },
        { turnId: 't', conversation, mode: 'inline', maxBubbles },
      ).map((message) => combineMessages([message]));
      for (const response of responses) {
        expect(validateSkillResponse(response, { room: 'channel' })).toEqual({ faults: [], warnings: [] });
      }
      for (const { url } of links) expect(waysTo(url, responses), url).toBe(1);
    }),
    { numRuns: 1_000 },
  );
});

/** Buttons that open it, and text bubbles in which it is linked; what stands on a card cannot be touched. */
function waysTo(url: string, responses: readonly SkillResponse[]): number {
  return responses
    .flatMap(({ template }) => template.outputs)
    .map((output) => {
      if ('simpleText' in output) return output.simpleText.text.split(url).length - 1;
      return JSON.stringify(output).split(`"webLinkUrl":${JSON.stringify(url)}`).length - 1;
    })
    .reduce((sum, ways) => sum + ways, 0);
}
