import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import type { Reply } from '../../src/message.ts';
import { chromiumPath } from '../helpers/browser.ts';
import { type FakeTurn, messageChoices } from '../helpers/fake-web-gateway.ts';
import { usePages } from '../helpers/use-pages.ts';
import { WAIT } from '../helpers/wait.ts';

if (chromiumPath() === undefined) {
  console.warn(
    '!!! NO CHROMIUM FOUND: the tests of the chat page are SKIPPED. Install chromium or set CHROMIUM_PATH. !!!',
  );
}

const PHONE = { width: 360, height: 720 };

const RICH: Reply = {
  parts: [
    {
      type: 'text',
      format: 'markdown',
      text: '**"환불"**은 이렇게 해요.\n\n1. 신청\n2. 반송\n\n[안내](https://shop.example/refund)를 보거나 02-123-4567로 전화해 주세요. [누르지 마세요](javascript:alert(1)) <img src=x onerror=alert(1)> ![그림](https://evil.example/x.png)\n\n| 구분 | 요금 | 아주 긴 머리글이 있는 칸 | 또 하나의 아주 긴 칸 |\n|---|---|---|---|\n| 제주 | 3,000원 | 가나다 | 라마바 |',
    },
    { type: 'image', url: '/picture.svg', altText: '반송 상자 사진' },
    {
      type: 'card',
      title: '본점',
      description: '서울시 중구',
      imageUrl: '/picture.svg',
      buttons: [
        { type: 'link', label: '지도', url: 'https://map.example/' },
        { type: 'phone', label: '전화', phoneNumber: '02-123-4567' },
        { type: 'message', label: '주차', text: '주차할 수 있나요?' },
        { type: 'link', label: '이상한 링크', url: 'javascript:alert(1)' },
      ],
    },
  ],
  quickReplies: [
    { type: 'message', label: '교환', text: '교환은 어떻게 하나요?' },
    { type: 'message', label: '이어서 보기', action: { kind: 'continue', turnId: 'abc', position: 1 } },
  ],
};

