/** Bank account numbers. They have no check digit and every bank its own shape, so words around them decide first. */
import { isDash, type Reading } from './digit-groups.ts';
import type { LabelKind, NumberLabel } from './number-labels.ts';
import { isShortDate } from './resident-number.ts';

/** Groups in which banks print account numbers and nobody else prints much. `4-4-4` (토스뱅크) is missing: parcels have it too.
 *  Source: account number schemes of 금융결제원 (국민, 신한, 우리, 하나, 농협, 기업, 카카오뱅크, 케이뱅크, 새마을금고, 우체국, SC, 수협, 신협 and the regional banks) */
const BANK_SHAPES: ReadonlySet<string> = new Set([
  ...['6-2-6', '3-2-4-3', '3-3-6', '3-2-6', '4-3-6', '3-6-5', '3-4-4-2', '3-6-2-3', '4-2-7', '4-4-4-1', '4-2-6-1'],
  ...['3-2-6-1', '5-2-6', '3-3-5-1', '3-4-4-3', '3-6-3'],
]);

/** True for group lengths such as `3-3-6`. */
export function isBankShape(shape: string): boolean {
  return BANK_SHAPES.has(shape);
}

const MIN_DIGITS = 10;
const MAX_DIGITS = 16;

/** Digits that begin with a day or a year, as order numbers do. */
function beginsWithDate(digits: string): boolean {
  const longDate = /^(?:19|20)\d{2}/.test(digits) && isShortDate(digits.slice(2, 8));
  return longDate || isShortDate(digits);
}

/** A first group that is a day (YYMMDD) or a year (YYYY, YY…): then it may be an order number in a bank's grouping. */
function beginsLikeOrder({ digits, shape }: Reading): boolean {
  if (/^(?:19|20)\d\d/.test(digits) && /^[46]-/.test(shape)) return true;
  return shape.startsWith('6-') && isShortDate(digits);
}

const AMOUNT_AFTER = /^\s?(?:만\s?)?(?:원|won|krw)/i;

/** One kind of gap throughout: "110-123-456789 5000원" is an account and an amount. */
function isOneChain(reading: Reading): boolean {
  const { gaps } = reading;
  if (isBankShape(reading.shape) && gaps.every((gap) => gap === gaps[0])) return true;
  return gaps.every(isDash) || gaps.every((gap) => /^[ \n]{1,2}$/.test(gap)) || gaps.every((gap) => gap === '.');
}

function inRange(reading: Reading): boolean {
  return reading.digits.length >= MIN_DIGITS && reading.digits.length <= MAX_DIGITS;
}

export interface AccountMatch {
  /** How many digit groups it takes. */
  readonly count: number;
  /** In a bank's own grouping, or held together by dashes: more than a row of numbers that stand side by side. */
  readonly solid: boolean;
}

/** The number that a bank's name or a word such as 계좌 claims: its printed shape first, then the longest chain. */
export function labelledAccount(
  readings: readonly Reading[],
  label: NumberLabel | undefined,
  labelAfter: (reading: Reading) => LabelKind | undefined,
  textAfter: (reading: Reading) => string,
): AccountMatch | undefined {
  const labelled = label?.kind === 'account-number';
  if (label?.adjacent === true && !labelled && label.kind !== 'phone-number') return undefined;
  const chains = readings.filter(
    (reading) => inRange(reading) && isOneChain(reading) && !AMOUNT_AFTER.test(textAfter(reading)),
  );
  const printed = chains.findLast((reading) => isBankShape(reading.shape) || reading.shape === '4-4-4');
  const best = printed ?? chains.find((reading) => reading.count === 1) ?? chains.at(-1);
  if (best === undefined || !(labelled || labelAfter(best) === 'account-number')) return undefined;
  const looksLikeOrder = /^20[0-4]\d/.test(best.digits) && beginsWithDate(best.digits);
  if (looksLikeOrder && !(labelled && label.adjacent)) return undefined;
  return { count: best.count, solid: printed !== undefined || best.gaps.every(isDash) };
}

/** Dashes in a bank's grouping, with nothing else that the number could be. */
export function unlabelledAccount(
  readings: readonly Reading[],
  isFollowedByMore: (reading: Reading) => boolean,
): AccountMatch | undefined {
  const match = readings.findLast(
    (reading) => reading.count > 1 && isBankShape(reading.shape) && inRange(reading) && reading.gaps.every(isDash),
  );
  if (match === undefined || isFollowedByMore(match) || beginsLikeOrder(match)) return undefined;
  return { count: match.count, solid: true };
}
