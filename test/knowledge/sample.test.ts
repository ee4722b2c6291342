import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createKnowledge } from '../../src/knowledge/index.ts';
import { loadSample, SAMPLE_DIRECTORY } from '../helpers/knowledge-sample.ts';

const { entries, problems } = loadSample();

describe('the bundled sample', () => {
  it('loads without a single problem', () => {
    expect(problems).toEqual([]);
    expect(entries.length).toBeGreaterThanOrEqual(90);
  });

  it('answers briefly', () => {
    for (const { id, answer } of entries) expect([id, answer.length <= 300]).toEqual([id, true]);
  });

  it('names only pictures that exist, small enough for a phone', () => {
    const pictures = entries.flatMap(({ imageUrl }) => imageUrl ?? []);
    expect(pictures.length).toBeGreaterThanOrEqual(4);
    for (const url of pictures) {
      const [, name] = /^https:\/\/bot\.example\/sample\/([a-z-]+\.png)$/.exec(url) ?? [];
      const file = `${SAMPLE_DIRECTORY}images/${name}`;
      expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG');
      expect(statSync(file).size).toBeLessThanOrEqual(40 * 1024);
    }
  });

  it.each(['4XL 있나요', '12개월 할부 되나요', '10만 원 상품권 있나요', '3시간 무료 주차 되나요'])(
    'does not say yes to "%s", which is beyond the limit that the answer states',
    (question) => {
      const { confidence, matches } = createKnowledge(entries).search(question, 1);
      expect([confidence, matches[0]?.entry.answer.startsWith('네')]).not.toEqual(['sure', true]);
    },
  );

  it('holds no contact that could be somebody’s', () => {
    const text = JSON.stringify(entries);
    const numbers = text.match(/\d{2,4}-\d{3,4}(-\d{4})?/g) ?? [];
    expect(new Set(numbers)).toEqual(new Set(['1600-0000']));
    for (const url of entries.flatMap(({ links }) => links.map((link) => link.url))) {
      expect(new URL(url).host).toBe('shop.example');
    }
    for (const [, host] of text.matchAll(/@([a-z.]+)/g)) expect(host).toBe('shop.example');
  });
});
