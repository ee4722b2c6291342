/** The bundled shop and how its customers ask. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { loadKnowledgeCsv } from '../../src/knowledge/csv.ts';
import type { Knowledge } from '../../src/knowledge/knowledge.ts';

export const SAMPLE_DIRECTORY = fileURLToPath(new URL('../../src/knowledge/sample/', import.meta.url));

export function loadSample() {
  return loadKnowledgeCsv(readFileSync(`${SAMPLE_DIRECTORY}shop.csv`), { imageBaseUrl: 'https://bot.example/' });
}

export interface Phrasing {
  /** `held-out` phrasings are never looked at while words and thresholds are chosen: they say what strangers will get. */
  readonly part: 'tuning' | 'held-out';
  /** Empty where the shop has no answer. */
  readonly entry: string;
  readonly phrasing: string;
}

export function loadPhrasings(): Phrasing[] {
  const bytes = readFileSync(new URL('../knowledge/phrasings.csv', import.meta.url));
  return parse(bytes, { columns: true }) as unknown as Phrasing[];
}

export interface Accuracy {
  /** Shares of the questions that the shop answers, 0..1. */
  readonly top1: number;
  readonly top3: number;
  readonly answered: number;
  readonly answeredWrongly: number;
  /** Share of the questions that are none of the shop's business. */
  readonly offTopicAnswered: number;
  readonly counts: { readonly onTopic: number; readonly offTopic: number };
  /** One line for each question that went wrong. */
  readonly misses: readonly string[];
}

export function measureAccuracy(knowledge: Knowledge, phrasings: readonly Phrasing[]): Accuracy {
  const misses: string[] = [];
  const counts = { onTopic: 0, offTopic: 0, top1: 0, top3: 0, answered: 0, answeredWrongly: 0, offTopicAnswered: 0 };
  for (const { entry, phrasing } of phrasings) {
    const { confidence, matches } = knowledge.search(phrasing, 3);
    const found = matches.map((match) => match.entry.id);
    const isRight = entry !== '' && found[0] === entry;
    const isSure = confidence === 'sure';
    if (entry === '') {
      counts.offTopic += 1;
      if (isSure) counts.offTopicAnswered += 1;
    } else {
      counts.onTopic += 1;
      if (isRight) counts.top1 += 1;
      if (found.includes(entry)) counts.top3 += 1;
      if (isSure) counts.answered += 1;
      if (isSure && !isRight) counts.answeredWrongly += 1;
    }
    if (entry === '' ? isSure : !isRight) {
      const shown = matches.map((match) => `${match.entry.id} ${match.score.toFixed(2)}`).join(', ');
      misses.push(`${confidence}: ${phrasing} → ${entry || 'nothing'}, found ${shown}`);
    }
  }
  const { onTopic, offTopic } = counts;
  return {
    top1: counts.top1 / onTopic,
    top3: counts.top3 / onTopic,
    answered: counts.answered / onTopic,
    answeredWrongly: counts.answeredWrongly / onTopic,
    offTopicAnswered: counts.offTopicAnswered / offTopic,
    counts: { onTopic, offTopic },
    misses,
  };
}
