/** Phone numbers whose groups are read as one number each, "천육백에 일이삼사", "공일공에 천이백삼십사에 오천육백칠십팔", and companies' ones with a word
 *  for the dash. Prices and quantities are read so as well: only what is a phone number as a whole, and is not only two of them. */
import { UNIT_AFTER } from './counted.ts';
import { matchesOf } from './matches-of.ts';
import type { NormalisedText } from './normalise.ts';
import { isNationalNumber, isRepresentativeNumber, isWrittenInFull } from './phone-number.ts';
import { type Respelling, respell } from './respell.ts';
import { digitOfNumeral } from './spoken-digits.ts';

const ONE_TO_NINE = '[일이삼사오육륙칠팔구]';
const THOUSANDS = `${ONE_TO_NINE}?천(?:${ONE_TO_NINE}?백)?(?:${ONE_TO_NINE}?십)?${ONE_TO_NINE}?`;
/** "십오팔팔": 15 and 88 */
const TEENS = `십[오육팔]${ONE_TO_NINE}{2}`;
const GROUP = `(?:${THOUSANDS}|${TEENS}|[공영일이삼사오육륙칠팔구]{2,4}|\\d{2,4})`;
const DASH = '(?: ?(?:[국번]?에|국?의|[국번]|다시|하이픈|대시|빼기|그리고|하고|[-,]) ?| )';
const PAIR = `${GROUP}${DASH}${GROUP}`;
const NUMBERS = [`${PAIR}${DASH}${GROUP}`, PAIR].map((source) => new RegExp(`(?<![가-힣\\d])${source}(?!\\d)`, 'g'));
const GROUPS = new RegExp(GROUP, 'g');

const READ_OUT = /[천십공영]|그리고|하고/;
/** Between two prices there is none of these. */
const CERTAIN_DASH = /국|다시|하이픈|대시|빼기|-/;
const CALLED = /^(?:번(?![가-힣])|\s?번?\s?(?:으로|로)\s?(?:전화|연락|통화|문의))/;
const CALLED_LENGTH = 10;

const PLACES = [
  ['천', 1_000],
  ['백', 100],
  ['십', 10],
] as const;

/** "천이백삼십사" → "1234", "일이삼사" → "1234" */
function digitsOf(group: string): string {
  if (!group.includes('천')) return group.replace(/^십/, '일').replace(/[가-힣]/g, digitOfNumeral);
  let rest = group;
  let sum = 0;
  for (const [place, value] of PLACES) {
    const [before = '', behind] = rest.split(place);
    if (behind === undefined) continue;
    sum += value * (before === '' ? 1 : Number(digitOfNumeral(before)));
    rest = behind;
  }
  return String(sum + (rest === '' ? 0 : Number(digitOfNumeral(rest))));
}

function isPhone(groups: readonly string[], written: string, after: string): boolean {
  const digits = groups.map(digitsOf);
  const all = digits.join('');
  if (UNIT_AFTER.test(after)) return false;
  if (isNationalNumber(all)) {
    return isWrittenInFull(
      all,
      digits.map(({ length }) => length),
    );
  }
  const [head = '', tail = ''] = groups;
  if (groups.length !== 2 || !isRepresentativeNumber(all) || digits[0]?.length !== 4) return false;
  const isReadOut = /[천십]/.test(head + tail);
  const isRow = /[천십]/.test(head) && /^[^천십\d]+$/.test(tail);
  return isRow || (isReadOut && CERTAIN_DASH.test(written)) || CALLED.test(after);
}

/** `source` with such numbers in digits and dashes; the same object when there are none. */
export function withReadOutNumbers(source: NormalisedText): NormalisedText {
  const { text } = source;
  if (!READ_OUT.test(text)) return source;
  const candidates = NUMBERS.flatMap((expression) => matchesOf(expression, text));
  const respellings = candidates.flatMap(({ 0: written, index: start }): readonly Respelling[] => {
    // Digits with one of the usual dashes are read with all others.
    if (!READ_OUT.test(written)) return [];
    const groups = matchesOf(GROUPS, written).map(([group]) => group);
    const end = start + written.length;
    const plain = groups.map(digitsOf).join('-');
    return isPhone(groups, written, text.slice(end, end + CALLED_LENGTH)) ? [{ start, end, plain }] : [];
  });
  return respell(source, respellings);
}
