/** A sentence that was built around an invented number or address: what of it can still be said. */
import type { ContactKind } from '../../privacy/contact-details.ts';
import { agreeing, PARTICLE } from './particles.ts';

/** A place in a sentence. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  /** `fact`: the operator's own wording. `invented`: must not go out. */
  readonly what: 'fact' | 'invented';
  readonly kind: ContactKind | 'unknown';
}

/** "1588-1234 또는 02-999-8888로": between two ways to reach somebody. */
const CONNECTOR = /^\s*(?:[,/·|]|또는|혹은|이나|나|및|와|과|아니면|그리고)\s*$/;
/** Who is reached stays a sensible answer without the number: "고객센터 02-999-8888로" → "고객센터로". */
const REACHED =
  /(?:센터|홈페이지|사이트|매장|지점|본사|본점|상담원|상담사|상담팀|담당자|담당 부서|관리자|부서|팀|콜센터|채널|블로그|앱|어플|스토어|쇼핑몰|대리점|영업점|창구|사무실|사무소|병원|학원|호텔|공식몰|이메일|메일|전화|문자|유선|관리실|데스크|프런트|안내소)$/;
const COPULA = /^\s?(?:입니다|이에요|예요|이고|이며|이니|이라|인데|이었|였|인가|일 수|이란|란 )/;
/** In brackets beside a number: what it is, and no more. */
const LABELS_ONLY =
  /^[\s,./·:;|☎☏📞+-]*(?:(?:대표|상담|문의|고객센터|전화|번호|전화번호|연락처|이메일|메일|링크|주소|홈페이지|Tel|T|E-?mail|URL)[\s,./·:;|☎☏📞-]*)*$/iu;
const PAIRS: readonly (readonly [string, string])[] = [
  ['(', ')'],
  ['（', '）'],
];

/** Right before a number. */
const SIGN_OF_NUMBER = /\s*(?:[☎☏📞]|(?<![A-Za-z])T(?:el)?[.:]?)?\s*$/iu;
const ASIDE = /^\s?\([^()\n]{1,60}\)/;
/** Around an invention they go with it. */
const WRAPPERS: readonly (readonly [string, string])[] = [
  ['**', '**'],
  ['__', '__'],
  ['*', '*'],
  ['`', '`'],
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['‘', '’'],
  ['「', '」'],
  ['『', '』'],
  ['<', '>'],
  ['《', '》'],
  ['【', '】'],
  ['〔', '〕'],
  ['[', ']'],
];

