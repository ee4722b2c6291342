import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from '../src/config.ts';
import { wireProgram } from '../src/wiring.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'malgil-wiring-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a bot whose knowledge cannot be read', () => {
  it('is refused before the data directory is touched', async () => {
    const dataDir = join(folder, 'data');
    const env = { DATA_DIR: dataDir, METRICS: 'off', KNOWLEDGE_FILE: join(folder, 'missing.csv') };
    const source = { read: () => loadSettings(env, () => ''), files: () => [] };
    await expect(wireProgram(source.read(), pino({ level: 'silent' }), '0.0.0', source)).rejects.toMatchObject({
      code: 'KNOWLEDGE_INVALID',
    });
    expect(existsSync(dataDir)).toBe(false);
  });
});
