/** A question as weighted terms: the concepts in it, and pieces of the words that no list knows. */
import { JamoText } from './jamo.ts';
import type { Lexicon, LexiconWord } from './lexicon.ts';
import { pairTerm, singleTerm, type Term } from './term.ts';
import { TermWeights } from './term-weights.ts';

export interface Analysis {
  /** The text without spaces, as after `compact`. */
  readonly wording: string;
  /** Weights are at most 1. */
  readonly terms: TermWeights;
  /** The words that no list knows: names, and typos. */
  readonly unknownWords: readonly UnknownWord[];
  /** "환불 말고 다른 방법": something is rejected, and nothing named instead. The terms then hold what is rejected. */
  readonly isOpen: boolean;
}

interface UnknownWord {
  /** Without its particles; two characters at least. */
  readonly text: string;
  /** As it stands up to the next space: a typo may end in what looks like grammar ("재잎|고"). */
  readonly written: string;
}

/** Cost of a segmentation: unknown characters are dearest, so known words win; fewer, longer words win among those. */
const UNKNOWN_CHAR_COST = 1;
const CONCEPT_COST = 0.3;
const CUT_COST = 0.45;

/** Of a topic's name, and of a word that no list knows: less asks about something without naming it ("방법"). */
const TOPIC_WEIGHT = 1;
const PAIR_WEIGHT = 1;
const SINGLE_WEIGHT = 0.25;
/** Between two entries with the same concepts the one with the customer's own words wins. */
const SURFACE_WEIGHT = 0.12;
const NUMBER_WEIGHT = 0.2;
/** "39", "4만9천원어치", "2벌": how much of it is asked about seldom decides what is asked. */
const AMOUNT =
  /^\p{N}+(?:[만천백십억]|\p{N})*(?:원|벌|장|개|켤레|명|번|일|달|년|주|살|분|시간?)?(?:어치|짜리|정도|쯤|이상|이하)?$/u;

