/** SIGHUP to the real process: it goes on, with what its files say now. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { expect, it, vi } from 'vitest';
import { GatewayProcess } from '../helpers/gateway-process.ts';
import { WAIT } from '../helpers/wait.ts';

const QUESTION = '반품 배송비는 얼마인가요?';
it('SIGHUP has the files of the settings read again, and a wrong one is complained about', async ({
  onTestFinished,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'malgil-reload-'));
  const file = join(folder, 'faq.csv');
  const write = (answer: string) => writeFile(file, `question,answer\n${QUESTION},"${answer}"\n`);
  await write('편도 3,000원입니다.');
  const gateway = await GatewayProcess.start({ KNOWLEDGE_FILE: file, RELOAD_CHECK_SECONDS: '0' });
  onTestFinished(async () => {
    await gateway.stop();
    await rm(folder, { recursive: true });
  });
  const ask = async () => {
    const { body } = await request(`${gateway.url}/query/TEST`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUESTION }),
    });
    return ((await body.json()) as { readonly Answer: string }).Answer;
  };
  await write('편도 2,500원입니다.');
  expect(await ask()).toContain('3,000원');
  gateway.hangUp();
  await vi.waitFor(async () => expect(await ask()).toContain('2,500원'), WAIT);
  await writeFile(file, '');
  gateway.hangUp();
  await vi.waitFor(
    () => expect(gateway.logged).toContainEqual(expect.objectContaining({ alert: 'settings-refused' })),
    WAIT,
  );
  expect(await ask()).toContain('2,500원');
});
