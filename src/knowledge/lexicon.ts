/** The words that analysis knows: what means the same, and what means nothing. The lists are data (lexicon/*.json). */
import { jamoOf } from './jamo.ts';
import korean from './lexicon/korean.json' with { type: 'json' };
import shop from './lexicon/shop.json' with { type: 'json' };
import { compact, normalize } from './normalize.ts';

/** Words are separated by spaces and written without inner ones. A trailing `~` marks a verb stem, which also matches where
 *  its last syllable has grown an ending (`바꾸~`: 바꿀, 바꿔, 바꿨). */
export interface LexiconData {
  /** Concept name → the words for it; they say what a question is about. */
  readonly topics: Readonly<Record<string, string>>;
  /** Likewise for what is asked about it (how much, when, where); they weigh half. */
  readonly aspects: Readonly<Record<string, string>>;
  /** Words → the concepts in them, with an optional weight: "택배비" → "배송 비용", "바꾸~" → "변경 교환:0.6". */
  readonly compounds: Readonly<Record<string, string>>;
  /** Words of this trade that tell no question from another ("상품"). */
  readonly fillers: string;
}

export interface ConceptWeight {
  /** `@` and the name, so that it never meets a piece of text in the index. */
  readonly term: string;
  readonly weight: number;
}

/** `concept` carries meaning; `filler` and `ending` are cut. A filler of one syllable stands alone, an ending of one may follow anything. */
export interface LexiconWord {
  readonly kind: 'concept' | 'filler' | 'ending';
  readonly concepts: readonly ConceptWeight[];
}

interface TrieNode {
  readonly next: Map<string, TrieNode>;
  word?: LexiconWord;
  stem?: LexiconWord;
}

const ASPECT_WEIGHT = 0.5;

export const SHOP_LEXICON: LexiconData = shop;

export class Lexicon {
  readonly #root: TrieNode = { next: new Map() };
  readonly #words = new Map<string, LexiconWord>();
  readonly #particles: ReadonlySet<string>;

  constructor(data: LexiconData) {
    this.#particles = new Set(wordsOf(korean.particles).map(clean));
    for (const word of wordsOf(korean.endings)) this.#add(word, 'ending', []);
    for (const word of [...wordsOf(korean.fillers), ...wordsOf(data.fillers)]) this.#add(word, 'filler', []);
    for (const [name, words] of Object.entries(data.topics)) this.#addAll(words, [concept(name, 1)]);
    for (const [name, words] of Object.entries(data.aspects)) this.#addAll(words, [concept(name, ASPECT_WEIGHT)]);
    const ofAspect = new Set(Object.keys(data.aspects));
    for (const [words, parts] of Object.entries(data.compounds)) {
      const concepts = wordsOf(parts).map((part) => {
        const [name = '', weight = '1'] = part.split(':');
        return concept(name, Number(weight) * (ofAspect.has(name) ? ASPECT_WEIGHT : 1));
      });
      this.#addAll(words, concepts);
    }
  }

  /** Calls `found(end, word)` for every word that starts at `start`. Work is bounded by the longest word in the lists. */
  matchesAt(text: string, start: number, found: (end: number, word: LexiconWord) => void): void {
    let node: TrieNode | undefined = this.#root;
    for (let at = start; at < text.length; at += 1) {
      const jamo = jamoOf(text.charAt(at));
      let stem: LexiconWord | undefined;
      for (let i = 0; i < jamo.length; i += 1) {
        node = node.next.get(jamo.charAt(i));
        if (node === undefined) break;
        stem = node.stem ?? stem;
      }
      if (stem !== undefined) found(at + 1, stem);
      if (node === undefined) return;
      if (node.word !== undefined && node.word !== stem) found(at + 1, node.word);
    }
  }

  isParticle(text: string): boolean {
    return this.#particles.has(text);
  }

  /** The words with a meaning, for the correction of typos. */
  *conceptWords(): Iterable<readonly [string, LexiconWord]> {
    for (const entry of this.#words) if (entry[1].kind === 'concept') yield entry;
  }

  #addAll(words: string, concepts: readonly ConceptWeight[]): void {
    for (const word of wordsOf(words)) this.#add(word, 'concept', concepts);
  }

  /** A word may stand in several lists: meanings add up, and a meaning beats none. */
  #add(written: string, kind: LexiconWord['kind'], concepts: readonly ConceptWeight[]): void {
    const isStem = written.endsWith('~');
    const text = clean(written);
    if (text === '') return;
    let node = this.#root;
    for (const char of text) {
      for (const jamo of jamoOf(char)) {
        let next = node.next.get(jamo);
        if (next === undefined) {
          next = { next: new Map() };
          node.next.set(jamo, next);
        }
        node = next;
      }
    }
    const known = isStem ? node.stem : node.word;
    const word: LexiconWord =
      known === undefined || (known.kind !== 'concept' && kind === 'concept')
        ? { kind, concepts }
        : { kind: known.kind, concepts: known.kind === kind ? merge(known.concepts, concepts) : known.concepts };
    if (isStem) node.stem = word;
    else node.word = word;
    this.#words.set(text, word);
  }
}

function concept(name: string, weight: number): ConceptWeight {
  return { term: `@${name}`, weight };
}

function merge(left: readonly ConceptWeight[], right: readonly ConceptWeight[]): readonly ConceptWeight[] {
  const weights = new Map(left.map(({ term, weight }) => [term, weight]));
  for (const { term, weight } of right) weights.set(term, Math.max(weight, weights.get(term) ?? 0));
  return [...weights].map(([term, weight]) => ({ term, weight }));
}

function wordsOf(list: string): string[] {
  return list.split(' ').filter((word) => word !== '');
}

function clean(word: string): string {
  return compact(normalize(word));
}
