import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Command, InvalidArgumentError } from 'commander';
import { collectInto, FAULT_TIMING_HELP, type TimedFault } from '../fault-switch.ts';
import { optional } from '../json-reading.ts';
import { choiceOf, readScriptedLine } from '../scripted-line.ts';
import { startOnPort } from '../start-on-port.ts';
import { countingNumber, httpUrl, portNumber } from '../switch-values.ts';
import type { createTalkTalkSimulator, TalkTalkSimulator, WebhookDelivery } from '../talktalk.ts';
import { EVENT_NAMES, type EventName } from './event-names.ts';
import { readRateBlock, readSendFault, TALKTALK_FAULT_KINDS_HELP } from './fault-kinds.ts';
import type { RateBlock, SendFault } from './send-api.ts';

interface Flags {
  readonly webhookUrl: string;
  readonly authorization: string;
  readonly seed?: string;
  readonly user: string;
  readonly port: number;
  readonly wait: number;
  readonly events?: readonly EventName[];
  readonly echo: boolean;
  readonly handover: boolean;
  readonly agent?: string;
  readonly rateBlock?: RateBlock;
  readonly suspendAfter?: number;
  readonly readTimeoutMs?: number;
  readonly open?: boolean;
}

/** While agents own the thread the bot should be silent; this long somebody listens whether it is. */
const STANDBY_LISTENING_MS = 500;
/** Longer than a gateway waits between two messages of one answer when it sends one a second. */
const ANSWER_QUIET_MS = 1_500;

const USE = `쓰는 법
  한 번 묻기   npm run -s simulator:talktalk -- --webhook-url http://127.0.0.1:3000/query/NAVER "반품 배송비는?"
  여러 번      말을 여러 개 적으면 답을 기다려 가며 차례로 보냅니다
  파이프       printf '안녕\\n/tap 1\\n' | npm run -s simulator:talktalk -- --webhook-url http://127.0.0.1:3000/query/NAVER
  보낸 이벤트마다 JSON 한 줄, 기다린 답({"message"})마다 한 줄, 거절하거나 실패하게 한 요청({"apiCall"})마다
  한 줄을 출력합니다. 종료 코드는 이벤트가 모두 전달되고 답이 규칙에 맞게 왔으면 0, 아니면 1입니다.

말 대신 쓸 수 있는 명령 (/로 시작하는 말을 보내려면 //로 적습니다)
  /open              채팅방에 들어가기
  /leave             채팅방 나가기
  /tap 1 [값]        지난 답의 버튼을 번호나 이름으로 누르기. 달력과 시계는 값도 함께
  /photo <주소>      사진 보내기
  /agent <말>        상담사로 말하기. 핸드오버가 켜져 있으면 손님의 말은 standby로 갑니다
  /done              상담 완료하기
  /resave            멈춘 웹훅을 다시 저장하기`;

const EXAMPLES = `예
  npm run -s simulator:talktalk -- --webhook-url … --fault result=99:2 안녕       메시지를 두 번 거절합니다
  npm run -s simulator:talktalk -- --webhook-url … --rate-block 5/1000 안녕 또 안녕
  npm run -s simulator:talktalk -- --webhook-url … --agent "제가 도와드릴게요" "네" /done "고마워요"`;

/** Sends each text, prints one JSON line per delivery and one per message that comes back.
 *  @returns the exit code: 1 when the webhook failed, no message came, or one broke a rule */
