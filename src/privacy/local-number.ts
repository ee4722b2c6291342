/** Phone numbers without an area code, by who or where is reached: "서울 2345-6789", "고객센터는 345-6789". Two quantities with a dash between
 *  them look the same ("서울 300-1000명"). Only for texts of which a number may be taken too many. */
import { UNIT_AFTER } from './counted.ts';
import { matchesOf } from './matches-of.ts';

export interface LocalNumber {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}

/** Exchange and line. A year begins like an exchange: "2024-1234". */
const LOCAL = /(?<![\d.,-])(?!20\d\d-)[2-9]\d{2,3}-\d{4}(?!\d|[-.,]\d)/g;
const PLACE =
  '서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주|(?:고객|상담|콜|서비스|예약|매표)\\s?센터|매장|(?<![가-힣])(?![평별배득학장단시관초만감벌요강]점)[가-힣]{1,6}점|본사|지사|사무소|사무실';
const REACHED_BEFORE = new RegExp(
  `(?:(?:${PLACE})(?:\\s?(?:전화\\s?)?번호)?|대표|상담|문의처?|예약|ARS|팩스|fax|[☎☏📞])\\s?(?:은|는|이|가)?[\\s:("'*|]{0,3}$`,
  'iu',
);
const REACHED_LENGTH = 16;
const QUANTITIES = /00-\d{2}00$/;
const QUANTITY_AFTER = /^\s?(?:호|까지|사이|정도|번(?!\s?(?:으로|로|입니다|이에요|이고|이며|에\s)))/;

/** @param text normalised */
export function findLocalNumbers(text: string): readonly LocalNumber[] {
  return matchesOf(LOCAL, text).flatMap(({ 0: number, index: start }): readonly LocalNumber[] => {
    const end = start + number.length;
    const after = text.slice(end, end + 8);
    const isCounted = QUANTITIES.test(number) || UNIT_AFTER.test(after) || QUANTITY_AFTER.test(after);
    const isReached = REACHED_BEFORE.test(text.slice(Math.max(0, start - REACHED_LENGTH), start));
    return isReached && !isCounted ? [{ start, end, digits: number.replace('-', '') }] : [];
  });
}
