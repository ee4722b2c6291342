import { expect, it } from 'vitest';
import { inSeoul, seoulDay, seoulMonth } from '../../src/platform/seoul-time.ts';

it.each([
  ['2026-01-01T00:00:00+09:00', '2026-01-01', '2026-01'],
  ['2025-12-31T23:59:59.999+09:00', '2025-12-31', '2025-12'],
  ['2024-02-29T23:30:00+09:00', '2024-02-29', '2024-02'],
  ['2026-11-22T15:00:00Z', '2026-11-23', '2026-11'],
])('%s is on %s, in %s', (written, day, month) => {
  const at = Date.parse(written);
  expect(seoulDay(at)).toBe(day);
  expect(seoulMonth(at)).toBe(month);
});

it('tells the time of the day', () => {
  expect(inSeoul(Date.parse('2026-11-22T15:30:00Z')).getUTCHours()).toBe(0);
});