/** What only looks like an address, as "Shop.io 시리즈" does, is the name of a thing; a word for the thing stands in for it. */
const BARE_HOST = /^[^\s/:?#@*[\]]+$/;
const NAMED_THING = /^\s?(?=(?:시리즈|라인업|모델|제품|상품|브랜드|컬렉션|에디션)(?![가-힣]*명))/;
const NAME_BEFORE = /(?:^|(?<=\s))(?:제품|상품|모델|브랜드|시리즈|이)(?:명|름)(?:은|:)?\s$/;
const THAT = '해당 ';

/** The end of a clause that stands by itself once its verb is finished: "걸리며 …" → "걸립니다." Other stems end nouns ("재고", "광고"). */
const CLAUSE = /^(.*[가-힣 ][하되있없이리었았했였됐겠않같많받넘들])(으며|며|고|지만)(,?)\s+/su;
const NO_VERB = /(?:^|[\s,])그리$/;
const NOTHING_TO_SAY_CHARS = 8;

const FIRST_SYLLABLE = 0xac00;
const TAILS = 28;
const TAIL_RIEUL = 8;
const TAIL_PIEUP = 17;

/** "걸리" → "걸립니다", "있" → "있습니다", "만들" → "만듭니다" */
function finished(stem: string): string {
  const code = stem.charCodeAt(stem.length - 1);
  const tail = (code - FIRST_SYLLABLE) % TAILS;
  if (tail !== 0 && tail !== TAIL_RIEUL) return `${stem}습니다.`;
  return `${stem.slice(0, -1)}${String.fromCharCode(code - tail + TAIL_PIEUP)}니다.`;
}

/** What comes before the clause that `before` ends in, as a sentence; '' where nothing does. */
function clausesBefore(before: string): string {
  for (let head = before; ; ) {
    const match = CLAUSE.exec(head);
    const [whole = '', stem = '', ending = '', comma = ''] = match ?? [];
    if (match === null || stem.trim().length < NOTHING_TO_SAY_CHARS) return '';
    // Without a comma "-고" joins actions as often as sentences: "앱을 열고 번호로".
    if (!NO_VERB.test(stem) && (ending !== '고' || comma !== '')) return `${finished(stem)}`;
    head = whole.slice(0, stem.length);
  }
}

/** Behind a number or an address: it ends a clause that stands by itself. */
const COPULA_JOINS = /^(?:이고|이며|이지만|고|며),?\s+/;
const TOPIC = /[은는이가] /;

/** "기사님은 [fact]이고 팀장은 [invention]입니다.": the clauses that say a fact and no invention; '' where none does.
 *  @param marks in order */
function clausesWithFacts(text: string, marks: readonly Mark[]): string {
  let start = 0;
  let kept = '';
  for (const [i, mark] of marks.entries()) {
    const joint = COPULA_JOINS.exec(text.slice(mark.end))?.[0];
    if (joint === undefined && i < marks.length - 1) continue;
    const inside = marks.filter((other) => other.start >= start && other.end <= mark.end);
    const end = joint === undefined ? text.length : mark.end + joint.length;
    const isTrue = inside.every(({ what }) => what === 'fact') && TOPIC.test(text.slice(start, inside[0]?.start));
    if (isTrue) kept += text.slice(start, end);
    start = end;
  }
  return kept.replace(/(?:이고|이며|이지만|고|며),?\s+$/, '입니다.').trimEnd();
}

function wrapped(text: string, mark: Mark): Mark {
  for (const [opening, closing] of WRAPPERS) {
    const isWrapped = text.startsWith(closing, mark.end) && text.slice(0, mark.start).endsWith(opening);
    // The label of a link is judged with its target.
    if (!isWrapped || text.startsWith('](', mark.end)) continue;
    return wrapped(text, { ...mark, start: mark.start - opening.length, end: mark.end + closing.length });
  }
  return mark;
}

function bracketed(text: string, mark: Mark): Mark {
  const opening = /\(\s?$/.exec(text.slice(0, mark.start));
  const closing = /^\s?\)/.exec(text.slice(mark.end));
  if (opening === null || closing === null) return mark;
  return { ...mark, start: opening.index, end: mark.end + closing[0].length };
}

/** Each with what is wrapped around it; two with nothing but "또는" between them are one. */
function inventionsAsCut(text: string, marks: readonly Mark[]): readonly Mark[] {
  const joined: Mark[] = [];
  for (const mark of marks) {
    const last = joined.at(-1);
    const next = mark.what === 'invented' ? wrapped(text, mark) : mark;
    const [before, after] = [last && bracketed(text, last), bracketed(text, next)];
    const isPair = before?.what === 'invented' && next.what === 'invented';
    const isSame = isPair && CONNECTOR.test(text.slice(before.end, after.start));
    if (isSame) joined.splice(-1, 1, { ...before, end: after.end });
    else joined.push(next);
  }
  return joined;
}

interface Cut {
  readonly start: number;
  readonly end: number;
  readonly put: string;
}

/** "문의는 (…)입니다", "문의: (…)", "… 또는 (…)로": the brackets held what the words around them speak of. */
function carries(before: string, after: string): boolean {
  const isNothing = /(?:^|\n)[\s>*•·-]*$/.test(before);
  if (/(?:[:：,]|또는|혹은|및|아니면)\s*$/.test(before)) return false;
  if (COPULA.test(after)) return !isNothing && !/[은는이가]$/.test(before);
  return !(isNothing && PARTICLE.test(after));
}

function inBrackets(text: string, mark: Mark): Cut | undefined {
  for (const [opening, closing] of PAIRS) {
    const start = text.lastIndexOf(opening, mark.start - 1);
    const end = text.indexOf(closing, mark.end);
    // The target of a Markdown link stands in brackets too; its label would be left with nothing behind it.
    if (start === -1 || end === -1 || text.charAt(start - 1) === ']') continue;
    const before = text.slice(start + 1, mark.start);
    const after = text.slice(mark.end, end);
    if (before.includes(closing) || after.includes(opening)) continue;
    if (LABELS_ONLY.test(before) && LABELS_ONLY.test(after)) {
      const around = wrapped(text, { ...mark, start, end: end + 1 });
      const isAfterBlank = text.charAt(around.start - 1) === ' ';
      const cut = { start: around.start - (isAfterBlank ? 1 : 0), end: around.end, put: '' };
      return carries(text.slice(0, cut.start), text.slice(cut.end)) ? cut : undefined;
    }
    const label =
      /(?:^|[,/·|]\s*)(?:☎|☏|📞|전화|문의|대표번호|전화번호|이메일|메일|홈페이지|주소|Tel)?\s*[:.]?\s*$/i.exec(before);
    const following = /^\s*[,/·|]\s*/.exec(after);
    if (label === null) continue;
    if (following !== null && label[0].trimStart().match(/^[,/·|]/) === null)
      return { start: mark.start - label[0].length, end: mark.end + following[0].length, put: '' };
    if (/^\s*$|^\s*[,/·|]/.test(after)) return { start: mark.start - label[0].length, end: mark.end, put: '' };
  }
  return undefined;
}

function besideFact(text: string, mark: Mark, marks: readonly Mark[]): Cut | undefined {
  const facts = marks.filter(({ what }) => what === 'fact');
  const before = facts.findLast((fact) => fact.end <= mark.start);
  if (before !== undefined && CONNECTOR.test(text.slice(before.end, mark.start))) {
    return { start: before.end, end: mark.end, put: '' };
  }
  const after = facts.find((fact) => fact.start >= mark.end);
  if (after !== undefined && CONNECTOR.test(text.slice(mark.end, after.start))) {
    return { start: mark.start, end: after.start, put: '' };
  }
  return undefined;
}

function behindName(text: string, mark: Mark): Cut | undefined {
  if (mark.kind === 'account') return undefined;
  const name = text.slice(0, mark.start).replace(SIGN_OF_NUMBER, '');
  const after = text.slice(mark.end);
  if (!REACHED.test(name)) return undefined;
  const aside = ASIDE.exec(after)?.[0];
  // "고객센터 02-999-8888(평일 9시~18시)로": the aside follows the name.
  if (aside !== undefined && PARTICLE.test(after.slice(aside.length))) {
    return { start: name.length, end: mark.end, put: '' };
  }
  const particle = PARTICLE.exec(after)?.[0];
  if (particle === undefined || COPULA.test(after)) return undefined;
  return { start: name.length, end: mark.end + particle.length, put: agreeing(particle.trim(), name) };
}

/** "[홈페이지](https://…)에서" */
function labelOfLink(text: string, mark: Mark): Cut | undefined {
  const label = /\[([^[\]\n]{1,60})\]\($/.exec(text.slice(0, mark.start));
  if (label === null || text.charAt(mark.end) !== ')' || !REACHED.test(label[1] ?? '')) return undefined;
  return { start: label.index, end: mark.end + 1, put: label[1] ?? '' };
}

function namedThing(text: string, mark: Mark): Cut | undefined {
  const thing = NAMED_THING.exec(text.slice(mark.end));
  if (mark.kind !== 'link' || thing === null || !BARE_HOST.test(text.slice(mark.start, mark.end))) return undefined;
  const label = NAME_BEFORE.exec(text.slice(0, mark.start))?.[0] ?? '';
  return { start: mark.start - label.length, end: mark.end + thing[0].length, put: THAT };
}

/** With the blank that would be left over: at the beginning, beside another one, or before the end of a verb. */
function withBlankBehind(text: string, cut: Cut): Cut {
  if (cut.put !== '') return cut;
  const before = text.slice(0, cut.start);
  const after = text.slice(cut.end);
  const isLeftOver = /(?:^|[ \t(])$/.test(before) || JOINS.test(after);
  const blanks = isLeftOver ? (/^[ \t]+/.exec(after)?.[0].length ?? 0) : 0;
  return { ...cut, end: cut.end + blanks };
}

/** What never stands apart from the word before it. */
const JOINS = /^[ \t]+(?:입니다|이에요|예요|이며|이고|이니|[.,!?)])/;

export interface Mended {
  /** '' when nothing sensible is left. */
  readonly text: string;
  /** More than the number or address itself is gone. */
  readonly lost: boolean;
}

/** A sentence without what was invented.
 *  @param text with the blanks and line breaks behind it */
export function withoutInventions(text: string, marks: readonly Mark[]): Mended {
  let rest = text;
  let left = inventionsAsCut(text, marks);
  for (;;) {
    const mark = left.findLast(({ what }) => what === 'invented');
    if (mark === undefined) return { text: rest, lost: false };
    const found =
      inBrackets(rest, mark) ??
      besideFact(rest, mark, left) ??
      labelOfLink(rest, mark) ??
      behindName(rest, mark) ??
      namedThing(rest, mark);
    if (found === undefined) break;
    const cut = withBlankBehind(rest, found);
    rest = rest.slice(0, cut.start) + cut.put + rest.slice(cut.end);
    const shift = cut.put.length - (cut.end - cut.start);
    left = left.flatMap((other) => {
      if (other.end <= cut.start) return [other];
      return other.start >= cut.end ? [{ ...other, start: other.start + shift, end: other.end + shift }] : [];
    });
  }
  const first = left.find(({ what }) => what === 'invented');
  const head = clausesWithFacts(rest, left) || clausesBefore(rest.slice(0, first?.start ?? 0));
  return { text: head === '' ? '' : head + (/\s+$/.exec(text)?.[0] ?? ''), lost: true };
}
