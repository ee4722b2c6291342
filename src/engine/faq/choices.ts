import type { Choice } from '../../message.ts';

/** Kakao's longest button label; channels with less room cut further. */
const MAX_LABEL_CHARS = 14;
const MAX_CHOICES = 3;
const MIN_KEPT_SHARE = 0.4;
/** A choice that is half as likely as the first only makes the list longer. */
const MIN_SHARE_OF_BEST = 0.5;

/** How a question becomes a label, tried in this order while it is too long. */
const SHORTENINGS: readonly (readonly [RegExp, string | ((...groups: string[]) => string)])[] = [
  [/(?<!없)(?:은|는|이|가|을|를)? (\S+) 수 있나요$/, (_, verb = '') => ` ${nounOf(verb)}`], // "배송 메시지 바꾸기"
  [/(?:은|는|이|가|을|를)? (\S+)고 싶어요$/, ' $1기'],
  [/(?:은|는|이|가|을|를) (\S+)(?:해 주세요|해 주나요|하나요)$/, ' $1'],
  [/(?:은|는|이|가|을|를)? 어떻게 (\S+)하나요$/, ' $1'],
  [/(?:은|는|이|가|을|를)? (?:어떻게|어디에서|어디서|어디에|어디로|언제) \S+$/, ''],
  [/(?:이|가)? (?:있나요|되나요)$/, ''],
  [/(?<=[가-힣]{2})(?:해 주나요|해 주세요|되나요|하나요)$/, ''], // "단추가 떨어졌는데 수선"
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

/** At most 14 characters as people count them, no character and if possible no word cut in half; polite endings go before words do. */
export function shortLabel(question: string): string {
  let label = question
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[?!.\s]+$/u, '');
  for (const [ending, shorter] of SHORTENINGS) {
    if (graphemesOf(label).length <= MAX_LABEL_CHARS) break;
    label = (typeof shorter === 'string' ? label.replace(ending, shorter) : label.replace(ending, shorter)).trim();
  }
  return cut(label, MAX_LABEL_CHARS);
}

const SYLLABLES_START = 0xac00;
const FINALS = 28;
const FINAL_L = 8;

/** "받을" → "받기", "바꿀" → "바꾸기". */
function nounOf(verb: string): string {
  if (verb.endsWith('을')) return `${verb.slice(0, -1)}기`;
  const last = verb.charCodeAt(verb.length - 1);
  const endsInL = last >= SYLLABLES_START && (last - SYLLABLES_START) % FINALS === FINAL_L;
  return endsInL ? `${verb.slice(0, -1)}${String.fromCharCode(last - FINAL_L)}기` : verb;
}

function uniqueLabel(label: string, used: ReadonlySet<string>): string {
  let unique = label;
  for (let copy = 2; used.has(unique); copy += 1) {
    const suffix = ` ${copy}`;
    unique = `${cut(label, MAX_LABEL_CHARS - suffix.length)}${suffix}`;
  }
  return unique;
}

/** Between two words; within one only where the first words alone would leave less than {@link MIN_KEPT_SHARE} of the room used. */
function cut(label: string, maxChars: number): string {
  const graphemes = graphemesOf(label);
  if (graphemes.length <= maxChars) return label;
  const room = maxChars - 1;
  const kept = graphemes.slice(0, room).join('');
  const words = graphemes[room] === ' ' ? kept : kept.slice(0, Math.max(0, kept.lastIndexOf(' ')));
  // One syllable before the cut ("안…") turns what is said around.
  const whole = words.trimEnd().replace(/ \S$/, '');
  return `${graphemesOf(whole).length >= room * MIN_KEPT_SHARE ? whole : kept.trimEnd()}…`;
}

const segmenter = new Intl.Segmenter('ko', { granularity: 'grapheme' });

function graphemesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
