import { describe, expect, it } from 'vitest';
import { brokenAnswer, unreachable } from '../../src/http-client/upstream-failure.ts';

describe('the network code of a connection that failed', () => {
  it.each([unreachable, (upstream: string, cause: unknown) => brokenAnswer(upstream, 'broke off', cause)])(
    'is named, and nothing else of the cause',
    (toError) => {
      const error = toError('Somebody', Object.assign(new Error('connect to 홍길동'), { code: 'ECONNREFUSED' }));
      expect(error.details).toEqual({ networkCode: 'ECONNREFUSED' });
      expect(error.message).toMatch(/Somebody/);
      expect(error.message).not.toContain('홍길동');
      const handshake = 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE';
      expect(toError('Somebody', { code: handshake }).details).toEqual({ networkCode: handshake });
      expect(toError('Somebody', { code: '홍길동 010' }).details).toEqual({});
    },
  );
});
