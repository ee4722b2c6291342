import { describe, expect, it } from 'vitest';
import { findContactDetails } from '../../src/privacy/contact-details.ts';

function found(text: string): readonly string[] {
  return findContactDetails(text).map(
    ({ kind, start, end, starred }) => `${starred ? '*' : ''}${kind} ${text.slice(start, end)}`,
  );
}

describe('findContactDetails', () => {
  it.each([
    ['https://example.com/faq에서 보세요', ['link https://example.com/faq']],
    ['https://example.com/카테고리/신발 참고', ['link https://example.com/카테고리/신발']],
    ['https://example.com/에서 보세요.', ['link https://example.com/']],
    ['(https://example.com/a_(b)).', ['link https://example.com/a_(b)']],
    ['**https://example.com**', ['link https://example.com']],
    ['pf.kakao.com/_abc로 문의', ['link pf.kakao.com/_abc']],
    ['<https://example.com>', ['link https://example.com']],
    ['Node.js README.md v1.2.3 3.5km', []],
    ['help@example.co.kr로', ['email help@example.co.kr']],
    ['대표번호 15881234', ['phone 15881234']],
    ['1588-1234, 02-123-4567', ['phone 1588-1234', 'phone 02-123-4567']],
    ['1600-1800', []],
    [
      'https://example.com/p/010-1234-5678 010-1234-5678',
      ['link https://example.com/p/010-1234-5678', 'phone 010-1234-5678'],
    ],
    ['02-****-5678 1588-****', ['*phone 02-****-5678', '*phone 1588-****']],
    ['****.***/***, www.****.com', ['*link ****.***/***', '*link www.****.com']],
    ['110-***-******', ['*account 110-***-******']],
    ['2*3*4 **3개** 1234-****-****-5678 2026-**-**', []],
    ['900101-1234567 4111-1111-1111-1111', []],
  ])('finds in %j %j', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it('knows two spellings of one thing by their key', () => {
    const keys = (text: string): readonly string[] => findContactDetails(text).map(({ key }) => key);
    expect(new Set(keys('02-123-4567 / +82 2-123-4567 / (02) 123 4567'))).toEqual(new Set(['021234567']));
    expect(new Set(keys('https://Example.com/a/ , www.example.com/a'))).toEqual(new Set(['example.com/a']));
  });

  it.each(['a.', '*', '**.', 'https://', '1*', '-*', 'a@', '(1', 'a-', 'www.', '1|', '1\n', '1 | ', '**|'])(
    'takes 50 KB of %j in its stride',
    (unit) => {
      const startedAt = performance.now();
      findContactDetails(unit.repeat(Math.ceil(50_000 / unit.length)));
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    },
  );
});
