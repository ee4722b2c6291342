import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { leaveWord, readPredecessor } from '../../../src/storage/postgres/predecessor.ts';

it('who had a data directory last is known to the next one, unless it may be at work on another machine', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'malgil-predecessor-'));
  try {
    expect(await readPredecessor(directory)).toBeUndefined();
    await leaveWord(directory, 'first');
    await leaveWord(directory, 'second');
    expect(await readPredecessor(directory)).toBe('second');
    for (const text of ['{"id":"second","host":"elsewhere.example"}', '{"id":7}', '{"id":"sec', '']) {
      await writeFile(join(directory, 'replica.json'), text);
      expect(await readPredecessor(directory)).toBeUndefined();
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});
