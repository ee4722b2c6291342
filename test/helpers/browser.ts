/** A real Chromium for tests of the pages. The machine's own is used: none is ever downloaded. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];

export function chromiumPath(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  return (named ? [named] : CANDIDATES).find((path) => existsSync(path));
}

/** @throws Error when there is no Chromium: ask {@link chromiumPath} first */
export function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('No Chromium found; set CHROMIUM_PATH');
  return chromium.launch({
    executablePath,
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Builds the pages from the sources as they are now, into a folder of their own that the caller removes. */
export async function buildPages(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'malgil-pages-'));
  const vite = join('node_modules', 'vite', 'bin', 'vite.js');
  const options = ['build', '--config', 'console/vite.config.ts', '--outDir', folder, '--emptyOutDir'];
  await promisify(execFile)(process.execPath, [vite, ...options, '--logLevel', 'warn']);
  return folder;
}
