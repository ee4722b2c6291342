/** Retrieval over the operator's entries: Korean text analysis and an inverted index, no key, no model, no network. */
import { type Analysis, Analyzer, addGrams } from './analyze.ts';
import { confidenceOf } from './confidence.ts';
import { IndexBuilder } from './index-builder.ts';
import type { Hit, InvertedIndex } from './inverted-index.ts';
import { hangulTypedOnLatin } from './keyboard.ts';
import type { Knowledge, KnowledgeEntry, KnowledgeResult } from './knowledge.ts';
import { type ConceptWeight, Lexicon, SHOP_LEXICON } from './lexicon.ts';
import { normalize } from './normalize.ts';
import { withoutOwnDetails } from './own-details.ts';
import { isConcept, pairTerm, type Term } from './term.ts';
import type { TermWeights } from './term-weights.ts';
import { TypoIndex } from './typo.ts';

/** More phrasings than this add shared endings rather than meaning. */
const MAX_PHRASINGS = 40;
/** Corrected words count a little less than words typed right. */
const CORRECTED_WEIGHT = 0.85;
const MAX_CORRECTIONS = 8;
/** Two syllables are one letter away from too many other words to forget what was really typed. */
const SHORT_WORD_CHARS = 2;
const SHORT_WORD_DOUBT = 0.4;

/** A subject with this many entries or more is a field, not a question. */
const BROAD_ENTRIES = 4;
/** … unless it is what an entry says nearly word by word: "드라이클리닝 해야 돼요?" is a question, "세탁" is none. */
const NEARLY_SAID = 0.95;
/** A word in a larger share of the entries ("주문") is the setting of a question rather than its subject. */
const MAX_FIELD_SHARE = 1 / 5;

interface Found {
  readonly hits: readonly Hit[];
  /** Only the customer knows what is meant, however well the first hit fits. */
  readonly isUnclear: boolean;
}

const shopLexicon = new Lexicon(SHOP_LEXICON);

/** @param lexicon what means the same in this trade; a shop's by default */
export function createKnowledge(entries: readonly KnowledgeEntry[], lexicon: Lexicon = shopLexicon): Knowledge {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const analyzer = new Analyzer(lexicon);
  const { index, byWording, ownWords } = indexEntries(entries, analyzer);
  const typos = new TypoIndex(knownWords(index, ownWords, lexicon));

  /** Adds to the terms what mistyped words were meant to be. */
  function correct({ terms, unknownWords }: Analysis): void {
    for (const { text, written } of unknownWords.slice(0, MAX_CORRECTIONS)) {
      if (hasPairOf(text)) continue;
      let typed = text;
      let meant = typos.nearest(text);
      if (meant === undefined && written !== text) {
        typed = written;
        meant = typos.nearest(written);
      }
      if (meant === undefined) continue;
      const doubt = typed.length <= SHORT_WORD_CHARS ? SHORT_WORD_DOUBT : 0;
      addGrams(text, false, (term, weight) => terms.set(term, weight * doubt));
      const add = (term: Term, weight: number) => terms.raise(term, weight * CORRECTED_WEIGHT);
      for (const { term, weight } of meant.concepts) add(term, weight);
      if (meant.concepts.length === 0) addGrams(meant.word, false, add);
    }
  }

  /** Words that the entries have pieces of are no typos. */
  function hasPairOf(word: string): boolean {
    for (let i = 0; i + 1 < word.length; i += 1) {
      if (index.has(pairTerm(word.charCodeAt(i), word.charCodeAt(i + 1)))) return true;
    }
    return false;
  }

  function find(question: string, limit: number): Found {
    const analysis = analyzer.analyzeQuestion(normalize(withoutOwnDetails(question)));
    const { wording, terms, isOpen } = analysis;
    const exact = byWording.get(wording);
    correct(analysis);
    const hits = index.search(terms, limit);
    if (exact === undefined) {
      const [first] = hits;
      return { hits, isUnclear: isOpen || (first !== undefined && isUnclear(terms, first)) };
    }
    const others = hits.filter(({ owner }) => owner !== exact).map(demote);
    return { hits: [{ owner: exact, score: 1 }, ...others].slice(0, limit), isUnclear: false };
  }

  function isUnclear(terms: TermWeights, { owner, score }: Hit): boolean {
    return (isBroad(terms) && score < NEARLY_SAID) || missesSubject(terms, owner);
  }

  /** "비회원 환불": the entry on orders of guests fits well, because few speak of guests. But it says nothing of refunds. */
  function missesSubject(terms: TermWeights, owner: number): boolean {
    for (let place = 0; place < terms.size; place += 1) {
      const term = terms.termAt(place);
      if (terms.weightAt(place) < CORRECTED_WEIGHT || !isConcept(term) || !isField(term)) continue;
      if (!index.says(owner, term)) return true;
    }
    return false;
  }

  function isField(subject: Term): boolean {
    return (
      index.entriesAsking(subject) >= BROAD_ENTRIES && index.entriesSaying(subject) <= entries.length * MAX_FIELD_SHARE
    );
  }

  /** "배송", "쿠폰이요": a subject that many entries have, and nothing asked about it. */
  function isBroad(terms: TermWeights): boolean {
    let subject: Term | undefined;
    for (let place = 0; place < terms.size; place += 1) {
      const term = terms.termAt(place);
      if (!isConcept(term)) continue;
      if (subject !== undefined) return false;
      subject = term;
    }
    return subject !== undefined && index.entriesAsking(subject) >= BROAD_ENTRIES;
  }

  return {
    size: entries.length,
    entry: (id) => byId.get(id),
    search(question, limit): KnowledgeResult {
      const wanted = Math.max(limit, 2); // the lead over the second decides, whether it is asked for or not
      let found = find(question, wanted);
      const meant = hangulTypedOnLatin(question);
      if (meant !== undefined) found = better(found, find(meant, wanted));
      const { hits, isUnclear } = found;
      const confidence = confidenceOf(
        hits.map(({ score }) => score),
        isUnclear,
      );
      const matches = hits
        .slice(0, Math.max(0, limit))
        .map(({ owner, score }) => ({ entry: entries[owner] as KnowledgeEntry, score }));
      return { confidence, matches };
    },
  };
}

