import { describe, expect, it } from 'vitest';
import { errorOfStatus, readStatus } from '../../../src/engine/clova/errors.ts';
import { CLOVA_STUDIO_ROWS, type ClovaStudioRow } from '../clova-studio-rows.ts';

/** Every row of the service's table: HTTP status, code, what it is to us, whether another try may help. */
const ROWS: readonly ClovaStudioRow[] = [
  [204, '20400', 'ENGINE_FAILED', true],
  ...CLOVA_STUDIO_ROWS,
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

  it('reads a status of any shape', () => {
    expect(readStatus({ status: { code: 40003, message: 'x' } })).toEqual({ code: '40003', message: 'x' });
    for (const odd of [undefined, null, 1, 'x', [], {}, { status: null }, { status: { code: {} } }]) {
      expect(readStatus(odd)).toEqual({ code: undefined, message: undefined });
    }
  });
});

it('passes on how long the service wants us to wait', () => {
  expect(errorOfStatus({ code: '42901' }, 429, { 'retry-after': '3' }, 0).retryAfterMs).toBe(3_050);
});
