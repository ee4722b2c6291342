import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  errorOfConnection,
  errorOfStatus,
  parseDuration,
  readRetryAfter,
  readStatus,
} from '../../../src/engine/clova/errors.ts';

/** Every row of the service's table: HTTP status, code, what it is to us, whether another try may help. */
const ROWS: readonly [number, string, string, boolean][] = [
  [204, '20400', 'ENGINE_FAILED', true],
  [400, '40000', 'ENGINE_BAD_REQUEST', false],
  [400, '40001', 'ENGINE_BAD_REQUEST', false],
  [400, '40002', 'ENGINE_BAD_REQUEST', false],
  [400, '40003', 'ENGINE_CONTEXT_TOO_LONG', false],
  [400, '40004', 'ENGINE_BAD_REQUEST', false],
  [400, '40005', 'ENGINE_FILTERED', false],
  [400, '40006', 'ENGINE_FILTERED', false],
  [400, '40009', 'ENGINE_BAD_REQUEST', false],
  [400, '40055', 'ENGINE_BAD_REQUEST', false],
  [400, '40060', 'ENGINE_BAD_REQUEST', false],
  [400, '40061', 'ENGINE_BAD_REQUEST', false],
  [400, '40063', 'ENGINE_BAD_REQUEST', false],
  [400, '40080', 'ENGINE_MODEL_UNAVAILABLE', false],
  [400, '40082', 'ENGINE_MODEL_UNAVAILABLE', false],
  [400, '40083', 'ENGINE_MODEL_UNAVAILABLE', false],
  [400, '40084', 'ENGINE_MODEL_UNAVAILABLE', false],
  [401, '40100', 'ENGINE_UNAUTHORIZED', false],
  [401, '40101', 'ENGINE_UNAUTHORIZED', false],
  [401, '40102', 'ENGINE_UNAUTHORIZED', false],
  [401, '40103', 'ENGINE_UNAUTHORIZED', false],
  [401, '40104', 'ENGINE_UNAUTHORIZED', false],
  [401, '40170', 'ENGINE_UNAUTHORIZED', false],
  [403, '40300', 'ENGINE_UNAUTHORIZED', false],
  [403, '40301', 'ENGINE_UNAUTHORIZED', false],
  [404, '40400', 'ENGINE_MODEL_UNAVAILABLE', false],
  [406, '40600', 'ENGINE_BAD_REQUEST', false],
  [408, '40800', 'ENGINE_TIMEOUT', true],
  [413, '41300', 'ENGINE_BAD_REQUEST', false],
  [415, '41500', 'ENGINE_BAD_REQUEST', false],
  [415, '41501', 'ENGINE_BAD_REQUEST', false],
  [424, '42400', 'ENGINE_FAILED', true],
  [429, '42900', 'ENGINE_RATE_LIMITED', true],
  [429, '42901', 'ENGINE_RATE_LIMITED', true],
  [429, '42902', 'ENGINE_OVERLOADED', true],
  [429, '42903', 'ENGINE_OVERLOADED', true],
  [500, '50000', 'ENGINE_FAILED', true],
  [501, '50100', 'ENGINE_BAD_REQUEST', false],
  [504, '50400', 'ENGINE_TIMEOUT', true],
  [400, '61002', 'ENGINE_BAD_REQUEST', false],
  [400, '64400', 'ENGINE_CONTEXT_TOO_LONG', false],
  [400, '65400', 'ENGINE_CONTEXT_TOO_LONG', false],
  [429, '64429', 'ENGINE_RATE_LIMITED', true],
  [500, '64000', 'ENGINE_OVERLOADED', true],
  [500, '64424', 'ENGINE_FAILED', true],
  [500, '64500', 'ENGINE_FAILED', true],
  [500, '65002', 'ENGINE_FAILED', true],
];

describe.each(ROWS)('HTTP %i, code %s is %s', (httpStatus, code, expected, retryable) => {
  it('as a response', () => {
    const error = errorOfStatus({ code, message: 'whatever' }, httpStatus, {}, 0);
    expect(error.code).toBe(expected);
    expect(error.retryable).toBe(retryable);
    expect(error.details).toMatchObject({ httpStatus, upstreamCode: code });
  });

  it('inside an HTTP 200', () => {
    if (code === '61002') return; // of the skill trainer, which streams nothing
    expect(errorOfStatus({ code }, 200, {}, 0).code).toBe(expected);
  });
});

describe('responses without a code that we know', () => {
  it.each([
    [302, undefined, 'ENGINE_BAD_REQUEST'],
    [400, '40099', 'ENGINE_BAD_REQUEST'],
    [401, undefined, 'ENGINE_UNAUTHORIZED'],
    [404, undefined, 'ENGINE_MODEL_UNAVAILABLE'],
    [429, undefined, 'ENGINE_RATE_LIMITED'],
    [502, undefined, 'ENGINE_FAILED'],
    [503, undefined, 'ENGINE_OVERLOADED'],
    [504, undefined, 'ENGINE_TIMEOUT'],
    [200, undefined, 'ENGINE_FAILED'],
    [200, '40177', 'ENGINE_UNAUTHORIZED'],
    [200, '42999', 'ENGINE_RATE_LIMITED'],
    [200, '99999', 'ENGINE_FAILED'],
    [400, 'constructor', 'ENGINE_BAD_REQUEST'],
  ])('HTTP %i, code %s is %s', (httpStatus, code, expected) => {
    expect(errorOfStatus({ code }, httpStatus, {}, 0).code).toBe(expected);
  });
});

describe('what gets into an error', () => {
  it('names our own parameters, and nothing else of the message', () => {
    const message = 'Invalid parameter: maxTokens, thinking, 홍길동 010-1234-5678';
    const error = errorOfStatus({ code: '40001', message }, 400, {}, 0);
    expect(error.details).toEqual({ httpStatus: 400, upstreamCode: '40001', parameters: 'maxTokens, thinking' });
    expect(error.message).not.toContain('홍길동');
  });

  it('keeps odd codes out', () => {
    expect(errorOfStatus({ code: '홍길동 010' }, 400, {}, 0).details).toEqual({ httpStatus: 400 });
  });

  it('names the network code of a connection that failed', () => {
    const error = errorOfConnection(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
    expect(error).toMatchObject({ code: 'ENGINE_UNREACHABLE', details: { networkCode: 'ECONNREFUSED' } });
  });

  it('reads a status of any shape', () => {
    expect(readStatus({ status: { code: 40003, message: 'x' } })).toEqual({ code: '40003', message: 'x' });
    for (const odd of [undefined, null, 1, 'x', [], {}, { status: null }, { status: { code: {} } }]) {
      expect(readStatus(odd)).toEqual({ code: undefined, message: undefined });
    }
  });
});

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
    expect(errorOfStatus({ code: '42901' }, 429, headers, now).retryAfterMs).toBe(waitMs);
  });
});
