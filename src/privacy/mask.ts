/** Personal data leaves a text before it reaches the store, the model or the log. */
import { detect } from './detect.ts';
import { type PersonalDataKind, placeholderOf } from './personal-data.ts';

export interface MaskedText {
  /** The text with `[전화번호]`, `[주민등록번호]` and the like in place of the data; all else is untouched. */
  readonly text: string;
  /** One kind per masked place, in order. */
  readonly found: readonly PersonalDataKind[];
}

/** The shortest number that is masked: a local phone number behind the word for it. */
const MIN_DIGITS = 7;
/** A number that is masked can free the one it hung on; four rounds reach the end of any text that people write. */
const MAX_ROUNDS = 4;

const NOTHING_FOUND: readonly PersonalDataKind[] = [];
const WORD_DIGITS = new Set(
  '공영빵일이삼사오육륙칠팔구둘셋넷하다여아'.split('').map((character) => character.charCodeAt(0)),
);

const OPENING_BRACKETS = new Set([0x28, 0x3c, 0x5b, 0x7b]);
/** What may follow the bracket of "(at)" and "( at )". */
const IN_AT = new Set([0x20, 0x41, 0x61]);

/** Whether the blank at `blank` begins " at ", in either case. */
function isWordAt(text: string, blank: number): boolean {
  return (
    (text.charCodeAt(blank + 1) | 0x20) === 0x61 &&
    (text.charCodeAt(blank + 2) | 0x20) === 0x74 &&
    text.charCodeAt(blank + 3) === 0x20
  );
}

/** Whether the text may hold any personal data. Runs on every message, so: one pass, no allocation, no expressions. */
function mayHoldPersonalData(text: string): boolean {
  let digits = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x40) return true;
    if (code < 0x80) {
      if (code >= 0x30 && code <= 0x39) digits += 1;
      else if (OPENING_BRACKETS.has(code) && IN_AT.has(text.charCodeAt(i + 1))) return true;
      else if (code === 0x20 && isWordAt(text, i)) return true;
    } else if (code >= 0xac00 && code <= 0xd7a3) {
      if (WORD_DIGITS.has(code)) digits += 1;
      if (code === 0xace8 && text.charCodeAt(i + 1) === 0xbc45) return true; // 골뱅(이)
      if (code === 0xc573 || code === 0xc5e3) return true; // 앳, 엣
    } else {
      // Something that may fold to digits or to an @: circled and full-width forms, Chinese numerals, jamo.
      if (code === 0xff20 || code === 0xfe6b) return true;
      digits += 2;
    }
    if (digits >= MIN_DIGITS) return true;
  }
  return false;
}

function maskOnce(text: string, found: PersonalDataKind[]): string {
  let masked = '';
  let at = 0;
  for (const { kind, start, end, representative } of detect(text)) {
    if (representative) continue;
    found.push(kind);
    masked += text.slice(at, start) + placeholderOf(kind);
    at = end;
  }
  return at === 0 ? text : masked + text.slice(at);
}

/** Replaces registration, card, account and phone numbers and e-mail addresses by what they are. Masking twice changes nothing.
 *  Order and parcel numbers, prices, dates and companies' 15xx-xxxx numbers stay. Never throws. */
export function maskPersonalData(text: string): MaskedText {
  if (!mayHoldPersonalData(text)) return { text, found: NOTHING_FOUND };
  const found: PersonalDataKind[] = [];
  let masked = text;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = maskOnce(masked, found);
    if (next === masked) break;
    masked = next;
  }
  return { text: masked, found };
}
