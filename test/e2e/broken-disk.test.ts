/** What customers see while the store cannot be used: a full disk, a locked file; and what the operator reads at a start on a read-only
 *  disk or a damaged file. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { runGatewayToItsEnd } from '../helpers/gateway-process.ts';
import { WAIT } from '../helpers/wait.ts';
import { questionId } from './gated-model.ts';
import { openStage, type Stage } from './stage.ts';

const SETTINGS = { NAVER_QUIET_MS: '0', ENGINE: 'clova' };

let folder: string;
let stage: Stage;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'malgil-disk-'));
});

/** The three ways of asking while the store cannot be used, and what has become of them once it can. What the spool cannot write either
 *  is refused in the response, and the customer asks again. */
async function expectHonesty(
  breakDisk: () => void,
  mendDisk: () => void,
  { isSpoolBroken = false } = {},
): Promise<void> {
  const { kakao, talktalk, gateway } = stage;
  const answers = (who: string) => talktalk.messages(who).flatMap(({ bubbles }) => questionId(textOf(bubbles)));
  await talktalk.say('손님', '질문-a0-1 알려 주세요');
  await vi.waitFor(() => expect(answers('손님')).toEqual(['질문-a0-1']), WAIT);

  breakDisk();
  const before = Date.now();
  const onKakao = await kakao.say('손님', '질문-k0-1 알려 주세요');
  expect(questionId(textOf(onKakao.bubbles))).toEqual(['질문-k0-1']);
  expect(Date.now() - before).toBeLessThan(5_000);
  const late = ['질문-a0-2 알려 주세요', '질문-a0-3 알려 주세요'];
  for (const words of late) {
    const { status, message } = await talktalk.say('손님', words);
    expect(status).toBe(200);
    if (isSpoolBroken) expect(textOf(message?.bubbles ?? [])).toContain('지금은 메시지를 접수하지 못했어요');
    else expect(message).toBeUndefined();
  }
  const onTest = await fetch(`${gateway.url}/query/TEST`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '질문-t0-1 알려 주세요' }),
  });
  expect(onTest.status).toBe(503);
  expect(await onTest.json()).toMatchObject({ error: { code: expect.stringMatching(/^STORE_/) } });
  expect(answers('손님')).toEqual(['질문-a0-1']);

  mendDisk();
  if (isSpoolBroken) for (const words of late) await talktalk.say('손님', words);
  // In order and each once; messages that wait together may become one question.
  await vi.waitFor(() => expect(answers('손님')).toEqual(['질문-a0-1', '질문-a0-2', '질문-a0-3']), WAIT);
  const later = await kakao.say('손님', '질문-k0-2 알려 주세요');
  expect(questionId(textOf(later.bubbles))).toEqual(['질문-k0-2']);
}

function mount(...args: readonly string[]): void {
  execFileSync('mount', args, { stdio: 'pipe' });
}

describe('a disk of its own', () => {
  let canMount = false;

  beforeAll(async () => {
    const probe = await mkdtemp(join(tmpdir(), 'malgil-mount-'));
    try {
      mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe);
      execFileSync('umount', [probe]);
      canMount = true;
    } catch {
      console.warn('\n*** SKIPPED: nothing can be mounted here, so full and read-only disks are not tested\n');
    } finally {
      await rm(probe, { recursive: true, force: true });
    }
  });

  beforeEach(async (context) => {
    if (!canMount) return context.skip('nothing can be mounted here');
    mount('-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder);
    stage = await openStage({ ...SETTINGS, DATA_DIR: join(folder, 'data') });
  });

  afterEach(async () => {
    if (!canMount) return;
    await stage.end();
    execFileSync('umount', ['-l', folder]);
    await rm(folder, { recursive: true, force: true });
  });

  const filler = () => join(folder, 'filler');
  const fill = () => {
    try {
      execFileSync('dd', ['if=/dev/zero', `of=${filler()}`, 'bs=1k'], { stdio: 'pipe' });
    } catch {
      // dd ends with an error when there is no space left, which is what is wanted.
    }
  };

  it('that is full loses nothing', async () => {
    await expectHonesty(fill, () => execFileSync('rm', [filler()]), { isSpoolBroken: true });
  });

  it('that is full is told to the operator, though nobody uses TalkTalk', async () => {
    const { gateway } = stage;
    const ask = () =>
      fetch(`${gateway.url}/query/TEST`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '질문-t0-1 알려 주세요' }),
      });
    expect((await ask()).status).toBe(200);
    fill();
    expect((await ask()).status).toBe(503);
    const told = () => gateway.logged.filter((line) => line.alert === 'store-refuses');
    await vi.waitFor(() => expect(told()).toHaveLength(1), WAIT);
    // Like an outage of PostgreSQL: Kakao and TalkTalk are still answered, so the balancer must not turn them away.
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  });

  it('that is read-only ends the start with a sentence', async () => {
    await stage.gateway.kill();
    mount('-o', 'remount,ro', folder);
    const ended = await runGatewayToItsEnd({ DATA_DIR: join(folder, 'data') });
    expect(ended.code).toBe(1);
    expect(ended.output).toContain('cannot be written');
  });
});

describe('a database file', () => {
  beforeEach(async () => {
    stage = await openStage({ ...SETTINGS, DATA_DIR: join(folder, 'data') });
  });

  afterEach(async () => {
    await stage.end();
    await rm(folder, { recursive: true, force: true });
  });

  const file = () => join(folder, 'data', 'malgil.sqlite');

  it('that another program has locked delays answers and loses none', async () => {
    const other = new DatabaseSync(file());
    await expectHonesty(
      () => other.exec('BEGIN IMMEDIATE'),
      () => other.exec('ROLLBACK'),
    );
    other.close();
  });

  it('that is damaged ends the start with a sentence; once it is moved away, what had been spooled is answered', async () => {
    const { talktalk, gateway } = stage;
    const other = new DatabaseSync(file());
    other.exec('BEGIN IMMEDIATE');
    await talktalk.say('손님', '질문-a0-1 알려 주세요');
    await gateway.kill();
    other.exec('ROLLBACK');
    other.close();
    await writeFile(file(), Buffer.alloc(8_192, 'x'));

    const ended = await runGatewayToItsEnd({ DATA_DIR: join(folder, 'data'), PORT: '0' });
    expect(ended.code).toBe(1);
    expect(ended.output).toContain('is damaged or is not a database');
    expect(existsSync(file())).toBe(true);

    for (const suffix of ['', '-wal', '-shm']) await rm(`${file()}${suffix}`, { force: true });
    await gateway.restart();
    const answers = () => talktalk.messages('손님').flatMap(({ bubbles }) => questionId(textOf(bubbles)));
    await vi.waitFor(() => expect(answers()).toEqual(['질문-a0-1']), WAIT);
  });
});
