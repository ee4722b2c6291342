import { describe, expect, it } from 'vitest';
import { findEntities } from '../../src/platform/html-entities.ts';

function decoded(text: string): string {
  return findEntities(text)
    .map(({ character }) => character)
    .join('');
}

describe('a reference of HTML', () => {
  it.each([
    ['&#48;&#x30;&#X30;&#0000048;', '0000'],
    ['&#45;&hyphen;&#x2D;', '---'],
    ['&period;&colon;&commat;&sol;&lowbar;', '.:@/_'],
    ['&amp;&lt;&gt;&quot;&#39;&apos;', "&<>\"''"],
    ['&shy;&ZeroWidthSpace;&NoBreak;', '\u00AD\u200B\u2060'],
    ['&escr;&vfr;&iopf;', 'evi'],
    ['&#54620;&#xAE00;', '한글'],
  ])('%s is %j', (text, characters) => {
    expect(decoded(text)).toBe(characters);
  });

  it.each(['&#48', '&unknown;', '& amp;', '&;', '&#;', '&#x;', '&#xZZ;', '&#1114112;', 'a=1&copy=2'])(
    '%s is none',
    (text) => {
      expect(findEntities(text)).toEqual([]);
    },
  );

  it.each(['&#0;', '&#27;', '&#xFDD0;', '&#x7f;'])('%s is a character that no text may hold', (text) => {
    expect(decoded(text)).toBe('');
  });

  it('says where it stands', () => {
    expect(findEntities('010&#45;98')).toEqual([{ start: 3, end: 8, character: '-' }]);
  });
});
