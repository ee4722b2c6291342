import type { KnowledgeResult } from './knowledge.ts';

/** One rule for entries that match well, one for those that match fairly while nothing else does. On the tuning part of
 *  test/knowledge/phrasings.csv they answer three questions in four at once, one in two hundred wrongly, and one in a
 *  hundred that are none of the shop's business; strangers' questions fare worse, so there is room below the limits of the test. */
const SURE = [
  { score: 0.6, lead: 0.06 },
  { score: 0.5, lead: 0.15 },
];
const POSSIBLE_SCORE = 0.3;

/** `scores` best first. Two entries with close scores are one question to the customer, and what is not clear is no question
 *  yet: ask which. */
export function confidenceOf(scores: readonly number[], isUnclear: boolean): KnowledgeResult['confidence'] {
  const [first = 0, second = 0] = scores;
  if (!isUnclear && SURE.some(({ score, lead }) => first >= score && first - second >= lead)) return 'sure';
  return first >= POSSIBLE_SCORE ? 'possible' : 'none';
}
