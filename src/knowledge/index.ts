/** Retrieval over the operator's entries: Korean text analysis and an inverted index, no key, no model, no network. */
import { type Analysis, addGrams, analyze } from './analyze.ts';
import { confidenceOf } from './confidence.ts';
import { type Hit, type IndexedEntry, InvertedIndex } from './inverted-index.ts';
import { hangulTypedOnLatin } from './keyboard.ts';
import type { Knowledge, KnowledgeEntry, KnowledgeResult } from './knowledge.ts';
import { type ConceptWeight, Lexicon, SHOP_LEXICON } from './lexicon.ts';
import { compact, normalize } from './normalize.ts';
import { withoutOwnDetails } from './own-details.ts';
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

const MIN_ANSWER_WEIGHT = 0.3;

interface Found {
  readonly hits: readonly Hit[];
  readonly isBroad: boolean;
}

const shopLexicon = new Lexicon(SHOP_LEXICON);

/** @param lexicon what means the same in this trade; a shop's by default */
export function createKnowledge(entries: readonly KnowledgeEntry[], lexicon: Lexicon = shopLexicon): Knowledge {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const byWording = new Map<string, number>();
  const knownWords = new Map<string, readonly ConceptWeight[]>();
  const entriesAsking = new Map<string, number>();
  const indexed = entries.map((entry, owner): IndexedEntry => {
    const phrasings = [entry.question, ...entry.aliases].slice(0, MAX_PHRASINGS).map((text) => {
      const normalized = normalize(text);
      const wording = compact(normalized);
      if (wording !== '' && !byWording.has(wording)) byWording.set(wording, owner);
      const { terms, unknownWords } = analyze(normalized, lexicon);
      for (const word of unknownWords) if (word.text.length > SHORT_WORD_CHARS) knownWords.set(word.text, []);
      return terms;
    });
    for (const term of new Set(phrasings.flatMap((terms) => [...terms.keys()].filter(isConcept)))) {
      entriesAsking.set(term, (entriesAsking.get(term) ?? 0) + 1);
    }
    return { phrasings, answer: weighty(analyze(normalize(entry.answer), lexicon).terms) };
  });
  const index = new InvertedIndex(indexed);
  for (const [word, { concepts }] of lexicon.conceptWords()) {
    if (concepts.some(({ term }) => index.has(term))) knownWords.set(word, concepts);
  }
  const typos = new TypoIndex([...knownWords].map(([word, concepts]) => [word, { word, concepts }] as const));

  function correct({ terms, unknownWords }: Analysis): ReadonlyMap<string, number> {
    const corrected = new Map(terms);
    for (const { text, written } of unknownWords.slice(0, MAX_CORRECTIONS)) {
      if (pairsOf(text).some((pair) => index.has(pair))) continue;
      const typed = typos.nearest(text) === undefined ? written : text;
      const meant = typos.nearest(typed);
      if (meant === undefined) continue;
      const doubt = typed.length <= SHORT_WORD_CHARS ? SHORT_WORD_DOUBT : 0;
      addGrams(text, (term, weight) => corrected.set(term, weight * doubt));
      const add = (term: string, weight: number) =>
        corrected.set(term, Math.max(corrected.get(term) ?? 0, weight * CORRECTED_WEIGHT));
      for (const { term, weight } of meant.concepts) add(term, weight);
      if (meant.concepts.length === 0) addGrams(meant.word, add);
    }
    return corrected;
  }

  function find(question: string, limit: number): Found {
    const normalized = normalize(withoutOwnDetails(question));
    const exact = byWording.get(compact(normalized));
    const terms = correct(analyze(normalized, lexicon));
    const hits = index.search(terms, limit);
    if (exact === undefined) return { hits, isBroad: isBroad(terms) && (hits[0]?.score ?? 0) < NEARLY_SAID };
    const others = hits.filter(({ owner }) => owner !== exact).map(demote);
    return { hits: [{ owner: exact, score: 1 }, ...others].slice(0, limit), isBroad: false };
  }

  /** "배송", "쿠폰이요": a subject that many entries have, and nothing asked about it. Which of them is meant, only the customer knows. */
  function isBroad(terms: ReadonlyMap<string, number>): boolean {
    const [subject, ...more] = [...terms.keys()].filter(isConcept);
    return subject !== undefined && more.length === 0 && (entriesAsking.get(subject) ?? 0) >= BROAD_ENTRIES;
  }

  return {
    size: entries.length,
    entry: (id) => byId.get(id),
    search(question, limit): KnowledgeResult {
      const wanted = Math.max(limit, 2); // the lead over the second decides, whether it is asked for or not
      let found = find(question, wanted);
      const meant = hangulTypedOnLatin(question);
      if (meant !== undefined) found = better(found, find(meant, wanted));
      const { hits, isBroad } = found;
      const confidence = confidenceOf(
        hits.map(({ score }) => score),
        isBroad,
      );
      const matches = hits.slice(0, Math.max(0, limit)).flatMap(({ owner, score }) => {
        const entry = entries[owner];
        return entry === undefined ? [] : [{ entry, score }];
      });
      return { confidence, matches };
    },
  };
}

/** The operator wrote exactly this question: nothing else may come near it. */
function demote(hit: Hit): Hit {
  return { owner: hit.owner, score: Math.min(hit.score, 0.9) };
}

function better(found: Found, other: Found): Found {
  return (other.hits[0]?.score ?? 0) > (found.hits[0]?.score ?? 0) ? other : found;
}

/** Concepts and unknown words: of an answer, single letters and the wording itself prove nothing. */
function weighty(terms: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...terms].filter(([, weight]) => weight >= MIN_ANSWER_WEIGHT));
}

function isConcept(term: string): boolean {
  return term.startsWith('@');
}

function pairsOf(word: string): string[] {
  return Array.from({ length: word.length - 1 }, (_, i) => word.slice(i, i + 2));
}