/** Reads one text after the other into the same arrays: what an analysis holds is gone with the next one. */
export class Analyzer {
  readonly #lexicon: Lexicon;
  readonly #terms = new TermWeights();
  readonly #jamo = new JamoText();
  #chars = '';
  /** 1 where a written word starts; the end of the text counts as the start of one. */
  #wordStarts = new Uint8Array(0);
  /** Of the cheapest reading from each character to the end: what it costs, and where its first piece ends. */
  #costs = new Float64Array(0);
  #ends = new Uint32Array(0);
  /** That piece; absent where it is an unknown character. */
  #words: (LexiconWord | undefined)[] = [];
  /** Where the pieces of that reading start, an unknown word counted as one, and where the last one ends. */
  #pieces = new Uint32Array(0);

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon;
  }

  /** Everything that an entry speaks of.
   *  @param normalized a text after `normalize` */
  analyze(normalized: string): Analysis {
    return this.#analyze(normalized, false);
  }

  /** The same without what the question rejects: "반품" in "반품 말고 교환".
   *  @param normalized a text after `normalize` */
  analyzeQuestion(normalized: string): Analysis {
    return this.#analyze(normalized, true);
  }

  #analyze(normalized: string, isQuestion: boolean): Analysis {
    this.#joinWords(normalized);
    this.#segment();
    this.#terms.clear();
    return { wording: this.#chars, terms: this.#terms, ...this.#collect(isQuestion) };
  }

  #joinWords(normalized: string): void {
    const chars = normalized.replaceAll(' ', '');
    this.#chars = chars;
    if (this.#wordStarts.length <= chars.length) {
      const size = chars.length * 2 + 1;
      this.#wordStarts = new Uint8Array(size);
      this.#costs = new Float64Array(size);
      this.#ends = new Uint32Array(size);
      this.#pieces = new Uint32Array(size);
    }
    this.#wordStarts.fill(0, 0, chars.length + 1);
    this.#wordStarts[0] = 1;
    let spaces = 0;
    for (let at = normalized.indexOf(' '); at !== -1; at = normalized.indexOf(' ', at + 1)) {
      this.#wordStarts[at - spaces] = 1;
      spaces += 1;
    }
    this.#wordStarts[chars.length] = 1;
  }

  /** The cheapest way to read the text as known words and unknown runs; spaces are hints, because customers leave them out. */
  #segment(): void {
    const { length } = this.#chars;
    this.#jamo.read(this.#chars);
    this.#costs[length] = 0;
    this.#words[length] = undefined;
    for (let start = length - 1; start >= 0; start -= 1) {
      this.#costs[start] = UNKNOWN_CHAR_COST + this.#costFrom(start + 1);
      this.#ends[start] = start + 1;
      this.#words[start] = undefined;
      this.#lexicon.matchesAt(this.#jamo, start, this.#consider);
    }
  }

  /** A field, because a function made for each character costs more than looking the words up. */
  readonly #consider = (start: number, end: number, word: LexiconWord): void => {
    const cost = (word.kind === 'concept' ? CONCEPT_COST : CUT_COST) + this.#costFrom(end);
    // Of equal readings the one with the longer word, found later.
    if (cost > this.#costFrom(start) || !this.#mayStand(start, end, word)) return;
    this.#costs[start] = cost;
    this.#ends[start] = end;
    this.#words[start] = word;
  };

  #costFrom(at: number): number {
    return this.#costs[at] ?? 0;
  }

  #mayStand(start: number, end: number, word: LexiconWord): boolean {
    const atWordStart = this.#startsWord(start);
    for (let i = start + 1; i < end && !atWordStart; i += 1) if (this.#startsWord(i)) return false;
    if (this.#cutsRun(start - 1) || this.#cutsRun(end - 1)) return false;
    // "말고기" is meat, and "말고도" rejects nothing.
    if (isContrast(word)) return this.#startsWord(end) || this.#words[end] !== undefined;
    if (end - start > 1) return true;
    // One syllable is a word only where the rest of the written word is grammar: "면은" is cotton, "면접" is not.
    if (!atWordStart && word.kind !== 'ending') return false;
    return this.#startsWord(end) || this.#words[end] !== undefined || this.#restIsParticle(end);
  }

  #startsWord(at: number): boolean {
    return this.#wordStarts[at] === 1;
  }

  /** True when a Latin or digit run goes on over the boundary after `at`: "as" is no word in "asdf". */
  #cutsRun(at: number): boolean {
    if (at < 0 || this.#startsWord(at + 1)) return false;
    const left = charClass(this.#chars.charCodeAt(at));
    return left !== 0 && left === charClass(this.#chars.charCodeAt(at + 1));
  }

  #restIsParticle(at: number): boolean {
    return this.#startsWord(at + 1) && this.#lexicon.isParticle(this.#chars.charCodeAt(at));
  }

  /** Fills the terms from the pieces of the cheapest reading, the last one first: what comes instead decides what "말고" rejects. */
  #collect(isQuestion: boolean): Pick<Analysis, 'unknownWords' | 'isOpen'> {
    const unknownWords: UnknownWord[] = [];
    let isRejecting = false;
    let isOpen = false;
    for (let piece = this.#findPieces() - 1; piece >= 0; piece -= 1) {
      if (isQuestion && this.#rejects(piece)) {
        isRejecting = this.#saysTopic();
        isOpen ||= !isRejecting;
      } else if (isRejecting && this.#saysMore(piece)) {
        isRejecting = false;
      } else {
        this.#collectPiece(piece, unknownWords);
      }
    }
    return { unknownWords: unknownWords.reverse(), isOpen };
  }

  /** Returns how many there are. */
  #findPieces(): number {
    const { length } = this.#chars;
    let count = 0;
    let end = 0;
    for (let start = 0; start < length; start = end) {
      this.#pieces[count++] = start;
      end = this.#ends[start] ?? length;
      if (this.#words[start] !== undefined) continue;
      while (end < length && this.#words[end] === undefined && !this.#startsWord(end)) end += 1;
    }
    this.#pieces[count] = length;
    return count;
  }

  #collectPiece(piece: number, unknownWords: UnknownWord[]): void {
    const start = this.#pieces[piece] ?? 0;
    const end = this.#pieces[piece + 1] ?? 0;
    const word = this.#words[start];
    if (word === undefined) {
      this.#collectUnknown(start, this.#endOfNoun(piece), unknownWords);
    } else if (word.kind === 'concept') {
      for (const { term, weight } of word.concepts) this.#terms.raise(term, weight);
      for (let i = start; i + 1 < end; i += 1) {
        this.#terms.raise(pairTerm(this.#chars.charCodeAt(i), this.#chars.charCodeAt(i + 1)), SURFACE_WEIGHT);
      }
    }
  }

  #collectUnknown(start: number, end: number, unknownWords: UnknownWord[]): void {
    if (end === start) return;
    const text = this.#chars.slice(start, end);
    const isAmount = AMOUNT.test(text);
    addGrams(text, isAmount, (term, weight) => this.#terms.raise(term, weight));
    if (isAmount || text.length === 1) return;
    let writtenEnd = start + 1;
    while (!this.#startsWord(writtenEnd)) writtenEnd += 1;
    unknownWords.push({ text, written: this.#chars.slice(start, writtenEnd) });
  }

  #wordOf(piece: number): LexiconWord | undefined {
    return this.#words[this.#pieces[piece] ?? 0];
  }

  /** "경비실에서 대신", "친구가 대신": in place of nobody who is named. */
  #rejects(piece: number): boolean {
    const kind = this.#wordOf(piece)?.kind;
    return kind === 'rejection' || (kind === 'substitution' && this.#isBareNoun(piece - 1));
  }

  #saysTopic(): boolean {
    for (let place = 0; place < this.#terms.size; place += 1) {
      if (this.#terms.weightAt(place) >= TOPIC_WEIGHT) return true;
    }
    return false;
  }

  /** "교환 배송비 말고 반품 배송비": what is said of both is not what is rejected. */
  #saysMore(piece: number): boolean {
    const word = this.#wordOf(piece);
    if (word !== undefined) return word.concepts.some(({ term }) => !this.#terms.has(term));
    let more = false;
    addGrams(this.#chars.slice(this.#pieces[piece], this.#endOfNoun(piece)), false, (term) => {
      more ||= !this.#terms.has(term);
    });
    return more;
  }

  #isBareNoun(piece: number): boolean {
    if (piece < 0) return false;
    const word = this.#wordOf(piece);
    return word === undefined ? this.#endOfNoun(piece) === this.#pieces[piece + 1] : word.kind !== 'ending';
  }

  #endOfNoun(piece: number): number {
    const afterKnown = piece > 0 && this.#wordOf(piece - 1) !== undefined;
    return this.#withoutParticles(this.#pieces[piece] ?? 0, this.#pieces[piece + 1] ?? 0, afterKnown);
  }

  /** Where the run of unknown characters ends without its grammar. "배송|은": what stands between two known words is all grammar.
   *  "텀블러는": an unknown word keeps two syllables at least. */
  #withoutParticles(start: number, end: number, afterKnown: boolean): number {
    const isParticle = (at: number) => this.#lexicon.isParticle(this.#chars.charCodeAt(at));
    if (afterKnown && !this.#startsWord(start) && end - start <= 2 && isParticle(start) && isParticle(end - 1)) {
      return start;
    }
    let wordEnd = end;
    while (this.#startsWord(end) && wordEnd > start + 2 && isParticle(wordEnd - 1)) wordEnd -= 1;
    return wordEnd;
  }
}

/** The terms of a word that no list knows. */
export function addGrams(word: string, isAmount: boolean, add: (term: Term, weight: number) => void): void {
  for (let i = 0; i < word.length; i += 1) {
    const code = word.charCodeAt(i);
    add(singleTerm(code), isAmount ? NUMBER_WEIGHT / 2 : SINGLE_WEIGHT);
    if (i + 1 < word.length) add(pairTerm(code, word.charCodeAt(i + 1)), isAmount ? NUMBER_WEIGHT : PAIR_WEIGHT);
  }
}

function isContrast({ kind }: LexiconWord): boolean {
  return kind === 'rejection' || kind === 'substitution';
}

function charClass(code: number): 0 | 1 | 2 {
  if (code >= 0x61 && code <= 0x7a) return 1;
  return code >= 0x30 && code <= 0x39 ? 2 : 0;
}
