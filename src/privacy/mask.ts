/** Personal data leaves a text before it reaches the store, the model or the log. */
import { detect } from './detect.ts';
import { type PersonalDataKind, placeholderOf } from './personal-data.ts';

export interface MaskedText {
  /** The text with `[전화번호]`, `[주민등록번호]` and the like in place of the data; all else is untouched. */
  readonly text: string;
  /** One kind per masked place, in order. */
  readonly found: readonly PersonalDataKind[];
}

/** A number that is masked can free the one it hung on; four rounds reach the end of any text that people write. */
const MAX_ROUNDS = 4;

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
  const found: PersonalDataKind[] = [];
  let masked = text;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = maskOnce(masked, found);
    if (next === masked) break;
    masked = next;
  }
  return { text: masked, found };
}
