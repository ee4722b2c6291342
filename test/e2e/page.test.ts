/** The real chat page in real Chromium, served by the real process with the sample shop and CLOVA Studio's simulator. */
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ClovaSimulator } from '../../simulator/clova/server.ts';
import { createClovaSimulator } from '../../simulator/clova.ts';
import { loadKnowledgeCsv } from '../../src/knowledge/csv.ts';
import type { KnowledgeEntry } from '../../src/knowledge/knowledge.ts';
import { chromiumPath, openBrowser } from '../helpers/browser.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';
import { WAIT } from '../helpers/wait.ts';

if (chromiumPath() === undefined) {
  console.warn(
    '!!! NO CHROMIUM FOUND: the page is NOT TESTED against the real server. Install chromium or set CHROMIUM_PATH. !!!',
  );
}

describe.skipIf(chromiumPath() === undefined)('the chat page on the real server', () => {
  let browser: Browser;
  let clova: ClovaSimulator;
  let gateway: GatewayProcess;
  let entry: KnowledgeEntry;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    clova = createClovaSimulator({ tokensPerSecond: 15 });
    const { url } = await clova.start();
    [browser, gateway] = await Promise.all([
      openBrowser(),
      GatewayProcess.start({ CLOVA_BASE_URL: url, CLOVA_API_KEY: 'nv-e2e-key' }),
    ]);
    if ((await gateway.status('/')) !== 200) throw new Error('The page is not built: npm run build');
    const { entries } = loadKnowledgeCsv(await readFile('src/knowledge/sample/shop.csv'), {
      imageBaseUrl: `${gateway.url}/`,
    });
    const withPicture = entries.find(({ imageUrl, links }) => imageUrl !== undefined && links.length === 0);
    if (withPicture === undefined) throw new Error('The sample has no entry with a picture');
    entry = withPicture;
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([gateway?.stop(), clova?.close()]);
  });

  beforeEach(async () => {
    complaints = [];
    context = await browser.newContext({
      locale: 'ko-KR',
      timezoneId: 'Asia/Seoul',
      viewport: { width: 420, height: 860 },
    });
    page = await context.newPage();
    page.setDefaultTimeout(WAIT.timeout);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Chromium reports requests to a server that is down here too; that is what one test is about.
      const isNetwork = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isNetwork) complaints.push(message.text());
    });
    await page.goto(gateway.url);
    await log().getByText('궁금한 점을').first().waitFor();
  });

  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });

  const log = (): Locator => page.getByRole('log');
  const answer = (): Locator => log().getByText(entry.answer);
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true });

  async function say(text: string): Promise<void> {
    await page.getByRole('textbox').fill(text);
    await page.getByRole('textbox').press('Enter');
  }

  /** Whether the picture of the answer has arrived and can be seen. */
  async function pictureWidth(): Promise<number> {
    const picture = log().getByRole('img', { name: entry.question });
    await picture.waitFor();
    return picture.evaluate(async (image: { decode(): Promise<void>; naturalWidth: number }) => {
      await image.decode();
      return image.naturalWidth;
    });
  }

  it('streams an answer, shows its picture, and says what it rests on', async () => {
    await say(entry.question);
    const beginning = entry.answer.slice(0, 6);
    await log().getByText(beginning).waitFor();
    // Seen while it grows: at this pace the rest takes two seconds.
    expect(await answer().count()).toBe(0);
    await answer().waitFor();
    await log()
      .getByText(/^자료:/)
      .waitFor();
    expect(
      await log()
        .getByText(/^자료:/)
        .textContent(),
    ).toContain(entry.question);
    expect(await pictureWidth()).toBeGreaterThan(100);
  });

  it('keeps the conversation over a reload, and in every tab, until it is reset', async () => {
    await say(entry.question);
    await answer().waitFor();
    await page.reload();
    await answer().waitFor();
    expect(await log().getByText(entry.question, { exact: true }).first().isVisible()).toBe(true);
    expect(await pictureWidth()).toBeGreaterThan(100);
    const tab = await context.newPage();
    onTestFinished(() => tab.close());
    await tab.goto(gateway.url);
    const tabLog = tab.getByRole('log');
    await tabLog.getByText(entry.answer).waitFor();
    await say('안녕하세요');
    await tabLog.getByText('안녕하세요', { exact: true }).waitFor();
    await tabLog.getByText(/"안녕하세요"/).waitFor();

    await button('처음부터').click();
    await button('처음부터 시작').click();
    await answer().waitFor({ state: 'detached' });
    await tabLog.getByText(entry.answer).waitFor({ state: 'detached' });
    await tabLog.getByText('궁금한 점을').first().waitFor();
    expect(await tabLog.getByText('안녕하세요', { exact: true }).count()).toBe(0);
    await page.reload();
    await log().getByText('궁금한 점을').first().waitFor();
    await say('안녕하세요');
    await log().getByText('안녕하세요', { exact: true }).first().waitFor();
    expect(await answer().count()).toBe(0);
  });

  it('survives the death of the server: the banner goes, the conversation stays, the cut answer is finished', async () => {
    await say('안녕하세요');
    await log()
      .getByText(/자료|"안녕하세요"/)
      .first()
      .waitFor();
    await say(entry.question);
    await log().getByText(entry.answer.slice(0, 6)).waitFor();
    await gateway.kill();
    await page.getByText('연결이 끊겼어요.').waitFor();
    await gateway.restart();
    await page.getByText('연결이 끊겼어요.').waitFor({ state: 'detached' });
    await answer().waitFor();
    await log()
      .getByText(/^자료:/)
      .last()
      .waitFor();
    expect(await answer().count()).toBe(1);
    expect(await log().getByText('안녕하세요', { exact: true }).first().isVisible()).toBe(true);
    await page.reload();
    await answer().waitFor();
  });
});
