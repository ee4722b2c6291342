import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Clock } from '../../../platform/clock.ts';
import { besideOf, DATABASE_FILE, SPOOL_FILE } from '../../../storage/data-directory.ts';
import { backupSqliteStore } from '../../../storage/sqlite/backup.ts';
import { withExamples } from '../../examples.ts';
import { WrongUse } from '../../wrong-use.ts';
import { nameStore } from '../chosen-store.ts';
import type { PerformOnStore, StoreSession } from '../session.ts';
import { figure } from '../table-lines.ts';
import { writeWholeFile } from '../whole-file.ts';

/** A log that stays would be replayed into the backup. */
const REPLACED_BY_A_BACKUP = besideOf(DATABASE_FILE).join(', ');

export function addBackup(program: Command, perform: PerformOnStore): void {
  const command = program
    .command('backup <폴더|파일>')
    .summary('서버가 켜진 채로 내장 저장소를 백업합니다')
    .description(
      '내장 저장소를 SQLite 파일 하나로 복사하고, 복사본이 온전한지 확인합니다. 서버는 멈추지 않아도 됩니다. 폴더를 적으면 그 안에 시각이 들어간 이름으로 만듭니다. ' +
        `되돌릴 때는 서버를 멈추고 DATA_DIR의 ${REPLACED_BY_A_BACKUP}만(있는 것만) 지운 뒤 이 파일을 ${DATABASE_FILE}라는 이름으로 넣으세요. ` +
        `다른 파일은 지우지 마세요. ${SPOOL_FILE}에는 저장소가 멈춘 동안 받은 톡톡 메시지가 있습니다. PostgreSQL은 pg_dump로 백업하세요.`,
    )
    .option('--force', '같은 이름의 파일을 덮어씁니다')
    .action((path: string, flags: { readonly force?: boolean }) =>
      perform((session) => backUp(session, path, flags.force === true), command.optsWithGlobals()),
    );
  withExamples(
    command,
    ['backup /backup', '/backup/malgil-20261122T093000Z.sqlite 같은 이름으로 만듭니다'],
    ['backup 어제.sqlite --force', '있던 백업을 새 백업으로 바꿉니다'],
  );
}

async function backUp(session: StoreSession, target: string, force: boolean): Promise<void> {
  const { terminal, store, dataDir, progress } = session;
  if (store.kind === 'postgres') {
    throw new WrongUse(
      `${nameStore(store)}: PostgreSQL은 pg_dump로 백업하세요. 서버가 켜져 있어도 됩니다.\n` +
        '예: pg_dump --schema=malgil --format=custom --file=malgil.pgdump "$DATABASE_URL"\n' +
        'DATA_DIR의 내장 저장소를 백업하려면 --embedded를 붙이세요.',
    );
  }
  const { clock, signal } = terminal;
  const path = isDirectory(target) ? join(target, nameOfNow(clock)) : target;
  await writeWholeFile({ path, force, dataDir }, async (partPath) => {
    await backupSqliteStore(store.directory, {
      path: partPath,
      onProgress(done, total) {
        signal.throwIfAborted();
        progress.show('백업하는 중', done, total);
      },
    });
    // A small store is copied without a word.
    signal.throwIfAborted();
  });
  session.print(
    { file: path, sizeBytes: statSync(path).size },
    ({ file, sizeBytes }) =>
      `백업했습니다: ${nameStore(store)} → ${file} (${figure(sizeBytes)}바이트, 온전함을 확인했습니다)`,
  );
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function nameOfNow(clock: Clock): string {
  const time = new Date(clock.now()).toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '');
  return `malgil-${time}.sqlite`;
}
