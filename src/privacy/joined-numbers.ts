/** Runs of digits in which items hide one another: "900101-1234567-010-1234-5678", "01012345678" with digits hanging on it. */
import { isIssuedCard } from './card-number.ts';
import type { DigitGroup } from './digit-groups.ts';
import type { PersonalDataKind } from './personal-data.ts';
import { beginsLikeOrder, isBarcode, residentKindOfDigits } from './resident-number.ts';

const MOBILE_LENGTH = 11;
const RESIDENT_LENGTH = 13;
const CARD_LENGTH = 16;

/** The item that `digits` is from its first to its last. */
function itemKind(digits: string): PersonalDataKind | undefined {
  if (digits.length === MOBILE_LENGTH) return digits.startsWith('010') ? 'phone-number' : undefined;
  if (digits.length === RESIDENT_LENGTH) return isBarcode(digits) ? undefined : residentKindOfDigits(digits);
  return digits.length === CARD_LENGTH && isIssuedCard(digits) ? 'card-number' : undefined;
}

/** The kind of the first item when `digits` is two or more items and nothing else, wherever the separators stand. */
export function concatenationKind(digits: string): PersonalDataKind | undefined {
  /** `kindFrom[i]`: the item at `i` when from there on all is items. */
  const kindFrom: (PersonalDataKind | undefined)[] = [];
  for (let at = digits.length - MOBILE_LENGTH; at >= 0; at -= 1) {
    for (const length of [MOBILE_LENGTH, RESIDENT_LENGTH, CARD_LENGTH]) {
      const end = at + length;
      if (end > digits.length || (end < digits.length && kindFrom[end] === undefined)) continue;
      kindFrom[at] ??= itemKind(digits.slice(at, end));
    }
  }
  return digits.length >= 2 * MOBILE_LENGTH ? kindFrom[0] : undefined;
}

/** The item's digits at one edge, cut where people cut them; `undefined` where the cut falls elsewhere. */
function edges(groups: readonly string[]): readonly (string | undefined)[] {
  const first = groups[0] ?? '';
  const second = groups[1] ?? '';
  const last = groups.at(-1) ?? '';
  const lastButOne = groups.at(-2) ?? '';
  const tail = groups.slice(-4).join('');
  const head = groups.slice(0, 4).join('');
  const isMobileTail =
    /^010-\d{4}-\d{4}$/.test(groups.slice(-3).join('-')) || /^010-\d{8}$/.test(`${lastButOne}-${last}`);
  return [
    first === '010' || first.length >= MOBILE_LENGTH ? head.slice(0, MOBILE_LENGTH) : undefined,
    last.length >= MOBILE_LENGTH || isMobileTail ? tail.slice(-MOBILE_LENGTH) : undefined,
    first.length >= CARD_LENGTH || groups.slice(0, 3).every((group) => group.length === 4)
      ? head.slice(0, CARD_LENGTH)
      : undefined,
    last.length >= CARD_LENGTH || (groups.length > 3 && groups.slice(-3).every((group) => group.length === 4))
      ? tail.slice(-CARD_LENGTH)
      : undefined,
    first.length >= RESIDENT_LENGTH || (first.length === 6 && second.length >= 7)
      ? head.slice(0, RESIDENT_LENGTH)
      : undefined,
    last.length >= RESIDENT_LENGTH || (last.length === 7 && lastButOne.length >= 6)
      ? tail.slice(-RESIDENT_LENGTH)
      : undefined,
  ];
}

/** The kind of an item that `run` begins or ends with. "3.90010112345678" is a number with a fraction.
 *
 *  Of numbers without a label that do not begin with a day, chance alone makes some end here: 2 % of 14 and 15 random digits, 9 % of 17
 *  and more (an issuer's prefix one in three, Luhn's check one in ten, two edges). That stays: no digit tells such a number from a card
 *  with its security code or expiry behind it, a model that cannot read it asks again, and a card in the log cannot be taken back. */
export function edgeKind(run: readonly DigitGroup[], isNamedResident: boolean): PersonalDataKind | undefined {
  const groups = run.map((group) => group.digits);
  if (groups.length === 2 && run[1]?.gap === '.' && (groups[0] ?? '').length <= 3) return undefined;
  const likeOrder = !isNamedResident && beginsLikeOrder(groups.slice(0, 2).join(''));
  for (const digits of edges(groups)) {
    const kind = digits === undefined ? undefined : itemKind(digits);
    if (kind !== undefined && !(likeOrder && kind !== 'phone-number')) return kind;
  }
  return undefined;
}