export async function runTalkTalkProgram(
  create: typeof createTalkTalkSimulator,
  argv: readonly string[],
): Promise<number> {
  const faults: TimedFault<SendFault>[] = [];
  const command = new Command('talktalk')
    .description(
      '네이버 톡톡 시뮬레이터: 웹훅에 이벤트를 보내고, 보내기 API로 온 답을 검사합니다.\nSends TalkTalk events to a webhook and judges what comes back.',
    )
    .argument('[text...]', '보낼 말. 없으면 표준 입력에서 한 줄씩 읽습니다')
    .requiredOption('--webhook-url <url>', '이벤트 받을 URL (예: http://127.0.0.1:3000/query/NAVER)', httpUrl)
    .option('--authorization <key>', '보내기 API가 받아들일 Authorization 값', 'simulator-key')
    .option(
      '--seed <seed>',
      '같은 값이면 같은 아이디가 나오고, 비율로 고르는 실패도 같습니다 (없으면 실행할 때마다 다릅니다)',
    )
    .option('--user <name>', '말하는 사람', '손님')
    .option('--port <port>', '보내기 API의 포트 (0이면 빈 포트)', portNumber, 0)
    .option('--wait <ms>', '답을 기다리는 시간(밀리초)', countingNumber, 10_000)
    .option(
      '--fault <종류>',
      '보내기 API 요청을 이렇게 실패하게 합니다 (아래 설명)',
      collectInto(faults, readSendFault),
    )
    .option(
      '--rate-block <횟수/기간/차단>',
      '기간(밀리초) 안에 이만큼 오면 차단합니다. 예: 30/3000/3000',
      readRateBlock,
    )
    .option('--events <이름,…>', '받기로 고른 이벤트 (기본 모두)', readEvents)
    .option('--no-echo', 'echo 이벤트를 보내지 않습니다')
    .option('--no-handover', '핸드오버를 끕니다. standby도 없습니다')
    .option('--agent <말>', '상담사가 먼저 말합니다 (/agent와 같습니다)')
    .option('--suspend-after <회>', '웹훅이 이만큼 실패하면 전달을 멈춥니다 (기본 10)', countingNumber)
    .option('--read-timeout-ms <밀리초>', '웹훅의 응답을 기다리는 시간 (기본 5000)', countingNumber)
    .option('--open', '채팅방에 들어오기부터 시작합니다')
    .helpOption('-h, --help', '도움말')
    .addHelpText('after', `\n${USE}\n\n${TALKTALK_FAULT_KINDS_HELP}\n\n${FAULT_TIMING_HELP}\n\n${EXAMPLES}`)
    .parse(argv);
  const flags = command.opts<Flags>();
  const events = (flags.events ?? EVENT_NAMES).filter((name) => flags.echo || name !== 'echo');
  const simulator = create({
    webhookUrl: flags.webhookUrl,
    authorization: flags.authorization,
    seed: flags.seed ?? randomUUID(),
    port: flags.port,
    events,
    handover: flags.handover,
    ...optional('rateBlock', flags.rateBlock),
    ...optional('readTimeoutMs', flags.readTimeoutMs),
    unconfirmed: { ...optional('suspendAfterFailures', flags.suspendAfter) },
  });
  for (const { fault, timing } of faults) simulator.injectSendFault(fault, timing);
  const { url } = await startOnPort(command, flags.port, () => simulator.start());
  process.stderr.write(`보내기 API 주소: ${url} (게이트웨이의 NAVER_BASE_URL에 넣어 주세요)\n`);

  const script = new TalkTalkScript(simulator, flags);
  try {
    const lines = [
      ...(flags.open === true ? ['/open'] : []),
      ...(flags.agent === undefined ? [] : [`/agent ${flags.agent}`]),
      ...command.args,
    ];
    for (const line of lines) await script.run(line);
    if (command.args.length === 0 && flags.open !== true) {
      for await (const line of createInterface({ input: process.stdin }))
        if (line.trim() !== '') await script.run(line);
    }
    await simulator.settled();
  } catch (error) {
    process.stderr.write(`하지 못했습니다: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await simulator.close();
  }
  return script.end() ? 0 : 1;
}

/** @throws InvalidArgumentError */
function readEvents(text: string): readonly EventName[] {
  return text.split(',').map((typed) => {
    const name = EVENT_NAMES.find((known) => known === typed.trim());
    if (name === undefined) throw new InvalidArgumentError(`없는 이벤트입니다: ${typed} (${EVENT_NAMES.join(', ')})`);
    return name;
  });
}

/** Runs lines one after the other, prints what came of them, and remembers whether all was well. */
class TalkTalkScript {
  readonly #simulator: TalkTalkSimulator;
  readonly #flags: Flags;
  #failed = false;
  #callsPrinted = 0;

  constructor(simulator: TalkTalkSimulator, flags: Flags) {
    this.#simulator = simulator;
    this.#flags = flags;
  }

  /** @throws Error when there is no such command or nothing to touch */
  async run(line: string): Promise<void> {
    const scripted = readScriptedLine(line);
    const { user } = this.#flags;
    // A greeting, or the rest of an earlier answer, answers nothing that is said now.
    for (const message of this.#simulator.takeMessages(user)) {
      if (message.via === 'send-api') this.#line({ message }); // else it stands beside its event
    }
    if (scripted.kind === 'words') return this.#expectAnswer(await this.#simulator.say(user, scripted.text));
    const { name, rest } = scripted;
    switch (name) {
      case 'open':
        return this.#show(await this.#simulator.open(user));
      case 'leave':
        return this.#show(await this.#simulator.leave(user));
      case 'tap': {
        const [, choice = '', value = ''] = /^(.*?)(?:\s+(\d{8}(?:-\d{8})?|\d{2}:\d{2}))?$/s.exec(rest) ?? [];
        return this.#expectAnswer(await this.#simulator.press(user, choiceOf(choice), value));
      }
      case 'photo':
        return this.#expectAnswer(await this.#simulator.sendImage(user, rest));
      case 'agent':
        return this.#show(await this.#simulator.agentSays(user, rest));
      case 'done':
        return this.#show(await this.#simulator.agentCompletes(user));
      case 'resave':
        return this.#simulator.resave();
      default:
        throw new Error(`없는 명령입니다: /${name} (도움말은 --help)`);
    }
  }

  /** Prints what is left. @returns whether all was well */
  end(): boolean {
    this.#printCalls();
    const { user } = this.#flags;
    return !this.#failed && this.#simulator.messages(user).every((message) => !message.overAgent);
  }

  #show(delivery: WebhookDelivery): void {
    this.#line(delivery);
    // An event that nobody ticked, or that is not sent by rights, is no failure of the webhook.
    this.#failed ||= delivery.outcome === 'failed' || delivery.outcome === 'suspended';
    this.#failed ||= delivery.findings.faults.length > 0;
  }

  async #expectAnswer(delivery: WebhookDelivery): Promise<void> {
    this.#show(delivery);
    if (delivery.outcome !== 'accepted') return;
    const { user, wait } = this.#flags;
    const standby = delivery.event.standby === true;
    const waitMs = standby ? STANDBY_LISTENING_MS : wait;
    const message = await this.#simulator.nextMessage(user, waitMs).catch(() => undefined);
    // A bot that gave the customer to the agents owes no words.
    const owed = !standby && this.#simulator.threadOwner(user) === 'bot';
    if (message !== undefined || owed) this.#line({ message: message ?? null });
    this.#failed ||= owed && message === undefined;
    // A webhook response holds all of an answer.
    if (message?.via === 'send-api' && !standby) await this.#expectRest();
    this.#printCalls();
  }

  /** An answer may be a picture and its words. It is whole when nothing has come for a while and nothing more is announced. */
  async #expectRest(): Promise<void> {
    const { user, wait } = this.#flags;
    for (let quietMs = 0; quietMs < ANSWER_QUIET_MS || (quietMs < wait && this.#simulator.isTyping(user)); ) {
      const message = await this.#simulator.nextMessage(user, ANSWER_QUIET_MS).catch(() => undefined);
      if (message !== undefined) this.#line({ message });
      quietMs = message === undefined ? quietMs + ANSWER_QUIET_MS : 0;
    }
  }

  #printCalls(): void {
    const calls = this.#simulator.apiCalls.slice(this.#callsPrinted);
    this.#callsPrinted += calls.length;
    for (const apiCall of calls) {
      if (!apiCall.accepted || apiCall.fault !== undefined) this.#line({ apiCall });
      // A refusal that was asked for is no mistake of the gateway.
      this.#failed ||= !apiCall.accepted && apiCall.fault === undefined;
    }
  }

  #line(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }
}
