/** The known word that a mistyped one was meant to be. A back-off: words that the index knows never come here. */
import { jamoOfWord } from './jamo.ts';

const GRAM = 3;
/** One wrong, missing or extra letter; two in a word of four syllables or more. Looser turns other words into ours ("환율" → "환불"). */
const LONG_WORD_LETTERS = 10;
const MIN_LETTERS = 4;
const MAX_LETTERS = 24;
const SHORT_WORD_CHARS = 2;

export class TypoIndex<Meaning> {
  readonly #words: { readonly jamo: string; readonly meaning: Meaning }[] = [];
  readonly #byGram = new Map<string, number[]>();

  constructor(words: Iterable<readonly [string, Meaning]>) {
    for (const [word, meaning] of words) {
      const jamo = jamoOfWord(word);
      if (word.length < 2 || jamo.length < MIN_LETTERS || jamo.length > MAX_LETTERS) continue;
      const index = this.#words.push({ jamo, meaning }) - 1;
      for (const gram of gramsOf(jamo)) {
        const list = this.#byGram.get(gram);
        if (list === undefined) this.#byGram.set(gram, [index]);
        else list.push(index);
      }
    }
  }

  nearest(word: string): Meaning | undefined {
    const jamo = jamoOfWord(word);
    if (jamo.length < MIN_LETTERS || jamo.length > MAX_LETTERS) return undefined;
    const candidates = new Set<number>();
    for (const gram of gramsOf(jamo)) for (const index of this.#byGram.get(gram) ?? []) candidates.add(index);
    let best: Meaning | undefined;
    let bestDistance = (jamo.length >= LONG_WORD_LETTERS ? 2 : 1) + 1;
    for (const index of candidates) {
      const candidate = this.#words[index];
      if (candidate === undefined || Math.abs(candidate.jamo.length - jamo.length) >= bestDistance) continue;
      // "내일" is no "세일": short words that begin differently are different words.
      if (word.length <= SHORT_WORD_CHARS && candidate.jamo[0] !== jamo[0]) continue;
      const distance = editDistance(jamo, candidate.jamo);
      if (distance >= bestDistance) continue;
      best = candidate.meaning;
      bestDistance = distance;
    }
    return best;
  }
}

/** The ends are marked, so that a slip in a short word still leaves one gram in common. */
function gramsOf(jamo: string): Set<string> {
  const marked = `^${jamo}$`;
  const grams = new Set<string>();
  for (let i = 0; i + GRAM <= marked.length; i += 1) grams.add(marked.slice(i, i + GRAM));
  return grams;
}

/** Insertions, deletions, replacements and swaps of neighbours. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length] ?? 0;
}
