import { readFile, rename, writeFile } from 'node:fs/promises';
import type { SavedTraffic } from './silence.ts';

/** What an earlier process learned; nothing where there is nothing, or nothing that can be read: then it is learned again. */
export async function readTraffic(path: string): Promise<SavedTraffic> {
  try {
    const saved: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof saved === 'object' && saved !== null ? (saved as SavedTraffic) : {};
  } catch {
    return {};
  }
}

/** The whole file or the one before. May reject. */
export async function writeTraffic(path: string, traffic: SavedTraffic): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(traffic), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
