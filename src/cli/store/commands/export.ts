import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { writeDump } from '../../../storage/dump/write-dump.ts';
import { withExamples } from '../../examples.ts';
import { nameStore, openReader } from '../chosen-store.ts';
import type { PerformOnStore, StoreSession } from '../session.ts';
import { figure, tableLine } from '../table-lines.ts';
import { writeWholeFile } from '../whole-file.ts';

export function addExport(program: Command, perform: PerformOnStore): void {
  const command = program
    .command('export <파일>')
    .summary('저장소를 파일 하나로 내보냅니다')
    .description(
      '저장소의 모든 내용을 파일 하나에 담습니다(gzip으로 압축한 JSON Lines). 서버가 켜져 있어도 되지만, 파일에는 시작한 순간까지의 내용만 들어갑니다. ' +
        '이사할 때는 서버를 먼저 멈추세요. 개인정보는 암호화된 채로 담깁니다. 파일은 이 사용자만 읽을 수 있습니다(0600).',
    )
    .option('--force', '같은 이름의 파일을 덮어씁니다')
    .action((path: string, flags: { readonly force?: boolean }) =>
      perform((session) => exportStore(session, path, flags.force === true), command.optsWithGlobals()),
    );
  withExamples(
    command,
    ['export malgil.jsonl.gz', '설정이 가리키는 저장소를 내보냅니다'],
    ['export malgil.jsonl.gz --embedded', 'DATABASE_URL이 있어도 DATA_DIR의 내장 저장소를 내보냅니다'],
  );
}

async function exportStore(session: StoreSession, path: string, force: boolean): Promise<void> {
  const { terminal, store, dataDir, progress } = session;
  const { clock, signal } = terminal;
  const reader = await openReader(store);
  try {
    const written = await writeWholeFile({ path, force, dataDir }, (partPath) =>
      writeDump(reader, partPath, {
        createdAt: new Date(clock.now()).toISOString(),
        onProgress: (done, total) => progress.show('내보내는 중', done, total),
        signal,
      }),
    );
    if (reader.isInUse) {
      session.notice(
        '서버가 켜져 있습니다. 지금부터 오가는 대화는 이 파일에 없습니다. 이사하려면 서버를 멈추고 다시 내보내 주세요.',
      );
    }
    const { header, rows, sha256 } = written;
    session.print({ file: path, sizeBytes: statSync(path).size, rows, sha256, tables: header.tables }, (done) =>
      [
        `내보냈습니다: ${nameStore(store)} → ${done.file} (${figure(done.rows)}건, ${figure(done.sizeBytes)}바이트)`,
        ...done.tables.map((table) => tableLine(table.name, figure(table.rows).padStart(12))),
        `SHA-256 ${done.sha256}`,
      ].join('\n'),
    );
  } finally {
    await reader.close();
  }
}