interface IndexedEntries {
  readonly index: InvertedIndex;
  /** Question or alias without spaces → index of the first entry that has it. */
  readonly byWording: ReadonlyMap<string, number>;
  /** Words of the questions that no list knows. */
  readonly ownWords: ReadonlySet<string>;
}

/** Apart from the searches, whose closures would keep what is only needed while the index is built. */
function indexEntries(entries: readonly KnowledgeEntry[], analyzer: Analyzer): IndexedEntries {
  const byWording = new Map<string, number>();
  const ownWords = new Set<string>();
  const builder = new IndexBuilder();
  entries.forEach((entry, owner) => {
    for (const text of [entry.question, ...entry.aliases].slice(0, MAX_PHRASINGS)) {
      const { wording, terms, unknownWords } = analyzer.analyze(normalize(text));
      if (wording !== '' && !byWording.has(wording)) byWording.set(wording, owner);
      for (const word of unknownWords) if (word.text.length > SHORT_WORD_CHARS) ownWords.add(word.text);
      builder.addPhrasing(terms);
    }
    builder.addAnswer(analyzer.analyze(normalize(entry.answer)).terms);
    builder.endEntry();
  });
  return { index: builder.build(), byWording, ownWords };
}

interface KnownWord {
  readonly word: string;
  /** Empty for a word that only the operator knows. */
  readonly concepts: readonly ConceptWeight[];
}

/** What a typo may have been meant to be: the operator's own words, and those of the lists that some entry speaks of. */
function knownWords(
  index: InvertedIndex,
  ownWords: ReadonlySet<string>,
  lexicon: Lexicon,
): (readonly [string, KnownWord])[] {
  const known = new Map<string, KnownWord>();
  for (const word of ownWords) known.set(word, { word, concepts: [] });
  for (const [word, { concepts }] of lexicon.conceptWords()) {
    if (concepts.some(({ term }) => index.has(term))) known.set(word, { word, concepts });
  }
  return [...known];
}

/** The operator wrote exactly this question: nothing else may come near it. */
function demote(hit: Hit): Hit {
  return { owner: hit.owner, score: Math.min(hit.score, 0.9) };
}

function better(found: Found, other: Found): Found {
  return (other.hits[0]?.score ?? 0) > (found.hits[0]?.score ?? 0) ? other : found;
}
