/** Phone numbers with words or quotation marks between their groups: "010 그리고 1234 그리고 5678", "02 가운데 555 끝 1234". */
import { matchesOf } from './matches-of.ts';

export interface PhoneInWords {
  readonly start: number;
  readonly end: number;
  /** From the trunk `0` on. */
  readonly digits: string;
}

const BETWEEN = '([^\\d\\n]{1,14})';
const AREA = '02|0(?:3[1-3]|4[1-4]|5[1-5]|6[1-4])|0[678]0';
const GROUPS = new RegExp(
  `(?<![A-Za-z0-9][-.,_]?)(?:(010)${BETWEEN}(\\d{4})|(${AREA})${BETWEEN}(\\d{3,4}))${BETWEEN}(\\d{4})(?![\\d,]|\\s?(?:원|개|번|호|명|점|년))`,
  'g',
);
/** Anything else is read with the groups themselves. */
const HAS_WORD = /\p{L}|\S\s+\S/u;
/** What of a number comes next: "가운데는", ", 뒷자리", "이고 끝 네 자리가". */
const PLACE =
  /^(?:\s?이?고)?[\s,:]{0,3}(?:그\s?)?(?:가운데|중간|뒤|뒷|끝|다음|나중|마지막)\s?(?:네\s?)?(?:자리|번호|국번)?(?:은|는|이|가)?[\s:]{0,2}$/;

/** The same words twice, or twice a word for the place: two prices or models have something of their own between them, and what is
 *  counted has its word behind the last number as well ("02 사이즈 123 사이즈 4567 사이즈").
 *  @param text normalised, digits that are spelled out as digits */
export function findPhonesInWords(text: string): readonly PhoneInWords[] {
  return matchesOf(GROUPS, text).flatMap((match): readonly PhoneInWords[] => {
    const [whole, mobile, afterMobile, four, area, afterArea, exchange, second = '', line] = match;
    const first = afterMobile ?? afterArea ?? '';
    const end = match.index + whole.length;
    const isOne = HAS_WORD.test(first) && (first === second || (PLACE.test(first) && PLACE.test(second)));
    const isCounted = mobile === undefined && text.slice(end).trimStart().startsWith(first.trim());
    const digits = `${mobile ?? area}${four ?? exchange}${line}`;
    return isOne && !isCounted ? [{ start: match.index, end, digits }] : [];
  });
}
