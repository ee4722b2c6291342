/** Numbers in pieces, over the cells of a table ("| 전화 | 02-123 | 4567 |") or over lines. Every piece by itself is a quantity like any
 *  other, and rows of quantities are what tables are for: so a word has to say what the pieces are, or they are cut where only phone
 *  numbers are, with a dash inside one of them. Only for texts of which a number may be taken too many. */
import { isBankShape } from './account-number.ts';
import { type DigitGroup, digitGroups } from './digit-groups.ts';
import type { NormalisedText } from './normalise.ts';
import { type NumberLabel, NumberLabels } from './number-labels.ts';
import { isNationalNumber, isRepresentativeNumber, isWrittenInFull } from './phone-number.ts';

export interface SpreadNumber {
  readonly kind: 'phone' | 'account';
  /** Offsets in the original. */
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}

/** What ends or begins a piece: a dash, a bracket, marks of emphasis. */
const EDGE = '[-.()*_~`]{0,5}';
/** Empty cells, and a quotation's marks, stand between pieces as well. */
const BORDER = '\\|(?: *\\|)*';
const LINE_BREAK = '(?:\\\\?\\n *(?:> ?)*){1,2}(?:[-*+] )?';
/** Between two pieces. The end of a row is none: it has a border on both sides of its line break. */
const SEAM = new RegExp(`^${EDGE} *(?:${BORDER}|${LINE_BREAK}) *${EDGE}$`);
/** Inside a piece. */
const TIE = /^[ ()]{0,2}[-.]?[ ()]{0,2}$/;
const DASH = /[-)]/;
const MAY_HAVE_SEAM = /\d[-.()*_~`\\ ]{0,40}[|\n]/;
/** Cells of a source that is set in columns are padded. */
const LONGEST_SEAM = 80;

const MAX_DIGITS = 16;
const MIN_ACCOUNT_DIGITS = 10;

/** What stands between words is white space here, so that a label in the next cell is right beside its number. */
const BETWEEN_WORDS = /[|*_~`>\\]/g;
/** Who or what is reached: no label among personal data, where it would claim a customer's order. */
const REACHED_BEFORE =
  /(?:(?:고객|상담|콜|서비스|예약)\s?센터|대표|상담|문의처?|예약|ARS|팩스|fax|☎|📞|☏)\s{0,40}[:(]?\s{0,40}$/i;
const REACHED_LENGTH = 60;
const CALLED_AFTER = /^\s?(?:번\s?)?(?:으로|로|에)\s?(?:전화|연락|통화|문의)/;
const LONGEST_CALL = 12;
const AMOUNT_AFTER = /^\s?(?:만\s?)?(?:원|won|krw)/i;

type Joint = 'tie' | 'dash' | 'seam' | undefined;

/** Pieces from one group of digits to another. */
interface Pieces {
  readonly digits: string;
  /** Digits by group, every seam a gap; and by group as they would be without the seams. */
  readonly apart: readonly number[];
  readonly joined: readonly number[];
  readonly hasDash: boolean;
  readonly seams: number;
  readonly count: number;
}

class SpreadNumbers {
  readonly #text: string;
  readonly #groups: readonly DigitGroup[];
  readonly #words: string;
  readonly #labels: NumberLabels;

  constructor(text: string) {
    this.#text = text;
    this.#groups = digitGroups(text);
    this.#words = text.replace(BETWEEN_WORDS, ' ');
    this.#labels = new NumberLabels(this.#words);
  }

  find(): readonly SpreadNumber[] {
    const found: SpreadNumber[] = [];
    for (let i = 0; i < this.#groups.length; ) {
      const group = this.#groups[i];
      if (group === undefined) break;
      const label = this.#labels.before(group.start, this.#groups[i - 1]?.end ?? 0);
      const [number, count] = this.#hangs(group, i) ? [] : this.#longestFrom(i, group, label);
      if (number !== undefined) found.push(number);
      i += count ?? 1;
    }
    return found;
  }

  /** The end of another number: "1,010", "2026-02". */
  #hangs(group: DigitGroup, index: number): boolean {
    return (
      this.#jointBefore(index) === 'dash' ||
      /\d[,.:/]$/.test(this.#text.slice(Math.max(0, group.start - 2), group.start))
    );
  }

  #longestFrom(first: number, head: DigitGroup, label: NumberLabel | undefined): readonly [SpreadNumber?, number?] {
    let best: readonly [SpreadNumber?, number?] = [];
    for (const pieces of this.#piecesFrom(first)) {
      const last = this.#groups[first + pieces.count - 1];
      if (last === undefined || this.#jointBefore(first + pieces.count) === 'dash') continue;
      const kind = this.#kindOf(pieces, first, last.end, label);
      if (kind !== undefined) best = [{ kind, start: head.start, end: last.end, digits: pieces.digits }, pieces.count];
    }
    return best;
  }

  /** With a seam among them. */
  *#piecesFrom(first: number): Generator<Pieces> {
    let digits = '';
    const apart: number[] = [];
    const joined: number[] = [];
    let hasDash = false;
    let seams = 0;
    for (let count = 1; ; count += 1) {
      const group = this.#groups[first + count - 1];
      const joint = count === 1 ? 'tie' : this.#jointBefore(first + count - 1);
      if (group === undefined || joint === undefined) return;
      const { length } = group.digits;
      if (digits.length + length > MAX_DIGITS) return;
      digits += group.digits;
      apart.push(length);
      if (joint === 'seam') joined.push((joined.pop() ?? 0) + length);
      else joined.push(length);
      if (joint === 'seam') seams += 1;
      hasDash ||= joint === 'dash';
      if (seams > 0) yield { digits, apart: [...apart], joined: [...joined], hasDash, seams, count };
    }
  }

  #jointBefore(index: number): Joint {
    const before = this.#groups[index - 1];
    const group = this.#groups[index];
    if (before === undefined || group === undefined || group.start - before.end > LONGEST_SEAM) return undefined;
    const between = this.#text.slice(before.end, group.start);
    if (TIE.test(between)) return DASH.test(between) ? 'dash' : 'tie';
    return SEAM.test(between) ? 'seam' : undefined;
  }

  #kindOf(
    pieces: Pieces,
    first: number,
    end: number,
    label: NumberLabel | undefined,
  ): SpreadNumber['kind'] | undefined {
    const { digits, apart, joined, hasDash, seams, count } = pieces;
    const named = label?.adjacent === true ? label.kind : undefined;
    if (named === 'account-number') {
      const isAccount = digits.length >= MIN_ACCOUNT_DIGITS && (hasDash || isBankShape(apart.join('-')));
      return isAccount && !AMOUNT_AFTER.test(this.#words.slice(end, end + LONGEST_CALL)) ? 'account' : undefined;
    }
    if (named !== undefined && named !== 'phone-number') return undefined;
    const isWhole = isWrittenInFull(digits, apart) || isWrittenInFull(digits, joined);
    // Of more pieces, days of the year may be some; and no quantity begins with 010.
    const isCutAsPhone = isWhole && ((hasDash && seams === 1) || /^010\d{8}$/.test(digits));
    if (isNationalNumber(digits)) return isCutAsPhone || this.#isCalled(named, first, end) ? 'phone' : undefined;
    // Among more numbers of a row it is one of them.
    const isInRow = this.#jointBefore(first) === 'seam' || this.#jointBefore(first + count) === 'seam';
    const isNumber = isRepresentativeNumber(digits) && (hasDash || !isInRow);
    return isNumber && this.#isCalled(named, first, end) ? 'phone' : undefined;
  }

  #isCalled(named: NumberLabel['kind'] | undefined, first: number, end: number): boolean {
    const start = this.#groups[first]?.start ?? 0;
    const before = this.#words.slice(Math.max(0, start - REACHED_LENGTH), start);
    return (
      named === 'phone-number' ||
      REACHED_BEFORE.test(before) ||
      CALLED_AFTER.test(this.#words.slice(end, end + LONGEST_CALL))
    );
  }
}

/** Whether a place takes cells of a row as one: to who does not know tables they look like a number in odd separators. */
export function isRowOfCells(text: string, { start, end }: { readonly start: number; readonly end: number }): boolean {
  if (!text.slice(start, end).includes('|')) return false;
  return (
    /\| *$/.test(text.slice(Math.max(0, start - LONGEST_SEAM), start)) ||
    /^ *\|/.test(text.slice(end, end + LONGEST_SEAM))
  );
}

/** False only where {@link findSpreadNumbers} finds nothing. @param text normalised */
export function mayHoldSpreadNumber(text: string): boolean {
  return MAY_HAVE_SEAM.test(text);
}

const NOTHING: readonly SpreadNumber[] = [];

/** In order, without overlaps. */
export function findSpreadNumbers(normalised: NormalisedText): readonly SpreadNumber[] {
  if (!mayHoldSpreadNumber(normalised.text)) return NOTHING;
  return new SpreadNumbers(normalised.text)
    .find()
    .map((number) => ({ ...number, ...normalised.originalSpan(number.start, number.end) }));
}
