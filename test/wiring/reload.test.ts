import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, hasPostgres } from '../helpers/postgres.ts';
import { json, startProgram, type TestProgram } from '../helpers/test-program.ts';
import { WAIT } from '../helpers/wait.ts';

const FEE = '반품 배송비는 얼마인가요?';
describe('a program whose files change', () => {
  let folder: string;
  let botsFile: string;
  let knowledgeFile: string;
  let programs: TestProgram[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'malgil-reload-'));
    botsFile = join(folder, 'bots.json');
    knowledgeFile = join(folder, 'faq.csv');
    programs = [];
    await writeKnowledge('편도 3,000원입니다.');
    await writeBots([{ id: 'shop' }]);
  });
  afterEach(async () => {
    await Promise.all(programs.map((program) => program.end()));
    await rm(folder, { recursive: true });
  });

  const writeKnowledge = (answer: string, more = '') =>
    writeFile(knowledgeFile, `question,answer\n${FEE},"${answer}"\n${more}`);
  const writeBots = (bots: readonly Record<string, unknown>[]) =>
    writeFile(botsFile, JSON.stringify({ bots: bots.map((bot) => ({ knowledgeFile, ...bot })) }));
  const start = async (env: Record<string, string> = {}) => {
    const program = await startProgram({ BOTS_FILE: botsFile, RELOAD_CHECK_SECONDS: '0', ...env }, (path) =>
      readFileSync(path, 'utf8'),
    );
    programs.push(program);
    return program;
  };
  const ask = async ({ app }: TestProgram, query = FEE) => {
    const response = await app.inject({ method: 'POST', url: '/bots/shop/query/TEST', ...json({ query }) });
    return response.json<{ Answer: string }>().Answer;
  };
  const said = (program: TestProgram, message: string) =>
    program.logged.filter((line) => String(line.msg).includes(message));

  it('answers from the new knowledge once it is told to', async () => {
    const program = await start();
    await writeKnowledge('편도 2,500원입니다.', '적립금은 언제 들어오나요?,구매 확정 다음 날입니다.\n');
    expect(await ask(program)).toContain('3,000원');
    program.reload();
    expect(await ask(program)).toContain('2,500원');
    expect(await ask(program, '적립금은 언제 들어오나요?')).toContain('구매 확정 다음 날');
    expect(said(program, 'a bot goes on with')).toMatchObject([
      { bot: 'shop', settings: [], entries: 2, newEntries: true },
    ]);
  });

  it('notices by itself', async () => {
    const program = await start({ RELOAD_CHECK_SECONDS: '1' });
    await writeKnowledge('편도 2,500원입니다.');
    await vi.waitFor(async () => expect(await ask(program)).toContain('2,500원'), WAIT);
  });

  it('greets and speaks of the contact in new words', async () => {
    const program = await start();
    await writeBots([{ id: 'shop', greeting: '새로운 인사입니다.', contact: '고객센터 02-123-4567' }]);
    program.reload();
    const skill = {
      userRequest: { utterance: '', user: { id: 'kim', type: 'botUserKey' } },
      bot: { id: 'b' },
      intent: { id: 'i', name: '웰컴 블록' },
    };
    const greeted = await program.app.inject({ method: 'POST', url: '/bots/shop/query/KAKAO', ...json(skill) });
    expect(greeted.body).toContain('새로운 인사입니다.');
    expect(await ask(program, '전혀 모르는 이야기를 합니다')).toContain('02-123-4567');
    expect(said(program, 'a bot goes on with')).toMatchObject([
      { settings: ['greeting', 'contact'], newEntries: false },
    ]);
  });

  it.each<[string, () => Promise<void>, string]>([
    ['is no JSON', () => writeFile(botsFile, '{ "bots": ['), 'BOTS_FILE: is not valid JSON'],
    ['has a wrong value', () => writeBots([{ id: 'shop', historyTurns: -1 }]), 'bot "shop": historyTurns'],
    ['names a knowledge file that is not there', () => rm(knowledgeFile), 'KNOWLEDGE_FILE of bot "shop"'],
    ['has knowledge without a row', () => writeFile(knowledgeFile, 'question,answer\n'), 'no usable row'],
    ['has another table for knowledge', () => writeFile(knowledgeFile, 'x,y\n1,2\n'), 'must name a column for'],
  ])('goes on as before when what it reads %s, and says so', async (_, spoil, reason) => {
    const program = await start();
    await writeKnowledge('편도 2,500원입니다.');
    await spoil();
    program.reload();
    expect(await ask(program)).toContain('3,000원');
    expect(said(program, 'those from before stay in use')).toMatchObject([{ reason: expect.stringContaining(reason) }]);
    expect(said(program, 'the operator is alerted')).toMatchObject([{ alert: 'settings-refused' }]);
    await writeBots([{ id: 'shop' }]);
    await writeKnowledge('편도 2,000원입니다.');
    program.reload();
    expect(await ask(program)).toContain('2,000원');
  });

  it('changes no bot when one of them is wrong', async () => {
    await writeBots([{ id: 'shop' }, { id: 'other' }]);
    const program = await start();
    await writeBots([
      { id: 'shop', contact: '02-111-2222' },
      { id: 'other', knowledgeFile: join(folder, 'missing.csv') },
    ]);
    program.reload();
    expect(said(program, 'a bot goes on with')).toEqual([]);
  });

  it('says which changes take a restart, by name and without values, and uses the others', async () => {
    const program = await start();
    await writeBots([{ id: 'shop', contact: '02-111-2222', testSecret: ['a-new-secret'] }, { id: 'new' }]);
    program.reload();
    expect(said(program, 'take a restart')).toMatchObject([{ settings: ['bot "shop": testSecret', 'bot "new"'] }]);
    expect(said(program, 'a bot goes on with')).toMatchObject([{ settings: ['contact'] }]);
    expect(JSON.stringify(program.logged)).not.toContain('a-new-secret');
    await writeBots([{ id: 'new' }]);
    program.reload();
    expect(said(program, 'take a restart').at(-1)).toMatchObject({ settings: ['bot "new"', 'bot "shop"'] });
    expect(await ask(program)).toContain('3,000원');
  });

  it('does nothing when nothing has changed', async () => {
    const program = await start();
    const before = program.logged.length;
    program.reload();
    expect(program.logged.slice(before)).toEqual([]);
  });

  it.skipIf(!hasPostgres)('tells the others that share its database', async () => {
    const database = await createTestDatabase();
    const [first, second] = [await start({ DATABASE_URL: database.url }), await start({ DATABASE_URL: database.url })];
    await writeKnowledge('편도 2,500원입니다.');
    first.reload();
    expect(await ask(first)).toContain('2,500원');
    await vi.waitFor(async () => expect(await ask(second)).toContain('2,500원'), WAIT);
    await Promise.all(programs.splice(0).map((program) => program.end()));
    await database.drop();
  });
});
