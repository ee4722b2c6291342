/** What Markdown writes in other characters than it means: links, tags, entities, and marks that are none. */

import { findEntities } from '../platform/html-entities.ts';

/** Each mark of emphasis or code, and the noncharacter that stands for one that is meant as such, until the repair of marks is over. */
const STAND_INS: Readonly<Record<string, string>> = { '*': '\uFDD0', _: '\uFDD1', '~': '\uFDD2', '`': '\uFDD3' };
const MARKS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(STAND_INS).map(([mark, standIn]) => [standIn, mark]),
);

/** Text whose asterisks, underscores, tildes and backticks are no marks. */
export function literal(text: string): string {
  return text.replace(/[*_~`]/g, (mark) => STAND_INS[mark] ?? mark);
}

/** The end of {@link literal}: what was meant is written again. */
export function spellLiterals(text: string): string {
  return text.replace(/[\uFDD0-\uFDD3]/g, (standIn) => MARKS[standIn] ?? standIn);
}

/** "text (url)", or the one of them that says it all. */
export function link(text: string, href: string, isAutolink: boolean): string {
  const target = href.replace(/^(tel|mailto):/i, '');
  if (isAutolink) return text;
  if (text === '' || text === href || text === target) return target;
  return target === '' || target.startsWith('#') ? text : `${text} (${literal(target)})`;
}

/** A citation of a number alone stays, and so do two headings side by side and the elements of an array: what is in the second brackets
 *  is a name that only an author would give. Words for a reference are none. */
const LOST_REFERENCE =
  /(?<![\w\]])!?\[(?=[^[\]]{0,200}(?:[가-힣]|[A-Za-z]{2}))([^[\]\n]{1,200})\]\[(?:\d{1,3}|[a-z]{1,20}[-_]?\d{1,3}|ref|reference|link|url|source|src|docs?|site|homepage)?\]/g;

/** Links and pictures by reference whose definition is missing, or was taken out with an address that nobody gave: their words alone. */
export function withoutLostReferences(text: string): string {
  return text.includes('][') ? text.replace(LOST_REFERENCE, '$1') : text;
}

const FORMATTING_TAG =
  /<\/?(?:a|b|big|blockquote|center|code|dd|del|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|s|section|small|span|strong|sub|summary|details|sup|table|tbody|td|tfoot|th|thead|tr|u|ul)(?:\s[^<>]*)?\/?>/gi;

/** Only tags that format: `<주문번호>` or `<id>` is something to fill in. */
export function withoutTags(html: string): string {
  return decodeEntities(
    withoutComments(html)
      .replace(/<br\s*\/?>/gi, '\n')
      .replace(FORMATTING_TAG, ''),
  );
}

/** Looked for up to the last end of one: a beginning without an end would search the whole rest. */
function withoutComments(html: string): string {
  const end = html.lastIndexOf('-->');
  return end === -1
    ? html
    : html
        .slice(0, end)
        .concat('-->')
        .replace(/<!--.*?-->/gs, '') + html.slice(end + 3);
}

/** Once: what a reference stands for is text, also where it looks like another one. */
export function decodeEntities(text: string): string {
  let decoded = '';
  let at = 0;
  for (const { start, end, character } of findEntities(text)) {
    decoded += text.slice(at, start) + literal(character);
    at = end;
  }
  return decoded + text.slice(at);
}
