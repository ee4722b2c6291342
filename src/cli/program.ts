/** `npm run clova`: the client of CLOVA Studio from a shell. */
import { Command } from 'commander';
import { loadCommandLineSettings } from '../config/command-line-settings.ts';
import { GatewayError } from '../errors.ts';
import { explain, type Service } from './advice.ts';
import type { Perform } from './command.ts';
import { addChat } from './commands/chat.ts';
import { addCompletions } from './commands/completions.ts';
import { addConsoleBuiltCommands } from './commands/console-built.ts';
import { addEmbed } from './commands/embed.ts';
import { addGov } from './commands/gov.ts';
import { addModels } from './commands/models.ts';
import { addSearchCommands } from './commands/search.ts';
import { addSliding } from './commands/sliding.ts';
import { addTasks } from './commands/tasks.ts';
import { addTextCommands } from './commands/texts.ts';
import { EXIT, errorJson } from './exit.ts';
import { speakKorean } from './korean-help.ts';
import { describeRefusal } from './korean-refusal.ts';
import { positiveNumber } from './option-values.ts';
import { runArguments } from './run-arguments.ts';
import { Session, type SessionOptions } from './session.ts';
import type { Terminal } from './terminal.ts';
import { WrongUse } from './wrong-use.ts';

const EPILOGUE = `
API 키는 CLOVA_API_KEY로만 받습니다(환경 변수나 .env 파일). 주소는 CLOVA_BASE_URL, 예전 앱의 경로는 CLOVA_PATH_PREFIX를 따릅니다.
종료 코드: 0 성공, 1 서비스가 실패, 2 잘못 쓴 명령이나 설정, 130 그만둠. 진행 상황과 오류는 표준 오류로 나갑니다.

키 없이 연습하기
  npm run -s simulator:clova         시뮬레이터를 켭니다 (다른 터미널에서)
  CLOVA_BASE_URL=http://127.0.0.1:8801 CLOVA_API_KEY=nv-test npm run clova -- chat "안녕하세요"
  npm run -s simulator:gov           GOV 시뮬레이터 (GOV_BASE_URL=http://127.0.0.1:8803 GOV_API_KEY=test)

예
  npm run clova -- chat "환불은 며칠 걸려요?"
  npm run -s clova -- embed --json "배송은 언제 되나요?" | jq .inputTokens
  npm run clova -- rerank --documents 안내.txt "반품 배송비는?"`;

/** @param argv without the program's own name
 *  @returns the exit code */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.done;
  const perform: Perform = async (command, work) => {
    const options = command.optsWithGlobals<SessionOptions>();
    let session: Session | undefined;
    try {
      const settings = loadCommandLineSettings(terminal.env, terminal.readSettingsText, terminal.envProblems);
      session = new Session(terminal, settings, options);
      await work(session);
      if (!session.succeeded) exitCode = EXIT.failed;
    } catch (thrown) {
      session?.endProgress();
      exitCode = report(thrown, terminal, options.json === true, session?.service ?? 'studio');
    } finally {
      await session?.close();
    }
  };
  const program = createProgram(terminal, perform, argv.includes('--json'));
  return (await runArguments(program, argv)) ?? exitCode;
}

function createProgram(terminal: Terminal, perform: Perform, asJson: boolean): Command {
  const program = new Command('clova').exitOverride();
  const complain = (words: string) => terminal.printError(errorJson({ code: 'WRONG_USE', message: words }));
  speakKorean(program, terminal, asJson ? complain : undefined);
  program
    .usage('[옵션] <명령>')
    .description('CLOVA Studio의 모든 API를 터미널에서 씁니다.')
    .option('--json', '결과를 JSON으로 보여 줍니다')
    .option('--timeout-seconds <초>', '요청 하나를 기다리는 최대 시간', positiveNumber, 120)
    .addHelpText('after', EPILOGUE);
  addChat(program, perform);
  addModels(program, perform);
  addEmbed(program, perform);
  addTextCommands(program, perform);
  addSliding(program, perform);
  addSearchCommands(program, perform);
  addConsoleBuiltCommands(program, perform);
  addTasks(program, perform);
  addGov(program, perform);
  addCompletions(program, perform);
  return program;
}

/** Says what went wrong, in Korean and without a stack. @returns the exit code */
function report(thrown: unknown, terminal: Terminal, asJson: boolean, service: Service): number {
  if (thrown instanceof WrongUse) {
    terminal.printError(asJson ? errorJson({ code: 'WRONG_USE', message: thrown.message }) : `${thrown.message}\n`);
    return EXIT.wrongUse;
  }
  if (!(thrown instanceof GatewayError)) throw thrown;
  const { code, message, details } = thrown;
  const wasSent = details.httpStatus !== undefined;
  const isOurs = code === 'SETTINGS_INVALID' || (code === 'ENGINE_BAD_REQUEST' && !wasSent);
  const { meaning, remedy } = explain(thrown, service);
  if (asJson) {
    const told = isOurs ? { explanation: describeRefusal(thrown) } : { meaning, remedy };
    terminal.printError(errorJson({ code, message, ...details, ...told }));
  } else if (isOurs) {
    terminal.printError(`${describeRefusal(thrown)}\n`);
  } else {
    const facts = Object.entries(details).map(([name, value]) => `${name} ${value}`);
    const lines = [`${meaning}.${facts.length === 0 ? '' : ` [${facts.join(', ')}]`}`, remedy];
    terminal.printError(`${lines.filter((line) => line !== '').join('\n')}\n`);
  }
  if (code === 'TURN_CANCELLED') return EXIT.cancelled;
  return isOurs ? EXIT.wrongUse : EXIT.failed;
}
