import { describe, expect, it } from 'vitest';
import { type ErrorCode, GatewayError, type GatewayErrorOptions } from '../../src/errors.ts';
import { retryPauseMs } from '../../src/http-client/retry.ts';

/** Longest pauses before the second attempt, the third and so on, until there is none. */
function pauses(code: ErrorCode, options: GatewayErrorOptions = {}, toolsWorked = false): readonly number[] {
  const error = new GatewayError(code, 'failed', options);
  const found: number[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const pauseMs = retryPauseMs({ error, attempt, toolsWorked, random: 1 });
    if (pauseMs === undefined) return found;
    found.push(pauseMs);
  }
}

describe('pauses before further attempts', () => {
  it.each<[ErrorCode, GatewayErrorOptions, readonly number[]]>([
    ['ENGINE_RATE_LIMITED', {}, [1_000, 2_000]],
    ['ENGINE_RATE_LIMITED', { retryAfterMs: 3_050 }, [3_250, 3_250]],
    ['ENGINE_RATE_LIMITED', { retryAfterMs: 5_001 }, []],
    ['ENGINE_OVERLOADED', {}, [2_000]],
    ['ENGINE_TIMEOUT', {}, [500]],
    ['ENGINE_FAILED', {}, [500, 1_000]],
    ['ENGINE_STREAM_BROKEN', {}, [500, 1_000]],
    ['ENGINE_UNREACHABLE', { details: { networkCode: 'ECONNREFUSED' } }, [500, 1_000]],
    ['ENGINE_UNREACHABLE', { details: { networkCode: 'ECONNRESET' } }, [0, 1_000]],
    ['ENGINE_UNREACHABLE', { details: { networkCode: 'CERT_HAS_EXPIRED' } }, []],
    ['ENGINE_UNREACHABLE', { details: { networkCode: 'ERR_TLS_CERT_ALTNAME_INVALID' } }, []],
    ['ENGINE_UNREACHABLE', { details: { networkCode: 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE' } }, []],
    ['ENGINE_UNREACHABLE', { details: { networkCode: 'EPROTO' } }, []],
    ['ENGINE_UNAUTHORIZED', {}, []],
    ['ENGINE_FILTERED', {}, []],
    ['ENGINE_CONTEXT_TOO_LONG', {}, []],
    ['ENGINE_BAD_REQUEST', { details: { upstreamCode: '40009' } }, []],
    ['ENGINE_BAD_REQUEST', { details: { upstreamCode: '40001' } }, []],
  ])('%s %j: %j', (code, options, expected) => {
    expect(pauses(code, options)).toEqual(expected);
  });

  it('gives an unsupported function two more chances when it has worked before', () => {
    expect(pauses('ENGINE_BAD_REQUEST', { details: { upstreamCode: '40009' } }, true)).toEqual([1_000, 2_000]);
    expect(pauses('ENGINE_BAD_REQUEST', { details: { upstreamCode: '40001' } }, true)).toEqual([]);
  });

  it('are drawn from the whole range, so that callers who failed together do not come back together', () => {
    const error = new GatewayError('ENGINE_FAILED', 'failed');
    expect(retryPauseMs({ error, attempt: 1, toolsWorked: false, random: 0 })).toBe(0);
    expect(retryPauseMs({ error, attempt: 2, toolsWorked: false, random: 0.5 })).toBe(500);
  });
});
