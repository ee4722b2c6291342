/** Payment card numbers. */
import { hasUnusualGap, isDash, type Reading } from './digit-groups.ts';
import type { NumberLabel } from './number-labels.ts';

/** Luhn's check, which every payment card keeps. Source: ISO/IEC 7812-1 annex B */
function keepsLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits.charAt(digits.length - 1 - i));
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Issuer prefixes with their lengths: Visa 4; Mastercard 51–55, 2221–2720; JCB 3528–3589; UnionPay 62; Discover 6011, 64–65; Korean
 *  domestic cards 9; American Express 34, 37; Diners 36, 38, 300–305. Source: https://en.wikipedia.org/wiki/Payment_card_number */
const ISSUED =
  /^(?:(?:4\d{3}|5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720|352[89]|35[3-8]\d|62\d\d|6011|6[45]\d\d|9\d{3})\d{12}|3[47]\d{13}|3(?:6|8|0[0-5])\d{11,12})$/;

/** An issuer's prefix and length, and the check digit. */
export function isIssuedCard(digits: string): boolean {
  return ISSUED.test(digits) && keepsLuhn(digits);
}

const CARD_SHAPES: ReadonlySet<string> = new Set([
  '16',
  '15',
  '14',
  '4-4-4-4',
  '4-6-5',
  '4-6-4',
  '4-12',
  '8-8',
  '4-4-8',
  '4-8-4',
  '8-4-4',
  '12-4',
]);

export function isCardNumber(reading: Reading, label: NumberLabel | undefined): boolean {
  const { digits, shape } = reading;
  if (digits.length < 14 || digits.length > 16) return false;
  // A label is a customer's word as well, and so the digits decide; shorter ones only as cards have them printed.
  if (label?.kind === 'business' && label.adjacent) {
    return CARD_SHAPES.has(shape) && (digits.length === 16 || reading.count > 1) && isIssuedCard(digits);
  }
  if (hasUnusualGap(reading)) return CARD_SHAPES.has(shape) && isIssuedCard(digits);
  const issued = ISSUED.test(digits);
  if (label?.kind === 'card-number') {
    // Behind the word itself a mistyped or a shortened number counts; an order number that was "paid by card" begins with its year.
    const named = label.adjacent && !/^20[0-4]\d/.test(digits);
    return named || shape === '4-4-4-4' || (issued && keepsLuhn(digits));
  }
  const dashed = digits.length === 16 && reading.count <= 5 && reading.gaps.every(isDash);
  if (!issued || !(dashed || CARD_SHAPES.has(shape))) return false;
  // A mistyped card is a card: four groups of four behind an issuer's prefix are not written for anything else.
  return keepsLuhn(digits) || (shape === '4-4-4-4' && label?.kind !== 'account-number');
}
