import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { collectInto, FAULT_TIMING_HELP, type TimedFault } from '../fault-switch.ts';
import { optional } from '../json-reading.ts';
import type { createKakaoSimulator, KakaoSimulator, SkillExchange } from '../kakao.ts';
import { choiceOf, readScriptedLine } from '../scripted-line.ts';
import { readPhoto } from '../simulate/photo-turn.ts';
import { startOnPort } from '../start-on-port.ts';
import { countingNumber, httpStatus, httpUrl, portNumber, wholeNumber } from '../switch-values.ts';
import type { CallbackFault } from './callback-desk.ts';
import { KAKAO_FAULT_KINDS_HELP, readCallbackFault } from './fault-kinds.ts';

interface Flags {
  readonly skillUrl: string;
  readonly secret?: string;
  readonly seed?: string;
  readonly user: string;
  readonly room?: string;
  readonly port: number;
  readonly callback: boolean;
  readonly failHttpStatus?: number;
  readonly expireMs?: number;
  readonly settleMs?: number;
  readonly spendToken: boolean;
  readonly skillTimeoutMs?: number;
  readonly waitingMessage?: string;
  readonly developmentChannel?: boolean;
  readonly open?: boolean;
  readonly restApiKey?: string;
  readonly event: readonly string[];
  readonly eventSkill?: boolean;
  readonly friend: readonly string[];
  readonly skillTest?: boolean;
  readonly botTest?: boolean;
}

const USE = `쓰는 법
  한 번 묻기   npm run -s simulator:kakao -- --skill-url http://127.0.0.1:3000/query/KAKAO "반품 배송비는?"
  여러 번      말을 여러 개 적으면 답을 기다려 가며 차례로 보냅니다
  파이프       printf '안녕\\n/tap 1\\n' | npm run -s simulator:kakao -- --skill-url http://127.0.0.1:3000/query/KAKAO
  먼저 받기    npm run -s simulator:kakao -- --skill-url … --rest-api-key key --event 배송출발 --friend 손님
               이벤트 API를 열어 둡니다. 받은 요청({"eventCall"})마다 한 줄을 출력하고, 표준 입력이 끝나면 마칩니다
  한 번 주고받을 때마다 JSON 한 줄, 콜백 요청({"callbackPost"})과 콜백 결과({"callback"})마다 한 줄을 출력합니다.
  종료 코드는 모든 답이 규칙에 맞고 콜백이 모두 왔으면 0, 아니면 1입니다.

말 대신 쓸 수 있는 명령 (/로 시작하는 말을 보내려면 //로 적습니다)
  /open           채팅방에 들어가기 (웰컴 블록)
  /tap 1          지난 답의 버튼을 번호나 이름으로 누르기
  /photo <주소>   사진 보내기. 파일 이름을 적거나 아무것도 적지 않으면 시뮬레이터가 사진을 내줍니다
  /secure <주소>  이미지 보안 전송 플러그인으로 사진 보내기 (여러 장은 빈칸으로 나눕니다)
                  사진이 이 컴퓨터에 있으면 게이트웨이의 PHOTO_HOSTS에 http://127.0.0.1:포트 를 넣어 주세요
                  (시뮬레이터가 내주는 사진은 --port로 정한 포트)
  /skilltest      관리자센터의 스킬 테스트 보내기
  /repeat         지난 요청을 그대로 한 번 더 보내기`;

const EXAMPLES = `예
  npm run -s simulator:kakao -- --skill-url … --fault refuse:2 "느린 질문"     콜백을 두 번 거절합니다
  npm run -s simulator:kakao -- --skill-url … --fault delay=3000 --expire-ms 10000 "느린 질문"
  npm run -s simulator:kakao -- --skill-url … --fault cut-accepted@3 < 질문.txt`;

/** Sends each text, prints one JSON line per exchange, per POST to a callback and per callback that was promised.
 *  @returns the exit code: 1 when an answer broke a rule or a callback never came */
