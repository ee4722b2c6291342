import { rm } from 'node:fs/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { buildPages, openBrowser } from './browser.ts';
import { FakeWebGateway } from './fake-web-gateway.ts';
import { WAIT } from './wait.ts';

/** Before each test a gateway without a model, whose pages Chromium opens. What a page complains of fails its test. */
export interface Pages {
  readonly server: FakeWebGateway;
  /** With the built pages. */
  readonly folder: string;
  newPage(options?: BrowserContextOptions): Promise<Page>;
}

/** Call it inside `describe`. */
export function usePages(): Pages {
  let folder: string;
  let browser: Browser;
  let server: FakeWebGateway;
  let complaints: string[];

  beforeAll(async () => {
    [folder, browser] = await Promise.all([buildPages(), openBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    server = new FakeWebGateway(folder);
    complaints = [];
    await server.open();
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await server.goAway();
    expect(complaints).toEqual([]);
  });

  return {
    get folder() {
      return folder;
    },
    get server() {
      return server;
    },
    async newPage(options = {}) {
      const context = await browser.newContext({ locale: 'ko-KR', timezoneId: 'Asia/Seoul', ...options });
      const page = await context.newPage();
      // Well before the test gives up, so that the message names what was waited for.
      page.setDefaultTimeout(WAIT.timeout);
      page.on('pageerror', (error) => complaints.push(error.message));
      // Chromium reports each refused or failed request here too; those are what the tests are about.
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
          complaints.push(message.text());
        }
      });
      return page;
    },
  };
}
