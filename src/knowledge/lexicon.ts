/** The words that analysis knows: what means the same, and what means nothing. The lists are data (lexicon/*.json). */
import { JamoText } from './jamo.ts';
import korean from './lexicon/korean.json' with { type: 'json' };
import shop from './lexicon/shop.json' with { type: 'json' };
import { compact, normalize } from './normalize.ts';
import { NumberMap } from './number-map.ts';
import { MAX_CONCEPTS, type Term } from './term.ts';

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
  readonly term: Term;
  readonly weight: number;
}

/** `concept` carries meaning; `filler` and `ending` are cut. A filler of one syllable stands alone, an ending of one may follow anything.
 *  `rejection` ("말고") and `substitution` ("대신") stand between what is not asked about and what is. */
export interface LexiconWord {
  readonly kind: 'concept' | 'filler' | 'ending' | 'rejection' | 'substitution';
  readonly concepts: readonly ConceptWeight[];
}

const ASPECT_WEIGHT = 0.5;

export const SHOP_LEXICON: LexiconData = shop;

const ROOT = 0;
const MAX_NODES = 0xffff;

/** A trie over the letters (not the syllables: a stem may end inside of one). A node is a number; its branches stand in one map by
 *  node and letter, because a Map in each node cost more than all that follows. */
export class Lexicon {
  /** Key: the node in the upper half, the letter in the lower. */
  readonly #branches = new NumberMap();
  readonly #wordAt: (LexiconWord | undefined)[] = [undefined];
  readonly #stemAt: (LexiconWord | undefined)[] = [undefined];
  readonly #jamo = new JamoText();
  readonly #words = new Map<string, LexiconWord>();
  readonly #conceptNumbers = new Map<string, Term>();
  /** Particles have one syllable. */
  readonly #particles: ReadonlySet<number>;

  constructor(data: LexiconData) {
    this.#particles = new Set(wordsOf(korean.particles).map((particle) => clean(particle).charCodeAt(0)));
    for (const word of wordsOf(korean.endings)) this.#add(word, 'ending', []);
    for (const word of wordsOf(korean.rejections)) this.#add(word, 'rejection', []);
    for (const word of wordsOf(korean.substitutions)) this.#add(word, 'substitution', []);
    for (const word of [...wordsOf(korean.fillers), ...wordsOf(data.fillers)]) this.#add(word, 'filler', []);
    for (const [name, words] of Object.entries(data.topics)) this.#addAll(words, [this.#concept(name, 1)]);
    for (const [name, words] of Object.entries(data.aspects)) this.#addAll(words, [this.#concept(name, ASPECT_WEIGHT)]);
    const ofAspect = new Set(Object.keys(data.aspects));
    for (const [words, parts] of Object.entries(data.compounds)) {
      const concepts = wordsOf(parts).map((part) => {
        const [name = '', weight = '1'] = part.split(':');
        return this.#concept(name, Number(weight) * (ofAspect.has(name) ? ASPECT_WEIGHT : 1));
      });
      this.#addAll(words, concepts);
    }
  }

  /** Calls `found(start, end, word)` for every word that starts at the character `start`, shorter ones first. Work is bounded by the longest
   *  word in the lists. */
  matchesAt(text: JamoText, start: number, found: (start: number, end: number, word: LexiconWord) => void): void {
    const { length, starts, codes } = text;
    let node = ROOT;
    for (let at = start; at < length; at += 1) {
      let stem: LexiconWord | undefined;
      const end = starts[at + 1] ?? 0;
      for (let i = starts[at] ?? 0; i < end; i += 1) {
        node = this.#branches.get((node << 16) | (codes[i] ?? 0));
        if (node === 0) break;
        stem = this.#stemAt[node] ?? stem;
      }
      if (stem !== undefined) found(start, at + 1, stem);
      if (node === 0) return;
      const word = this.#wordAt[node];
      if (word !== undefined && word !== stem) found(start, at + 1, word);
    }
  }

  /** @param code of a character */
  isParticle(code: number): boolean {
    return this.#particles.has(code);
  }

  /** The words with a meaning, for the correction of typos. */
  *conceptWords(): Iterable<readonly [string, LexiconWord]> {
    for (const entry of this.#words) if (entry[1].kind === 'concept') yield entry;
  }

  #concept(name: string, weight: number): ConceptWeight {
    const known = this.#conceptNumbers.get(name);
    const term = known ?? this.#conceptNumbers.size + 1;
    if (term > MAX_CONCEPTS) throw new RangeError('The lexicon has too many concepts');
    if (known === undefined) this.#conceptNumbers.set(name, term);
    return { term, weight };
  }

  #addAll(words: string, concepts: readonly ConceptWeight[]): void {
    for (const word of wordsOf(words)) this.#add(word, 'concept', concepts);
  }

  /** A word may stand in several lists: meanings add up, and a meaning beats none. */
  #add(written: string, kind: LexiconWord['kind'], concepts: readonly ConceptWeight[]): void {
    const text = clean(written);
    if (text === '') return;
    const node = this.#nodeOf(text);
    const wordsAt = written.endsWith('~') ? this.#stemAt : this.#wordAt;
    const known = wordsAt[node];
    const word: LexiconWord =
      known === undefined || (known.kind !== 'concept' && kind === 'concept')
        ? { kind, concepts }
        : { kind: known.kind, concepts: known.kind === kind ? merge(known.concepts, concepts) : known.concepts };
    wordsAt[node] = word;
    this.#words.set(text, word);
  }

  #nodeOf(word: string): number {
    this.#jamo.read(word);
    const letterCount = this.#jamo.starts[word.length] ?? 0;
    let node = ROOT;
    for (let i = 0; i < letterCount; i += 1) {
      const branch = (node << 16) | (this.#jamo.codes[i] ?? 0);
      let next = this.#branches.get(branch);
      if (next === 0) {
        next = this.#wordAt.push(undefined) - 1;
        if (next > MAX_NODES) throw new RangeError('The lexicon has too many words');
        this.#stemAt.push(undefined);
        this.#branches.set(branch, next);
      }
      node = next;
    }
    return node;
  }
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
