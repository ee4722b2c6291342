/** The digits of a text as groups: what every number detector reads. */
import { matchesOf } from './matches-of.ts';

export interface DigitGroup {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
  /** What stands between the group before and this one, when both may be one number; else `undefined`. */
  readonly gap: string | undefined;
}

const DIGITS = /\d+/g;
// "010에 1234에 5678", "공일공 다시 일이삼사": how numbers are read aloud.
const GAP = /^(?:[ \n\-.~/_(),]{1,5}| ?(?:다시|에|의|국에?|하이픈|대시|빼기) ?)$/;
/** "010=1234=5678", "900101 : 1234567": any other symbols, for shapes that are certain without their separators. */
const UNUSUAL_GAP = /^ {0,2}[^\p{L}\p{N}\s]{1,3} {0,2}$/u;
const LONGEST_GAP = 5;

export function digitGroups(text: string): readonly DigitGroup[] {
  const groups: DigitGroup[] = [];
  let previousEnd = Number.NEGATIVE_INFINITY;
  for (const match of matchesOf(DIGITS, text)) {
    const start = match.index;
    const between = start - previousEnd <= LONGEST_GAP ? text.slice(previousEnd, start) : '';
    const end = start + match[0].length;
    groups.push({
      digits: match[0],
      start,
      end,
      gap: GAP.test(between) || UNUSUAL_GAP.test(between) ? between : undefined,
    });
    previousEnd = end;
  }
  return groups;
}

/** No number that we look for is longer, and each digit may be a group of its own. */
const MAX_DIGITS = 20;

/** "0 1 0 - 1 2 3 4", "0.1.0.1.2": one gap throughout, or blanks and dashes. "1. 0 1 0" is a list and a number. */
function isEven(gaps: readonly string[]): boolean {
  return gaps.every((gap) => gap === gaps[0]) || gaps.every((gap) => gap.trim() === '' || isDash(gap));
}

/** `count` groups read as one number. */
export interface Reading {
  readonly count: number;
  readonly digits: string;
  /** Digits per group: `3-4-4`. One number when the digits are written one by one. */
  readonly shape: string;
  readonly gaps: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** Every way to read a number that starts at group `first`: one group, two groups, and so on while gaps allow. */
export function readingsFrom(groups: readonly DigitGroup[], first: number): readonly Reading[] {
  const head = groups[first];
  if (head === undefined) return [];
  const readings: Reading[] = [];
  const gaps: string[] = [];
  const lengths: number[] = [];
  let digits = '';
  for (let count = 1; count <= MAX_DIGITS; count += 1) {
    const group = groups[first + count - 1];
    if (group === undefined) break;
    if (count > 1) {
      if (group.gap === undefined) break;
      gaps.push(group.gap);
    }
    digits += group.digits;
    if (digits.length > MAX_DIGITS) break;
    lengths.push(group.digits.length);
    const spelledOut = count > 3 && lengths.every((length) => length === 1) && isEven(gaps);
    const shape = spelledOut ? String(count) : lengths.join('-');
    readings.push({ count, digits, shape, gaps: spelledOut ? [] : [...gaps], start: head.start, end: group.end });
  }
  return readings;
}

/** Whether symbols stand between the groups that stand between quantities, times and codes just as well. */
export function hasUnusualGap(reading: Reading): boolean {
  return reading.gaps.some((gap) => !GAP.test(gap));
}

/** True for a dash, as a sign or read aloud, blanks around it or not; a dash that begins a line is a list's. */
export function isDash(gap: string): boolean {
  return /^(?: {0,2}-[ \n]{0,2}| ?(?:다시|하이픈|대시|빼기) ?)$/.test(gap);
}
