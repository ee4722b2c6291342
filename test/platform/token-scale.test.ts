import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateTokens, TokenScale } from '../../src/platform/token-scale.ts';

describe('estimateTokens', () => {
  it('counts Hangul dearer than Latin letters and never gives nothing', () => {
    expect(estimateTokens('')).toBeGreaterThan(0);
    expect(estimateTokens('반품 배송비는 얼마예요?')).toBeGreaterThan(estimateTokens('return fee?'));
  });
});

describe('a token scale', () => {
  it('changes nothing until it has learned something', () => {
    const scale = new TokenScale();
    expect(scale.of(100)).toBe(100);
    scale.learn(10, 9); // too short to say anything
    scale.learn(100, 100_000); // somebody counted something else
    scale.learn(100, 0);
    scale.learn(100, Number.NaN);
    expect(scale.of(100)).toBe(100);
  });

  it('comes to a steady ratio from above, and near it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.3, max: 3, noNaN: true }), fc.integer({ min: 15, max: 60 }), (ratio, answers) => {
        const scale = new TokenScale();
        for (let i = 0; i < answers; i += 1) scale.learn(1_000, 1_000 * ratio);
        expect(scale.of(1_000)).toBeGreaterThanOrEqual(1_000 * ratio);
        expect(scale.of(1_000)).toBeLessThanOrEqual(1_000 * ratio * 1.05 + 1);
      }),
    );
  });

  it('stays above nearly all of what varies, and follows a model that counts anew', () => {
    const scale = new TokenScale();
    const ratioOf = (i: number) => 0.6 + 0.1 * Math.sin(i * 1.7);
    let above = 0;
    for (let i = 0; i < 300; i += 1) {
      if (i >= 20 && scale.factor >= ratioOf(i)) above += 1;
      scale.learn(1_000, 1_000 * ratioOf(i));
    }
    expect(above / 280).toBeGreaterThan(0.95);
    for (let i = 0; i < 40; i += 1) scale.learn(1_000, 1_400);
    expect(scale.factor).toBeGreaterThanOrEqual(1.35);
    expect(scale.factor).toBeLessThan(1.8);
  });
});
