import type { Choice } from '../../message.ts';

/** Kakao's longest button label; channels with less room cut further. */
const MAX_LABEL_CHARS = 14;
const MAX_CHOICES = 3;
/** A choice that is half as likely as the first only makes the list longer. */
const MIN_SHARE_OF_BEST = 0.5;

/** What a question says last and could leave out, longest first; cut only from labels that are too long. */
const TAILS = [
  /\s*(?:어떻게|어디에서|어디서|언제) (?:하나요|되나요|보나요|신청하나요|사용하나요|관리하나요|확인하나요|조회하나요|받을 수 있나요)$/,
  /\s*(?:바꾸고|취소하고|그만 받고|알고|전하고|교환하고|반품하고|확인하고) 싶어요$/,
  /\s*(?:알려|추천해|삭제해|발행해) (?:주세요|주나요)$/,
  /\s*(?:(?:할|받을|볼|바꿀|쓸) 수 있나요|수 있나요|있나요|되나요|인가요|하나요|가능한가요)$/,
  /(?:은|는|이|가|을|를|도)$/,
];

/** Offers entries by short, different labels; the customer then "says" the whole question. `scored` best first. */
export function offerEntries(
  scored: readonly { readonly id: string; readonly question: string; readonly score?: number }[],
): Choice[] {
  const best = scored[0]?.score ?? 0;
  const used = new Set<string>();
  return scored
    .filter(({ score = best }) => score >= best * MIN_SHARE_OF_BEST)
    .slice(0, MAX_CHOICES)
    .map(({ id, question }) => {
      const label = uniqueLabel(shortLabel(question), used);
      used.add(label);
      return { type: 'message', label, text: question, action: { kind: 'ask', entryId: id } };
    });
}

export const PERSON_CHOICE: Choice = { type: 'message', label: '상담원 연결', action: { kind: 'person' } };

/** At most 14 characters as people count them, cut on none in half; polite tails go before words do. */
export function shortLabel(question: string): string {
  let label = question
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[?!.\s]+$/u, '');
  for (const tail of TAILS) {
    if (graphemesOf(label).length <= MAX_LABEL_CHARS) break;
    const shorter = label.replace(tail, '').trim();
    if (shorter !== '') label = shorter;
  }
  return cut(label, MAX_LABEL_CHARS);
}

function uniqueLabel(label: string, used: ReadonlySet<string>): string {
  let unique = label;
  for (let copy = 2; used.has(unique); copy += 1) {
    const suffix = ` ${copy}`;
    unique = `${cut(label, MAX_LABEL_CHARS - suffix.length)}${suffix}`;
  }
  return unique;
}

function cut(label: string, maxChars: number): string {
  const graphemes = graphemesOf(label);
  if (graphemes.length <= maxChars) return label;
  return `${graphemes
    .slice(0, maxChars - 1)
    .join('')
    .trimEnd()}…`;
}

const segmenter = new Intl.Segmenter('ko', { granularity: 'grapheme' });

function graphemesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
