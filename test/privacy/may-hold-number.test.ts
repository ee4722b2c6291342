import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detect, detectAllIn } from '../../src/privacy/detect.ts';
import { mayHoldNumber } from '../../src/privacy/may-hold-number.ts';
import { normalise } from '../../src/privacy/normalise.ts';
import { mixedText } from './mixed-text.ts';
import { BUSINESS_EXAMPLES, EVASIONS, NEAR_MISSES, PERSONAL_DATA_EXAMPLES } from './personal-data-examples.ts';

const EXAMPLES = [
  ...[...PERSONAL_DATA_EXAMPLES, ...EVASIONS].map(({ text }) => text),
  ...NEAR_MISSES,
  ...BUSINESS_EXAMPLES,
];

describe('mayHoldNumber', () => {
  it('is true wherever a detector finds something', () => {
    const missed = EXAMPLES.filter((text) => {
      const plain = normalise(text);
      return detectAllIn(plain).length > 0 && !mayHoldNumber(plain.text);
    });
    expect(missed).toEqual([]);
  });

  it('is true wherever a detector finds something in pieces of examples joined at random', () => {
    const piece = fc.tuple(fc.constantFrom(...EXAMPLES), fc.nat(), fc.nat()).map(([text, a, b]) => {
      const [from, to] = [a % (text.length + 1), b % (text.length + 1)];
      return text.slice(Math.min(from, to), Math.max(from, to));
    });
    const joint = fc.constantFrom('', ' ', '-', '에 ', ' 다시 ', '\n', '…', '·', '원, ');
    const text = fc.array(fc.tuple(piece, joint), { minLength: 1, maxLength: 4 }).map((parts) => parts.flat().join(''));
    fc.assert(
      fc.property(fc.oneof(text, mixedText), (joined) => {
        expect(detect(joined)).toEqual(detectAllIn(normalise(joined)));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    '단순 변심 반품은 3,000원이고, 처음에 무료배송을 받으셨다면 왕복 6,000원입니다.',
    '출고 후 보통 1~2일 안에 받으실 수 있어요. 평일 오후 2시 이전에 결제하시면 당일에 출고됩니다.',
    '반품 배송비는 얼마예요?',
    '네, 제주와 섬 지역도 배송됩니다. 추가 배송비 3,000원이 붙고 출고 후 3~5일쯤 걸려요.',
  ])('spares %s the expensive look', (text) => {
    expect(mayHoldNumber(text)).toBe(false);
  });
});
