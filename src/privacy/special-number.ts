/** Three or four digits that are called "국번 없이". Those of public services are known to everybody, and nobody may lose them. */
import { matchesOf } from './matches-of.ts';

export interface SpecialNumberMatch {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}

const CALLED =
  /(?:국번|지역\s?번호)\s?없이\s?\(?(?<number>\d{3,4})(?![\d-])|(?<![\d-])(?<behind>\d{3,4})번?\s?\((?:국번|지역\s?번호)\s?없/dg;
/** Emergencies, authorities and help lines. Source: 특수번호 of 전기통신번호관리세칙. */
const PUBLIC = new Set(
  [
    '110 111 112 113 117 118 119 120 121 122 123 125 126 127 128 129 131 132 134 182 188',
    '1301 1303 1330 1331 1332 1333 1335 1336 1338 1339 1345 1350 1355 1357 1365 1366 1369 1372 1377 1379 1382 1385 1388 1389',
    '1390 1391 1393 1397 1398 1399',
  ].flatMap((list) => list.split(' ')),
);

export function mayHoldSpecialNumber(text: string): boolean {
  return /번(?:호)?\s?없/.test(text);
}

/** @param text normalised */
export function findSpecialNumbers(text: string): readonly SpecialNumberMatch[] {
  return matchesOf(CALLED, text).flatMap((match) => {
    const { number, behind } = match.groups ?? {};
    const digits = number ?? behind ?? '';
    const [start, end] = match.indices?.groups?.[number === undefined ? 'behind' : 'number'] ?? [];
    return start === undefined || end === undefined || PUBLIC.has(digits) ? [] : [{ start, end, digits }];
  });
}
