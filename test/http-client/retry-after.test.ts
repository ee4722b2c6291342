import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration, readRetryAfter } from '../../src/http-client/retry-after.ts';

describe('how long to wait', () => {
  it.each([
    ['6', 6_000],
    ['0.5', 500],
    ['6s', 6_000],
    ['2.5s', 2_500],
    ['300ms', 300],
    ['2m', 120_000],
    ['1m30s', 90_000],
    ['1H', 3_600_000],
    ['1m0.25s', 60_250],
    ['', undefined],
    ['soon', undefined],
    ['-5s', undefined],
    ['6s later', undefined],
  ])('%j is %s ms', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  it('never reads a negative or endless time out of a text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const durationMs = parseDuration(text);
        if (durationMs !== undefined) expect(durationMs).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  const now = Date.UTC(2026, 10, 21, 0, 0, 0);
  it.each<[Record<string, string>, number | undefined]>([
    [{ 'x-ratelimit-reset-requests': '6s', 'x-ratelimit-reset-tokens': '12s' }, 12_050],
    [{ 'x-ratelimit-reset-requests': '6s', 'retry-after': '30' }, 6_050],
    [{ 'x-ratelimit-reset-requests': 'unknown', 'retry-after': '3' }, 3_050],
    [{ 'retry-after': 'Sat, 21 Nov 2026 00:00:07 GMT' }, 7_050],
    [{ 'retry-after': 'Sat, 21 Nov 2026 00:00:00 GMT' }, 50],
    [{ 'x-ratelimit-reset-requests': '10m' }, 60_000],
    [{}, undefined],
  ])('%o is %s ms', (headers, waitMs) => {
    expect(readRetryAfter(headers, now)).toBe(waitMs);
  });
});

it.each<[Record<string, string>, number | undefined]>([
  [{ 'x-ratelimit-reset-requests': '6m0s', 'retry-after': '2' }, 2_050],
  [{ 'retry-after-ms': '1234.5', 'retry-after': '2' }, 1_285],
  [{ 'retry-after-ms': 'soon', 'retry-after': '2' }, 2_050],
  [{ 'x-ratelimit-reset-tokens': '17ms' }, 67],
  [{}, undefined],
])('%o is %s ms where the advice for this call goes first', (headers, waitMs) => {
  expect(readRetryAfter(headers, 0, 'retry-after')).toBe(waitMs);
});
