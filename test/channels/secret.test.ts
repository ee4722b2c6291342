import { describe, expect, it } from 'vitest';
import { createSecretCheck, verifySecret } from '../../src/channels/secret.ts';
import { webhookRequest } from '../helpers/channel-requests.ts';

describe('secrets', () => {
  const check = createSecretCheck(['old', 'new']);

  it.each([
    ['the old one in the header', { headers: { 'x-malgil-secret': 'old' } }],
    ['the new one in the path', { pathSecret: 'new' }],
    ['a wrong header beside a right path', { headers: { 'x-malgil-secret': 'no' }, pathSecret: 'new' }],
  ])('accepts %s', (_, overrides) => {
    expect(() => verifySecret(webhookRequest('{}', overrides), check)).not.toThrow();
  });

  it.each([
    ['nothing', {}],
    ['an empty header', { headers: { 'x-malgil-secret': '' } }],
    ['a beginning', { pathSecret: 'ol' }],
    ['both in one', { pathSecret: 'oldnew' }],
  ])('refuses %s', (_, overrides) => {
    expect(() => verifySecret(webhookRequest('{}', overrides), check)).toThrowError(/secret/);
  });

  it('is open when no secret is configured, and an empty one is none', () => {
    expect(() => verifySecret(webhookRequest('{}'), createSecretCheck([]))).not.toThrow();
    expect(createSecretCheck(['']).isOpen).toBe(true);
    expect(createSecretCheck([]).accepts('')).toBe(false);
  });
});
