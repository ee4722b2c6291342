/** A question as weighted terms: the concepts in it, and pieces of the words that no list knows. */
import type { Lexicon, LexiconWord } from './lexicon.ts';

export interface Analysis {
  /** `@name` is a concept, everything else one or two characters of text. Weights are at most 1. */
  readonly terms: ReadonlyMap<string, number>;
  /** The words that no list knows: names, and typos. */
  readonly unknownWords: readonly UnknownWord[];
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

const PAIR_WEIGHT = 1;
const SINGLE_WEIGHT = 0.25;
/** Between two entries with the same concepts the one with the customer's own words wins. */
const SURFACE_WEIGHT = 0.12;
const NUMBER_WEIGHT = 0.2;
/** "39", "4만9천원어치", "2벌": how much of it is asked about seldom decides what is asked. */
const AMOUNT =
  /^\p{N}+(?:[만천백십억]|\p{N})*(?:원|벌|장|개|켤레|명|번|일|달|년|주|살|분|시간?)?(?:어치|짜리|정도|쯤|이상|이하)?$/u;

interface Segment {
  readonly start: number;
  readonly end: number;
  /** Absent for a run of unknown characters. */
  readonly word?: LexiconWord;
}

/** @param normalized a text after `normalize` */
export function analyze(normalized: string, lexicon: Lexicon): Analysis {
  const { chars, wordStarts } = joinWords(normalized);
  const terms = new Map<string, number>();
  const unknownWords: UnknownWord[] = [];
  const add = (term: string, weight: number) => {
    if (weight > (terms.get(term) ?? 0)) terms.set(term, weight);
  };
  let afterConcept = false;
  for (const segment of segmentsOf(chars, wordStarts, lexicon)) {
    const { start, end, word } = segment;
    if (word === undefined) {
      const run = withoutParticles(
        chars.slice(start, end),
        afterConcept && wordStarts[start] !== 1,
        lexicon,
        wordStarts[end] === 1,
      );
      afterConcept = false;
      if (run === '') continue;
      addGrams(run, add);
      if (run.length > 1 && !AMOUNT.test(run))
        unknownWords.push({ text: run, written: chars.slice(start, wordEndAfter(start, wordStarts)) });
      continue;
    }
    afterConcept = true;
    if (word.kind !== 'concept') continue;
    for (const { term, weight } of word.concepts) add(term, weight);
    for (let i = start; i + 1 < end; i += 1) add(chars.slice(i, i + 2), SURFACE_WEIGHT);
  }
  return { terms, unknownWords };
}

/** Terms of a word that no list knows. */
export function addGrams(run: string, add: (term: string, weight: number) => void): void {
  const isNumber = AMOUNT.test(run);
  for (let i = 0; i < run.length; i += 1) {
    add(run.charAt(i), isNumber ? NUMBER_WEIGHT / 2 : SINGLE_WEIGHT);
    if (i + 1 < run.length) add(run.slice(i, i + 2), isNumber ? NUMBER_WEIGHT : PAIR_WEIGHT);
  }
}

function joinWords(normalized: string): { chars: string; wordStarts: Uint8Array } {
  const words = normalized === '' ? [] : normalized.split(' ');
  const chars = words.join('');
  const wordStarts = new Uint8Array(chars.length + 1);
  let at = 0;
  for (const word of words) {
    wordStarts[at] = 1;
    at += word.length;
  }
  wordStarts[chars.length] = 1;
  return { chars, wordStarts };
}

/** The cheapest way to read the text as known words and unknown runs; spaces are hints, because customers leave them out. */
function segmentsOf(chars: string, wordStarts: Uint8Array, lexicon: Lexicon): Segment[] {
  const length = chars.length;
  const costs = new Float64Array(length + 1);
  const ends = new Int32Array(length + 1);
  const words: (LexiconWord | undefined)[] = new Array(length + 1);
  for (let start = length - 1; start >= 0; start -= 1) {
    let bestCost = UNKNOWN_CHAR_COST + (costs[start + 1] ?? 0);
    let bestEnd = start + 1;
    let bestWord: LexiconWord | undefined;
    lexicon.matchesAt(chars, start, (end, word) => {
      const cost = (word.kind === 'concept' ? CONCEPT_COST : CUT_COST) + (costs[end] ?? 0);
      if (cost > bestCost || !mayStand(start, end, word)) return; // of equal readings the one with the longer word, found later
      bestCost = cost;
      bestEnd = end;
      bestWord = word;
    });
    costs[start] = bestCost;
    ends[start] = bestEnd;
    words[start] = bestWord;
  }
  return collect();

  function mayStand(start: number, end: number, word: LexiconWord): boolean {
    const atWordStart = wordStarts[start] === 1;
    for (let i = start + 1; i < end && !atWordStart; i += 1) if (wordStarts[i] === 1) return false;
    if (cutsRun(start - 1) || cutsRun(end - 1)) return false;
    if (end - start > 1) return true;
    // One syllable is a word only where the rest of the written word is grammar: "면은" is cotton, "면접" is not.
    if (!atWordStart && word.kind !== 'ending') return false;
    return wordStarts[end] === 1 || words[end] !== undefined || restIsParticle(end);
  }

  /** True when a Latin or digit run goes on over the boundary after `at`: "as" is no word in "asdf". */
  function cutsRun(at: number): boolean {
    if (at < 0 || wordStarts[at + 1] === 1) return false;
    const left = charClass(chars.charCodeAt(at));
    return left !== 0 && left === charClass(chars.charCodeAt(at + 1));
  }

  function restIsParticle(start: number): boolean {
    return lexicon.isParticle(chars.slice(start, wordEndAfter(start - 1, wordStarts)));
  }

  function collect(): Segment[] {
    const segments: Segment[] = [];
    let start = 0;
    while (start < length) {
      const word = words[start];
      let end = ends[start] ?? length;
      if (word === undefined) while (end < length && words[end] === undefined && wordStarts[end] !== 1) end += 1;
      segments.push(word === undefined ? { start, end } : { start, end, word });
      start = end;
    }
    return segments;
  }
}

/** Where the written word that `at` lies in ends; the end of the text counts as the start of a word. */
function wordEndAfter(at: number, wordStarts: Uint8Array): number {
  let end = at + 1;
  while (wordStarts[end] === 0) end += 1;
  return end;
}

function charClass(code: number): 0 | 1 | 2 {
  if (code >= 0x61 && code <= 0x7a) return 1;
  return code >= 0x30 && code <= 0x39 ? 2 : 0;
}

/** "배송|은": what stands between two known words is grammar. "텀블러는": an unknown word keeps two syllables at least. */
function withoutParticles(run: string, afterKnown: boolean, lexicon: Lexicon, atWordEnd: boolean): string {
  if (afterKnown && run.length <= 2 && [...run].every((char) => lexicon.isParticle(char))) return '';
  let end = run.length;
  while (atWordEnd && end > 2 && lexicon.isParticle(run.charAt(end - 1))) end -= 1;
  return run.slice(0, end);
}
