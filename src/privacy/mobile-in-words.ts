/** Mobile numbers with words or quotation marks between their groups: "010 그리고 1234 그리고 5678", "010 가운데 1234 끝 5678". */
import { matchesOf } from './matches-of.ts';

export interface MobileInWords {
  readonly start: number;
  readonly end: number;
  /** All 11. */
  readonly digits: string;
}

const BETWEEN = '([^\\d\\n]{1,14})';
const GROUPS = new RegExp(
  `(?<![A-Za-z0-9][-.,_]?)(010)${BETWEEN}(\\d{4})${BETWEEN}(\\d{4})(?![\\d,]|\\s?(?:원|개|번|호|명|점|년))`,
  'g',
);
/** Anything else is read with the groups themselves. */
const HAS_WORD = /\p{L}|\S\s+\S/u;
/** What of a number comes next: "가운데는", ", 뒷자리", "이고 끝 네 자리가". */
const PLACE =
  /^(?:\s?이?고)?[\s,:]{0,3}(?:그\s?)?(?:가운데|중간|뒤|뒷|끝|다음|나중|마지막)\s?(?:네\s?)?(?:자리|번호|국번)?(?:은|는|이|가)?[\s:]{0,2}$/;

/** The same words twice, or twice a word for the place: two prices or models have something of their own between them.
 *  @param text normalised, digits that are spelled out as digits */
export function findMobilesInWords(text: string): readonly MobileInWords[] {
  return matchesOf(GROUPS, text).flatMap((match): readonly MobileInWords[] => {
    const [whole, head = '', first = '', exchange = '', second = '', line = ''] = match;
    const isOne = HAS_WORD.test(first) && (first === second || (PLACE.test(first) && PLACE.test(second)));
    return isOne ? [{ start: match.index, end: match.index + whole.length, digits: head + exchange + line }] : [];
  });
}
