/** What stands against a fact without a blank and makes another contact of it: "https://shop.kr" + "@evil.com", "1600-0000" + "1". A
 *  placeholder is restored letter by letter, so this is judged in the restored text, as if the model had written all of it. */
import type { ContactDetail } from '../../privacy/contact-details.ts';
import { matchesOf } from '../../privacy/matches-of.ts';
import { type NormalisedText, normalise } from '../../privacy/normalise.ts';
import { withoutAllEmphasis, withoutMarkup } from '../../privacy/without-markup.ts';
import type { Mark } from './facts-sentence.ts';

/** Digits that are read as one number, with an area code in brackets. A slash, a comma and a bracket stand between two things. */
const NUMBER = /(?:\+?(?:0\d{0,3}|82)\) ?)?\+?\d(?:[-._~]{0,2}\d)*/g;
const NAME = /[a-z0-9](?:[-._@#~]{0,2}[a-z0-9_])*/gi;
/** "①", "1️⃣": in front of an item of a list, and part of no number. */
const ENCLOSED = /[\u2460-\u249B\u24EA-\u24FF\u2776-\u2793¹²³⁰-⁹]|\u20E3/;
/** With particles and the end of a sentence a fact stays what it is. */
const MAY_GLUE = /[^가-힣.,]/;
const PLACE_OF_FACT = '\uFFFC';
const REST_OF_ADDRESS = /^[\w/@?=&#%+~.:-]*[\w/=]/;

const NO_LETTERS = /^[^\p{L}\p{N}@＠]*$/u;
/** Particles, and punctuation behind them, which may belong to an address and to no number. */
const PARTICLES_BEHIND = /^(?:\s|[가-힣]*[^\p{L}\p{N}]*$)/u;
const PARTICLES_ONLY = /^(?:\s|[가-힣]*$)/;
const BLANK_BEFORE = /\s$/;
/** A country's or an area's, which belongs to the number behind it for all the blanks between them. */
const CODE = '\\(?(?:\\+?82|0\\d{1,3})\\)?[\\s*_~`]{1,5}';
const CODE_BEFORE = new RegExp(`^${CODE}$`);
const CODE_BEFORE_FACT = new RegExp(`(?<![\\d.,-])${CODE}${PLACE_OF_FACT}`);

function isNumber({ kind }: Pick<Mark, 'kind'>): boolean {
  return kind === 'phone' || kind === 'account';
}

function covers(place: { readonly start: number; readonly end: number }, at: number): boolean {
  return place.start <= at && at < place.end;
}

/** @param facts in order */
export function mayBeGlued(text: string, facts: readonly Mark[]): boolean {
  let outside = '';
  let at = 0;
  for (const { start, end } of facts) {
    outside += text.slice(at, start) + PLACE_OF_FACT;
    at = end;
  }
  outside += text.slice(at);
  if (CODE_BEFORE_FACT.test(outside)) return true;
  return outside.split(/\s+/).some((word) => {
    const [first = '', ...others] = word.split(PLACE_OF_FACT);
    return others.length > 0 && [first, ...others].some((part) => MAY_GLUE.test(part));
  });
}

/** Whether letters or digits of `run` are in one of `facts`, and others of them outside of all. */
function sticksOut(run: RegExpExecArray, plain: NormalisedText, text: string, facts: readonly Mark[]): boolean {
  let isInside = false;
  let isOutside = false;
  for (let i = 0; i < run[0].length; i += 1) {
    const { start, end } = plain.originalSpan(run.index + i, run.index + i + 1);
    if (facts.some((fact) => covers(fact, start))) isInside = true;
    else if (/[a-z0-9+]/i.test(run[0].charAt(i)) && !ENCLOSED.test(text.slice(start, end))) isOutside = true;
  }
  return isInside && isOutside;
}

function runsAround(plain: NormalisedText, text: string, facts: readonly Mark[]): readonly Mark[] {
  const numbers = facts.filter(isNumber);
  const names = facts.filter((fact) => !isNumber(fact));
  const found = (expression: RegExp, those: readonly Mark[], rest: RegExp | undefined): readonly Mark[] =>
    matchesOf(expression, plain.text).flatMap((run): readonly Mark[] => {
      const place = plain.originalSpan(run.index, run.index + run[0].length);
      const kind = those.find(({ start, end }) => start < place.end && end > place.start)?.kind;
      if (kind === undefined || !sticksOut(run, plain, text, those)) return [];
      const more = rest?.exec(text.slice(place.end))?.[0].length ?? 0;
      return [{ start: place.start, end: place.end + more, what: 'invented', kind }];
    });
  return [
    ...(numbers.length === 0 ? [] : found(NUMBER, numbers, undefined)),
    ...(names.length === 0 ? [] : found(NAME, names, REST_OF_ADDRESS)),
  ];
}

/** A contact that reaches beyond a fact into what no blank divides from it. */
function reachesOut({ start, end, kind }: ContactDetail, text: string, facts: readonly Mark[]): boolean {
  const inside = facts.filter((fact) => fact.start < end && fact.end > start);
  const [first, last] = [inside[0], inside.at(-1)];
  if (first === undefined || last === undefined) return false;
  const before = text.slice(start, Math.max(start, first.start));
  const behind = text.slice(Math.min(end, last.end), end);
  const between = inside.slice(1).map((fact, i) => text.slice(inside[i]?.end, fact.start));
  return !(
    (NO_LETTERS.test(before) || (BLANK_BEFORE.test(before) && !CODE_BEFORE.test(before))) &&
    (kind === 'link' || kind === 'messenger' ? PARTICLES_ONLY : PARTICLES_BEHIND).test(behind) &&
    between.every((part) => NO_LETTERS.test(part) || /^\s|\s$/.test(part))
  );
}

/** Places of `text` where a fact has become another contact.
 *  @param facts in order
 *  @param details what is to be found in `text`, of which nobody has given any */
export function gluedPlaces(text: string, facts: readonly Mark[], details: readonly ContactDetail[]): readonly Mark[] {
  const reaching = details
    .filter((detail) => reachesOut(detail, text, facts))
    .map(({ start, end, kind }): Mark => ({ start, end, kind, what: 'invented' }));
  return [...reaching, ...viewsOf(text).flatMap((plain) => runsAround(plain, text, facts))];
}

/** As much more than a number as may hang on it; a code is longer. */
const MOST_DIGITS_MORE = 4;
const MAY_BE_LENGTHENED = /(?:\p{Nd}[^\p{Nd}]*){9}/u;
const NOTHING: readonly Mark[] = [];

/** Numbers that begin or end with a whole one of the operator's: "1600-00001", which by itself might be any code.
 *  @param keys digits of the operator's numbers */
export function lengthenedNumbers(text: string, keys: readonly string[]): readonly Mark[] {
  if (keys.length === 0 || !MAY_BE_LENGTHENED.test(text)) return NOTHING;
  return viewsOf(text).flatMap((plain) =>
    matchesOf(NUMBER, plain.text).flatMap((run): readonly Mark[] => {
      const digits = run[0].replace(/\D/g, '');
      const isLengthened = keys.some((key) => {
        const more = digits.length - key.length;
        return more > 0 && more <= MOST_DIGITS_MORE && (digits.startsWith(key) || digits.endsWith(key));
      });
      const place = plain.originalSpan(run.index, run.index + run[0].length);
      return isLengthened ? [{ ...place, kind: 'phone', what: 'invented' }] : [];
    }),
  );
}

/** As a customer sees it; and as it is written, for where a link leads. */
function viewsOf(text: string): readonly NormalisedText[] {
  const written = normalise(text);
  const seen = withoutMarkup(written);
  return seen === written ? [withoutAllEmphasis(seen)] : [withoutAllEmphasis(seen), written];
}

/** What an address may end with, and a sentence may go on with. */
const RUNS_INTO_ADDRESS = /^(?:\(|[%#=&+$-]+(?:[\s가-힣]|$))/;

/** What to put for `between`, so that two facts, or a fact and what is none of it, do not run into one another. */
export function dividing(
  between: string,
  before: Mark | undefined,
  next: Pick<Mark, 'kind' | 'what'> | undefined,
): string {
  let divided = between;
  if (before?.what === 'fact') {
    if (isNumber(before)) divided = divided.replace(/^([.,·•])(?=\d)/, '$1 ');
    else if (RUNS_INTO_ADDRESS.test(divided)) divided = ` ${divided}`;
  }
  if (next?.what !== 'fact') return divided;
  if (before?.what === 'fact') {
    if (divided === '') return ' ';
    if (!isNumber(before) || !isNumber(next)) {
      divided = divided.replace(/^[/·•+&~-]$/, ' $& ').replace(/^[,;:.]$/, '$& ');
    }
  }
  // The number of an item in a list.
  return divided.replace(/(?:(?:^|\s)[1-9]\d?\.|[·•])$/, '$& ');
}
