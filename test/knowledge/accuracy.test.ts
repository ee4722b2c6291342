import { describe, expect, it } from 'vitest';
import { createKnowledge } from '../../src/knowledge/index.ts';
import { loadPhrasings, loadSample, measureAccuracy } from '../helpers/knowledge-sample.ts';

const knowledge = createKnowledge(loadSample().entries);
const phrasings = loadPhrasings();

describe('the sample shop understands how people type', () => {
  it('is measured on enough questions', () => {
    const { counts } = measureAccuracy(knowledge, phrasings);
    expect(counts.onTopic).toBeGreaterThanOrEqual(300);
    expect(counts.offTopic).toBeGreaterThanOrEqual(60);
  });

  for (const part of ['tuning', 'held-out'] as const) {
    it(`on the ${part} half`, () => {
      const accuracy = measureAccuracy(
        knowledge,
        phrasings.filter((phrasing) => phrasing.part === part),
      );
      const misses = `\n${accuracy.misses.join('\n')}\n`;
      expect(accuracy.top1, misses).toBeGreaterThanOrEqual(0.8);
      expect(accuracy.top3, misses).toBeGreaterThanOrEqual(0.92);
      expect(accuracy.answeredWrongly, misses).toBeLessThanOrEqual(0.05);
      expect(accuracy.offTopicAnswered, misses).toBeLessThanOrEqual(0.1);
      // Being sure of nothing would pass the two lines above.
      expect(accuracy.answered, misses).toBeGreaterThanOrEqual(0.6);
    });
  }

  // A big mall's chatbot understood the first and not the second (consumer press, 2025).
  it.each([
    '환불은 며칠 이내로 가능한가요',
    '환불은 며칠 이내로 가능해',
    '환불은며칠이내로가능한가요',
    '환불 며칠이내?',
  ])('answers "%s" whatever the ending', (question) => {
    const { confidence, matches } = knowledge.search(question, 3);
    expect(matches[0]?.entry.id).toBe('return-period');
    expect(confidence).toBe('sure');
  });

  it('finds every entry by its own words', () => {
    for (const entry of loadSample().entries) {
      for (const text of [entry.question, ...entry.aliases]) {
        const { confidence, matches } = knowledge.search(text, 1);
        expect([text, matches[0]?.entry.id, confidence]).toEqual([text, entry.id, 'sure']);
      }
    }
  });
});
