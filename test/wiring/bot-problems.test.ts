import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';
import { botProblems } from '../../src/wiring/bot-problems.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'malgil-problems-'));
  await writeFile(join(folder, 'faq.csv'), 'question,answer\n반품 되나요?,네.\n');
  await writeFile(join(folder, 'prices.csv'), '날짜,금액\n1월,3000\n');
  await writeFile(join(folder, 'empty.csv'), 'question,answer\n반품 되나요?,\n');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function complaints(env: Readonly<Record<string, string>>, bots: unknown = undefined): string[] {
  try {
    loadSettings(env, () => JSON.stringify(bots), botProblems);
  } catch (thrown) {
    return (thrown as Error).message.split('\n').slice(1);
  }
  return [];
}

it('names every knowledge file that cannot be read, with its path and the reason, beside what else is wrong', () => {
  const missing = join(folder, 'missing.csv');
  const bots = [
    { id: 'a', knowledgeFile: missing },
    { id: 'b', knowledgeFile: folder },
    { id: 'c', knowledgeFile: join(folder, 'faq.csv') },
    { id: 'd', knowledgeFile: relative(process.cwd(), missing), answerMode: 'wrong' },
    { id: 'e', knowledgeFile: 'none' },
  ];
  expect(complaints({ BOTS_FILE: 'bots.json', PORT: 'x' }, bots)).toEqual([
    'PORT: must be a whole number from 0 to 65535',
    'bot "d": answerMode: must be one of approved, grounded, free',
    `bot "a": knowledgeFile: the file that it names cannot be read (ENOENT): ${missing}`,
    `bot "b": knowledgeFile: the file that it names is a folder: ${folder}`,
    `bot "d": knowledgeFile: the file that it names cannot be read (ENOENT): ${missing}`,
  ]);
});

it('names every knowledge file that holds no knowledge, with its path and the reason, beside what else is wrong', () => {
  const prices = join(folder, 'prices.csv');
  const empty = join(folder, 'empty.csv');
  const bots = [
    { id: 'a', knowledgeFile: prices },
    { id: 'b', knowledgeFile: empty },
    { id: 'c', knowledgeFile: prices },
  ];
  const noColumns =
    /: the first line of the knowledge file must name a column for the question \(question, .+\) and for .+/;
  const told = complaints({ BOTS_FILE: 'bots.json', PORT: 'x' }, bots);
  expect(told).toEqual([
    expect.stringMatching(/^PORT: /),
    expect.stringMatching(noColumns),
    `bot "b": knowledgeFile: the knowledge file has no usable row: question and answer are needed; row 2: skipped, the answer is empty (${empty})`,
    expect.stringMatching(noColumns),
  ]);
  for (const [id, line] of [
    ['a', told[1]],
    ['c', told[3]],
  ] as const) {
    expect(line?.startsWith(`bot "${id}": knowledgeFile: `)).toBe(true);
    expect(line?.endsWith(` (${prices})`)).toBe(true);
    expect(line).not.toContain('금액');
  }
  expect(complaints({ KNOWLEDGE_FILE: prices, PORT: 'x' })).toEqual([
    expect.stringMatching(/^PORT: /),
    expect.stringMatching(/^KNOWLEDGE_FILE: the first line of the knowledge file/),
  ]);
});

it('says it of the only bot, too', () => {
  const missing = join(folder, 'missing.csv');
  expect(complaints({ KNOWLEDGE_FILE: missing })).toEqual([
    `KNOWLEDGE_FILE: the file that it names cannot be read (ENOENT): ${missing}`,
  ]);
  expect(complaints({ KNOWLEDGE_FILE: join(folder, 'faq.csv') })).toEqual([]);
});

it('judges what all bots would share, where their file tells of none', () => {
  const missing = join(folder, 'missing.csv');
  const key = { CLOVA_API_KEY: 'nv-test', CLOVA_STOP: '끝', CLOVA_THINKING: 'low' };
  expect(complaints({ BOTS_FILE: 'bots.json', KNOWLEDGE_FILE: missing, PORT: 'x', ...key }, {})).toEqual([
    expect.stringMatching(/^PORT: /),
    expect.stringMatching(/^BOTS_FILE: must hold/),
    expect.stringMatching(/^CLOVA_STOP: /),
    `KNOWLEDGE_FILE: the file that it names cannot be read (ENOENT): ${missing}`,
  ]);
  // What a bot of the file may bring along is not missed.
  expect(complaints({ BOTS_FILE: 'bots.json', ENGINE: 'clova,openai', OPENAI_MODEL: 'some-model' }, {})).toEqual([
    expect.stringMatching(/^BOTS_FILE: /),
  ]);
});

it('names a summary that nobody could write, beside what else is wrong', () => {
  const lone = 'HISTORY_SUMMARY: is model, but none of its engines is one; use api or off';
  expect(complaints({ HISTORY_SUMMARY: 'model', PORT: 'x' })).toEqual([expect.stringMatching(/^PORT/), lone]);
  const compatible = { ENGINE: 'openai,faq', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', OPENAI_MODEL: 'some-model' };
  expect(complaints({ HISTORY_SUMMARY: 'model', ...compatible })).toEqual([lone]);
  expect(complaints({ HISTORY_SUMMARY: 'model', CLOVA_API_KEY: 'nv-test' })).toEqual([]);
  const native = { ...compatible, OPENAI_DIALECT: 'clova', OPENAI_MODEL: 'HCX-005', OPENAI_API_KEY: 'nv-test' };
  expect(complaints({ HISTORY_SUMMARY: 'model', ...native, OPENAI_BASE_URL: 'http://127.0.0.1:9/v1/openai' })).toEqual(
    [],
  );
});

it('judges the key that only the summary uses', () => {
  expect(complaints({ HISTORY_SUMMARY: 'api', ENGINE: 'faq', CLOVA_API_KEY: 'legacykey' })).toEqual([
    expect.stringMatching(/^CLOVA_API_KEY: does not begin with nv-/),
  ]);
  expect(complaints({ HISTORY_SUMMARY: 'api', ENGINE: 'faq', CLOVA_API_KEY: 'nv-test' })).toEqual([]);
});
