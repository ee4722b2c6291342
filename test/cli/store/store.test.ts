/** `npm run store`: what the operator sees, what is left in files and stores, and how it ends. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runStoreCommandLine } from '../../../src/cli/store/program.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { writeTraffic } from '../../../src/platform/traffic-file.ts';
import { OWNER_FILE, TRAFFIC_FILE } from '../../../src/storage/data-directory.ts';
import { leaveWord } from '../../../src/storage/postgres/predecessor.ts';
import { openFileSpool } from '../../../src/storage/spool/file-spool.ts';
import { claimDataDirectory, DATABASE_FILE, openSqliteStore } from '../../../src/storage/sqlite/index.ts';
import { createTestDatabase, hasPostgres, type TestDatabase } from '../../helpers/postgres.ts';
import { nextLine, startChild } from '../../storage/sqlite/child-process.ts';
import { temporaryDirectory } from '../../storage/sqlite/temporary-directory.ts';

let folder: string;
let dataDir: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = await temporaryDirectory();
  dataDir = join(folder, 'data');
  env = { DATA_DIR: dataDir };
  await note(dataDir, 'menu', '홈');
});

async function note(directory: string, key: string, text: string): Promise<void> {
  const store = await openSqliteStore({ directory, logger: silentLogger });
  await store.writeNote(key, text);
  await store.close();
}

async function readNote(directory: string, key: string): Promise<string | undefined> {
  const store = await openSqliteStore({ directory, logger: silentLogger });
  const text = await store.readNote(key);
  await store.close();
  return text;
}

async function run(args: readonly string[], terminal: Partial<Terminal> = {}) {
  let out = '';
  let errors = '';
  const code = await runStoreCommandLine(args, {
    env,
    envProblems: [],
    readSettingsText: () => '',
    clock: systemClock,
    signal: new AbortController().signal,
    inputIsTerminal: false,
    errorsAreTerminal: false,
    readFile: (path) => readFileSync(path),
    kindOf: () => 'nothing',
    writeFile: (path, bytes) => writeFileSync(path, bytes),
    readInput: async () => '',
    print: (text) => {
      out += text;
    },
    printError: (text) => {
      errors += text;
    },
    ...terminal,
  });
  return { code, out, errors };
}

describe('export', () => {
  it('writes one private file, and never over another unless told to', async () => {
    const file = join(folder, 'malgil.jsonl.gz');
    const first = await run(['export', file]);
    expect(first).toMatchObject({ code: 0, errors: '' });
    expect(first.out).toContain(`내장 저장소 ${dataDir} → ${file} (1건`);
    expect(first.out).toMatch(/notes +1 +메모\n/);
    const [, ...lines] = first.out.trimEnd().split('\n');
    expect(lines.pop()).toMatch(/^SHA-256 [0-9a-f]{64}$/);
    // A table that nobody has named in Korean would stand there alone.
    for (const line of lines) expect(line).toMatch(/^ +\w+ +\d+ {2}[가-힣]/);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const before = readFileSync(file);
    await note(dataDir, 'more', '둘');
    const again = await run(['export', file]);
    expect(again).toMatchObject({ code: 2, out: '' });
    expect(again.errors).toContain('--force');
    expect(readFileSync(file).equals(before)).toBe(true);

    expect((await run(['export', file, '--force'])).out).toContain('(2건');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).toSorted()).toEqual(['data', 'malgil.jsonl.gz']);
  });

  it('leaves nothing behind when it fails or is given up, and keeps the file that was there', async () => {
    const file = join(folder, 'a.gz');
    expect(await run(['export', file], { env: { DATA_DIR: join(folder, 'nowhere') } })).toMatchObject({ code: 2 });
    const given = await run(['export', file], { signal: AbortSignal.abort() });
    expect(given).toMatchObject({ code: 130, out: '' });
    expect(given.errors).toContain('그만두었습니다');
    expect(readdirSync(folder)).toEqual(['data']);

    writeFileSync(file, 'yesterday');
    expect((await run(['export', file, '--force'], { signal: AbortSignal.abort() })).code).toBe(130);
    expect(readFileSync(file, 'utf8')).toBe('yesterday');
    expect(await run(['export', join(folder, 'no', 'such', 'folder.gz')])).toMatchObject({ code: 1, out: '' });
  });

  it('says that a running server goes on', async () => {
    const claim = await claimDataDirectory(dataDir);
    const { code, errors } = await run(['export', join(folder, 'a.gz')]);
    await claim.release();
    expect(code).toBe(0);
    expect(errors).toContain('서버가 켜져 있습니다');
  });

  it('takes a server that was killed for what it is, however fresh its last sign of life', async () => {
    const server = startChild(new URL('../../storage/sqlite/opening-process.ts', import.meta.url), [dataDir]);
    expect(await nextLine(server)).toBe('ok');
    expect((await run(['export', join(folder, 'a.gz')])).errors).toContain('서버가 켜져 있습니다');
    await server.kill();
    expect(existsSync(join(dataDir, OWNER_FILE))).toBe(true);
    expect(await run(['export', join(folder, 'b.gz')])).toMatchObject({ code: 0, errors: '' });
  });

  it('tells programs the same', async () => {
    const { out } = await run(['export', join(folder, 'a.gz'), '--json']);
    expect(JSON.parse(out)).toMatchObject({
      file: join(folder, 'a.gz'),
      rows: 1,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      sizeBytes: statSync(join(folder, 'a.gz')).size,
    });
  });
});

describe('import', () => {
  let file: string;
  beforeEach(async () => {
    file = join(folder, 'a.gz');
    await run(['export', file]);
  });

  it('fills an empty directory, and that one only', async () => {
    const to = join(folder, 'to');
    const done = await run(['import', file], { env: { DATA_DIR: to } });
    expect(done).toMatchObject({ code: 0, errors: '' });
    expect(done.out).toContain('예전 저장소로는 다시 시작하지 마세요');
    expect(statSync(join(to, DATABASE_FILE)).mode & 0o777).toBe(0o600);
    expect(await readNote(to, 'menu')).toBe('홈');

    const twice = await run(['import', file], { env: { DATA_DIR: to } });
    expect(twice).toMatchObject({ code: 2, out: '' });
    expect(twice.errors).toMatch(/합칠 수는 없습니다.*\n\[tables notes\]/);
  });

  it('waits for no server', async () => {
    const claim = await claimDataDirectory(dataDir);
    const refused = await run(['import', file]);
    await claim.release();
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.errors).toContain('서버가 켜져 있습니다. 멈춘 뒤');
  });

  it('changes nothing when it is given up', async () => {
    const to = join(folder, 'to');
    expect((await run(['import', file], { env: { DATA_DIR: to }, signal: AbortSignal.abort() })).code).toBe(130);
    expect(await readNote(to, 'menu')).toBeUndefined();
  });

  it('says what is wrong with a file', async () => {
    const env = { DATA_DIR: join(folder, 'to') };
    expect(await run(['import', join(folder, 'no.gz')], { env })).toMatchObject({
      code: 2,
      errors: '파일이 없습니다.\n',
    });
    writeFileSync(file, readFileSync(file).subarray(0, 100));
    expect(await run(['import', file], { env })).toMatchObject({
      code: 1,
      errors: expect.stringContaining('끊겼습니다'),
    });
    writeFileSync(file, '안녕');
    const { errors } = await run(['import', file, '--json'], { env });
    expect(JSON.parse(errors)).toMatchObject({ error: { code: 'STORE_UNFIT', reason: 'file-foreign' } });
    expect(existsSync(join(folder, 'to'))).toBe(false);
  });
});

describe('verify', () => {
  it('checks a file, and compares it with a store', async () => {
    const file = join(folder, 'a.gz');
    await run(['export', file]);
    const whole = await run(['verify', file]);
    expect(whole.code).toBe(0);
    expect(whole.out).toMatch(/^파일이 온전합니다: .*내장 저장소에서 내보냄, 1건\)/);
    expect(await run(['verify', file, '--store'])).toMatchObject({ code: 0, out: expect.stringMatching(/^같습니다/) });

    await note(dataDir, 'more', '둘');
    const different = await run(['verify', file, '--store']);
    expect(different.code).toBe(1);
    expect(different.out).toMatch(/^다릅니다/);
    expect(different.out).toMatch(/turns +같음/);
    expect(different.out).toMatch(/notes +다름 +1 \/ 2 /);

    const bytes = readFileSync(file);
    bytes[bytes.length - 8] = (bytes[bytes.length - 8] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(await run(['verify', file])).toMatchObject({ code: 1, errors: expect.stringContaining('손상') });
    expect((await run(['verify', '--store'])).code).toBe(2);
  });

  it('shows sums of a store that are those of its file', async () => {
    const file = join(folder, 'a.gz');
    await run(['export', file]);
    const [ofFile, ofStore] = [await run(['verify', file, '--json']), await run(['verify', '--json'])];
    expect(JSON.parse(ofStore.out).tables).toEqual(JSON.parse(ofFile.out).tables);
    expect((await run(['verify'])).out).toMatch(/notes +1 +[0-9a-f]{16} +메모/);
  });
});

describe('backup', () => {
  it('copies the store of a running server into a file that can take its place', async () => {
    const claim = await claimDataDirectory(dataDir);
    const clock = { ...systemClock, now: () => Date.UTC(2026, 10, 22, 9, 30) };
    const done = await run(['backup', folder], { clock });
    await claim.release();
    const path = join(folder, 'malgil-20261122T093000Z.sqlite');
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining(path) });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await run(['backup', path])).code).toBe(2);
    expect((await run(['backup', path, '--force'])).code).toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual(['data', 'malgil-20261122T093000Z.sqlite']);

    const copy = join(folder, 'restored');
    mkdirSync(copy);
    writeFileSync(join(copy, DATABASE_FILE), readFileSync(path));
    expect(await readNote(copy, 'menu')).toBe('홈');
  });

  it('says how to go back as the READMEs do, without a word of emptying the folder', async () => {
    const help = (await run(['backup', '--help'])).out.replace(/\s+/g, ' ');
    expect(help).not.toContain('비운');
    expect(help).toContain('다른 파일은 지우지 마세요. spool.jsonl에는');
    const deleted = /DATA_DIR의 (.+?)만\(있는 것만\) 지운 뒤/.exec(help)?.[1]?.split(', ') ?? [];
    expect(deleted).toHaveLength(4);
    for (const [file, sentence] of [
      ['README.md', /^- 백업으로 되돌릴 때는 .+? 지운 뒤/m],
      ['README.en.md', /^- To restore a backup, .+? in `DATA_DIR`/m],
    ] as const) {
      const [said = ''] = sentence.exec(readFileSync(file, 'utf8')) ?? [];
      expect([...said.matchAll(/`(malgil[^`]+)`/g)].map(([, name]) => name)).toEqual(deleted);
    }
  });

  it('leaves nothing behind when it is given up', async () => {
    const given = await run(['backup', join(folder, 'b.sqlite')], { signal: AbortSignal.abort() });
    expect(given.code).toBe(130);
    expect(readdirSync(folder)).toEqual(['data']);
  });

  it('leaves PostgreSQL to its own tools', async () => {
    const refused = await run(['backup', folder], {
      env: { ...env, DATABASE_URL: 'postgres://user:geheim@db:5432/malgil' },
    });
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.errors).toContain('pg_dump');
    expect(refused.errors).not.toContain('geheim');
  });
});

describe('what is there and is no regular file', () => {
  it.skipIf(process.platform === 'win32').each(['export', 'backup'])('is never replaced by %s', async (command) => {
    const socket = join(folder, 'socket');
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const link = join(folder, 'link');
    symlinkSync('/dev/null', link);
    for (const path of [socket, link, ...(command === 'export' ? [dataDir] : [])]) {
      for (const flags of [[], ['--force']]) {
        const refused = await run([command, path, ...flags]);
        expect([path, refused]).toEqual([path, expect.objectContaining({ code: 2, out: '' })]);
        expect(refused.errors).toMatch(/보통 파일이 아닌 것.*\n\[path .*\]/);
      }
    }
    expect(lstatSync(socket).isSocket()).toBe(true);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).toSorted()).toEqual(['data', 'link', 'socket']);
  });
});

describe('a file that Malgil itself uses in a DATA_DIR', () => {
  /** All that a gateway leaves there, with whatever store. */
  async function namesInUse(): Promise<readonly string[]> {
    const claim = await claimDataDirectory(dataDir);
    const spool = await openFileSpool({ directory: dataDir, logger: silentLogger });
    await leaveWord(dataDir, 'replica');
    await writeTraffic(join(dataDir, TRAFFIC_FILE), {});
    const store = await openSqliteStore({ directory: dataDir, logger: silentLogger });
    const names = readdirSync(dataDir);
    await store.close();
    await spool.close();
    await claim.release();
    return names;
  }
  const contents = () =>
    readdirSync(dataDir).map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(dataDir, name)))
        .digest('hex'),
    ]);
  const refused = { code: 2, out: '', errors: expect.stringContaining('말길이 DATA_DIR에서 쓰는 파일') };

  it.each(['export', 'backup'])('is never overwritten by %s, whether it is there or not', async (command) => {
    const names = await namesInUse();
    expect(names).toEqual(expect.arrayContaining([DATABASE_FILE, `${DATABASE_FILE}-wal`, 'owner.json', 'spool.jsonl']));
    const before = contents();
    for (const name of [...names, 'malgil.sqlite-journal', 'spool.jsonl.new', 'Malgil.SQLite-WAL']) {
      for (const flags of [[], ['--force']]) {
        expect([name, await run([command, join(dataDir, name), ...flags])]).toEqual([
          name,
          expect.objectContaining(refused),
        ]);
      }
    }
    // Reading leaves an empty log beside the database.
    expect(contents()).toEqual(expect.arrayContaining(before));
  });

  it('is found behind relative paths, linked folders, links and second names', async () => {
    const before = contents();
    const database = join(dataDir, DATABASE_FILE);
    symlinkSync(dataDir, join(folder, 'linked-folder'));
    symlinkSync(database, join(folder, 'linked.sqlite'));
    linkSync(database, join(folder, 'second-name.sqlite'));
    for (const path of [
      relative(process.cwd(), database),
      `${dataDir}/../data/./${DATABASE_FILE}`,
      join(folder, 'linked-folder', DATABASE_FILE),
      join(folder, 'linked-folder', `${DATABASE_FILE}-shm`),
      join(folder, 'linked.sqlite'),
      join(folder, 'second-name.sqlite'),
    ]) {
      expect([path, await run(['backup', path, '--force'])]).toEqual([path, expect.objectContaining(refused)]);
    }
    expect(contents()).toEqual(before);
  });

  it('is found where the database itself is a link', async () => {
    const elsewhere = join(folder, 'disk');
    mkdirSync(elsewhere);
    renameSync(join(dataDir, DATABASE_FILE), join(elsewhere, 'big.db'));
    symlinkSync(join(elsewhere, 'big.db'), join(dataDir, DATABASE_FILE));
    for (const name of ['big.db', 'big.db-wal']) {
      expect(await run(['backup', join(elsewhere, name), '--force'])).toMatchObject(refused);
    }
  });

  it('is one in the folder of another gateway too, and with PostgreSQL', async () => {
    const other = join(folder, 'other');
    await (await claimDataDirectory(other)).release();
    expect(await run(['backup', join(other, DATABASE_FILE), '--force'])).toMatchObject(refused);
    const postgres = { ...env, DATABASE_URL: 'postgres://user@127.0.0.1:1/malgil' };
    expect(
      await run(['export', join(dataDir, 'spool.jsonl'), '--force', '--embedded'], { env: postgres }),
    ).toMatchObject(refused);
  });

  it('leaves every other name in the folder free, and its own name where no gateway was', async () => {
    const inFolder = join(dataDir, 'backup.sqlite');
    expect((await run(['backup', inFolder])).code).toBe(0);
    expect((await run(['backup', inFolder, '--force'])).code).toBe(0);
    const fresh = join(folder, 'fresh');
    mkdirSync(fresh);
    expect((await run(['backup', join(fresh, DATABASE_FILE)])).code).toBe(0);
    expect(await readNote(fresh, 'menu')).toBe('홈');
  });
});

