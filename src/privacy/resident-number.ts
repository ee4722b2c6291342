/** Resident registration numbers (주민등록번호) and foreigner registration numbers (외국인등록번호): YYMMDD-GNNNNNN. */
import { hasUnusualGap, isDash, type Reading } from './digit-groups.ts';
import type { NumberLabel } from './number-labels.ts';

export type ResidentKind = 'resident-number' | 'foreigner-number';

const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Two-digit years of the 2000s that can be a birth year; later ones are from a product or an order. */
const LAST_BIRTH_YEAR_2000S = 50;

/** True for six digits YYMMDD that name a day. */
export function isShortDate(digits: string): boolean {
  const day = Number(digits.slice(4, 6));
  return day >= 1 && day <= (DAYS_OF_MONTH[Number(digits.slice(2, 4)) - 1] ?? 0);
}

function kindByMarker(marker: string): ResidentKind {
  return marker <= '4' ? 'resident-number' : 'foreigner-number';
}

/** The kind by birth date and the digit for sex and century: 1–4 citizens, 5–8 foreigners (9 and 0 are the 1800s).
 *  Source: 주민등록법 시행규칙 제2조, 출입국관리법 시행규칙 별표 */
export function residentKindOfDigits(digits: string): ResidentKind | undefined {
  const marker = digits.charAt(6);
  if (!isShortDate(digits) || !/[1-8]/.test(marker)) return undefined;
  if (/[3478]/.test(marker) && Number(digits.slice(0, 2)) > LAST_BIRTH_YEAR_2000S) return undefined;
  return kindByMarker(marker);
}

/** An order begins with its day in these decades, the birthday of somebody who writes hardly ever. */
export function beginsLikeOrder(digits: string): boolean {
  return isShortDate(digits.slice(/^20[23]/.test(digits) ? 2 : 0)) && /^(?:20)?[23]/.test(digits);
}

const WEIGHTS = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];

/** The check digit that numbers had until October 2020 and that numbers issued since need not have. */
function hasOldCheckDigit(digits: string): boolean {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(digits.charAt(i)), 0);
  const isForeigner = digits.charAt(6) >= '5';
  return ((isForeigner ? 13 : 11) - (sum % 11)) % 10 === Number(digits.charAt(12));
}

/** EAN-13, the barcode of a product; Korean ones begin with 880 and read like a birthday in 1988. */
export function isBarcode(digits: string): boolean {
  const sum = [...digits].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0);
  return digits.startsWith('880') && sum % 10 === 0;
}

const WRITTEN_SHAPES: ReadonlySet<string> = new Set(['13', '6-7', '2-2-2-7', '6-1-6', '6-3-4', '2-2-2-1-6']);

/** The first half whole, the second in any pieces: "900101-1234 567". */
const TORN_SECOND_HALF = /^6(?:-[1-6])+$/;
/** Behind a row of quantities. */
const UNIT_AFTER = /^\s?(?:만\s?)?(?:원|개|점|장|박스|세트|시|분|won|krw|mm|cm)/i;

/** @returns the kind when `reading` is a whole number of 13 digits, or its second half that is named as such */
export function residentKind(reading: Reading, text: string, label: NumberLabel | undefined): ResidentKind | undefined {
  const { digits, shape } = reading;
  const named = label?.kind === 'resident-number' || label?.kind === 'foreigner-number';
  // "앞자리는 900101이고 뒷자리는 1234567": the second half gives the number away.
  if (named && label.adjacent && (shape === '7' || shape === '1-6') && /^[1-8]/.test(digits))
    return kindByMarker(digits.charAt(0));
  if (digits.length !== 13) return undefined;
  const kind = residentKindOfDigits(digits);
  if (kind === undefined) return undefined;
  // A day and a time of day are in such groups too.
  if (hasUnusualGap(reading) && !['6-7', '6-1-6'].includes(shape)) return undefined;
  if (named) return kind;
  const checked = hasOldCheckDigit(digits);
  if (!WRITTEN_SHAPES.has(shape)) {
    // A day and quantities look like it as well, above all the day of an order.
    const isTorn = TORN_SECOND_HALF.test(shape) && reading.gaps.every((gap) => gap.trim() === '' || isDash(gap));
    const isAmount = UNIT_AFTER.test(text.slice(reading.end, reading.end + 5));
    if (!isTorn || ((isAmount || beginsLikeOrder(digits)) && !checked)) return undefined;
  }
  // A label is a customer's word as well ("예약번호 900101-1234567"). Undivided, most numbers behind it are what it says.
  if (label?.kind === 'business' && label.adjacent) {
    if (shape === '13') return checked && !isBarcode(digits) && !beginsLikeOrder(digits) ? kind : undefined;
    return label.corporate && !checked ? undefined : kind;
  }
  if (shape === '13') {
    if (label?.kind === 'account-number') return undefined;
    if (isBarcode(digits) && !checked) return undefined;
  }
  return kind;
}

/** The first half with the digit for sex, the rest starred out or left away: "900101-1******", "주민번호 900101-1".
 *  @returns the kind and where the number ends in `text` */
export function partialResidentNumber(
  reading: Reading,
  text: string,
  label: NumberLabel | undefined,
): { readonly kind: ResidentKind; readonly end: number } | undefined {
  if (reading.count !== 2 || !/^6-[1-6]$/.test(reading.shape) || !isDash(reading.gaps[0] ?? '')) return undefined;
  const kind = residentKindOfDigits(reading.digits);
  if (kind === undefined) return undefined;
  const stars = /^[*xX]{1,6}(?![A-Za-z0-9*])/.exec(text.slice(reading.end, reading.end + 8))?.[0] ?? '';
  if (stars !== '') return { kind, end: reading.end + stars.length };
  const named = label?.kind === 'resident-number' || label?.kind === 'foreigner-number';
  return named && reading.shape === '6-1' ? { kind, end: reading.end } : undefined;
}
