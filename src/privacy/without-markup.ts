/** A text as it looks once Markdown and HTML have been drawn: what is one number or one address on a screen may be torn by tags,
 *  comments, escapes and references in the source, "010-98<b></b>76-5432" or "evil&#46;kr". */
import { findEntities } from '../platform/html-entities.ts';
import { type NormalisedText, normalise } from './normalise.ts';
import { type Respelling, respell } from './respell.ts';

/** A tag is no longer than this, so that "A<b 이면" does not keep a stream waiting for its end. */
const MAX_TAG_CHARS = 1_000;

const COMMENT = '<!--(?:-?>|[\\s\\S]*?--!?>)';
/** "<https://…>" and "<a@b.kr>" are addresses, "<주문번호>" is something to fill in. */
const TAG = `<(?:/?[a-zA-Z][a-zA-Z0-9-]*(?:[\\s/][^<>]{0,${MAX_TAG_CHARS}})?|[!?][^<>]{0,${MAX_TAG_CHARS}})>`;
/** A bracket inside quotation marks does not end a tag. */
const TAG_WITH_QUOTES = `<[a-zA-Z][a-zA-Z0-9-]*[\\s/](?:[^<>"']|"[^"]{0,${MAX_TAG_CHARS}}"|'[^']{0,${MAX_TAG_CHARS}}'){0,${MAX_TAG_CHARS}}>`;
const ESCAPE = '\\\\(?=[!-/:-@[-`{-~])';
/** A label is read with what stands beside the link; a footnote stands between. */
const LINK = '!?\\[(?=[^[\\]]{0,300}\\][([])|\\](?:\\([^()]{0,500}\\)|\\[[^[\\]]{0,100}\\])|\\[\\^[^[\\]\\s]{1,40}\\]';

const HIDDEN_IN_STREAM = new RegExp([COMMENT, TAG, ESCAPE].join('|'), 'g');
const HIDDEN = new RegExp([COMMENT, TAG_WITH_QUOTES, TAG, ESCAPE, '`+', LINK].join('|'), 'g');
/** Without one of these a text looks as it is written. */
const MAY_HIDE_IN_STREAM = /[<&\\]/;
const MAY_HIDE = /[<&\\`]|\][([]|\[\^/;
const LINE_BREAK = /^<br[\s/>]/i;

/** The way back to the original is kept. @returns the same object where there is no markup */
export function withoutMarkup(source: NormalisedText): NormalisedText {
  return MAY_HIDE.test(source.text) ? hide(source, HIDDEN) : source;
}

/** The same for the beginning of a text that is still growing: only what does not depend on what follows. */
export function withoutSettledMarkup(source: NormalisedText): NormalisedText {
  return MAY_HIDE_IN_STREAM.test(source.text) ? hide(source, HIDDEN_IN_STREAM) : source;
}

const MAY_BE_EMPHASIS = /[*~_]/;
/** Around a part of a word: around the whole of it, it tears nothing. */
const EMPHASIS =
  /(?<=[A-Za-z0-9])(\*{1,3}|~~|__)(?=[^\s*~_])([^\s*~_]{1,40})\1|(\*{1,3}|~~|__)(?=[^\s*~_])([^\s*~_]{1,40})\3(?=[A-Za-z0-9])/g;

/** Without the marks of emphasis inside a word. @returns the same object where there are none */
export function withoutEmphasis(source: NormalisedText): NormalisedText {
  if (!MAY_BE_EMPHASIS.test(source.text)) return source;
  return respell(
    source,
    [...source.text.matchAll(EMPHASIS)].flatMap(({ 0: whole, 1: opening, 3: mark = opening ?? '', index }) => {
      const end = index + whole.length;
      return [
        { start: index, end: index + mark.length, plain: '' },
        { start: end - mark.length, end, plain: '' },
      ];
    }),
  );
}

const EMPHASIS_MARKS = /\*{1,3}|~~|__/g;

/** Without any marks of emphasis: for what words say, not for what stars may have hidden. @returns the same object where there are none */
export function withoutAllEmphasis(source: NormalisedText): NormalisedText {
  if (!MAY_BE_EMPHASIS.test(source.text)) return source;
  const marks = [...source.text.matchAll(EMPHASIS_MARKS)];
  return respell(
    source,
    marks.map(({ 0: mark, index }) => ({ start: index, end: index + mark.length, plain: '' })),
  );
}

/** The place with the marks that stand on both of its sides. */
export function withEmphasisAround(text: string, { start, end }: { readonly start: number; readonly end: number }) {
  const before = /(?:\*{1,3}|~~|__)$/.exec(text.slice(Math.max(0, start - 3), start))?.[0] ?? '';
  const isAround = before !== '' && text.startsWith(before, end);
  return isAround ? { start: start - before.length, end: end + before.length } : { start, end };
}

function hide(source: NormalisedText, hidden: RegExp): NormalisedText {
  const { text } = source;
  const gone = [...text.matchAll(hidden)].map(({ 0: markup, index }): Respelling => {
    return { start: index, end: index + markup.length, plain: LINE_BREAK.test(markup) ? '\n' : '' };
  });
  const entities = findEntities(text).map(
    ({ start, end, character }): Respelling => ({ start, end, plain: normalise(character).text }),
  );
  return respell(source, [...gone, ...entities]);
}

/** Markup that what follows may complete. */
const UNSETTLED = new RegExp(
  `(?:<(?:!-?|[!?][^<>]{0,${MAX_TAG_CHARS}}|/?(?:[a-zA-Z][a-zA-Z0-9-]*(?:[\\s/][^<>]{0,${MAX_TAG_CHARS}})?)?)?|&(?:#[xX]?[0-9a-fA-F]{0,12}|[A-Za-z][A-Za-z0-9]{0,30})?)$`,
);

/** How much of a text that is still growing looks the same to {@link withoutSettledMarkup} whatever follows. */
export function settledLength(text: string): number {
  if (!MAY_HIDE_IN_STREAM.test(text)) return text.length;
  let length = openComment(text) ?? text.length - (UNSETTLED.exec(text)?.[0].length ?? 0);
  // What follows a backslash says whether it escapes.
  while (text.charAt(length - 1) === '\\') length -= 1;
  return length;
}

const COMMENT_BEGIN = '<!--';
const COMMENT_END = /^-?>|--!?>/;

/** Where the comment begins that has not ended yet. */
function openComment(text: string): number | undefined {
  for (let at = text.indexOf(COMMENT_BEGIN); at !== -1; at = text.indexOf(COMMENT_BEGIN, at)) {
    const inside = at + COMMENT_BEGIN.length;
    const end = COMMENT_END.exec(text.slice(inside));
    if (end === null) return at;
    at = inside + end.index + end[0].length;
  }
  return undefined;
}

const TAGS_BEFORE = /(?:<[a-zA-Z][^<>]{0,1000}>|!?\[)+$/;
const TAGS_BEHIND = /^(?:<\/[a-zA-Z][^<>]{0,1000}>)+/;

/** A place that is torn by markup, with the tags right around it: one half of a pair must not stay behind. */
export function withTagsAround(text: string, place: { readonly start: number; readonly end: number }) {
  const inside = text.slice(place.start, place.end);
  if (!/<[/a-z]|\]\(/i.test(inside)) return place;
  const before = TAGS_BEFORE.exec(text.slice(Math.max(0, place.start - MAX_TAG_CHARS), place.start));
  const behind = TAGS_BEHIND.exec(text.slice(place.end, place.end + MAX_TAG_CHARS));
  return { start: place.start - (before?.[0].length ?? 0), end: place.end + (behind?.[0].length ?? 0) };
}
