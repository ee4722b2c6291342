import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCallbackResolver } from '../../../src/channels/kakao/callback-url.ts';

const KAKAO = 'https://bot-api.kakao.com';
const resolve = createCallbackResolver([KAKAO]);

describe('a callback URL', () => {
  it.each([
    '/v1/bots/667e91c!/callback/cbtoken:0123456789abcdef0123456789abcdef',
    '/v1/bots/667e91c/callback/-Ab_9',
    '/v1/bots/b/callback/a%3Ab%2f?x=%20&y',
    '/v1/./bots/../bots/b//callback',
  ])('keeps %s as it came', (path) => {
    expect(resolve(`${KAKAO}${path}`)).toEqual({ origin: KAKAO, path });
  });

  it('may name the port of its scheme, and its host in capitals', () => {
    expect(resolve('https://bot-api.kakao.com:443/x')).toEqual({ origin: KAKAO, path: '/x' });
    expect(resolve('HTTPS://BOT-API.KAKAO.COM/x')).toEqual({ origin: KAKAO, path: '/x' });
  });

  it.each([
    'http://bot-api.kakao.com/x',
    'https://bot-api.kakao.com:8443/x',
    'https://bot-api.kakao.com',
    'https://bot-api.kakao.com.evil.example/x',
    'https://evil.example/bot-api.kakao.com/x',
    'https://kakao.com/x',
    'https://x.bot-api.kakao.com/x',
    'https://bot-api.kakao.com./x',
    'https://bot-api.kakao.com@evil.example/x',
    'https://user@bot-api.kakao.com/x',
    'https://user:pass@bot-api.kakao.com/x',
    'https://@bot-api.kakao.com/x',
    'https://bot-api.kakao.com/x#fragment',
    'https:\\\\bot-api.kakao.com\\x',
    'https://evil.example\\@bot-api.kakao.com/x',
    'https://bot-api.kakao.com/x y',
    'https://bot-api.kakao.com/x\r\nHost: evil.example',
    'https://bot-api.kakao.com/\u{c774}',
    'https://bot-api\u3002kakao\u3002com/x',
    '//bot-api.kakao.com/x',
    'ftp://bot-api.kakao.com/x',
    'file:///etc/passwd',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/x',
    `https://bot-api.kakao.com/${'x'.repeat(2_048)}`,
    '',
  ])('is refused when it is %j', (url) => expect(resolve(url)).toBeUndefined());

  it('may have another scheme or port only where exactly that origin is listed', () => {
    const local = createCallbackResolver([KAKAO, 'http://127.0.0.1:9000']);
    expect(local('http://127.0.0.1:9000/x')).toEqual({ origin: 'http://127.0.0.1:9000', path: '/x' });
    expect(local('http://127.0.0.1:9001/x')).toBeUndefined();
    expect(local('https://127.0.0.1:9000/x')).toBeUndefined();
    expect(local('http://bot-api.kakao.com/x')).toBeUndefined();
  });

  it('never leads elsewhere than to the list, and never changes a byte', () => {
    const piece = fc.constantFrom(
      'https:',
      'http:',
      '//',
      '/',
      '\\',
      '@',
      ':',
      '#',
      '?',
      '%2f',
      '..',
      'bot-api.kakao.com',
      'evil.example',
      'x',
      '\t',
      '443',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
        (url) => {
          const target = resolve(url);
          if (target === undefined) return;
          expect(target.origin).toBe(KAKAO);
          expect(url.endsWith(target.path)).toBe(true);
          expect(new URL(url).host).toBe('bot-api.kakao.com');
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
