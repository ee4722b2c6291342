/** Spellings that slip through filters, and ordinary numbers and words that filters take for contacts. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  createFactStream,
  type FactUpdate,
  protectFacts,
  restoreFacts,
} from '../../../src/conversation/facts/facts.ts';
import { loadSample } from '../../helpers/knowledge-sample.ts';

function linesOf(name: string): readonly string[] {
  const file = new URL(`../../fixtures/facts/${name}`, import.meta.url);
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** What must not go out stands between ⟦ and ⟧. */
const INVENTED = linesOf('invented.txt').map((line) => ({
  text: line.replace(/[⟦⟧]/g, ''),
  invention: /⟦(.*)⟧/.exec(line)?.[1] ?? '',
}));
const ORDINARY = linesOf('ordinary.txt');
const { table: nothing } = protectFacts([], '');
const { table: contact } = protectFacts([], '고객센터 1577-0000');

function streamedAt(text: string, place: number): string {
  const stream = createFactStream(nothing);
  let shown = '';
  const show = (update: FactUpdate) => {
    shown = update.instead ? update.text : shown + update.text;
  };
  show(stream.push(text.slice(0, place)));
  show(stream.push(text.slice(place)));
  show(stream.end());
  return shown;
}

describe('an invented contact', () => {
  it('comes in more than 300 spellings', () => {
    expect(INVENTED.length).toBeGreaterThanOrEqual(300);
    expect(new Set(INVENTED.map(({ text }) => text)).size).toBe(INVENTED.length);
  });

  it.each(INVENTED)('never goes out: $text', ({ text, invention }) => {
    const answer = `네, 안내해 드릴게요.\n${text}\n감사합니다.`;
    const { text: said, removed } = restoreFacts(answer, contact);
    expect(removed).toBeGreaterThan(0);
    expect(said).not.toContain(invention);
    expect(said).toMatch(
      /^네, 안내해 드릴게요\.\n(?:(?:[가-힣 .]|DM)*\n)?감사합니다\.\n\n정확한 안내는 아래로 문의해 주세요\.\n고객센터 1577-0000$/,
    );
  });

  it('never goes out wherever the text is cut, and the rest is the same', () => {
    for (const { text } of INVENTED) {
      const whole = restoreFacts(text, nothing).text;
      for (let place = 0; place <= text.length; place += 1) expect(streamedAt(text, place)).toBe(whole);
    }
  });

  it('is not shown in part while it comes in', () => {
    for (const { text, invention } of INVENTED) {
      const stream = createFactStream(nothing);
      const shown = Array.from(text, (character) => stream.push(character).text).join('');
      // The name of the bank is no part of the number.
      const number = /\d/.test(invention) ? invention.replace(/^[가-힣 ]+(?=[\d０-９])/, '') : invention;
      const before = text.slice(0, text.indexOf(number));
      expect(before.startsWith(shown.trimEnd()), `${text} showed ${shown}`).toBe(true);
    }
  });
});

describe('ordinary numbers and words', () => {
  it('are more than 300 lines', () => {
    expect(ORDINARY.length).toBeGreaterThanOrEqual(300);
    expect(new Set(ORDINARY).size).toBe(ORDINARY.length);
  });

  it.each(ORDINARY)('stay: %s', (text) => {
    expect(restoreFacts(text, nothing)).toEqual({ text, removed: 0 });
  });

  it('stay wherever the text is cut', () => {
    for (const text of ORDINARY) {
      for (let place = 0; place <= text.length; place += 1) expect(streamedAt(text, place)).toBe(text);
    }
  });
});

describe('the bundled sample', () => {
  const { entries } = loadSample();
  const texts = entries.flatMap(({ question, answer, aliases }) => [question, answer, ...aliases]);

  it('says nothing that is taken for a contact but its own', () => {
    const plain = texts.filter((text) => !/1600-0000|shop\.example/.test(text));
    expect(plain.length).toBeGreaterThan(300);
    for (const text of plain) expect(restoreFacts(text, nothing)).toEqual({ text, removed: 0 });
  });

  it('is said letter by letter', () => {
    const { table } = protectFacts(entries, '');
    for (const text of texts) expect(restoreFacts(text, table)).toEqual({ text, removed: 0 });
  });
});
