/** Korean phone numbers by the national numbering plan, and foreign ones behind a plus sign.
 *  Source: 전기통신번호관리세칙 (area codes, 010/011/016–019 mobile, 070 internet, 080 toll-free, 030x and 050x personal, 15xx/16xx/18xx representative) */
import { hasUnusualGap, isDash, type Reading } from './digit-groups.ts';
import type { NumberLabel } from './number-labels.ts';

/** Digits from the trunk `0` on, length included: mobile, Seoul, the other areas, 060/070/080, 030x/050x. */
const NATIONAL =
  /^(?:(?<mobile>01[016789])\d{7,8}|(?<seoul>02)\d{7,8}|(?<area>0(?:3[1-3]|4[1-4]|5[1-5]|6[1-4]))\d{7,8}|(?<service>0[678]0)\d{7,8}|(?<personal>0[35]0\d)\d{7,8})$/;

function areaLength(national: string): number {
  return national.startsWith('02') ? 2 : /^0[35]0/.test(national) ? 4 : 3;
}

/** Digits from the trunk `0` on, whatever their groups. */
export function isNationalNumber(digits: string): boolean {
  return NATIONAL.test(digits);
}

/** Area, exchange and the last four, each by itself: "02-123-4567". */
export function isWrittenInFull(digits: string, groupLengths: readonly number[]): boolean {
  const area = areaLength(digits);
  return groupLengths.join('-') === `${area}-${digits.length - area - 4}-4`;
}

/** True when the groups are cut where people cut phone numbers: `3-4-4`, `3-8`, `7-4`, `11`. */
function isWrittenAsPhone(national: string, shape: string): boolean {
  const area = areaLength(national);
  const rest = national.length - area;
  const exchange = rest - 4;
  return [
    `${area}-${exchange}-4`,
    `${area}-${rest}`,
    `${area + exchange}-4`,
    `${national.length}`,
    // "010 12 34 56 78", "010 1234 56 78": pairs, as many read them out
    ...(rest === 8 ? [`${area}-2-2-2-2`, `${area}-4-2-2`, `${area}-2-2-4`, `${area}-3-3-2`] : []),
    ...(area === 4 && rest === 7 ? ['3-4-4'] : []),
    ...(rest === 7 ? [`${area}-3-2-2`, `${area}-7`] : []),
  ].includes(shape);
}

/** Digits of a mobile number may stand in any groups; for others that would swallow quantities. */
function mayBeCutAnywhere(national: string): boolean {
  return /^(?:010|070)\d{8}$/.test(national);
}

/** The prefix that every mobile number has been given since 2004, and all digits. */
export const MOBILE = /^010\d{8}$/;

/** As nobody writes and a filter may be fooled by: the 010 itself torn ("0-10-1234-5678", "01 0 1234 5678"), or all in pairs ("01 01 23 45 67
 *  8"). With other cuts behind it, it is a row of quantities: "0 10 20 30 40 50". */
function isTornMobile({ digits, shape, gaps }: Reading): boolean {
  if (!MOBILE.test(digits) || !gaps.every((gap) => gap === ' ' || isDash(gap))) return false;
  return /^(?:1-2|2-1|1-1-1)-(?:4-4|8)$/.test(shape) || shape === '2-2-2-2-2-1';
}

function isPlainGap(gap: string): boolean {
  return !gap.includes(',') || gap === ',' || gap === ', ';
}

export interface PhoneMatch {
  /** Digits from the trunk `0` on, or with the country code when it is not Korea's. */
  readonly digits: string;
  readonly count: number;
  /** 15xx-xxxx and the like: a company's, never a customer's. */
  readonly representative: boolean;
  /** Written in groups, so that it is hard to take for anything else. */
  readonly grouped: boolean;
}

function nationalMatch(reading: Reading, firstGroup: string): PhoneMatch | undefined {
  const { digits, shape, gaps, count } = reading;
  if (!NATIONAL.test(digits) || !gaps.every(isPlainGap)) return undefined;
  const written = isWrittenAsPhone(digits, shape) || isTornMobile(reading);
  const evenGaps = gaps.every((gap) => gap === gaps[0]);
  if (hasUnusualGap(reading) && !(written && (evenGaps || digits.startsWith('01')))) return undefined;
  if (!written && !(mayBeCutAnywhere(digits) && firstGroup.length >= 3)) return undefined;
  return { digits, count, representative: false, grouped: written && count > 1 };
}

/** Behind "00", or "001" and the like of a carrier. */
const KOREA = /^(?:00[1-8]?)?82(?=0?[1-9])/;
const SHAPES_OF_KOREA = ['2', '3-2', '4', '5'];

