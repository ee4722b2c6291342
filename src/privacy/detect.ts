/** All detectors over one text, from left to right, each place given to the most certain of them. */
import { type AccountMatch, labelledAccount, unlabelledAccount } from './account-number.ts';
import { isCardNumber } from './card-number.ts';
import { type DigitGroup, digitGroups, type Reading, readingsFrom } from './digit-groups.ts';
import { type EmailMatch, findEmails } from './email.ts';
import { normalise } from './normalise.ts';
import { type NumberLabel, NumberLabels } from './number-labels.ts';
import type { PersonalDataKind, PersonalDataSpan } from './personal-data.ts';
import { type PhoneMatch, phoneMatch } from './phone-number.ts';
import { partialResidentNumber, residentKind } from './resident-number.ts';
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
/** A plus sign and brackets around a country or area code belong to the number. */
const PLUS_BEFORE = /(?:^|[^A-Za-z0-9+])(\(?\+ ?)$/;
/** Gaps that tie digits into one number: what hangs on behind them belongs to it. */
const TIGHT_GAPS = new Set(['-', '.', '_']);

/** Reads the digit groups of one normalised text; offsets are in that text. */
class Scan {
  readonly #text: string;
  readonly #groups: readonly DigitGroup[];
  readonly #labels: NumberLabels;
  readonly #emails: readonly EmailMatch[];
  readonly #found: Detection[] = [];
  /** Where the last found number or address ended. */
  #consumedTo = 0;

  constructor(text: string) {
    this.#text = text;
    this.#groups = digitGroups(text);
    this.#labels = new NumberLabels(text);
    this.#emails = findEmails(text);
  }

  run(): readonly Detection[] {
    let nextEmail = 0;
    for (let i = 0; i < this.#groups.length; ) {
      const group = this.#groups[i];
      const email = this.#emails[nextEmail];
      if (email !== undefined && (group === undefined || email.start <= group.end)) {
        this.#takeEmail(email);
        nextEmail += 1;
      } else if (group === undefined || group.start < this.#consumedTo) {
        i += 1;
      } else {
        i += this.#take(i, group);
      }
    }
    for (const email of this.#emails.slice(nextEmail)) this.#takeEmail(email);
    return this.#found;
  }

  #takeEmail({ start, end }: EmailMatch): void {
    if (start < this.#consumedTo) return;
    const key = this.#text.slice(start, end).replaceAll(' ', '').toLowerCase();
    this.#add({ kind: 'email', start, end, representative: false, key });
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

    for (const reading of readings.toReversed()) {
      const resident = this.#isWhole(reading, first) ? residentKind(reading, label) : undefined;
      if (resident !== undefined) return this.#addReading(resident, reading);
      if (this.#isWhole(reading, first) && isCardNumber(reading, label))
        return this.#addReading('card-number', reading);
    }
    const pair = readings[1];
    const partial = pair === undefined ? undefined : partialResidentNumber(pair, this.#text, label);
    if (pair !== undefined && partial !== undefined) {
      this.#add({ kind: partial.kind, start: pair.start, end: partial.end, representative: false, key: pair.digits });
      return pair.count;
    }
    return this.#takePhoneOrAccount(first, readings, label);
  }

  #takePhoneOrAccount(first: number, readings: readonly Reading[], label: NumberLabel | undefined): number {
    const phone = this.#phone(first, readings, label);
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
    return phone === undefined || reading === undefined ? 1 : this.#addPhone(phone, reading);
  }

  #phone(first: number, readings: readonly Reading[], label: NumberLabel | undefined): PhoneMatch | undefined {
    const head = readings[0];
    if (head === undefined) return undefined;
    const plus = PLUS_BEFORE.test(this.#text.slice(Math.max(0, head.start - 4), head.start));
    const phone = phoneMatch(readings, plus, label);
    const reading = phone === undefined ? undefined : readings[phone.count - 1];
    if (phone === undefined || reading === undefined) return undefined;
    if (label?.kind === 'business' && label.adjacent && !phone.grouped) return undefined;
    if (!this.#isClearOfLetters(reading, phone.grouped)) return undefined;
    // A mobile number in its groups stays one even if more digits hang on it ("010-1234-5678-2").
    const mobile = phone.grouped && /^01/.test(phone.digits);
    if (!mobile && this.#isFollowedByMore(reading, first)) return undefined;
    if (plus && /^\s?(?:원|개|점|명|포인트|%)/.test(this.#text.slice(reading.end, reading.end + 4))) return undefined;
    return phone;
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

  /** The group hangs on digits or on a code before it: the "45-678901" of "123-45-678901", the digits of "ORD-010…". */
  #continuesAnotherNumber(first: number, group: DigitGroup): boolean {
    const previous = this.#groups[first - 1];
    const hangs = group.gap !== undefined && TIGHT_GAPS.has(group.gap) && previous !== undefined;
    if (hangs && previous.end > this.#consumedTo) {
      const isListNumber = group.gap === '.' && previous.digits.length <= 2 && previous.gap === undefined;
      return !isListNumber;
    }
    if (group.gap === ',' && previous !== undefined && previous.end > this.#consumedTo) return true;
    const before = this.#text.slice(Math.max(this.#consumedTo, group.start - PHONE_WORD_LENGTH), group.start);
    return /[A-Za-z][-_#]$/.test(before) && !PHONE_WORD_BEFORE.test(before);
  }

  /** No further digits hang on the end of `reading`. In a second pass they may have become a placeholder. */
  #isFollowedByMore(reading: Reading, first: number): boolean {
    const next = this.#groups[first + reading.count];
    if (next?.gap !== undefined && TIGHT_GAPS.has(next.gap)) return true;
    return /^[-._]\[/.test(this.#text.slice(reading.end, reading.end + 2));
  }

  #isWhole(reading: Reading, first: number): boolean {
    return !this.#isFollowedByMore(reading, first) && this.#isClearOfLetters(reading, reading.count > 1);
  }

  /** "AB01012345678CD" is a code. Digits in groups may stand beside letters ("tel010-1234-5678", "5678vip"). */
  #isClearOfLetters(reading: Reading, grouped: boolean): boolean {
    if (grouped) return true;
    const before = this.#text.slice(Math.max(this.#consumedTo, reading.start - PHONE_WORD_LENGTH), reading.start);
    const after = this.#text.charAt(reading.end);
    return (!/[A-Za-z]$/.test(before) || PHONE_WORD_BEFORE.test(before)) && !/[A-Za-z]/.test(after);
  }
}

/** Every phone number, account, card, registration number and e-mail address of `original`, in order, without overlaps. */
export function detect(original: string): readonly Detection[] {
  const text = withSpokenDigits(normalise(original));
  return new Scan(text.text).run().map((found) => ({ ...found, ...text.originalSpan(found.start, found.end) }));
}
