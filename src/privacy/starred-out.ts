/** Phone numbers, accounts and addresses that somebody else has starred out: "02-****-5678", "hong@*****.com". */
import { isBankShape } from './account-number.ts';
import { matchesOf } from './matches-of.ts';

export interface StarredMatch {
  /** `unknown`: nothing but stars. */
  readonly kind: 'phone' | 'account' | 'email' | 'unknown';
  readonly start: number;
  readonly end: number;
  /** What is left to see, `*` for the rest, without separators. */
  readonly pattern: string;
}

/** Held together by dashes, dots or brackets; then, for what that leaves, by blanks as well. */
const NUMBER_TOKENS = [
  /[+(]?[\d*]{1,20}(?:(?: ?[-.] ?|\) ?| \()[\d*]{1,20}){0,4}/g,
  /[+(]?[\d*]{1,20}(?:[-. )(]{1,2}[\d*]{1,20}){1,4}/g,
];
/** Blank, brackets, dash, dot. */
const NUMBER_SEPARATORS = new Set([0x20, 0x28, 0x29, 0x2d, 0x2e]);
/** A filter for links takes the whole host, dots included. */
const EMAIL_TOKEN = /[A-Za-z0-9._%+*-]{1,64}@(?:[A-Za-z0-9*-]{1,63}(?:\.[A-Za-z0-9*-]{1,63}){1,5}|\*{4,63}(?![\w*]))/g;
/** Fewer are a mask of something else, emphasis, or a rule across the page. */
const ONLY_STARS = /(?<![\w*])\*{6,}(?![\w*])/g;

/** A token without the bold marks of Markdown around it. */
function withoutBold(token: string, start: number): { readonly token: string; readonly start: number } {
  const opening = /^\*{1,3}(?=[\d+(])/.exec(token)?.[0] ?? '';
  let rest = token.slice(opening.length);
  const closing = /\*+$/.exec(rest)?.[0] ?? '';
  const hasOtherStars = rest.slice(0, rest.length - closing.length).includes('*');
  const wholeGroup = !/\d\*+$/.test(rest);
  if (closing.length > 4 && closing.length <= 7 && wholeGroup) rest = rest.slice(0, rest.length - (closing.length - 4));
  else if (opening !== '' && closing.length >= opening.length && !wholeGroup) rest = rest.slice(0, -opening.length);
  else if (closing.length <= 3 && !wholeGroup && !hasOtherStars) rest = rest.slice(0, rest.length - closing.length);
  return { token: rest, start: start + opening.length };
}

const PHONE_SHAPE = /^(?:[2-4]-[34]-4|4-4|3-4|[2-4]-[78]|2-[12]-[34]-4|2-2-[34]-4)$/;

/** What a token of digits and stars was; `undefined` for arithmetic, dates and card numbers. */
function kindOfNumber(token: string): 'phone' | 'account' | undefined {
  if (!/\*\*/.test(token)) return undefined;
  const groups = token.split(/[^\d*]+/).filter((group) => group !== '');
  const shape = groups.map((group) => group.length).join('-');
  if (groups.length === 1)
    return /^(?:0\d|1[568]\d\d)\d*\*{3,}\d{0,4}$/.test(token) && token.length <= 12 ? 'phone' : undefined;
  if (isBankShape(shape) || shape === '4-4-4') return 'account';
  if (!PHONE_SHAPE.test(shape)) return undefined;
  const head = groups[0] ?? '';
  return /^(?:0|\*|82|1[568])/.test(head) || /^\*+$/.test(groups[1] ?? '') ? 'phone' : undefined;
}

function starredNumbers(text: string): readonly StarredMatch[] {
  const matches: StarredMatch[] = [];
  for (const match of NUMBER_TOKENS.flatMap((token) => matchesOf(token, text))) {
    if (!match[0].includes('**')) continue;
    const asWritten = { token: match[0], start: match.index };
    const hasMarkedEdge = /^\*+\d|\d\*+$/.test(match[0]);
    const { token, start } =
      hasMarkedEdge || kindOfNumber(match[0]) === undefined ? withoutBold(match[0], match.index) : asWritten;
    const kind = kindOfNumber(token);
    if (kind === undefined) continue;
    const digits = token.replace(/[^\d*]/g, '');
    const pattern = /^\(?\+?82/.test(token) ? `0${digits.slice(2).replace(/^0/, '')}` : digits;
    matches.push({ kind, start, end: start + token.length, pattern });
  }
  return matches;
}

function starredEmails(text: string): readonly StarredMatch[] {
  const matches: StarredMatch[] = [];
  for (const match of matchesOf(EMAIL_TOKEN, text)) {
    const opening = /^\*{2,3}(?=[A-Za-z0-9])/.exec(match[0])?.[0] ?? '';
    let pattern = match[0].slice(opening.length).replace(/[.-]+$/, '');
    if (opening !== '' && pattern.endsWith(opening)) pattern = pattern.slice(0, -opening.length);
    if (!pattern.includes('*')) continue;
    const start = match.index + opening.length;
    matches.push({ kind: 'email', start, end: start + pattern.length, pattern: pattern.toLowerCase() });
  }
  return matches;
}

/** A row of stars inside a sentence; alone on its line it is a rule across the page. */
function onlyStars(text: string): readonly StarredMatch[] {
  return matchesOf(ONLY_STARS, text)
    .filter((match) => /[^\s*>#-][^\n]*$/.test(text.slice(Math.max(0, match.index - 20), match.index)))
    .map((match) => ({
      kind: 'unknown',
      start: match.index,
      end: match.index + match[0].length,
      pattern: match[0],
    }));
}

const NOTHING: readonly StarredMatch[] = [];
/** Stars in a row that are no bold marks. */
const LONG_STARS = 3;
/** Digits and stars of the shortest number with a separator in it: "123-****". */
const SHORTEST_IN_GROUPS = 7;

/** False only where nothing starred out can be: no e-mail address, no three stars in a row, and no two among digits. Bold marks around
 *  words and prices are none of these. */
function mayBeStarredOut(text: string): boolean {
  if (!text.includes('*')) return false;
  if (text.includes('@')) return true;
  let starsInRow = 0;
  let starsInNumber = 0;
  let lengthOfNumber = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x2a) {
      starsInRow += 1;
      starsInNumber += 1;
      lengthOfNumber += 1;
    } else {
      starsInRow = 0;
      if (code >= 0x30 && code <= 0x39) lengthOfNumber += 1;
      else if (!NUMBER_SEPARATORS.has(code)) starsInNumber = lengthOfNumber = 0;
    }
    if (starsInRow >= LONG_STARS || (starsInNumber >= 2 && lengthOfNumber >= SHORTEST_IN_GROUPS)) return true;
  }
  return false;
}

/** @param text normalised */
export function findStarredOut(text: string): readonly StarredMatch[] {
  return mayBeStarredOut(text) ? findAllStarredOut(text) : NOTHING;
}

/** The same without the cheap look before it. */
export function findAllStarredOut(text: string): readonly StarredMatch[] {
  return [...starredEmails(text), ...starredNumbers(text), ...onlyStars(text)];
}

/** Whether `key` can have been what `pattern` hides. */
export function couldBe(pattern: string, key: string): boolean {
  const sameLength = pattern.length === key.length;
  if (sameLength && [...pattern].every((character, i) => character === '*' || character === key[i])) return true;
  const pieces = pattern.split(/\*+/);
  const first = pieces[0] ?? '';
  const last = pieces.length > 1 ? (pieces.at(-1) ?? '') : '';
  if (!key.startsWith(first) || !key.endsWith(last) || first.length + last.length > key.length) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = key.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= key.length - last.length && pieces.length > 1;
}
