import type { Command } from 'commander';
import { checkDump, compareDump, sumStore, type TableSum } from '../../../storage/dump/copy.ts';
import { type OpenedDump, openDump } from '../../../storage/dump/read-dump.ts';
import { withExamples } from '../../examples.ts';
import { WrongUse } from '../../wrong-use.ts';
import { nameStore, openReader } from '../chosen-store.ts';
import type { PerformOnStore, StoreSession } from '../session.ts';
import { figure, tableLine } from '../table-lines.ts';

export function addVerify(program: Command, perform: PerformOnStore): void {
  const command = program
    .command('verify [파일]')
    .summary('파일이 온전한지, 저장소와 같은지 확인합니다')
    .description(
      '파일을 끝까지 읽어 건수와 체크섬을 확인합니다. --store를 붙이면 지금 저장소의 내용과 표마다 비교합니다. ' +
        '파일 없이 부르면 저장소를 읽어 표마다 건수와 체크섬을 보여 줍니다. 내용이 같으면 어느 저장소에서든 체크섬이 같습니다.',
    )
    .option('--store', '파일을 저장소와 비교합니다. 다르면 종료 코드는 1입니다')
    .action((path: string | undefined, flags: { readonly store?: boolean }) =>
      perform((session) => verify(session, path, flags.store === true), command.optsWithGlobals()),
    );
  withExamples(
    command,
    ['verify malgil.jsonl.gz', '파일이 온전한지 확인합니다'],
    ['verify malgil.jsonl.gz --store', '가져온 저장소가 파일과 같은지 확인합니다 (서버를 시작하기 전에)'],
    ['verify --embedded', '내장 저장소의 건수와 체크섬을 봅니다'],
  );
}

async function verify(session: StoreSession, path: string | undefined, withStore: boolean): Promise<void> {
  if (path === undefined) {
    if (withStore) throw new WrongUse('비교할 파일을 적어 주세요. 예: npm run store -- verify malgil.jsonl.gz --store');
    await sum(session);
    return;
  }
  const dump = await openDump(path);
  try {
    await (withStore ? compare(session, path, dump) : check(session, path, dump));
  } finally {
    dump.close();
  }
}

async function check(session: StoreSession, path: string, dump: OpenedDump): Promise<void> {
  const { footer, tables } = await checkDump(dump, session.watched);
  const { createdAt, from } = dump.header;
  session.print({ file: path, createdAt, from, ...footer, tables }, () =>
    [
      `파일이 온전합니다: ${path} (${createdAt}에 ${from === 'sqlite' ? '내장 저장소' : 'PostgreSQL'}에서 내보냄, ${figure(footer.rows)}건)`,
      ...tables.map(sumLine),
      `SHA-256 ${footer.sha256}`,
    ].join('\n'),
  );
}

async function compare(session: StoreSession, path: string, dump: OpenedDump): Promise<void> {
  const reader = await openReader(session.store);
  try {
    const tables = await compareDump(dump, reader, session.watched);
    const isSame = tables.every((table) => table.isSame);
    session.succeeded = isSame;
    session.print({ file: path, isSame, tables }, () =>
      [
        `${isSame ? '같습니다' : '다릅니다'}: ${path}, ${nameStore(session.store)}`,
        ...tables.map(({ name, fileRows, storeRows, isSame: same }) =>
          tableLine(name, same ? '같음' : '다름', `${figure(fileRows)} / ${figure(storeRows)}`.padStart(20)),
        ),
        ...(!isSame && reader.isInUse ? ['서버가 켜져 있어 파일을 만든 뒤의 대화가 더 있을 수 있습니다.'] : []),
      ].join('\n'),
    );
  } finally {
    await reader.close();
  }
}

async function sum(session: StoreSession): Promise<void> {
  const reader = await openReader(session.store);
  try {
    const tables = await sumStore(reader, session.watched);
    session.print({ tables }, () => [nameStore(session.store), ...tables.map(sumLine)].join('\n'));
  } finally {
    await reader.close();
  }
}

function sumLine({ name, rows, sha256Sum }: TableSum): string {
  return tableLine(name, figure(rows).padStart(12), sha256Sum.slice(0, 16));
}
