import { createRequire } from 'node:module';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import type { Reply, ReplyPart } from '../../src/message.ts';
import { chromiumPath } from '../helpers/browser.ts';
import { CAROUSEL, DETAILS, EVERYTHING, LIST, PRODUCT } from '../helpers/rich-replies.ts';
import { usePages } from '../helpers/use-pages.ts';
import { WAIT } from '../helpers/wait.ts';

const PHONE = { viewport: { width: 360, height: 720 }, hasTouch: true, isMobile: true };

describe.skipIf(chromiumPath() === undefined)('what the chat page draws', () => {
  const pages = usePages();
  let page: Page;

  /** Opens the page, asks one question and waits for the end of the answer. */
  async function show(reply: Reply | readonly ReplyPart[], options: BrowserContextOptions = {}): Promise<void> {
    const full: Reply = 'parts' in reply ? reply : { parts: reply, quickReplies: [] };
    pages.server.onTurn = (turn) => turn.answer(turn.sequence === 1 ? full : '네');
    page = await pages.newPage({ reducedMotion: 'reduce', ...options });
    await page.goto(pages.server.origin);
    await page.getByRole('textbox').fill('보여 주세요');
    await page.getByRole('textbox').press('Enter');
    await button('답변 복사').waitFor();
  }

  const log = (): Locator => page.getByRole('log');
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
  const announcements = (): Locator => page.getByTestId('announcements');
  /** Long, because the machine may be busy with other things. */
  const eventually = <T>(look: () => T | Promise<T>) => vi.waitFor(look, WAIT);
  const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()');
  const nextBody = () =>
    eventually(() => {
      expect(pages.server.turns).toHaveLength(2);
      return pages.server.turns[1]?.body;
    });

  describe('a list', () => {
    it('does by a touch of a row what the row offers', async () => {
      await show([LIST]);
      const map = log().getByRole('link', { name: '매장 찾기' });
      expect(await map.getAttribute('href')).toBe('https://map.example/');
      expect(
        await log()
          .getByRole('button', { name: /운영 시간/ })
          .count(),
      ).toBe(0);
      await log()
        .getByRole('button', { name: /반품 방법/ })
        .click();
      expect(await nextBody()).toEqual({ query: '반품은 어떻게 하나요?' });
    });

    it('says the words of a block, which is KakaoTalk’s own', async () => {
      await show([LIST]);
      await log().getByRole('button', { name: '상담 예약' }).click();
      expect(await nextBody()).toEqual({ query: '상담 예약할게요' });
    });

    it('leaves out a thumbnail that does not load', async () => {
      await show([LIST]);
      await eventually(async () => expect(await log().locator('.row-picture').count()).toBe(2));
      expect(await log().getByText('이미지를 불러오지 못했어요').count()).toBe(0);
    });

    it('runs no script that an address hides', async () => {
      const choice = { type: 'link', label: '나쁜 주소', url: 'javascript:alert(1)' } as const;
      await show([{ ...LIST, items: [{ title: '나쁜 행', choice }], buttons: [choice] }]);
      await log().getByText('나쁜 행').waitFor();
      expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
      expect(await log().locator('.card').getByRole('link').count()).toBe(0);
    });
  });

  it('draws details as terms with their values, the sum set apart', async () => {
    await show([DETAILS]);
    expect(await log().locator('dt').allTextContents()).toEqual(['주문 번호', '상품', '배송지', '결제 금액']);
    expect(await log().locator('.summary dd').textContent()).toBe('78,000원');
    await log().getByRole('img', { name: '회색 후드 티셔츠' }).waitFor();
    const [first, second] = await Promise.all(
      ['배송 조회', '공유하기'].map((label) => log().locator('.card-button', { hasText: label }).boundingBox()),
    );
    expect(first?.y).toBe(second?.y);
  });

  describe('a product', () => {
    it('shows what it costs now, and what it did', async () => {
      await show([PRODUCT]);
      expect(await log().locator('.price').textContent()).toBe('20% 할인31,200원정가 39,000원');
      expect(await log().locator('s').textContent()).toContain('39,000원');
      expect(
        await log()
          .getByRole('link', { name: /회색 후드 티셔츠/ })
          .getAttribute('href'),
      ).toBe('https://shop.example/hoodie');
      await log().getByText('판매자: 말길 상점').waitFor();
    });

    it('claims no discount without the price that it leads to', async () => {
      const { discountedPriceKrw: _, ...regular } = PRODUCT;
      await show([regular]);
      expect(await log().locator('.price').textContent()).toBe('39,000원');
    });
  });

  describe('a carousel', () => {
    const track = () => log().locator('.carousel-track');
    const scrolledTo = () => track().evaluate((element: { scrollLeft: number }) => element.scrollLeft);
    /** Between the card with this heading and the left edge of the row. */
    const distanceOf = async (heading: string) => {
      const [card, row] = await Promise.all([
        log().locator('.carousel-slide', { hasText: heading }).boundingBox(),
        track().boundingBox(),
      ]);
      return Math.abs(Math.round((card?.x ?? Number.NaN) - (row?.x ?? Number.NaN)));
    };
    const position = () => log().locator('.carousel-position').textContent();

    it('moves card by card with its buttons, and says where it is', async () => {
      await show([CAROUSEL], PHONE);
      await log().getByText('가까운 매장을 골라 보세요.').waitFor();
      expect(await position()).toBe('1 / 5');
      expect(await button('이전 카드').getAttribute('aria-disabled')).toBe('true');
      await button('다음 카드').click();
      await eventually(async () => expect(await position()).toBe('2 / 5'));
      expect(await distanceOf('강남점')).toBe(0);
      for (const seen of ['3 / 5', '4 / 5', '5 / 5']) {
        await button('다음 카드').click();
        await eventually(async () => expect(await position()).toBe(seen));
      }
      expect(await button('다음 카드').getAttribute('aria-disabled')).toBe('true');
      await button('이전 카드').click();
      await eventually(async () => expect(await position()).toBe('4 / 5'));
    });

    it('moves with the keys where the row has the focus', async () => {
      await show([CAROUSEL], PHONE);
      await track().focus();
      await page.keyboard.press('ArrowRight');
      await eventually(async () => expect(await distanceOf('강남점')).toBe(0));
      await page.keyboard.press('End');
      await eventually(async () => expect(await position()).toBe('5 / 5'));
      await page.keyboard.press('Home');
      await eventually(async () => expect(await scrolledTo()).toBe(0));
    });

    it('brings the card of a focused button into view', async () => {
      await show([CAROUSEL], PHONE);
      await track().focus();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await eventually(async () => expect(await position()).toBe('2 / 5'));
      expect(await page.evaluate('document.activeElement.textContent')).toBe('강남점 약도');
      await eventually(async () => expect(await distanceOf('강남점')).toBe(0));
    });

    it('stops at a card, however far it was moved', async () => {
      await show([CAROUSEL], { viewport: PHONE.viewport });
      await track().hover();
      await page.mouse.wheel(170, 0);
      await eventually(async () => expect(await position()).toBe('2 / 5'));
      await eventually(async () => expect(await distanceOf('강남점')).toBe(0));
    });

    it('has nothing to move where all of it is to be seen', async () => {
      await show([{ ...CAROUSEL, cards: [PRODUCT, PRODUCT] }], { viewport: { width: 1280, height: 900 } });
      expect(await log().locator('.card').count()).toBe(2);
      expect(await button('다음 카드').count()).toBe(0);
    });

    it('shows the range where several cards fit', async () => {
      await show([CAROUSEL], { viewport: { width: 1280, height: 900 } });
      await eventually(async () => expect(await position()).toBe('1–2 / 5'));
    });

    it('tells screen readers the number of each card', async () => {
      await show([CAROUSEL]);
      const slides = await log().locator('.carousel-slide').allTextContents();
      expect(slides.map((text) => text.slice(0, 7))).toEqual([1, 2, 3, 4, 5].map((number) => `카드 ${number}/5:`));
    });
  });

  describe('passing on', () => {
    const SHARE = `{
      window.shared = [];
      Object.defineProperty(navigator, 'canShare', { value: () => true });
      Object.defineProperty(navigator, 'share', { value: async (data) => { window.shared.push(data); FATE } });
    }`;

    async function showWithShare(reply: readonly ReplyPart[], fate: string): Promise<void> {
      await show(reply, { permissions: ['clipboard-read', 'clipboard-write'] });
      await page.evaluate("navigator.clipboard.writeText('앞서 복사한 것')");
      await page.evaluate(SHARE.replace('FATE', fate));
    }

    it('goes through the system where it can', async () => {
      await showWithShare([DETAILS], '');
      await button('공유하기').click();
      const [shared] = await page.evaluate<{ text: string }[]>('window.shared');
      expect(shared?.text).toContain('결제 금액: 78,000원');
      expect(await clipboard()).toBe('앞서 복사한 것');
    });

    it('changes nothing when the customer thinks better of it', async () => {
      await showWithShare([DETAILS], "throw new DOMException('closed', 'AbortError')");
      await button('공유하기').click();
      await eventually(async () => expect(await page.evaluate('window.shared.length')).toBe(1));
      expect(await clipboard()).toBe('앞서 복사한 것');
      expect(await announcements().getByText('내용을 복사했어요').count()).toBe(0);
    });

    it('goes to the clipboard where the system refuses', async () => {
      await showWithShare([DETAILS], "throw new DOMException('no', 'NotAllowedError')");
      await button('공유하기').click();
      await announcements().getByText('내용을 복사했어요').waitFor();
      expect(await clipboard()).toContain('주문 번호: 2026-1121-0042');
    });

    it('offers it beside what may be forwarded, a picture as its address', async () => {
      await showWithShare(
        [
          { type: 'text', text: '그냥 글', format: 'plain' },
          { type: 'image', url: '/picture.svg', altText: '매장 앞', forwardable: true },
        ],
        '',
      );
      expect(await button('공유하기').count()).toBe(1);
      await button('공유하기').click();
      expect(await page.evaluate('window.shared')).toEqual([{ text: `매장 앞\n${pages.server.origin}/picture.svg` }]);
    });
  });

  describe('a way to a human', () => {
    const ASKED: Reply = {
      parts: [{ type: 'text', text: '상담원과의 연결을 원하시는군요.', format: 'plain' }],
      quickReplies: [{ type: 'person', label: '상담원 연결하기' }],
    };

    it('leads to the contact of the operator', async () => {
      await show(ASKED);
      expect(await page.getByRole('link', { name: '상담원 연결하기' }).getAttribute('href')).toBe('tel:021234567');
    });

    it('is not offered where nobody is behind it', async () => {
      pages.server.profile.contact = '평일 9시~18시';
      await show(ASKED);
      expect(await page.getByText('상담원 연결하기').count()).toBe(0);
      expect(await page.getByRole('list', { name: '추천 질문' }).count()).toBe(0);
    });
  });

  it('lays a menu open, and offers nothing that cannot be done here', async () => {
    await show({
      parts: [{ ...PRODUCT, buttons: [{ type: 'pick-date', label: '날짜 고르기' }] }],
      quickReplies: [
        {
          type: 'menu',
          label: '더 보기',
          choices: [
            { type: 'message', label: '교환' },
            { type: 'share', label: '공유' },
          ],
        },
        { type: 'pick-time', label: '시간 고르기' },
      ],
    });
    expect(await page.getByRole('list', { name: '추천 질문' }).getByRole('button').allTextContents()).toEqual(['교환']);
    expect(await page.getByText(/고르기|더 보기/).count()).toBe(0);
  });

  it('says an address once, on the button that opens it', async () => {
    const url = 'https://shop.example/exchange';
    await show(
      [
        { type: 'text', text: '마이페이지에서 신청해 주세요.', format: 'plain' },
        {
          type: 'card',
          description: `교환 신청하기: ${url}`,
          buttons: [{ type: 'link', label: '교환 신청하기', url }],
        },
        {
          type: 'card',
          description: '교환은 7일 안에: ftp://shop.example',
          buttons: [{ type: 'link', label: '파일', url: 'ftp://shop.example' }],
        },
      ],
      { permissions: ['clipboard-read', 'clipboard-write'] },
    );
    expect(await log().locator('.card').nth(0).textContent()).not.toContain(url);
    expect(await log().getByRole('link', { name: '교환 신청하기' }).getAttribute('href')).toBe(url);
    expect(await log().locator('.card').nth(1).textContent()).toContain('ftp://shop.example');
    await button('답변 복사').click();
    const copied = await eventually(async () => {
      const text = await clipboard();
      expect(text).toContain('교환 신청하기');
      return text;
    });
    expect(copied.split(url)).toHaveLength(2);
  });

  it('copies every word, every address and every number', async () => {
    await show(EVERYTHING, { permissions: ['clipboard-read', 'clipboard-write'] });
    await button('답변 복사').click();
    const text = await eventually(async () => {
      const copied = await clipboard();
      expect(copied).toContain('정리');
      return copied;
    });
    for (const words of [
      '이렇게 정리했어요.',
      '매장 앞 사진',
      '- 반품 방법: 받으신 날부터 7일 안에',
      '매장 찾기: https://map.example/',
      '배송지: 서울시 중구',
      '31,200원 (20% 할인), 정가 39,000원',
      '말길 상점',
      '가까운 매장을 골라 보세요.',
      '제주시 연동',
      '구매하기: https://shop.example/hoodie/buy',
    ]) {
      expect(text).toContain(words);
    }
  });

  it.each([
    { colorScheme: 'light', ...PHONE },
    { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  ] as const)('fits, and has no serious fault of accessibility ($colorScheme)', async (options) => {
    // axe is put into the page by the debugger, which the policy of the page forbids to scripts.
    await show(EVERYTHING, { ...options, bypassCSP: true });
    const width = options.viewport.width;
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(
      await log().evaluate(
        (element: Record<'scrollWidth' | 'clientWidth', number>) => element.scrollWidth - element.clientWidth,
      ),
    ).toBe(0);
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
    const { violations } = await page.evaluate<{
      violations: { id: string; impact: string; nodes: { html: string }[] }[];
    }>('axe.run(document, { resultTypes: ["violations"] })');
    expect(
      violations
        .filter(({ impact }) => impact !== 'minor')
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
    ).toEqual([]);
  });
});