/** Country, area, exchange and the last four, each by itself and with a dash before it: "82-2-555-1234", "001-82-2-555-1234". */
function isDividedFromAbroad({ shape, gaps }: Reading, national: string): boolean {
  const area = areaLength(national);
  const exchange = national.length - area - 4;
  const shapes = SHAPES_OF_KOREA.flatMap((korea) => [
    `${korea}-${area - 1}-${exchange}-4`,
    `${korea}-${area}-${exchange}-4`,
  ]);
  return gaps.every(isDash) && shapes.includes(shape);
}

/** "+82 10-1234-5678", "82-10-1234-5678", "+82 (0)10 1234 5678". Without a plus only mobile numbers and what is divided in full: 82 is an
 *  ordinary number. */
function internationalKorean(reading: Reading, plus: boolean): PhoneMatch | undefined {
  const { digits, count } = reading;
  if (!KOREA.test(digits)) return undefined;
  const national = `0${digits.replace(KOREA, '').replace(/^0/, '')}`;
  if (!NATIONAL.test(national)) return undefined;
  if (!plus && !MOBILE.test(national) && !isDividedFromAbroad(reading, national)) return undefined;
  return { digits: national, count, representative: false, grouped: count > 1 };
}

/** E.164: at most 15 digits behind a plus sign. */
function foreign(reading: Reading): PhoneMatch | undefined {
  const { digits, count, gaps } = reading;
  if (!/^(?!82)[1-9]\d{8,14}$/.test(digits)) return undefined;
  if (digits.startsWith('1') && digits.length !== 11) return undefined;
  if (!gaps.every((gap) => /^[ .\-()]{1,2}$/.test(gap))) return undefined;
  return { digits, count, representative: false, grouped: count > 1 };
}

/** From four to six o'clock, in numbers: "1600~1800". */
const TIMES = /^1[568](?:00|30)(?:1\d|2[0-4])(?:00|30)$/;

/** 15xx-, 16xx- and 18xx-xxxx, by the digits alone, less what may be a span of times. */
export function isRepresentativeNumber(digits: string): boolean {
  return /^1[568]\d{6}$/.test(digits) && !TIMES.test(digits);
}

function representative(reading: Reading): PhoneMatch | undefined {
  const { digits, shape, count, gaps } = reading;
  if (shape !== '4-4' || !isRepresentativeNumber(digits)) return undefined;
  const gap = gaps[0] ?? '';
  if (!isDash(gap) && gap !== ' ' && gap !== '.') return undefined;
  return { digits, count, representative: true, grouped: true };
}

/** "10-1234-5678" and "1234-5678" are phone numbers only when the words say so. */
function byLabel(reading: Reading, label: NumberLabel): PhoneMatch | undefined {
  const { digits, shape, count } = reading;
  if (label.kind !== 'phone-number') return undefined;
  if (/^10\d{8}$/.test(digits) && (shape === '2-4-4' || shape === '10' || shape === '2-8')) {
    return { digits: `0${digits}`, count, representative: false, grouped: count > 1 };
  }
  if (!label.adjacent || hasUnusualGap(reading)) return undefined;
  if (shape === '8' && /^1[568]\d\d[1-9]\d{3}$/.test(digits))
    return { digits, count, representative: true, grouped: false };
  // In one piece a day of this century looks like it too: "연락처 20240305".
  if (shape === '8' && /^(?!20)[2-9]\d{7}$/.test(digits))
    return { digits, count, representative: false, grouped: false };
  if (/^[3-4]-4$/.test(shape) && /^[2-9]/.test(digits)) return { digits, count, representative: false, grouped: true };
  return undefined;
}

/** The phone number that starts with the first of `readings`: the way that people write it first, then the longest. */
export function phoneMatch(
  readings: readonly Reading[],
  plus: boolean,
  label: NumberLabel | undefined,
): PhoneMatch | undefined {
  const head = readings[0];
  if (head === undefined || (head.digits.length < 2 && !head.digits.startsWith('0') && !plus)) return undefined;
  let best: PhoneMatch | undefined;
  for (const reading of readings) {
    if (reading.digits.length < 8 && !(label?.kind === 'phone-number' && label.adjacent)) continue;
    const match =
      nationalMatch(reading, head.digits) ??
      internationalKorean(reading, plus) ??
      (plus ? foreign(reading) : undefined) ??
      representative(reading) ??
      (label === undefined ? undefined : byLabel(reading, label));
    if (match === undefined) continue;
    if (best?.grouped === true && !match.grouped) continue;
    best = match;
  }
  return best;
}
