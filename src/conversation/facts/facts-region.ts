/** Cuts a stream of text into regions that can be judged one by one: no fact reaches from one region into the next.
 *  A cut depends on the text alone and never on how it arrived, so a stream and a whole text are cut alike. */
import { findContactDetails } from '../../privacy/contact-details.ts';
import { ENGLISH_DIGIT } from '../../privacy/english-digits.ts';
import { continuedLength } from '../../privacy/web-address.ts';

/** A region is cut by force at this length, so that no more than this is ever held back. */
const MAX_REGION_LENGTH = 300;
/** A forced cut falls this far before the end: longer than any number, so that one across the cut is still seen whole. */
const CUT_MARGIN = 40;
/** A placeholder that a model has spread out: `[ [ 전화 1 ] ]`. */
const LONGEST_PLACEHOLDER = 24;
const LAST_PLACEHOLDER = new RegExp(`(?:\\[|［|【|〔|⟦|〚){1,3}[^[［【〔⟦〚]{0,${LONGEST_PLACEHOLDER}}$`);
/** "010 - 1234" */
const LONGEST_NUMBER_GAP = 5;
/** Cells of a table that is set in columns. */
const LONGEST_PADDING = 40;
/** Digits in words, as in "일오팔팔 구구구구"; and how a dash between them is read aloud. */
const DIGIT_WORD = '(?:하나|다섯|여섯|일곱|여덟|아홉|[공영빵일이둘삼셋사넷오육륙칠팔구])';
/** The end of what may be the first part of a number: digits, two of their words or a word of nothing else, with a particle for a dash. */
const NUMBER_SO_FAR = new RegExp(
  `(?:\\d|${DIGIT_WORD}[-.~/_]?${DIGIT_WORD}|(?:^|\\s)${DIGIT_WORD})(?:에|의|국에?|번에?)?$|(?:\\d|${DIGIT_WORD})\\s(?:다시|하이픈|대시|빼기)$`,
);
const ENGLISH_SO_FAR = new RegExp(`(?:^|[^A-Za-z])${ENGLISH_DIGIT}$`, 'i');
/** What may be its next part, or the dash before it. */
const NUMBER_GOES_ON = new RegExp(`^(?:\\d|${DIGIT_WORD}|다시|하이픈|대시|빼기|에 |의 )`);
const ENGLISH_GOES_ON = new RegExp(`^${ENGLISH_DIGIT}`, 'i');
/** A bank's name tells what the number before it is. */
const ACCOUNT_SO_FAR = /\d{6}\S*$/;
const BANK_AFTER =
  /^\(?(?:국민|신한|우리|하나|농협|기업|카카|토스|케이|케뱅|새마|우체|씨티|부산|대구|광주|전북|경남|제주|수협|신협|계좌|SC|KB|NH|IB)/;
/** So does a messenger's: "shop123 (카톡)", "shop123으로 카톡 주세요". */
const ID_SO_FAR = /[a-z]\S*\d(?:으로|로)?$/i;
const MESSENGER_AFTER = /^\(?(?:카톡|카카오|텔레|라인|위챗|디스)/;
/** So does what is to be done with it: "2123-4567로 전화 주세요". */
const LOCAL_NUMBER_SO_FAR = new RegExp(`(?:\\d{4}|${DIGIT_WORD}{4})번?(?:으로|로|에)$`);
const CALL_AFTER = /^(?:전화|연락|통화)/;
/** So does where it is looked up: "이블샵을 카카오톡에서 검색". */
const OBJECT_SO_FAR = /[을를]$/;
const PLACE_AFTER = /^(?:카카|카톡|플러|플친)/;
/** "114번(국번 없이)" */
const SPECIAL_SO_FAR = /\d번?\((?:국번|지역번호)$/;
/** A messenger or a network: what is said behind it up to the end of the sentence tells whether a name is looked up there; and an at
 *  sign in words, behind which a host is in words as well, or an ending, behind which its age is told ("닷컴 버블"). */
const PLACE =
  /카카오|카톡|플러스|플친|오픈|인스타|페이스북|페북|트위터|유튜브|틱톡|스레드|톡톡|텔레그램|위챗|왓츠|디스코드|스카이프|바이버|라인|^line|kakao|telegram|wechat|whatsapp|discord|skype|viber|골뱅이|^[앳엣]$|닷컴$/i;
/** How a phone number begins, by itself or with a particle: words may stand between it and the rest, "02 그리고 555 그리고 1234". */
const HEAD_OF_NUMBER = new RegExp(
  `^[^가-힣A-Za-z0-9]*(?:0(?:10|2|[3-6]\\d{1,2}|[678]0)|1[568]\\d\\d|[공영](?:일공|이|[삼사오육]${DIGIT_WORD}|[칠팔]공)|[일십][오육륙팔]${DIGIT_WORD}{2}|일?천[오육륙팔]백[가-힣]{0,5}?)\\)?,?[가-힣]{0,3}$`,
);
const LONGEST_SEARCH_CHARS = 50;
const SENTENCE_END = /[.!?。…]["')\]”’」』*_]*$/;
/** "help 골뱅이 shop.com", "shop (dot) com" */
const ADDRESS_SO_FAR = /(?:[A-Za-z0-9.-]|(?:^|\s)(?:[([{<]?(?:at|dot|\.|골뱅이|닷|점)[)\]}>]?))$/i;
const ADDRESS_GOES_ON =
  /^(?:(?:\|\s?)?@|\.\s?[a-z]|[([{<]\s?(?:at|dot|\.|골뱅|닷|점)|(?:at|dot)\s|골뱅|[앳엣닷쩜]|점\s?[a-z컴케])/i;
const ADDRESS_WORD =
  /(?:^|\s)[([{<]?\s?(?:at|dot|\.|골뱅이|앳|닷|점|쩜)\s?[)\]}>]?$|[a-z]\d{0,4}(?:골뱅이|앳|닷|점|쩜)$/i;
/** As much of the last word as those expressions look at. */
const WORD_TAIL = 12;
const PARTICLE_WORD =
  /^(?:으로|로|을|를|은|는|이|가|에서|에|와|과|도|의|까지|부터|이나|나|입니다|이에요|예요|이고|이며)(?=[\s.,!?)]|$)/;
/** The longest particle and the character behind it; as much of a next word as has to be seen. */
const LOOKAHEAD = 5;

function codesOf(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)));
}

const OPENING = codesOf('[［【〔⟦〚');
const CLOSING = codesOf(']］】〕⟧〛');
const PUNCTUATION = codesOf('.,!?:;\'"…~·‘’“”、。！？「」『』)');
/** A number ends before them, not with them. */
const NO_NUMBER_END = codesOf('!?:;\'"…·]');
/** White space outside ASCII, as `\s` has it. */
const RARE_BLANKS = codesOf(
  '\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF',
);
const OPENING_BRACKET = 0x5b;
const BORDER = 0x7c;

// Every character of every answer is looked at here, some of them several times: hence character codes and no expressions.

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0xa0 && !isHangul(code) && RARE_BLANKS.has(code));
}

function isHangul(code: number): boolean {
  return code >= 0xac00 && code <= 0xd7a3;
}

function isLatin(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** A number may go on after the blank that follows, or have begun before it. */
function isNumberEnd(code: number): boolean {
  return !isHangul(code) && !isLatin(code) && !NO_NUMBER_END.has(code);
}

function isNumberStart(code: number): boolean {
  return !isHangul(code) && !PUNCTUATION.has(code) && !isLatin(code) && code !== OPENING_BRACKET;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** Where to cut a region that will not end by itself: not inside anything that has been found in it. */
function forcedCut(window: string): number {
  let cut = MAX_REGION_LENGTH - CUT_MARGIN;
  const across = findContactDetails(window).find(({ start, end }) => start < cut && end > cut);
  if (across !== undefined) cut = across.start > 0 ? across.start : across.end;
  // What stands behind a placeholder is judged together with it.
  const opening = LAST_PLACEHOLDER.exec(window.slice(0, cut))?.index ?? 0;
  if (opening > 0) cut = opening;
  const splitsPair = /[\uDC00-\uDFFF]/.test(window.charAt(cut)) && /[\uD800-\uDBFF]/.test(window.charAt(cut - 1));
  return splitsPair && cut > 1 ? cut - 1 : cut;
}

/** Whether one fact may reach over the blank from the word that ends at `end` to the one that begins at `next`. */
function goesOn(text: string, from: number, end: number, next: number): boolean {
  const last = text.charCodeAt(end - 1);
  if (isNumberEnd(last) && isNumberStart(text.charCodeAt(next))) return true;
  const tail = text.slice(Math.max(from, end - WORD_TAIL), end);
  const following = text.slice(next, next + LOOKAHEAD);
  const isNumber = NUMBER_SO_FAR.test(tail) || (isLatin(last) && ENGLISH_SO_FAR.test(tail));
  if (isNumber && (NUMBER_GOES_ON.test(following) || ENGLISH_GOES_ON.test(following))) return true;
  if (ADDRESS_SO_FAR.test(tail) && ADDRESS_GOES_ON.test(following)) return true;
  if (ADDRESS_WORD.test(tail) && /^[A-Za-z0-9가-힣]/.test(following)) return true;
  if (LOCAL_NUMBER_SO_FAR.test(tail) && CALL_AFTER.test(following)) return true;
  if (ID_SO_FAR.test(tail) && MESSENGER_AFTER.test(following)) return true;
  if (OBJECT_SO_FAR.test(tail) && PLACE_AFTER.test(following)) return true;
  if (SPECIAL_SO_FAR.test(tail)) return true;
  return ACCOUNT_SO_FAR.test(tail) && BANK_AFTER.test(following);
}

/** Where the region of `text` that begins at `from` ends, the blanks before it included.
 *  @param ended no more text will follow
 *  @returns `undefined` while what follows may still change the answer; behind `from` for a text that is not at its end */
export function nextRegionEnd(text: string, from: number, ended: boolean): number | undefined {
  const open = ended && text.length > from ? text.length : undefined;
  const limit = from + MAX_REGION_LENGTH;
  let at = skipBlanks(text, from);
  if (at >= limit) return limit;
  if (at === text.length) return open;
  let depth = 0;
  let openedAt = 0;
  let wordFrom = at;
  let placeAt: number | undefined;
  for (;;) {
    if (at >= limit) return from + forcedCut(text.slice(from, limit));
    if (at === text.length) return open;
    const code = text.charCodeAt(at);
    if (!isBlank(code)) {
      if (OPENING.has(code)) {
        openedAt = at;
        depth += 1;
      } else if (CLOSING.has(code)) {
        depth -= 1;
      }
      at += 1;
      continue;
    }
    const next = skipBlanks(text, at);
    const word = text.slice(wordFrom, at);
    wordFrom = next;
    if (PLACE.test(word) || HEAD_OF_NUMBER.test(word)) placeAt = at;
    const inSearch = placeAt !== undefined && at - placeAt <= LONGEST_SEARCH_CHARS && !SENTENCE_END.test(word);
    const goesOnAnyway = inSearch && !text.slice(at, next).includes('\n');
    const inPlaceholder = depth > 0 && at - openedAt <= LONGEST_PLACEHOLDER;
    const isHeld = inPlaceholder || goesOnAnyway;
    if (!isHeld && (next - at > longestGap(text, at, next) || !mayGoOn(text, from, at))) return at;
    if (next >= limit) return from + forcedCut(text.slice(from, limit));
    if (next === text.length) return ended ? at : undefined;
    if (isHeld) {
      at = next;
      continue;
    }
    if (!ended && text.length < next + LOOKAHEAD) return undefined;
    if (goesOn(text, from, at, next)) {
      at = next;
      continue;
    }
    const particle = PARTICLE_WORD.exec(text.slice(next, next + LOOKAHEAD))?.[0];
    return particle !== undefined && next === at + 1 ? next + particle.length : at;
  }
}

export interface OpenLink {
  /** As far as it is known to go. */
  readonly end: number;
  readonly isOpen: boolean;
}

/** Where a link that a cut by force has torn goes on to, from `from` on: it may be longer than anything that is held back.
 *  @param ended no more text will follow
 *  @returns `undefined` while what follows may still change the answer */
export function followOpenLink(text: string, from: number, ended: boolean): OpenLink | undefined {
  const window = text.slice(from, from + MAX_REGION_LENGTH);
  const isWhole = ended || window.length === MAX_REGION_LENGTH || /\s/.test(window);
  if (!isWhole) return undefined;
  const length = continuedLength(text.charAt(from - 1), window);
  // At the end of the window stands what ends a link, and what may as well be the middle of a longer one.
  const isOpen = length > 0 && window.length === MAX_REGION_LENGTH && /^[^\s가-힣]*$/.test(window.slice(length));
  return { end: from + length, isOpen };
}

/** Beside the border of a cell, blanks are padding. */
function longestGap(text: string, from: number, to: number): number {
  return text.charCodeAt(from - 1) === BORDER || text.charCodeAt(to) === BORDER ? LONGEST_PADDING : LONGEST_NUMBER_GAP;
}

const MAY_GO_ON = [
  NUMBER_SO_FAR,
  ADDRESS_WORD,
  ACCOUNT_SO_FAR,
  LOCAL_NUMBER_SO_FAR,
  ID_SO_FAR,
  OBJECT_SO_FAR,
  SPECIAL_SO_FAR,
];

/** False for most words in Hangul: what follows them makes no difference. */
function mayGoOn(text: string, from: number, end: number): boolean {
  if (!isHangul(text.charCodeAt(end - 1))) return true;
  const tail = text.slice(Math.max(from, end - WORD_TAIL), end);
  return MAY_GO_ON.some((sign) => sign.test(tail));
}
