import type { Command } from 'commander';
import { importDump } from '../../../storage/dump/copy.ts';
import { openDump } from '../../../storage/dump/read-dump.ts';
import { withExamples } from '../../examples.ts';
import { nameStore, openWriter } from '../chosen-store.ts';
import type { PerformOnStore, StoreSession } from '../session.ts';
import { figure } from '../table-lines.ts';

export function addImport(program: Command, perform: PerformOnStore): void {
  const command = program
    .command('import <파일>')
    .summary('파일을 빈 저장소로 가져옵니다')
    .description(
      '내보낸 파일을 빈 저장소에 담습니다. 서버는 꺼져 있어야 합니다. 전부 담거나 하나도 담지 않습니다. 파일이 온전한지, 담은 내용이 파일과 같은지 확인한 뒤에 끝나며, ' +
        '중간에 멈추면 저장소는 빈 채로 남습니다. 이미 내용이 있는 저장소에는 담지 않습니다. 두 저장소를 합치는 기능은 없습니다.',
    )
    .action((path: string) => perform((session) => importStore(session, path), command.optsWithGlobals()));
  withExamples(
    command,
    ['import malgil.jsonl.gz', 'DATABASE_URL이 있으면 PostgreSQL로, 없으면 DATA_DIR의 내장 저장소로 가져옵니다'],
    ['import malgil.jsonl.gz --embedded', 'DATABASE_URL이 있어도 내장 저장소로 가져옵니다'],
  );
}

async function importStore(session: StoreSession, path: string): Promise<void> {
  const { terminal, store } = session;
  const dump = await openDump(path);
  try {
    const writer = await openWriter(store, terminal.clock);
    try {
      const { rows, sha256 } = await importDump(dump, writer, session.watched);
      session.print({ rows, sha256 }, () =>
        [
          `가져왔습니다: ${path} → ${nameStore(store)} (${figure(rows)}건, 파일과 같음을 확인했습니다)`,
          '이제 이 저장소로 서버를 시작하세요. 예전 저장소로는 다시 시작하지 마세요. 보내지 못한 답변이 양쪽에서 나갑니다.',
          '고객의 개인정보를 열려면 DATA_KEY가 예전과 같아야 합니다.',
        ].join('\n'),
      );
    } finally {
      await writer.close();
    }
  } finally {
    dump.close();
  }
}
