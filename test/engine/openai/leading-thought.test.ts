import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeadingThought } from '../../../src/engine/openai/leading-thought.ts';

function answerOf(pieces: readonly string[]): string {
  const thought = new LeadingThought();
  return pieces.map((piece) => thought.push(piece)).join('') + thought.end();
}

const CASES: readonly [string, string][] = [
  ['네, 가능합니다.', '네, 가능합니다.'],
  ['<think>배송을 묻는다.\n</think>\n\n이틀 걸립니다.', '이틀 걸립니다.'],
  ['\n <thinking>음</thinking>네', '네'],
  ['<think></think>네', '네'],
  ['<think>a < b </thin </think>네', '네'],
  ['<think>끝나지 않는 생각', ''],
  ['<thin', '<thin'],
  ['<b>굵게</b>', '<b>굵게</b>'],
  ['답은 <think>이것</think>입니다.', '답은 <think>이것</think>입니다.'],
  ['<think>하나</think><think>둘</think>', '<think>둘</think>'],
  ['  들여 쓴 말', '  들여 쓴 말'],
  ['', ''],
];

describe('what a model thinks aloud before its answer', () => {
  it.each(CASES)('%j leaves %j', (text, answer) => {
    expect(answerOf([text])).toBe(answer);
  });

  it('is found however the text is cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CASES), fc.array(fc.nat(60), { maxLength: 60 }), ([text, answer], cuts) => {
        const places = [...new Set([0, text.length, ...cuts.filter((cut) => cut < text.length)])].sort((a, b) => a - b);
        const pieces = places.slice(1).map((place, index) => text.slice(places[index], place));
        expect(answerOf(pieces)).toBe(answer);
      }),
    );
  });

  it('holds nothing back that is none', () => {
    expect(new LeadingThought().push('네')).toBe('네');
  });
});
