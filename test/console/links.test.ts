import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeHref, safeImageUrl, splitLinks, telHref } from '../../console/chat/links.ts';

const linksIn = (text: string) =>
  splitLinks(text).flatMap((piece) => (piece.type === 'link' ? [[piece.text, piece.href]] : []));

describe('splitLinks', () => {
  it.each([
    ['https://a.kr/help에서 보세요', 'https://a.kr/help'],
    ['https://a.kr/에서 보세요', 'https://a.kr/'],
    ['https://a.kr을 보세요', 'https://a.kr'],
    ['https://a.kr/이벤트 를 보세요', 'https://a.kr/이벤트'],
    ['https://a.kr/이벤트에서 보세요', 'https://a.kr/이벤트'],
    ['https://a.kr/할인가', 'https://a.kr/할인가'],
    ['(https://a.kr/x?a=1&b=2).', 'https://a.kr/x?a=1&b=2'],
    ['주소: "https://a.kr/x_y_z"입니다.', 'https://a.kr/x_y_z'],
    ['https://a.kr/wiki/A_(b)!', 'https://a.kr/wiki/A_(b)'],
  ])('ends the address in %j where a reader would', (text, address) => {
    expect(linksIn(text)[0]?.[0]).toBe(address);
  });

  it.each([
    ['02-123-4567로 전화', 'tel:021234567'],
    ['(02) 123-4567', 'tel:021234567'],
    ['010 1234 5678', 'tel:01012345678'],
    ['01012345678', 'tel:01012345678'],
    ['+82-10-1234-5678', 'tel:+821012345678'],
    ['1588-1234', 'tel:15881234'],
    ['0505-123-4567', 'tel:05051234567'],
  ])('makes %j a number to tap', (text, href) => {
    expect(linksIn(text).map(([, target]) => target)).toEqual([href]);
  });

  it.each(['2026-11-22', '3,000-5,000원', '주문 20261122-0001234', '123-45-67890', '10~20', '2026-1122-3344'])(
    'leaves %j alone',
    (text) => {
      expect(linksIn(text)).toEqual([]);
    },
  );

  it('finds no number inside an address', () => {
    expect(linksIn('https://a.kr/call/02-123-4567')).toHaveLength(1);
  });

  it('loses no character of any text', () => {
    const piece = fc.constantFrom('https://', 'a.kr', '/', '에서', '이벤트', ' ', '02-123-4567', '(', ')', '.', '?q=1');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.array(piece).map((all) => all.join('')),
        ),
        (text) => {
          expect(
            splitLinks(text)
              .map((each) => each.text)
              .join(''),
          ).toBe(text);
        },
      ),
    );
  });

  it('links only to web pages and telephones, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.webUrl(), (noise, url) => {
        for (const [, href] of linksIn(`${noise} ${url} javascript:alert(1)`)) expect(href).toMatch(/^(https?:|tel:)/);
      }),
    );
  });
});

describe('what may be followed', () => {
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    '/admin',
    'vbscript:x',
    'https://',
    ' https://a.kr',
  ])('refuses %j', (href) => {
    expect(safeHref(href)).toBeUndefined();
  });

  it('takes pictures from the web and from the gateway itself, not from another protocol or host by stealth', () => {
    expect(safeImageUrl('https://a.kr/x.png')).toBe('https://a.kr/x.png');
    expect(safeImageUrl('/images/x.png')).toBe('/images/x.png');
    expect(safeImageUrl('//evil.kr/x.png')).toBeUndefined();
    expect(safeImageUrl('data:image/svg+xml,x')).toBeUndefined();
    expect(safeImageUrl('tel:1')).toBeUndefined();
  });

  it('dials digits', () => {
    expect(telHref('+82 (0)2-123-4567')).toBe('tel:+82021234567');
    expect(telHref('1588-1234')).toBe('tel:15881234');
  });
});
