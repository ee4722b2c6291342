/** All detectors over one text, from left to right, each place given to the most certain of them. */

import { type AccountMatch, labelledAccount, unlabelledAccount } from './account-number.ts';
import { isCardNumber } from './card-number.ts';
import { type DigitGroup, digitGroups, type Reading, readingsFrom } from './digit-groups.ts';
import { findEmails } from './email.ts';
import { concatenationKind, edgeKind } from './joined-numbers.ts';
import { withLookAlikeDigits } from './look-alike-digits.ts';
import { mayHoldNumber } from './may-hold-number.ts';
import { withMixedDigits } from './mixed-digits.ts';
import { type NormalisedText, normalise } from './normalise.ts';
import { type LabelKind, type NumberLabel, NumberLabels } from './number-labels.ts';
import type { PersonalDataKind, PersonalDataSpan } from './personal-data.ts';
import { findPhonesInWords } from './phone-in-words.ts';
import { MOBILE, type PhoneMatch, phoneMatch } from './phone-number.ts';
import { withReadOutNumbers } from './read-out-number.ts';
import { findResidentHalves } from './resident-halves.ts';
import { partialResidentNumber, residentKind } from './resident-number.ts';
import { withSpelledOutEmails } from './spelled-out-email.ts';
import { withSpokenDigits } from './spoken-digits.ts';

export interface Detection extends PersonalDataSpan {
  /** A company's number (15xx-xxxx): a fact for answers, no personal data. */
  readonly representative: boolean;
  /** The number in digits alone, from the trunk `0` on for Korean phones; the address in lower case for e-mail. */
  readonly key: string;
}

