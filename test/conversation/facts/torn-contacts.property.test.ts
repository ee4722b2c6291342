/** Contacts torn by markup, as a customer sees them in every rendering of the answer. */
import fc from 'fast-check';
import { Marked } from 'marked';
import { expect, it } from 'vitest';
import { markdownToPlainText } from '../../../src/channels/plain-text.ts';
import {
  createFactStream,
  type FactUpdate,
  protectFacts,
  restoreFacts,
} from '../../../src/conversation/facts/facts.ts';

const CONTACT = '고객센터 1577-0000, https://shop.example/help';
const { table } = protectFacts([{ answer: '매장은 02-777-1234' }], CONTACT);
const GIVEN = ['15770000', 'shop.example/help', '027771234'];

const digits = (length: number) => fc.stringMatching(new RegExp(`^[2-9]{${length}}$`));
const invented = fc.oneof(
  fc.tuple(digits(4), digits(4)).map(([a, b]) => `010-${a}-${b}`),
  digits(4).map((a) => `1588-${a}`),
  fc.tuple(digits(3), digits(4)).map(([a, b]) => `02-${a}-${b}`),
  fc.stringMatching(/^[a-z]{4,9}$/).map((name) => `https://${name}.example.com/pay`),
  fc.stringMatching(/^[a-z]{4,9}$/).map((name) => `${name}@example.com`),
);

const tear = fc.constantFrom(
  '<b></b>',
  '<!-- x -->',
  '<!---->',
  '<span class="a b">',
  '</i>',
  '&shy;',
  '&#8203;',
  '&ZeroWidthSpace;',
  '<wbr/>',
);
const spelling = fc.constantFrom(
  (character: string) => character,
  (character: string) => `&#${character.charCodeAt(0)};`,
  (character: string) => `&#x${character.charCodeAt(0).toString(16)};`,
  (character: string) => (/[-.:/@]/.test(character) ? `\\${character}` : character),
  (character: string) => ({ '.': '&period;', ':': '&colon;', '@': '&commat;', '/': '&sol;' })[character] ?? character,
  (character: string) => `<b>${character}</b>`,
);

const torn = invented.chain((contact) =>
  fc.tuple(
    fc.constant(contact),
    fc
      .array(fc.tuple(fc.option(tear, { freq: 5 }), spelling), { minLength: contact.length, maxLength: contact.length })
      .map((marks) =>
        [...contact]
          .map((character, i) => {
            const [before, spell] = marks[i] ?? [null, String];
            return (i === 0 ? '' : (before ?? '')) + spell(character);
          })
          .join(''),
      ),
  ),
);
const frame = fc.constantFrom(
  (what: string) => `급하시면 ${what} 로 문의해 주세요.`,
  (what: string) => `- 문의: ${what}\n- 매장: 02-777-1234`,
  (what: string) => `| 이름 | 문의 |\n|---|---|\n| 매장 | ${what} |`,
  (what: string) => `**문의**: ${what}\n\n> 감사합니다.`,
);

const html = new Marked();

/** What a browser shows of it. Written for this test alone. */
function inBrowser(markdown: string): string {
  return String(html.parse(markdown))
    .replace(/<!--[\s\S]*?-->|<[^>]*>/g, '')
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(
      /&(?:period|colon|commat|sol);/g,
      (name) => ({ '&period;': '.', '&colon;': ':', '&commat;': '@' })[name] ?? '/',
    )
    .replace(/&(?:shy|ZeroWidthSpace);|[\u00AD\u200B]/g, '');
}

const RENDERINGS = { 'a chat': markdownToPlainText, 'a browser': inBrowser };
const CONTACTS = /0\d{1,2}-\d{3,4}-\d{4}|1[56]\d\d-\d{4}|[a-z]+@[a-z]+\.[a-z.]+|[a-z]+\.example[a-z./]*/g;

function contactsIn(text: string): readonly string[] {
  return (text.replace(/[\u00AD\u200B]/g, '').match(CONTACTS) ?? []).map((contact) => contact.replaceAll('-', ''));
}

it('torn apart, no invented contact is seen anywhere, and those of the operator are', () => {
  fc.assert(
    fc.property(torn, frame, ([contact, written], framed) => {
      const { text, removed } = restoreFacts(framed(written), table);
      for (const [where, render] of Object.entries(RENDERINGS)) {
        const shown = contactsIn(render(text));
        expect(
          shown.filter((one) => !GIVEN.includes(one)),
          `${contact} in ${where} from ${text}`,
        ).toEqual([]);
        expect(shown).toContain('15770000');
      }
      expect(removed).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});

it('torn apart, a contact of the operator stays what it is', () => {
  const own = fc.constantFrom(['1577-0000', '15770000'] as const, ['02-777-1234', '027771234'] as const);
  fc.assert(
    fc.property(own, fc.nat(8), tear, ([number, key], place, mark) => {
      const { text, removed } = restoreFacts(
        `문의는 ${number.slice(0, place + 1)}${mark}${number.slice(place + 1)} 입니다.`,
        table,
      );
      expect(removed).toBe(0);
      expect(contactsIn(markdownToPlainText(text))).toEqual([key]);
    }),
  );
});

it('torn apart, it comes to the same in a stream, and is never seen on the way', () => {
  fc.assert(
    fc.property(torn, frame, fc.integer({ min: 1, max: 7 }), ([, written], framed, size) => {
      const source = framed(written);
      const stream = createFactStream(table);
      let shown = '';
      const show = ({ text, instead }: FactUpdate) => {
        shown = instead ? text : shown + text;
        expect(contactsIn(inBrowser(shown)).filter((one) => !GIVEN.includes(one))).toEqual([]);
      };
      for (let at = 0; at < source.length; at += size) show(stream.push(source.slice(at, at + size)));
      show(stream.end());
      expect(shown).toBe(restoreFacts(source, table).text);
    }),
    { numRuns: 500 },
  );
});

it.each([
  ['tags', '<b></b>'.repeat(600)],
  ['a comment', `<!--${' 안내'.repeat(1_500)} -->`],
  ['invisible characters', '&#8203;'.repeat(600)],
  ['a tag with blanks', `<span ${'class="a b" '.repeat(60)}>`],
])('torn apart by very much markup (%s), it is one contact all the same', (_, markup) => {
  const source = `급하시면 010-98${markup}76-5432 로 문의해 주세요.`;
  const stream = createFactStream(table);
  let shown = '';
  const show = ({ text, instead }: FactUpdate) => {
    shown = instead ? text : shown + text;
    expect(inBrowser(shown)).not.toContain('98');
  };
  for (let at = 0; at < source.length; at += 3) show(stream.push(source.slice(at, at + 3)));
  show(stream.end());
  expect(shown).toBe(restoreFacts(source, table).text);
});
