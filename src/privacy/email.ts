/** E-mail addresses. Found from the `@` outwards, so the cost is linear whatever stands around it. */

const LOCAL_CHARACTER = /[A-Za-z0-9._%+'*-]/;
const DOMAIN = /^ ?((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.| \. ))+[A-Za-z]{2,24})(?![A-Za-z0-9-])/;
/** Domains in other scripts. A particle may follow an ending in Hangul ("hong@예시.한국으로"), so only those in use count. */
const INTERNATIONAL_DOMAIN =
  /^ ?(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,4}(?:한국|닷컴|닷넷|삼성|xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24}(?![A-Za-z0-9-])|[\p{Script=Han}\p{Script=Katakana}\p{Script=Cyrillic}]{2,24})/u;
/** Looked for first: to compile all those scripts takes 30 ms. */
const HAS_DOT = /^ ?[^\s.]+\./;
/** Customers leave the ending of a well-known provider away. */
/** Behind many people's addresses; to be put between brackets. */
export const MAIL_PROVIDERS = 'naver|gmail|daum|hanmail|kakao|nate|hotmail|outlook|yahoo|icloud';
const PROVIDER = new RegExp(`^ ?(?:${MAIL_PROVIDERS})(?![A-Za-z0-9-])`, 'i');
const HANGUL_LOCAL = /[가-힣A-Za-z0-9._%+-]{0,63}[가-힣]$/;
const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 255;

export interface EmailMatch {
  readonly start: number;
  readonly end: number;
}

/** Start of the local part that ends right before the `@` at `at`; a blank before the `@` is forgiven. */
function localStart(text: string, at: number): number {
  let end = at;
  if (text.charAt(end - 1) === ' ') end -= 1;
  let start = end;
  while (start > 0 && end - start < LONGEST_LOCAL && LOCAL_CHARACTER.test(text.charAt(start - 1))) start -= 1;
  while (start < end && !/[A-Za-z0-9]/.test(text.charAt(start))) start += 1;
  return start === end ? at : start;
}

/** Start of a local part in Hangul, `at` when there is none: a whole domain has to follow, "고객님@naver" is a mention. */
function hangulLocalStart(text: string, at: number): number {
  return at - (HANGUL_LOCAL.exec(text.slice(Math.max(0, at - LONGEST_LOCAL), at))?.[0].length ?? 0);
}

/** @param text normalised */
export function findEmails(text: string): readonly EmailMatch[] {
  const matches: EmailMatch[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const asciiStart = localStart(text, at);
    const isHangul = asciiStart === at;
    const start = isHangul ? hangulLocalStart(text, at) : asciiStart;
    if (start === at || start < (matches.at(-1)?.end ?? 0)) continue;
    const rest = text.slice(at + 1, at + 1 + LONGEST_DOMAIN);
    const international = () => (HAS_DOT.test(rest) ? INTERNATIONAL_DOMAIN.exec(rest)?.[0] : undefined);
    const domain = DOMAIN.exec(rest)?.[0] ?? international() ?? (isHangul ? undefined : PROVIDER.exec(rest)?.[0]);
    if (domain !== undefined) matches.push({ start, end: at + 1 + domain.length });
  }
  return matches;
}
