/** What Markdown writes in other characters than it means: links, tags, entities, and asterisks that are none. */

import { findEntities } from '../platform/html-entities.ts';

/** Stands for an asterisk that is meant as one, until the repair of bold marks is over. */
export const LITERAL_STAR = '\uFDD0';

export function literal(text: string): string {
  return text.replaceAll('*', LITERAL_STAR);
}

/** "text (url)", or the one of them that says it all. */
export function link(text: string, href: string, isAutolink: boolean): string {
  const target = href.replace(/^(tel|mailto):/i, '');
  if (isAutolink) return text;
  if (text === '' || text === href || text === target) return target;
  return target === '' || target.startsWith('#') ? text : `${text} (${literal(target)})`;
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
