/** The known word that a mistyped one was meant to be. A back-off: words that the index knows never come here. */
import { jamoOfWord } from './jamo.ts';

const GRAM = 3;
/** One wrong, missing or extra letter; two in a word of four syllables or more. Looser turns other words into ours ("환율" → "환불"). */
const LONG_WORD_LETTERS = 10;
const MIN_LETTERS = 4;
const MAX_LETTERS = 24;
const SHORT_WORD_CHARS = 2;

interface Word<Meaning> {
  readonly jamo: string;
  /** A bit for each letter in it. */
  readonly letters: number;
  readonly meaning: Meaning;
}

export class TypoIndex<Meaning> {
  readonly #words: Word<Meaning>[] = [];
  readonly #byGram = new Map<string, number[]>();
  /** The search in which a word was last looked at: it shares several grams with what was typed. */
  readonly #seenIn: Uint32Array;
  #searches = 0;

  constructor(words: Iterable<readonly [string, Meaning]>) {
    for (const [word, meaning] of words) {
      const jamo = jamoOfWord(word);
      if (word.length < 2 || jamo.length < MIN_LETTERS || jamo.length > MAX_LETTERS) continue;
      const index = this.#words.push({ jamo, letters: lettersOf(jamo), meaning }) - 1;
      const marked = mark(jamo);
      for (let i = 0; i + GRAM <= marked.length; i += 1) {
        const gram = marked.slice(i, i + GRAM);
        const list = this.#byGram.get(gram);
        if (list === undefined) this.#byGram.set(gram, [index]);
        else if (list.at(-1) !== index) list.push(index);
      }
    }
    this.#seenIn = new Uint32Array(this.#words.length);
  }

  nearest(word: string): Meaning | undefined {
    const jamo = jamoOfWord(word);
    if (jamo.length < MIN_LETTERS || jamo.length > MAX_LETTERS) return undefined;
    const letters = lettersOf(jamo);
    this.#searches += 1;
    let best: Meaning | undefined;
    let bestDistance = (jamo.length >= LONG_WORD_LETTERS ? 2 : 1) + 1;
    const marked = mark(jamo);
    for (let i = 0; i + GRAM <= marked.length; i += 1) {
      for (const index of this.#byGram.get(marked.slice(i, i + GRAM)) ?? []) {
        if (this.#seenIn[index] === this.#searches) continue;
        this.#seenIn[index] = this.#searches;
        const candidate = this.#words[index];
        if (candidate === undefined || Math.abs(candidate.jamo.length - jamo.length) >= bestDistance) continue;
        // One slip takes a letter away and brings another: words with more letters of their own are further apart.
        if (bitCount(candidate.letters ^ letters) > 2 * (bestDistance - 1)) continue;
        // "내일" is no "세일": short words that begin differently are different words.
        if (word.length <= SHORT_WORD_CHARS && candidate.jamo[0] !== jamo[0]) continue;
        const distance = editDistance(jamo, candidate.jamo, bestDistance);
        if (distance >= bestDistance) continue;
        best = candidate.meaning;
        bestDistance = distance;
      }
    }
    return best;
  }
}

/** Letters may share a bit: words then look nearer than they are. */
function lettersOf(jamo: string): number {
  let letters = 0;
  for (let i = 0; i < jamo.length; i += 1) letters |= 1 << (jamo.charCodeAt(i) & 31);
  return letters;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count += 1;
  return count;
}

/** The ends count as letters, so that a slip in a short word still leaves one gram in common. */
function mark(jamo: string): string {
  return `^${jamo}$`;
}

let beforeLast = new Uint8Array(MAX_LETTERS + 1);
let last = new Uint8Array(MAX_LETTERS + 1);
let row = new Uint8Array(MAX_LETTERS + 1);

/** Insertions, deletions, replacements and swaps of neighbours, of words with at most `MAX_LETTERS`. Counting ends where it cannot
 *  stay under `limit`: most candidates are far away. */
function editDistance(left: string, right: string, limit: number): number {
  for (let j = 0; j <= right.length; j += 1) last[j] = j;
  let leastBefore = 0;
  for (let i = 1; i <= left.length; i += 1) {
    row[0] = i;
    let least = i;
    const letter = left.charCodeAt(i - 1);
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (letter === right.charCodeAt(j - 1) ? 0 : 1);
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced);
      if (i > 1 && j > 1 && letter === right.charCodeAt(j - 2) && left.charCodeAt(i - 2) === right.charCodeAt(j - 1)) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least >= limit && leastBefore + 1 >= limit) return limit;
    leastBefore = least;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return last[right.length] ?? 0;
}
