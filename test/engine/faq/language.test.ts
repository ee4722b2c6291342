import { describe, expect, it } from 'vitest';
import { foreignLanguageOf } from '../../../src/engine/faq/language.ts';

describe('foreignLanguageOf', () => {
  it.each([
    ['Do you ship to Japan?', 'en'],
    ['hello', 'en'],
    ['what is the refund policy', 'en'],
    ['Hello, how much is 배송비 for two shirts please?', 'en'],
    ['送料はいくらですか', 'ja'],
    ['サイズ', 'ja'],
    ['运费多少钱', 'zh'],
    ['退货', 'zh'],
  ])('%s is %s', (text, language) => {
    expect(foreignLanguageOf(text)).toBe(language);
  });

  it.each([
    '',
    '1234',
    '반품 배송비',
    'size',
    'XL',
    'CU',
    'qksvna qothdql',
    'asdf',
    'VIP 되려면?',
    'GS25에서 찾을 수 있나요',
    'Hoodie 사이즈 있나요',
    '\ud800',
  ])('%s is not foreign', (text) => {
    expect(foreignLanguageOf(text)).toBeUndefined();
  });
});
