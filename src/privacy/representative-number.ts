/** Companies' numbers (15xx-, 16xx-, 18xx-xxxx) in spellings that keep people from calling them and filters from finding them:
 *  "15889999", "1588_9999", "1 5 8 8 9 9 9 9", "(1588) 9999". Only for texts of which a number may be taken too many: among personal
 *  data eight digits are rather a code. */
import { UNIT_AFTER } from './counted.ts';
import { digitGroups, type Reading, readingsFrom } from './digit-groups.ts';
import { withLookAlikeDigits } from './look-alike-digits.ts';
import { mayHoldNumber } from './may-hold-number.ts';
import type { NormalisedText } from './normalise.ts';
import { NumberLabels } from './number-labels.ts';
import { isRepresentativeNumber } from './phone-number.ts';
import { withReadOutNumbers } from './read-out-number.ts';
import { withSpokenDigits } from './spoken-digits.ts';

export interface RepresentativeNumber {
  /** Offsets in the original. */
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}

const SHAPES: ReadonlySet<string> = new Set(['8', '4-4', '4-2-2', '2-2-4', '2-2-2-2']);
/** Between two quantities as well as inside one number. */
const AMBIGUOUS_GAP = /[~,/\n|]/;
const HANGS_ON_BEFORE = /(?:\d[-._,]|[A-Za-z][-_#]?|[₩\\$€£#])$/;
const PHONE_WORD_BEFORE = /(?:tel|hp|phone|call|sms|fax)[.:]?$/i;
const HANGS_ON_AFTER = /^(?:[-._,]\d|[A-Za-z])/;

function isNumber(reading: Reading, text: string): boolean {
  const { digits, shape, gaps, start, end } = reading;
  if (digits.length !== 8 || !/^1[568]/.test(digits) || !SHAPES.has(shape)) return false;
  if (gaps.some((gap) => AMBIGUOUS_GAP.test(gap)) || (gaps.length > 0 && !isRepresentativeNumber(digits))) return false;
  const before = text.slice(Math.max(0, start - 8), start);
  const after = text.slice(end, end + 8);
  if (HANGS_ON_BEFORE.test(before) && !PHONE_WORD_BEFORE.test(before)) return false;
  return !HANGS_ON_AFTER.test(after) && !UNIT_AFTER.test(after);
}

/** In order, without overlaps. */
export function findRepresentativeNumbers(normalised: NormalisedText): readonly RepresentativeNumber[] {
  if (!mayHoldNumber(normalised.text)) return [];
  const plain = withLookAlikeDigits(withSpokenDigits(withReadOutNumbers(normalised)));
  const { text } = plain;
  const groups = digitGroups(text);
  const labels = new NumberLabels(text);
  const found: RepresentativeNumber[] = [];
  for (let i = 0; i < groups.length; ) {
    const group = groups[i];
    if (group === undefined) break;
    const label = labels.before(group.start, groups[i - 1]?.end ?? 0);
    const isNamedOtherwise = label?.adjacent === true && label.kind !== 'phone-number';
    const reading = isNamedOtherwise ? undefined : readingsFrom(groups, i).findLast((each) => isNumber(each, text));
    if (reading === undefined) {
      i += 1;
      continue;
    }
    const start =
      text.charAt(reading.start - 1) === '(' && reading.gaps[0]?.includes(')') ? reading.start - 1 : reading.start;
    found.push({ ...plain.originalSpan(start, reading.end), digits: reading.digits });
    i += reading.count;
  }
  return found;
}