describe('progress', () => {
  it('is a bar on a terminal, and a line every few seconds elsewhere', async () => {
    const file = join(folder, 'a.gz');
    const onTerminal = await run(['export', file], { errorsAreTerminal: true });
    expect(onTerminal.errors).toBe('\r\u001b[K내보내는 중 ████████████████████████ 100% (1 / 1)\n');
    let now = 0;
    const clock = { ...systemClock, now: () => (now += 6_000) };
    expect((await run(['verify', file, '--store'], { clock })).errors).toBe(
      '파일 확인 중 100% (1 / 1)\n저장소 확인 중 100% (1 / 1)\n',
    );
  });
});

describe('the command line', () => {
  it('explains itself in Korean, with examples as one types them', async () => {
    const help = await run(['--help']);
    expect(help.code).toBe(0);
    for (const name of ['export', 'import', 'verify', 'backup', '--embedded', '종료 코드'])
      expect(help.out).toContain(name);
    for (const name of ['export', 'import', 'verify', 'backup']) {
      expect((await run([name, '--help'])).out).toMatch(new RegExp(`예\\n {2}npm run store -- ${name} `));
    }
  });

  it('ends with 2 when it is used wrongly', async () => {
    expect(await run(['exprot', 'a.gz'])).toMatchObject({
      code: 2,
      errors: expect.stringContaining('없는 명령입니다'),
    });
    expect((await run(['export'])).code).toBe(2);
    const wrong = await run(['verify'], { env: { DATABASE_URL: 'mysql://user:geheim@db/x' } });
    expect(wrong).toMatchObject({ code: 2, errors: expect.stringContaining('DATABASE_URL') });
    expect(wrong.errors).not.toContain('geheim');
  });

  it.skipIf(process.getuid?.() === 0)('says when a folder cannot be written', async () => {
    chmodSync(folder, 0o500);
    const refused = await run(['export', join(folder, 'a.gz')]);
    chmodSync(folder, 0o700);
    expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining('EACCES') });
  });
});

describe.runIf(hasPostgres)('with PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('moves there and back by the settings alone', async () => {
    const [there, back] = [join(folder, 'there.gz'), join(folder, 'back.gz')];
    const both = { ...env, DATABASE_URL: database.url };
    expect((await run(['export', there, '--embedded'], { env: both })).code).toBe(0);
    const imported = await run(['import', there], { env: both });
    expect(imported).toMatchObject({ code: 0, errors: '' });
    expect(imported.out).toContain(`PostgreSQL ${new URL(database.url).host}/`);
    expect((await run(['verify', there, '--store'], { env: both })).code).toBe(0);
    expect((await run(['export', back], { env: both })).code).toBe(0);
    const to = join(folder, 'to');
    expect((await run(['import', back], { env: { DATA_DIR: to } })).code).toBe(0);
    expect(await readNote(to, 'menu')).toBe('홈');
  });

  it('says in a sentence when it is not there', async () => {
    const refused = await run(['verify'], { env: { DATABASE_URL: 'postgres://user:geheim@127.0.0.1:1/malgil' } });
    expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining('nothing listens there') });
    expect(refused.errors).not.toContain('geheim');
  });
});
