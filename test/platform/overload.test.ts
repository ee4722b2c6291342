import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { heapShare, isOverloaded } from '../../src/platform/overload.ts';

const calm = { isFull: false, loopDelayMs: 1_000, heapShare: 0.9 };

it.each([
  ['nothing', {}, false],
  ['the open turns', { isFull: true }, true],
  ['timers that are late', { loopDelayMs: 1_001 }, true],
  ['a heap that is nearly full', { heapShare: 0.91 }, true],
])('%s: %j overloads: %s', (_, load, expected) => {
  expect(isOverloaded({ ...calm, ...load })).toBe(expected);
});

it('measures the heap against what the process may use', () => {
  expect(heapShare()).toBeGreaterThan(0);
  expect(heapShare()).toBeLessThan(1);
  const program = `
    import { heapShare } from ${JSON.stringify(new URL('../../src/platform/overload.ts', import.meta.url).href)};
    const kept = [];
    while (heapShare() < 0.5) kept.push(Array.from({ length: 1_000 }, (_, index) => ({ index })));
    console.log(kept.length > 0);`;
  const args = ['--max-old-space-size=128', '--input-type=module', '--eval', program];
  expect(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout.trim()).toBe('true');
});
