/** `npm run store`: moves and backs up what the gateway has stored. */
import { Command } from 'commander';
import { loadStoreCommandSettings } from '../../config/command-line-settings.ts';
import { GatewayError } from '../../errors.ts';
import { EXIT, errorJson } from '../exit.ts';
import { speakKorean } from '../korean-help.ts';
import { runArguments } from '../run-arguments.ts';
import type { Terminal } from '../terminal.ts';
import { WrongUse } from '../wrong-use.ts';
import { adviseOn } from './advice.ts';
import { addBackup } from './commands/backup.ts';
import { addExport } from './commands/export.ts';
import { addImport } from './commands/import.ts';
import { addVerify } from './commands/verify.ts';
import { type PerformOnStore, StoreSession } from './session.ts';

const EPILOGUE = `
저장소는 서버와 같은 설정(환경 변수나 .env 파일)으로 찾습니다. DATABASE_URL이 있으면 PostgreSQL, 없으면 DATA_DIR의 내장 저장소입니다.
종료 코드: 0 성공, 1 실패하거나 다름, 2 잘못 쓴 명령이나 설정, 130 그만둠. 진행 상황과 오류는 표준 오류로 나갑니다.

내장 저장소를 PostgreSQL로 옮기기
  1. 서버를 멈춥니다
  2. npm run store -- export malgil.jsonl.gz --embedded
  3. DATABASE_URL=postgres://… npm run store -- import malgil.jsonl.gz
  4. DATABASE_URL을 설정에 적고 서버를 시작합니다`;

/** @param argv without the program's own name
 *  @returns the exit code */
export async function runStoreCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.done;
  const perform: PerformOnStore = async (work, options) => {
    let session: StoreSession | undefined;
    try {
      const settings = loadStoreCommandSettings(terminal.env, terminal.readSettingsText, terminal.envProblems);
      session = new StoreSession(terminal, settings, options);
      await work(session);
      if (!session.succeeded) exitCode = EXIT.failed;
    } catch (thrown) {
      session?.progress.end();
      exitCode = report(thrown, terminal, options.json === true);
    }
  };
  const program = new Command('store').exitOverride();
  speakKorean(program, terminal);
  program
    .usage('[옵션] <명령>')
    .description('말길이 저장한 것을 옮기고, 백업하고, 확인합니다.')
    .option('--json', '결과를 JSON으로 보여 줍니다')
    .option('--embedded', 'DATABASE_URL이 있어도 DATA_DIR의 내장 저장소를 씁니다')
    .addHelpText('after', EPILOGUE);
  addExport(program, perform);
  addImport(program, perform);
  addVerify(program, perform);
  addBackup(program, perform);
  return (await runArguments(program, argv)) ?? exitCode;
}

/** Says what went wrong, in Korean and without a stack. @returns the exit code */
function report(thrown: unknown, terminal: Terminal, asJson: boolean): number {
  const say = (code: string, text: string, details: GatewayError['details'] = {}) =>
    terminal.printError(asJson ? errorJson({ code, message: text, ...details }) : `${text}\n`);
  if (terminal.signal.aborted) {
    say('CANCELLED', '그만두었습니다. 아무것도 바꾸지 않았습니다.');
    return EXIT.cancelled;
  }
  if (thrown instanceof WrongUse) {
    say('WRONG_USE', thrown.message);
    return EXIT.wrongUse;
  }
  if (!(thrown instanceof GatewayError)) throw thrown;
  const { exitCode, text } = adviseOn(thrown);
  say(thrown.code, text, thrown.details);
  return exitCode;
}
