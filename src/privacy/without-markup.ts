/** A text as it looks once Markdown and HTML have been drawn: what is one number or one address on a screen may be torn by tags,
 *  comments, escapes and references in the source, "010-98<b></b>76-5432" or "evil&#46;kr". */
import { findEntities } from '../platform/html-entities.ts';
import { type NormalisedText, normalise } from './normalise.ts';
import { type Respelling, respell } from './respell.ts';

/** Without one of these a text looks as it is written. Emphasis is not among them: its stars may be what a filter left of a number. */
const MAY_BE_MARKUP = /[<&\\`]|\](?:\(|\[)|\[\^/;

/** A tag is no longer than this, so that "A<b 이면" does not keep a stream waiting for its end. */
const MAX_TAG_CHARS = 1_000;

const HIDDEN = new RegExp(
  [
    '(?<comment><!--[\\s\\S]*?(?:-->|--!>))',
    // "<https://…>" and "<a@b.kr>" are addresses, "<주문번호>" is something to fill in.
    `(?<tag></?[a-zA-Z][a-zA-Z0-9-]*(?:[\\s/][^<>]{0,${MAX_TAG_CHARS}})?>|<[!?][^<>]{0,${MAX_TAG_CHARS}}>)`,
    '(?<escape>\\\\(?=[!-/:-@[-`{-~]))',
    '(?<code>`+)',
    // A link or a footnote: its label is read with what stands beside it.
    '(?<link>!?\\[(?=[^[\\]]{0,300}\\](?:\\(|\\[))|\\](?:\\([^()\\s]{0,500}\\)|\\[[^[\\]]{0,100}\\]))',
    '(?<footnote>\\[\\^[^\\[\\]\\s]{1,40}\\])',
  ].join('|'),
  'g',
);
const LINE_BREAK = /^<br[\s/>]/i;

/** The way back to the original is kept. @returns the same object where there is no markup */
export function withoutMarkup(source: NormalisedText): NormalisedText {
  const { text } = source;
  if (!MAY_BE_MARKUP.test(text)) return source;
  const hidden = [...text.matchAll(HIDDEN)].map(({ 0: markup, index }): Respelling => {
    return { start: index, end: index + markup.length, plain: LINE_BREAK.test(markup) ? '\n' : '' };
  });
  const entities = findEntities(text).map(
    ({ start, end, character }): Respelling => ({ start, end, plain: normalise(character).text }),
  );
  return respell(source, [...hidden, ...entities]);
}