export async function runKakaoProgram(create: typeof createKakaoSimulator, argv: readonly string[]): Promise<number> {
  const faults: TimedFault<CallbackFault>[] = [];
  const eventFaults: TimedFault<CallbackFault>[] = [];
  const command = new Command('kakao')
    .description(
      '카카오톡 채널 시뮬레이터: 스킬 서버를 카카오처럼 호출하고 응답을 검사합니다.\nCalls a skill server as Kakao does and judges its answers.',
    )
    .argument('[text...]', '보낼 말. 없으면 표준 입력에서 한 줄씩 읽습니다')
    .requiredOption('--skill-url <url>', '스킬 URL (예: http://127.0.0.1:3000/query/KAKAO)', httpUrl)
    .option('--secret <secret>', 'X-Malgil-Secret 헤더로 보낼 값')
    .option(
      '--seed <seed>',
      '같은 값이면 같은 아이디가 나오고, 비율로 고르는 실패도 같습니다 (없으면 실행할 때마다 다릅니다)',
    )
    .option('--user <name>', '말하는 사람', '손님')
    .option('--room <name>', '그룹 채팅방 이름')
    .option('--port <port>', '콜백 서버의 포트 (0이면 빈 포트)', portNumber, 0)
    .option('--fault <종류>', '콜백 요청을 이렇게 실패하게 합니다 (아래 설명)', collectInto(faults, readCallbackFault))
    .option('--fail-http-status <상태>', 'FAIL과 ERROR를 보낼 때의 HTTP 상태 (기본 200)', httpStatus)
    .option('--expire-ms <밀리초>', '콜백 URL의 유효 시간 (기본 1:1 60000, 그룹 300000)', countingNumber)
    .option('--settle-ms <밀리초>', '스킬 응답을 받고 이만큼 지나야 콜백을 받습니다', wholeNumber)
    .option('--no-spend-token', '형식이 틀린 콜백은 콜백 URL을 써 버리지 않습니다')
    .option('--no-callback', '콜백을 켜지 않은 블록처럼 보냅니다')
    .option('--skill-timeout-ms <밀리초>', '스킬 응답을 기다리는 시간 (기본 5000)', countingNumber)
    .option('--waiting-message <말>', '블록의 기본응답메시지 (기본 {{#webhook.text}})')
    .option('--development-channel', '개발 채널처럼 봇 아이디 끝에 !를 붙입니다')
    .option('--rest-api-key <키>', '이벤트 API를 열고, Authorization: KakaoAK <키>를 요구합니다')
    .option('--event <이름>', '배포된 블록의 이벤트 이름 (여러 번 적을 수 있습니다)', collectTexts, [])
    .option('--event-skill', '이벤트 블록이 스킬을 호출합니다 (userRequest.params에 params가 들어갑니다)')
    .option('--friend <이름>', '채널을 추가한 사람. 이벤트는 이 사람들에게만 갑니다 (여러 번)', collectTexts, [])
    .option(
      '--event-fault <종류>',
      '이벤트 API 요청을 이렇게 실패하게 합니다 (콜백과 같은 종류)',
      collectInto(eventFaults, readCallbackFault),
    )
    .option('--open', '채팅방에 들어오기(웰컴 블록)부터 시작합니다')
    .option('--skill-test', '관리자센터의 스킬 테스트를 보냅니다')
    .option('--bot-test', '관리자센터의 봇테스트처럼 보냅니다')
    .helpOption('-h, --help', '도움말')
    .addHelpText('after', `\n${USE}\n\n${KAKAO_FAULT_KINDS_HELP}\n\n${FAULT_TIMING_HELP}\n\n${EXAMPLES}`)
    .parse(argv);
  const flags = command.opts<Flags>();
  const simulator = create({
    skillUrl: flags.skillUrl,
    seed: flags.seed ?? randomUUID(),
    port: flags.port,
    callback: flags.callback,
    ...optional('secret', flags.secret),
    ...optional('callbackValidityMs', flags.expireMs),
    ...optional('groupCallbackValidityMs', flags.expireMs),
    ...optional('skillTimeoutMs', flags.skillTimeoutMs),
    ...optional('waitingMessage', flags.waitingMessage),
    ...optional('developmentChannel', flags.developmentChannel),
    ...optional('restApiKey', flags.restApiKey),
    events: flags.event.map((name) => ({ name, callsSkill: flags.eventSkill === true })),
    onEventCall: (eventCall) => void process.stdout.write(`${JSON.stringify({ eventCall })}\n`),
    unconfirmed: {
      badBodySpendsToken: flags.spendToken,
      ...optional('callbackFailHttpStatus', flags.failHttpStatus),
      ...optional('callbackSettleMs', flags.settleMs),
    },
  });
  for (const { fault, timing } of faults) simulator.injectCallbackFault(fault, timing);
  for (const { fault, timing } of eventFaults) simulator.injectEventFault(fault, timing);
  const { url } = await startOnPort(command, flags.port, () => simulator.start());
  process.stderr.write(`콜백 주소: ${url} (게이트웨이의 KAKAO_CALLBACK_ORIGINS에 넣어 주세요)\n`);
  if (flags.restApiKey !== undefined) {
    process.stderr.write(
      `이벤트 API: KAKAO_BASE_URL=${url} KAKAO_EVENT_BOT_ID=${simulator.botId} KAKAO_REST_API_KEY=${flags.restApiKey}\n`,
    );
  }
  for (const name of flags.friend) {
    const { botUserKey, plusfriendUserKey } = simulator.addChannel(name);
    process.stderr.write(`${name}: botUserKey ${botUserKey} · plusfriendUserKey ${plusfriendUserKey}\n`);
  }

  const printer = new ExchangePrinter(simulator);
  let last: SkillExchange | undefined;
  const show = async (exchange: SkillExchange) => {
    last = exchange;
    await printer.print(exchange);
  };
  const run = async (line: string) => {
    const scripted = readScriptedLine(line);
    if (scripted.kind === 'command')
      return show(await runCommand(simulator, flags, scripted.name, scripted.rest, last));
    const { text } = scripted;
    await show(
      flags.botTest === true ? await simulator.botTest(text) : await simulator.say(flags.user, text, at(flags)),
    );
  };
  try {
    const lines = [
      ...(flags.skillTest === true ? ['/skilltest'] : []),
      ...(flags.open === true ? ['/open'] : []),
      ...command.args,
    ];
    for (const line of lines) await run(line);
    if (lines.length === 0) {
      for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== '') await run(line);
    }
  } catch (error) {
    process.stderr.write(`하지 못했습니다: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await simulator.eventsSettled();
    await simulator.close();
  }
  return printer.failed ? 1 : 0;
}

function collectTexts(text: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, text];
}

function at({ room }: Flags): { readonly room?: string } {
  return optional('room', room);
}

/** @throws Error in Korean when there is no such command */
async function runCommand(
  simulator: KakaoSimulator,
  flags: Flags,
  name: string,
  rest: string,
  last: SkillExchange | undefined,
): Promise<SkillExchange> {
  switch (name) {
    case 'open':
      return simulator.open(flags.user, at(flags));
    case 'tap':
      return simulator.tap(flags.user, choiceOf(rest), at(flags));
    case 'photo':
      return simulator.sendPhoto(flags.user, await readPhoto(rest), at(flags));
    case 'secure':
      return simulator.sendSecureImages(flags.user, rest.split(/\s+/).filter(Boolean), at(flags));
    case 'skilltest':
      return simulator.skillTest();
    case 'repeat':
      if (last === undefined) throw new Error('아직 보낸 요청이 없습니다.');
      return simulator.repeat(last);
    default:
      throw new Error(`없는 명령입니다: /${name} (도움말은 --help)`);
  }
}

/** Prints exchanges and what came to their callbacks, and remembers whether all was well. */
class ExchangePrinter {
  failed = false;
  readonly #simulator: KakaoSimulator;
  #postsPrinted = 0;

  constructor(simulator: KakaoSimulator) {
    this.#simulator = simulator;
  }

  async print({ callback, ...exchange }: SkillExchange): Promise<void> {
    this.#line(exchange);
    this.failed ||= exchange.findings.faults.length > 0;
    const result = await callback;
    for (const callbackPost of this.#simulator.callbackPosts.slice(this.#postsPrinted)) this.#line({ callbackPost });
    this.#postsPrinted = this.#simulator.callbackPosts.length;
    if (result === undefined) return;
    this.#line({ callback: result });
    this.failed ||= result.outcome !== 'delivered';
  }

  #line(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }
}
