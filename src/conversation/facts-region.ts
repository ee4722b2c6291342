/** Cuts a stream of text into regions that can be judged one by one: no fact reaches from one region into the next.
 *  A cut depends on the text alone and never on how it arrived, so a stream and a whole text are cut alike. */
import { findContactDetails } from '../privacy/contact-details.ts';

/** A region is cut by force at this length, so that no more than this is ever held back. */
const MAX_REGION_LENGTH = 300;
/** A forced cut falls this far before the end: longer than any number, so that one across the cut is still seen whole. */
const CUT_MARGIN = 40;
/** A placeholder that a model has spread out: `[ [ 전화 1 ] ]`. */
const LONGEST_PLACEHOLDER = 24;
/** "010 - 1234" */
const LONGEST_NUMBER_GAP = 5;
const PARTICLE_WORD =
  /^(?:으로|로|을|를|은|는|이|가|에서|에|와|과|도|의|까지|부터|이나|나|입니다|이에요|예요|이고|이며)(?=[\s.,!?)]|$)/;
/** The longest particle and the character behind it. */
const PARTICLE_LOOKAHEAD = 4;

function codesOf(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)));
}

const OPENING = codesOf('[［【〔⟦〚');
const CLOSING = codesOf(']］】〕⟧〛');
const COLD_PUNCTUATION = codesOf('.,!?:;\'"…~·‘’“”、。！？「」『』)');
/** A number ends before them, not with them. */
const NO_NUMBER_END = codesOf('!?:;\'"…·]');
/** White space outside ASCII, as `\s` has it. */
const RARE_BLANKS = codesOf(
  '\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF',
);
const OPENING_BRACKET = 0x5b;

// Every character of every answer is looked at here, some of them several times: hence character codes and no expressions.

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0xa0 && !isHangul(code) && RARE_BLANKS.has(code));
}

function isHangul(code: number): boolean {
  return code >= 0xac00 && code <= 0xd7a3;
}

function isLatin(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Characters that no fact begins with: Hangul and what stands between words. */
function isCold(code: number): boolean {
  return isHangul(code) || COLD_PUNCTUATION.has(code);
}

/** A number may go on after the blank that follows, or have begun before it. */
function isNumberEnd(code: number): boolean {
  return !isHangul(code) && !isLatin(code) && !NO_NUMBER_END.has(code);
}

function isNumberStart(code: number): boolean {
  return !isCold(code) && !isLatin(code) && code !== OPENING_BRACKET;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** Where to cut a region that will not end by itself: not inside anything that has been found in it. */
function forcedCut(window: string): number {
  let cut = MAX_REGION_LENGTH - CUT_MARGIN;
  const across = findContactDetails(window).find(({ start, end }) => start < cut && end > cut);
  if (across !== undefined) cut = across.start > 0 ? across.start : across.end;
  const splitsPair = /[\uDC00-\uDFFF]/.test(window.charAt(cut)) && /[\uD800-\uDBFF]/.test(window.charAt(cut - 1));
  return splitsPair && cut > 1 ? cut - 1 : cut;
}

/** Where the region of `text` that begins at `from` ends, the blanks before it included.
 *  @param ended no more text will follow
 *  @returns `undefined` while what follows may still change the answer; behind `from` for a text that is not at its end */
export function nextRegionEnd(text: string, from: number, ended: boolean): number | undefined {
  const open = ended && text.length > from ? text.length : undefined;
  const limit = from + MAX_REGION_LENGTH;
  let at = skipBlanks(text, from);
  if (at >= limit) return limit;
  if (at === text.length) return open;
  if (isCold(text.charCodeAt(at))) {
    while (at < text.length && at < limit && isCold(text.charCodeAt(at))) at += 1;
    return at;
  }
  let depth = 0;
  let openedAt = 0;
  for (;;) {
    if (at >= limit) return from + forcedCut(text.slice(from, limit));
    if (at === text.length) return open;
    const code = text.charCodeAt(at);
    if (!isBlank(code)) {
      if (OPENING.has(code)) {
        openedAt = at;
        depth += 1;
      } else if (CLOSING.has(code)) {
        depth -= 1;
      }
      at += 1;
      continue;
    }
    const before = text.charCodeAt(at - 1);
    const next = skipBlanks(text, at);
    const inPlaceholder = depth > 0 && at - openedAt <= LONGEST_PLACEHOLDER;
    if (!inPlaceholder && (next - at > LONGEST_NUMBER_GAP || isHangul(before))) return at;
    if (next >= limit) return from + forcedCut(text.slice(from, limit));
    if (next === text.length) return ended ? at : undefined;
    if (inPlaceholder || (isNumberEnd(before) && isNumberStart(text.charCodeAt(next)))) {
      at = next;
      continue;
    }
    if (!ended && text.length < next + PARTICLE_LOOKAHEAD) return undefined;
    const particle = PARTICLE_WORD.exec(text.slice(next, next + PARTICLE_LOOKAHEAD))?.[0];
    return particle !== undefined && next === at + 1 ? next + particle.length : at;
  }
}
