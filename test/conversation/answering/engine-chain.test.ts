import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstTokenLimit, shareOfTime } from '../../../src/conversation/answering/engine-chain.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { ScriptedEngine } from '../../helpers/scripted-engine.ts';

const NOW = 1_800_000_000_000;
const faq: Engine = new ScriptedEngine('faq');

function model(usualMs?: number): Engine {
  return Object.assign(new ScriptedEngine('model'), { usualMs: () => usualMs });
}

/** In ms from now, or why the engine is passed over. */
function share(engine: Engine, later: readonly Engine[], leftMs: number, wantedWithinMs?: number): unknown {
  const wantedBy = wantedWithinMs === undefined ? {} : { wantedBy: NOW + wantedWithinMs };
  try {
    return shareOfTime(engine, later, { now: NOW, closesAt: NOW + leftMs, ...wantedBy }) - NOW;
  } catch (thrown) {
    return thrown;
  }
}

const PASSED_OVER = expect.objectContaining({
  code: 'ENGINE_NOT_ASKED',
  details: expect.objectContaining({ reason: 'too-slow' }),
});

describe('the share of an engine in the time that is left', () => {
  it.each<[string, Engine, readonly Engine[], number, unknown]>([
    ['all of it, when nobody comes after it', model(), [], 120_000, 120_000],
    ['all but a moment, when the knowledge does', model(), [faq], 120_000, 119_500],
    ['all but the usual time of the next', model(20_000), [model(3_000), faq], 120_000, 116_500],
    ['all but a guess, where that is not known', model(), [model(), faq], 120_000, 114_500],
    ['half at least', model(), [model(50_000), model(50_000)], 20_000, 10_000],
    ['what there is, however slow, when nobody else is there', model(60_000), [], 5_000, 5_000],
    ['nothing, when it is usually slower', model(5_001), [faq], 5_000, PASSED_OVER],
    ['some, when it just makes it', model(5_000), [faq], 5_000, 4_500],
    ['nothing, when there is none', model(1), [faq], 0, PASSED_OVER],
  ])('is %s', (_, engine, later, leftMs, expected) => {
    expect(share(engine, later, leftMs)).toEqual(expected);
  });

  it.each<[string, readonly Engine[], number, unknown]>([
    ['gives way to a quicker model while that can be in time', [model(2_000), faq], 4_000, PASSED_OVER],
    ['stays when it is in time itself', [model(2_000), faq], 9_000, 117_500],
    ['stays when nobody is in time', [model(5_000), faq], 4_000, 114_500],
    ['stays when nobody is known to be', [model(), faq], 4_000, 114_500],
    ['does not leave everything to the knowledge', [faq], 4_000, 119_500],
    ['stays when the customer has to fetch the answer anyway', [model(2_000), faq], -1, 117_500],
  ])('an engine that takes 8 s %s', (_, later, wantedWithinMs, expected) => {
    expect(share(model(8_000), later, 120_000, wantedWithinMs)).toEqual(expected);
  });

  it('always leaves something for those who come after, and lies within what is left', () => {
    const usual = fc.option(fc.integer({ min: 0, max: 300_000 }), { nil: undefined });
    fc.assert(
      fc.property(
        usual,
        fc.array(usual, { minLength: 1 }),
        fc.integer({ min: 1, max: 600_000 }),
        (own, later, leftMs) => {
          const got = share(model(own), later.map(model), leftMs);
          if (typeof got !== 'number') {
            expect(got).toEqual(PASSED_OVER);
            expect(own).toBeGreaterThan(leftMs);
            return;
          }
          expect(got).toBeGreaterThanOrEqual(leftMs / 2);
          expect(got).toBeLessThanOrEqual(leftMs);
        },
      ),
    );
  });
});

describe('the wait for an engine that says nothing', () => {
  const limit = (
    later: readonly Engine[],
    leftMs: number,
    wantedWithinMs?: number,
    engine = model(),
    isKnown = true,
  ) => {
    const wantedBy = wantedWithinMs === undefined ? {} : { wantedBy: NOW + wantedWithinMs };
    const limitAt = firstTokenLimit(engine, later, { now: NOW, closesAt: NOW + leftMs, ...wantedBy }, isKnown);
    return limitAt === undefined ? undefined : limitAt - NOW;
  };

  it.each<[string, readonly Engine[], number, number | undefined, number | undefined]>([
    ['has no end of its own when nobody comes after it', [], 120_000, undefined, undefined],
    ['leaves the knowledge its moment', [faq], 120_000, 25_000, 24_500],
    ['is half a minute, where somebody has an answer', [faq], 120_000, 50_000, 30_000],
    ['is an equal share', [model(), model(), faq], 120_000, 60_500, 20_000],
    ['is an equal share of all the work, where no window closes', [model()], 50_000, undefined, 25_000],
    ['leaves a slow one what it usually needs', [model(35_000), faq], 120_000, 50_000, 14_500],
    ['is fair all the same', [model(45_000), faq], 120_000, 50_000, 10_000],
    ['is fair where the window is short', [model(), faq], 120_000, 4_000, 10_000],
    ['is fair where the window has closed', [model(), faq], 120_000, -5_000, 10_000],
    ['ends with the work', [faq], 3_000, undefined, 3_000],
  ])('%s', (_, later, leftMs, wantedWithinMs, expected) => {
    expect(limit(later, leftMs, wantedWithinMs)).toBe(expected);
  });

  it('has no end of its own when only the knowledge comes after it, and has no answer', () => {
    expect(limit([faq], 120_000, 4_000, model(), false)).toBeUndefined();
    expect(limit([model(), faq], 120_000, 4_000, model(), false)).toBe(10_000);
  });

  it.each<[string, number | undefined, readonly Engine[], number]>([
    ['far longer than it is usually silent', 5_000, [model(), faq], 20_000],
    ['fair, however quickly it usually begins', 800, [model(), faq], 10_000],
    ['its share, where it usually begins late', 20_000, [model(), faq], 59_750],
    ['half a minute, while nothing is known', undefined, [model(), faq], 30_000],
    ['half a minute, where only the knowledge could answer instead', 800, [faq], 30_000],
    ['longer for the knowledge, too, where it usually begins late', 10_000, [faq], 40_000],
  ])('is %s', (_, usualFirstTokenMs, later, expected) => {
    const engine = Object.assign(new ScriptedEngine('model'), { usualFirstTokenMs: () => usualFirstTokenMs });
    expect(limit(later, 120_000, undefined, engine)).toBe(expected);
  });
});