/** Words that may stand right before a phone number without a blank: "Tel010…", "HP.010…". */
const PHONE_WORD_BEFORE = /(?:^|[^A-Za-z])(?:tel|hp|h\.p|phone|mobile|cell|call|sms|fax|no|t|m|p|h|c|f)[.-]?$/i;
const PHONE_WORD_LENGTH = 8;
/** Right behind a number that is to be called. */
const CALLED = /^\s?(?:번\s?)?(?:으로|로|에)\s?(?:전화|연락|통화)/;
const CALLED_LENGTH = 10;
/** A plus sign and brackets around a country or area code belong to the number. */
const PLUS_BEFORE = /(?:^|[^A-Za-z0-9+])(\(?\+ ?)$/;
/** Gaps that tie digits into one number: what hangs on behind them belongs to it. */
const TIGHT_GAPS: ReadonlySet<string> = new Set(['-', '.', '_']);
/** Those and the comma of "1,234", which two numbers in a list have between them as well. */
const GAPS_INSIDE_NUMBERS: ReadonlySet<string> = new Set([...TIGHT_GAPS, ',']);

/** The label stands right before the number and says `kind`; citizens and foreigners use each other's word. */
function names(label: NumberLabel | undefined, kind: LabelKind): boolean {
  const isResident = (name: LabelKind | undefined): boolean =>
    name === 'resident-number' || name === 'foreigner-number';
  return label?.adjacent === true && (label.kind === kind || (isResident(label.kind) && isResident(kind)));
}

/** Reads the digit groups of one normalised text; offsets are in that text. */
class Scan {
  readonly #text: string;
  readonly #groups: readonly DigitGroup[];
  readonly #labels: NumberLabels;
  /** What is found without reading digits group by group, in order: addresses, and numbers with words inside. */
  readonly #certain: readonly Detection[];
  readonly #found: Detection[] = [];
  /** Where the last found number or address ended. */
  #consumedTo = 0;
  /** The group behind the last run that was read as a concatenation: once for each run, or a long one costs its square. */
  #searchedTo = 0;

  constructor(text: string) {
    this.#text = text;
    this.#groups = digitGroups(text);
    this.#labels = new NumberLabels(text);
    const emails = findEmails(text).map(({ start, end }): Detection => {
      const key = text.slice(start, end).replaceAll(' ', '').toLowerCase();
      return { kind: 'email', start, end, representative: false, key };
    });
    const halves = findResidentHalves(text).map(
      ({ kind, start, end, digits }): Detection => ({ kind, start, end, representative: false, key: digits }),
    );
    const phones = findPhonesInWords(text).map(
      ({ start, end, digits }): Detection => ({ kind: 'phone-number', start, end, representative: false, key: digits }),
    );
    this.#certain = [...emails, ...halves, ...phones].sort((a, b) => a.start - b.start);
  }

  run(): readonly Detection[] {
    let next = 0;
    for (let i = 0; i < this.#groups.length; ) {
      const group = this.#groups[i];
      const certain = this.#certain[next];
      if (certain !== undefined && (group === undefined || certain.start <= group.end)) {
        this.#takeCertain(certain);
        next += 1;
      } else if (group === undefined || group.start < this.#consumedTo) {
        i += 1;
      } else {
        i += this.#take(i, group);
      }
    }
    for (const certain of this.#certain.slice(next)) this.#takeCertain(certain);
    return this.#found;
  }

  #takeCertain(certain: Detection): void {
    if (certain.start >= this.#consumedTo) this.#add(certain);
  }

  #add(found: Detection): void {
    this.#found.push(found);
    this.#consumedTo = found.end;
    this.#labels.found(found.kind, found.end);
  }

  /** @returns how many groups were read: at least one, found or not */
  #take(first: number, group: DigitGroup): number {
    const previousEnd = Math.max(this.#consumedTo, this.#groups[first - 1]?.end ?? 0);
    const label = this.#labels.before(group.start, previousEnd);
    const readings = readingsFrom(this.#groups, first);
    if (this.#continuesAnotherNumber(first, group)) return 1;
    if (this.#continuesCode(group)) return this.#takeMobile(first, readings, label);

    for (const reading of readings.toReversed()) {
      const whole = !this.#isFollowedByMore(reading, first);
      const resident = whole ? residentKind(reading, this.#text, label) : undefined;
      if (resident !== undefined && this.#isClearOfLetters(reading, reading.count > 1 || names(label, resident)))
        return this.#addReading(resident, reading);
      if (!whole || !isCardNumber(reading, label)) continue;
      if (this.#isClearOfLetters(reading, reading.count > 1 || names(label, 'card-number')))
        return this.#addReading('card-number', reading);
    }
    const joined = this.#takeConcatenation(first);
    if (joined > 0) return joined;
    const pair = readings[1];
    const partial = pair === undefined ? undefined : partialResidentNumber(pair, this.#text, label);
    if (pair !== undefined && partial !== undefined) {
      this.#add({ kind: partial.kind, start: pair.start, end: partial.end, representative: false, key: pair.digits });
      return pair.count;
    }
    return this.#takePhoneOrAccount(first, readings, label);
  }

  /** Items that run into one another: all of the run goes. @returns how many groups were read, 0 when there are none */
  #takeConcatenation(first: number): number {
    if (first < this.#searchedTo) return 0;
    this.#searchedTo = this.#runEnd(first, TIGHT_GAPS);
    const run = this.#groups.slice(first, this.#searchedTo);
    const kind = concatenationKind(run.map((group) => group.digits).join(''));
    return kind === undefined ? 0 : this.#addRun(kind, run);
  }

  /** An item with other digits hanging on it, which nothing else has claimed: all of the run goes, nobody can tell where it ends.
   *  @returns how many groups were read, 0 when there is no item */
  #takeItemAtEdge(first: number, label: NumberLabel | undefined): number {
    const run = this.#groups.slice(first, this.#runEnd(first, GAPS_INSIDE_NUMBERS));
    const head = run[0];
    const last = run.at(-1);
    const previous = this.#groups[first - 1];
    const hangs = head?.gap === '.' && previous !== undefined && previous.end > this.#consumedTo;
    if (head === undefined || last === undefined || hangs || names(label, 'business')) return 0;
    const kind = edgeKind(run, names(label, 'resident-number'));
    if (kind === undefined) return 0;
    const isAfterLetter = /[A-Za-z]$/.test(this.#text.slice(Math.max(this.#consumedTo, head.start - 1), head.start));
    const isBeforeLetter = run.length === 1 && /[A-Za-z]/.test(this.#text.charAt(last.end));
    return isAfterLetter || (isBeforeLetter && label?.adjacent !== true) ? 0 : this.#addRun(kind, run);
  }

  #addRun(kind: PersonalDataKind, run: readonly DigitGroup[]): number {
    const key = run.map((group) => group.digits).join('');
    this.#add({ kind, start: run[0]?.start ?? 0, end: run.at(-1)?.end ?? 0, representative: false, key });
    return run.length;
  }

  /** The index behind the last group that hangs on group `first`. */
  #runEnd(first: number, gaps: ReadonlySet<string>): number {
    let end = first + 1;
    for (let gap = this.#groups[end]?.gap; gap !== undefined; gap = this.#groups[end]?.gap) {
      if (!gaps.has(gap)) break;
      end += 1;
    }
    return end;
  }

  #takePhoneOrAccount(first: number, readings: readonly Reading[], label: NumberLabel | undefined): number {
    const phone = this.#phone(first, readings, label) ?? this.#calledNumber(first, readings, label);
    const account: AccountMatch | undefined =
      labelledAccount(
        readings,
        label,
        (reading) =>
          this.#labels.after(reading.end, this.#groups[first + reading.count]?.start ?? Number.POSITIVE_INFINITY),
        (reading) => this.#text.slice(reading.end, reading.end + 4),
      ) ??
      (phone === undefined && !(label?.kind === 'business' && label.adjacent)
        ? unlabelledAccount(readings, (reading) => this.#isFollowedByMore(reading, first))
        : undefined);
    const accountWins =
      account !== undefined &&
      (phone === undefined || phone.representative || account.solid) &&
      account.count > (phone?.count ?? 0);
    if (accountWins) {
      const reading = readings[account.count - 1];
      if (reading !== undefined && this.#isClearOfLetters(reading, account.count > 1)) {
        return this.#addReading('account-number', reading);
      }
    }
    const reading = phone === undefined ? undefined : readings[phone.count - 1];
    if (phone !== undefined && reading !== undefined) return this.#addPhone(phone, reading);
    return Math.max(1, this.#takeItemAtEdge(first, label));
  }

  #phone(first: number, readings: readonly Reading[], label: NumberLabel | undefined): PhoneMatch | undefined {
    const head = readings[0];
    if (head === undefined) return undefined;
    const plus = PLUS_BEFORE.test(this.#text.slice(Math.max(0, head.start - 4), head.start));
    const phone = phoneMatch(readings, plus, label);
    const reading = phone === undefined ? undefined : readings[phone.count - 1];
    if (phone === undefined || reading === undefined) return undefined;
    // "kakao01012345678", "주문번호 01012345678": hardly any code or order is that number by chance.
    const undividedMobile =
      phone.count === 1 && MOBILE.test(phone.digits) && !/[A-Za-z]/.test(this.#text.charAt(reading.end));
    const grouped = phone.grouped || undividedMobile;
    if (label?.kind === 'business' && label.adjacent && !grouped) return undefined;
    if (!this.#isClearOfLetters(reading, grouped || names(label, 'phone-number'))) return undefined;
    // A mobile number in its groups stays one even if more digits hang on it ("010-1234-5678-2").
    const mobile = phone.grouped && /^01/.test(phone.digits);
    if (!mobile && this.#isFollowedByMore(reading, first)) return undefined;
    if (plus && /^\s?(?:원|개|점|명|포인트|%)/.test(this.#text.slice(reading.end, reading.end + 4))) return undefined;
    return phone;
  }

  /** Of all numbers a mobile one alone is itself whatever it hangs on. */
  #takeMobile(first: number, readings: readonly Reading[], label: NumberLabel | undefined): number {
    const phone = this.#phone(first, readings, label);
    const reading = phone === undefined ? undefined : readings[phone.count - 1];
    const isMobile = phone !== undefined && MOBILE.test(phone.digits) && (phone.grouped || phone.count === 1);
    return isMobile && reading !== undefined ? this.#addPhone(phone, reading) : 1;
  }

  /** "2123-4567로 전화 주세요": the words behind a local number say what it is. */
  #calledNumber(first: number, readings: readonly Reading[], label: NumberLabel | undefined): PhoneMatch | undefined {
    const reading = readings[1];
    if (reading === undefined || label?.adjacent === true) return undefined;
    if (!CALLED.test(this.#text.slice(reading.end, reading.end + CALLED_LENGTH))) return undefined;
    return this.#phone(first, readings.slice(0, 2), { kind: 'phone-number', adjacent: true, corporate: false });
  }

  #addPhone(phone: PhoneMatch, reading: Reading): number {
    const before = this.#text.slice(Math.max(this.#consumedTo, reading.start - 4), reading.start);
    const opening = PLUS_BEFORE.exec(before)?.[1] ?? (/\($/.test(before) && reading.gaps[0]?.includes(')') ? '(' : '');
    this.#add({
      kind: 'phone-number',
      start: reading.start - opening.length,
      end: reading.end,
      representative: phone.representative,
      key: phone.digits,
    });
    return reading.count;
  }

  #addReading(kind: PersonalDataKind, reading: Reading): number {
    this.#add({ kind, start: reading.start, end: reading.end, representative: false, key: reading.digits });
    return reading.count;
  }

  /** The group hangs on digits before it: the "45-678901" of "123-45-678901". */
  #continuesAnotherNumber(first: number, group: DigitGroup): boolean {
    const previous = this.#groups[first - 1];
    const hangs = group.gap !== undefined && TIGHT_GAPS.has(group.gap) && previous !== undefined;
    if (hangs && previous.end > this.#consumedTo) {
      const isListNumber = group.gap === '.' && previous.digits.length <= 2 && previous.gap === undefined;
      return !isListNumber;
    }
    return group.gap === ',' && previous !== undefined && previous.end > this.#consumedTo;
  }

  /** The digits of "ORD-110…". */
  #continuesCode(group: DigitGroup): boolean {
    const before = this.#text.slice(Math.max(this.#consumedTo, group.start - PHONE_WORD_LENGTH), group.start);
    return /[A-Za-z][-_#]$/.test(before) && !PHONE_WORD_BEFORE.test(before);
  }

  /** No further digits hang on the end of `reading`. In a second pass they may have become a placeholder. */
  #isFollowedByMore(reading: Reading, first: number): boolean {
    const next = this.#groups[first + reading.count];
    if (next?.gap !== undefined && TIGHT_GAPS.has(next.gap)) return true;
    return /^[-._]\[/.test(this.#text.slice(reading.end, reading.end + 2));
  }

  /** "AB01012345678CD" is a code. Digits in groups may stand beside letters ("tel010-1234-5678", "5678vip"). */
  #isClearOfLetters(reading: Reading, grouped: boolean): boolean {
    if (grouped) return true;
    const before = this.#text.slice(Math.max(this.#consumedTo, reading.start - PHONE_WORD_LENGTH), reading.start);
    const after = this.#text.charAt(reading.end);
    return (!/[A-Za-z]$/.test(before) || PHONE_WORD_BEFORE.test(before)) && !/[A-Za-z]/.test(after);
  }
}

const NOTHING: readonly Detection[] = [];

/** Every phone number, account, card, registration number and e-mail address of `original`, in order, without overlaps. */
export function detect(original: string): readonly Detection[] {
  return detectIn(normalise(original));
}

/** The same for a text that has been normalised; offsets are in the original all the same. */
export function detectIn(plain: NormalisedText): readonly Detection[] {
  return mayHoldNumber(plain.text) ? detectAllIn(plain) : NOTHING;
}

/** The same without the cheap look before it. */
export function detectAllIn(plain: NormalisedText): readonly Detection[] {
  const text = withSpelledOutEmails(withLookAlikeDigits(withMixedDigits(withSpokenDigits(withReadOutNumbers(plain)))));
  return new Scan(text.text).run().map((found) => ({ ...found, ...text.originalSpan(found.start, found.end) }));
}
