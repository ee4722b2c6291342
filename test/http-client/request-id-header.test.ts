import { expect, it } from 'vitest';
import { requestIdHeader } from '../../src/http-client/request-id-header.ts';

it('makes any request id safe for a header', () => {
  expect(requestIdHeader('abc-123')).toBe('abc-123');
  expect(requestIdHeader('가\r\nx: y')).toBe('---x:-y');
  expect(requestIdHeader('a'.repeat(500))).toHaveLength(128);
});