describe.skipIf(chromiumPath() === undefined)('the chat page', () => {
  const pages = usePages();
  let page: Page;

  async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
    page = await pages.newPage(options);
    return page;
  }

  async function openPage(options: BrowserContextOptions = {}, path = '/'): Promise<void> {
    await newPage(options);
    await page.goto(`${pages.server.origin}${path}`);
    await log().getByText('무엇을 도와드릴까요?').waitFor();
  }

  const log = (): Locator => page.getByRole('log');
  const input = (): Locator => page.getByRole('textbox');
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
  const announcements = (): Locator => page.getByTestId('announcements');

  /** Distances in the conversation, in px. */
  const scrolling = () =>
    log().evaluate(
      (element: Record<'scrollTop' | 'scrollHeight' | 'clientHeight' | 'scrollWidth' | 'clientWidth', number>) => ({
        top: element.scrollTop,
        behind: element.scrollHeight - element.scrollTop - element.clientHeight,
        sideways: element.scrollWidth - element.clientWidth,
      }),
    );

  async function say(text: string): Promise<void> {
    await input().fill(text);
    await input().press('Enter');
  }

  /** Turns wait for the test. */
  function holdTurns(): FakeTurn[] {
    const held: FakeTurn[] = [];
    pages.server.onTurn = (turn) => held.push(turn);
    return held;
  }

  async function nextTurn(held: readonly FakeTurn[], index = 0): Promise<FakeTurn> {
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(index), WAIT);
    const turn = held[index];
    if (turn === undefined) throw new Error('unreachable');
    return turn;
  }

  it('introduces itself before it is used', async () => {
    pages.server.profile.sample = true;
    pages.server.profile.greeting = {
      ...pages.server.profile.greeting,
      quickReplies: messageChoices('배송 조회', '환불 규정'),
    };
    await openPage();
    expect(await page.title()).toBe('말길 상점');
    await log().getByText('인공지능(AI)이 답합니다').waitFor();
    await log().getByText('예시 자료로 답하고 있어요').waitFor();
    expect(await log().getByRole('link', { name: '02-123-4567' }).getAttribute('href')).toBe('tel:021234567');
    await button('환불 규정').click();
    await log().getByText('"환불 규정"에 대한 답입니다.').waitFor();
    expect(await button('배송 조회').count()).toBe(0);
  });

  it('streams an answer, and announces it only when it is complete', async () => {
    const held = holdTurns();
    await openPage();
    await say('배송 기간');
    const turn = await nextTurn(held);
    await log().getByText('답변을 작성하고 있어요').waitFor();
    turn.delta('배송은 **2~3');
    await log().locator('strong', { hasText: '2~3' }).waitFor();
    expect(await log().getByText('답변을 작성하고 있어요').count()).toBe(0);
    turn.delta('일** 걸려요.');
    await log().getByText('배송은 2~3일 걸려요.').waitFor();
    expect(await log().getAttribute('aria-live')).toBe('off');
    expect(await announcements().textContent()).toBe('답변을 작성하고 있어요');
    turn.answer('배송은 **2~3일** 걸려요!', {
      kind: 'knowledge',
      engine: 'faq',
      entries: ['배송 기간', '배송비', '제주 배송'].map((question, index) => ({ id: `${index}`, question, score: 1 })),
    });
    await announcements().getByText('배송은 2~3일 걸려요!').waitFor();
    await log().getByText('자료: 배송 기간, 배송비 외 1건').waitFor();
    expect(await log().getByText('걸려요').count()).toBe(1);
  });

  it('drops what an engine said when another takes over', async () => {
    const held = holdTurns();
    await openPage();
    await say('질문');
    const turn = await nextTurn(held);
    turn.delta('엉뚱한 말');
    await log().getByText('엉뚱한 말').waitFor();
    turn.restart();
    await log().getByText('엉뚱한 말').waitFor({ state: 'detached' });
    turn.answer('바른 답');
    await log().getByText('바른 답').waitFor();
  });

  it('shows times and days as Korean messengers do', async () => {
    pages.server.now = () => Date.UTC(2026, 10, 20, 6, 5);
    await openPage();
    await say('어제 질문');
    await log().getByText('에 대한 답입니다').waitFor();
    pages.server.now = () => Date.UTC(2026, 10, 21, 0, 30);
    await say('오늘 질문');
    await log().getByText('2026년 11월 21일 토요일').waitFor();
    expect(await log().getByText('2026년 11월 20일 금요일').count()).toBe(1);
    expect(await log().locator('time').first().textContent()).toBe('오후 3:05');
    expect(await log().locator('time').last().textContent()).toBe('오전 9:30');
  });

  it('shows what models and operators write, safely', async () => {
    pages.server.onTurn = (turn) => turn.answer(turn.sequence === 1 ? RICH : '네');
    const foreign: string[] = [];
    await newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith(pages.server.origin)) foreign.push(request.url());
    });
    await page.goto(pages.server.origin);
    await say('환불은 어떻게 하나요?');
    await log().locator('strong', { hasText: '"환불"' }).waitFor();
    const link = log().getByRole('link', { name: '안내' });
    expect(await link.getAttribute('href')).toBe('https://shop.example/refund');
    expect(await link.getAttribute('rel')).toContain('noopener');
    expect(await log().locator('.bubble').getByRole('link', { name: '02-123-4567' }).getAttribute('href')).toBe(
      'tel:021234567',
    );
    await log().getByText('<img src=x onerror=alert(1)>').waitFor();
    expect(await page.locator('a[href^="javascript"], img[src="x"]').count()).toBe(0);
    expect(await log().getByText('누르지 마세요').count()).toBe(1);
    expect(await log().getByText('이상한 링크').count()).toBe(1);
    await log().getByRole('img', { name: '반송 상자 사진' }).waitFor();
    expect(await log().getByRole('link', { name: '전화', exact: true }).getAttribute('href')).toBe('tel:021234567');
    await button('주차').click();
    await log().getByText('주차할 수 있나요?').waitFor();
    await vi.waitFor(() => expect(pages.server.turns.at(-1)?.body).toEqual({ query: '주차할 수 있나요?' }), WAIT);
    expect(foreign).toEqual([]);
  });

  it('sends quick replies as texts and as codes', async () => {
    pages.server.onTurn = (turn) => turn.answer(RICH);
    await openPage();
    await say('환불');
    await button('교환').click();
    await vi.waitFor(() => expect(pages.server.turns[1]?.body).toEqual({ query: '교환은 어떻게 하나요?' }), WAIT);
    await button('이어서 보기').click();
    await vi.waitFor(
      () => expect(pages.server.turns[2]?.body).toEqual({ tap: 'malgil:continue:abc:1', query: '이어서 보기' }),
      WAIT,
    );
  });

  it('copies an answer without its marks', async () => {
    pages.server.onTurn = (turn) => turn.answer('**7일** 안에 신청해 주세요.');
    await openPage({ permissions: ['clipboard-read', 'clipboard-write'] });
    await say('환불');
    await button('답변 복사').click();
    await announcements().getByText('복사했어요').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('7일 안에 신청해 주세요.');
  });

  it('keeps conversation and draft over a reload, and goes on with a running answer', async () => {
    await openPage();
    await say('첫 질문');
    await log().getByText('"첫 질문"에 대한 답입니다.').waitFor();
    const held = holdTurns();
    await say('둘째 질문');
    const turn = await nextTurn(held);
    turn.delta('아직');
    await log().getByText('아직').waitFor();
    await input().fill('쓰다 만 글');
    await page.reload();
    await log().getByText('"첫 질문"에 대한 답입니다.').waitFor();
    await log().getByText('아직').waitFor();
    expect(await input().inputValue()).toBe('쓰다 만 글');
    turn.delta(' 쓰는 중');
    await log().getByText('아직 쓰는 중').waitFor();
    turn.answer('다 썼어요');
    await log().getByText('다 썼어요').waitFor();
    expect(await log().getByText('둘째 질문', { exact: true }).count()).toBe(1);
    expect(pages.server.turns).toHaveLength(2);
  });

  it('starts over only after asking', async () => {
    pages.server.profile.greeting = { ...pages.server.profile.greeting, quickReplies: messageChoices('배송 조회') };
    await openPage();
    await say('질문');
    await log().getByText('에 대한 답입니다').waitFor();
    await button('처음부터').click();
    await button('취소').click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await log().getByText('에 대한 답입니다').count()).toBe(1);
    await button('처음부터').click();
    await button('처음부터 시작').click();
    await log().getByText('에 대한 답입니다').waitFor({ state: 'detached' });
    await button('배송 조회').waitFor();
    expect(pages.server.requests.at(-1)?.body).toEqual({ action: 'reset' });
    await page.reload();
    await button('배송 조회').waitFor();
    expect(await log().getByText('에 대한 답입니다').count()).toBe(0);
  });

  it('shows in every tab what is said in one, and in none what was reset', async () => {
    const held = holdTurns();
    await openPage();
    const other = await page.context().newPage();
    await other.goto(pages.server.origin);
    const otherLog = other.getByRole('log');
    await otherLog.getByText('무엇을 도와드릴까요?').waitFor();
    await say('질문');
    const turn = await nextTurn(held);
    turn.delta('쓰는 중');
    await otherLog.getByText('쓰는 중').waitFor();
    turn.answer('다 썼어요');
    await otherLog.getByText('다 썼어요').waitFor();
    await other.getByRole('button', { name: '처음부터', exact: true }).click();
    await other.getByRole('button', { name: '처음부터 시작', exact: true }).click();
    await log().getByText('다 썼어요').waitFor({ state: 'detached' });
    expect(await log().getByText('질문', { exact: true }).count()).toBe(0);
    expect(await log().getByText('무엇을 도와드릴까요?').count()).toBe(1);
  });

  it('looks again when the way back through the history leads to it', async () => {
    await openPage();
    await say('질문');
    await log().getByText('에 대한 답입니다').waitFor();
    pages.server.forget();
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    await log().getByText('에 대한 답입니다').waitFor({ state: 'detached' });
  });

  it('resumes a stream that was cut, without a word lost or doubled', async () => {
    const held = holdTurns();
    await openPage();
    await say('질문');
    const turn = await nextTurn(held);
    turn.delta('가나다 ');
    await log().getByText('가나다').waitFor();
    turn.cut();
    turn.delta('라마바 ');
    await log().getByText('가나다 라마바').waitFor();
    turn.cut();
    turn.delta('사아자');
    await log().getByText('가나다 라마바 사아자').waitFor();
    turn.answer('가나다 라마바 사아자.');
    await log().getByText('가나다 라마바 사아자.').waitFor();
    expect(await log().getByText('가나다').count()).toBe(1);
    expect(await log().getByText('질문', { exact: true }).count()).toBe(1);
  });

  it('says that the server is away, keeps the message, and sends it when it is back', async () => {
    await openPage();
    await pages.server.goAway();
    await say('계신가요?');
    await page.getByText('연결이 끊겼어요.').waitFor();
    await page.getByText(/\d+초 뒤에 다시 연결해요/).waitFor();
    await log().getByText('보내지 못했어요').waitFor();
    await pages.server.open();
    await page.reload();
    await log().getByText('계신가요?').waitFor();
    await button('다시 보내기').click();
    await log().getByText('"계신가요?"에 대한 답입니다.').waitFor();
    expect(pages.server.turns).toHaveLength(1);
  });

  it('comes back by itself, and tells', async () => {
    await openPage();
    await pages.server.goAway();
    await say('계신가요?');
    await button('지금 연결').waitFor();
    await pages.server.open();
    await page.getByText('연결이 끊겼어요.').waitFor({ state: 'detached' });
    await announcements().getByText('다시 연결됐어요.').waitFor();
    expect(pages.server.turns).toHaveLength(0);
    await log().getByText('보내지 못했어요').waitFor();
  });

  it('counts down what a 429 asks for, and sends nothing meanwhile', async () => {
    await openPage();
    pages.server.refusals.push({ status: 429, code: 'INBOUND_RATE_LIMITED', retryAfterSeconds: 3 });
    await say('질문');
    await page.getByText(/[123]초 뒤에 다시 보낼 수 있어요/).waitFor();
    expect(await button('다시 보내기').getAttribute('aria-disabled')).toBe('true');
    await say('또 질문');
    expect(await input().inputValue()).toBe('또 질문');
    await page.getByText(/초 뒤에 다시 보낼 수 있어요/).waitFor({ state: 'detached' });
    expect(pages.server.requests.filter((request) => request.method === 'POST')).toHaveLength(1);
    await button('다시 보내기').click();
    await log().getByText('"질문"에 대한 답입니다.').waitFor();
  });

  it('never sends while Hangul is being composed', async () => {
    await openPage();
    await input().focus();
    const keydown = (options: Record<string, unknown>) =>
      input().dispatchEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true, ...options });
    // A real composition, as an input method makes it: Chromium itself marks the events.
    const session = await page.context().newCDPSession(page);
    await session.send('Input.imeSetComposition', { text: '안녀', selectionStart: 2, selectionEnd: 2 });
    await session.send('Input.imeSetComposition', { text: '안녕', selectionStart: 2, selectionEnd: 2 });
    await keydown({ isComposing: true, keyCode: 229 });
    await keydown({ isComposing: true, keyCode: 13 });
    // Safari has ended the composition when its keydown arrives; only the code tells.
    await keydown({ isComposing: false, keyCode: 229 });
    expect(await input().inputValue()).toBe('안녕');
    await session.send('Input.insertText', { text: '안녕' });
    expect(pages.server.turns).toHaveLength(0);
    await input().press('Enter');
    await log().getByText('"안녕"에 대한 답입니다.').waitFor();
    expect(pages.server.turns.map((turn) => turn.question)).toEqual(['안녕']);
    expect(await input().inputValue()).toBe('');
  });

  it('breaks the line with Shift+Enter, grows, and shrinks again', async () => {
    await openPage();
    const heightOf = async () => (await input().boundingBox())?.height ?? 0;
    const low = await heightOf();
    await input().pressSequentially('한 줄');
    await input().press('Shift+Enter');
    await input().pressSequentially('두 줄');
    expect(await heightOf()).toBeGreaterThan(low);
    await input().press('Enter');
    await vi.waitFor(() => expect(pages.server.turns[0]?.question).toBe('한 줄\n두 줄'), WAIT);
    expect(await heightOf()).toBe(low);
  });

  it('counts near the limit, and does not send beyond it', async () => {
    await openPage();
    await input().fill('가'.repeat(9_000));
    expect(await page.getByText('/ 10,000자').count()).toBe(0);
    await say('가'.repeat(10_002));
    await page.getByText('10,002 / 10,000자 · 2자를 줄여 주세요.').waitFor();
    expect((await input().inputValue()).length).toBe(10_002);
    await say('가'.repeat(10_000));
    await vi.waitFor(() => expect(pages.server.turns).toHaveLength(1), WAIT);
  });

  it('can be used with the keyboard alone', async () => {
    pages.server.onTurn = (turn) => turn.answer(turn.sequence === 1 ? RICH : '네');
    await openPage();
    const focused = () => page.evaluate<string>('document.activeElement.textContent || document.activeElement.tagName');
    await vi.waitFor(async () => expect(await focused()).toBe('TEXTAREA'), WAIT);
    await page.keyboard.type('환불');
    await page.keyboard.press('Enter');
    await button('교환').waitFor();
    for (let steps = 0; (await focused()) !== '교환' && steps < 20; steps += 1) await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await log().getByText('교환은 어떻게 하나요?').waitFor();
    await vi.waitFor(async () => expect(await focused()).toBe('TEXTAREA'), WAIT);
    await log().getByText('네', { exact: true }).waitFor();
    for (let steps = 0; (await focused()) !== '처음부터' && steps < 30; steps += 1)
      await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await focused()).toBe('취소');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await vi.waitFor(async () => expect(await focused()).toBe('처음부터'), WAIT);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('처음부터 시작');
    await page.keyboard.press('Enter');
    await log().getByText('환불', { exact: true }).waitFor({ state: 'detached' });
    await vi.waitFor(async () => expect(await focused()).toBe('TEXTAREA'), WAIT);
  });

  it('asks again although the last question has only just been closed', async () => {
    pages.server.onTurn = (turn) => turn.answer(RICH);
    await openPage();
    await page.keyboard.type('환불');
    await page.keyboard.press('Enter');
    await button('교환').waitFor();
    await page.getByRole('button', { name: '처음부터' }).click();
    await page.getByRole('dialog').waitFor();
    // The browser tells that a dialog was closed a moment after it has gone: the next one must not go with it.
    await page.evaluate(`{
      document.querySelector('dialog').close();
      [...document.querySelectorAll('button')].find((found) => found.textContent.trim() === '처음부터').click();
    }`);
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 200))');
    expect(await page.getByRole('dialog').count()).toBe(1);
  });

  it('speaks English where the browser does, and remembers a choice', async () => {
    pages.server.profile.englishGreeting = {
      parts: [{ type: 'text', text: 'Hello! How can I help?', format: 'plain' }],
      quickReplies: [],
    };
    await newPage({ locale: 'en-US' });
    await page.goto(`${pages.server.origin}/`);
    await page.getByPlaceholder('Type your question').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await log().getByText('Answers are written by AI').waitFor();
    await log().getByText('Hello! How can I help?').waitFor();
    expect(await log().getByText('인공지능(AI)이 답합니다').count()).toBe(0);
    expect(await log().getByText('안녕하세요!').count()).toBe(0);
    await page.getByRole('button', { name: '한국어' }).click();
    await page.getByPlaceholder('궁금한 점을 적어 주세요').waitFor();
    await log().getByText('안녕하세요!').waitFor();
    expect(await log().getByText('Hello!').count()).toBe(0);
    await page.reload();
    await page.getByPlaceholder('궁금한 점을 적어 주세요').waitFor();
  });

  it('greets in Korean where the operator has no English words', async () => {
    await openPage({ locale: 'en-US' });
    await log().getByText('안녕하세요!').waitFor();
  });

  it('is dark where the system is, and remembers a choice', async () => {
    const ground = () => page.evaluate<string>('getComputedStyle(document.querySelector(".window")).backgroundColor');
    const isDark = async () => Number(/\d+/.exec(await ground())?.[0]) < 100;
    await openPage({ colorScheme: 'dark' });
    expect(await isDark()).toBe(true);
    await button('밝은 화면으로 바꾸기').click();
    expect(await isDark()).toBe(false);
    await page.reload();
    await button('어두운 화면으로 바꾸기').waitFor();
    expect(await isDark()).toBe(false);
  });

  it('fits a narrow phone, whatever is said', async () => {
    pages.server.onTurn = (turn) =>
      turn.answer(turn.sequence === 1 ? RICH : `https://a.example/${'길'.repeat(300)} ${'가'.repeat(200)}`);
    pages.server.profile.name = '이름이 아주 길어서 머리글에 다 들어가지 않는 상점';
    await openPage({ viewport: PHONE, hasTouch: true, isMobile: true });
    await say('ㅋ'.repeat(400));
    await button('교환').waitFor();
    await say('https://a.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
    await vi.waitFor(() => expect(pages.server.turns[1]?.isFinished).toBe(true), WAIT);
    await log().locator('.message-body .icon-button').nth(1).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    expect((await scrolling()).sideways).toBe(0);
    for (const control of await page.getByRole('button').all()) {
      const box = await control.boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(PHONE.width);
    }
  });

  it('follows the end, and offers the way back to a reader who has scrolled up', async () => {
    const held = holdTurns();
    await openPage({ viewport: PHONE });
    await say('긴 이야기');
    const turn = await nextTurn(held);
    turn.delta(`${'한 줄입니다.\n\n'.repeat(60)}여기까지`);
    await log().getByText('여기까지').waitFor();
    await vi.waitFor(async () => expect((await scrolling()).behind).toBeLessThan(2), WAIT);
    await log().hover();
    await page.mouse.wheel(0, -600);
    await button('최근 대화로 이동').waitFor();
    const { top } = await scrolling();
    turn.delta('\n\n그리고 더');
    await log().getByText('그리고 더').waitFor();
    expect((await scrolling()).top).toBe(top);
    await button('최근 대화로 이동').click();
    await vi.waitFor(async () => expect((await scrolling()).behind).toBeLessThan(2), WAIT);
    turn.answer({ parts: [{ type: 'image', url: '/picture.svg', altText: '사진' }], quickReplies: [] });
    await log().getByRole('img', { name: '사진' }).waitFor();
    await vi.waitFor(async () => expect((await scrolling()).behind).toBeLessThan(2), WAIT);
    // What grows between a jump to the end and its event looks like a reader far from the end.
    await page.evaluate(`{
      const log = document.querySelector('[role=log]');
      log.firstElementChild.append(...Array.from({ length: 40 }, () => document.createElement('hr')));
      log.dispatchEvent(new Event('scroll', { bubbles: true }));
    }`);
    await vi.waitFor(async () => expect((await scrolling()).behind).toBeLessThan(2), WAIT);
  });

  it('shows the words for a picture that does not load', async () => {
    pages.server.onTurn = (turn) =>
      turn.answer({ parts: [{ type: 'image', url: '/gone.png', altText: '약도' }], quickReplies: [] });
    await openPage();
    await say('약도 주세요');
    await log().getByText('이미지를 불러오지 못했어요: 약도').waitFor();
  });

  it('belongs to the bot that its address names', async () => {
    await openPage({}, '/bots/shop/');
    await say('질문');
    await log().getByText('에 대한 답입니다').waitFor();
    expect(new Set(pages.server.requests.map((request) => request.url))).toEqual(
      new Set(['/bots/shop/query/WEB', '/bots/shop/query/WEB/events']),
    );
  });

  it('says so when there is no such bot', async () => {
    pages.server.refusals.push({ status: 404, code: 'BOT_UNKNOWN' });
    await newPage();
    await page.goto(pages.server.origin);
    await page.getByRole('heading', { name: '이 상담 페이지를 열 수 없어요.' }).waitFor();
  });

  it.each([
    { colorScheme: 'light', viewport: PHONE },
    { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  ] as const)('has no serious fault of accessibility ($colorScheme)', async (options) => {
    pages.server.profile.sample = true;
    pages.server.onTurn = (turn) =>
      turn.answer(RICH, { kind: 'model', engine: 'x', entries: [{ id: '1', question: '환불', score: 1 }] });
    // axe is put into the page by the debugger, which the policy of the page forbids to scripts.
    await openPage({ ...options, bypassCSP: true, reducedMotion: 'reduce' });
    await say('환불');
    await button('교환').waitFor();
    await pages.server.goAway();
    await say('계신가요?');
    await button('지금 연결').waitFor();
    await input().fill('가'.repeat(10_002));
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
    const faults = async () => {
      const result = await page.evaluate<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>(
        'axe.run(document, { resultTypes: ["violations"] })',
      );
      return result.violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical' || impact === 'moderate')
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
    };
    expect(await faults()).toEqual([]);
    await button('처음부터').click();
    expect(await faults()).toEqual([]);
  });

  it('moves nothing where motion is not wanted', async () => {
    holdTurns();
    await openPage({ reducedMotion: 'reduce' });
    await say('질문');
    await log().locator('.dot').first().waitFor();
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
  });

  it('is small, and holds no script or style of its own in the document', async () => {
    const html = await readFile(`${pages.folder}/index.html`, 'utf8');
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)/);
    const files = [...html.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files.some((file) => file.endsWith('.js'))).toBe(true);
    const sizes = await Promise.all(
      files.map(async (file) => gzipSync(await readFile(`${pages.folder}/${file}`)).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(120 * 1024);
    await openPage();
  });
});
