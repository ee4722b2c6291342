/** Registration numbers given in two halves with words between: "앞자리 900101, 뒷자리 1 234567", "900101 뒤 1234567". */
import { matchesOf } from './matches-of.ts';
import { type ResidentKind, residentKindOfDigits } from './resident-number.ts';

export interface ResidentHalves {
  readonly kind: ResidentKind;
  readonly start: number;
  readonly end: number;
  /** All 13. */
  readonly digits: string;
}

/** An amount may follow a day: "900101 뒤 1234567원". */
const HALVES = /(?<!\d)(\d{6})(?!\d)[^\d\n]{0,12}?(?:뒤|뒷)[^\d\n]{0,8}?([1-8][ -]?\d{6})(?!\d|\s?원)/g;

/** @param text normalised, digits that are spelled out as digits */
export function findResidentHalves(text: string): readonly ResidentHalves[] {
  return matchesOf(HALVES, text).flatMap((match): readonly ResidentHalves[] => {
    const digits = `${match[1]}${match[2]}`.replace(/\D/g, '');
    const kind = residentKindOfDigits(digits);
    return kind === undefined ? [] : [{ kind, start: match.index, end: match.index + match[0].length, digits }];
  });
}
