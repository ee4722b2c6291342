import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import type { createTalkTalkSimulator } from '../talktalk.ts';

interface Flags {
  readonly webhookUrl: string;
  readonly authorization: string;
  readonly seed: string;
  readonly user: string;
  readonly port: string;
  readonly wait: string;
  readonly open?: boolean;
}

/** Sends each text, prints one JSON line per delivery and one per message that comes back.
 *  @returns the exit code: 1 when the webhook failed, no message came, or one broke a rule */
export async function runTalkTalkProgram(
  create: typeof createTalkTalkSimulator,
  argv: readonly string[],
): Promise<number> {
  const command = new Command('talktalk')
    .description(
      '네이버 톡톡 시뮬레이터: 웹훅에 이벤트를 보내고, 보내기 API로 온 답을 검사합니다.\nSends TalkTalk events to a webhook and judges what comes back.',
    )
    .argument('[text...]', '보낼 말. 없으면 표준 입력에서 한 줄씩 읽습니다')
    .requiredOption('--webhook-url <url>', '이벤트 받을 URL (예: http://127.0.0.1:3000/query/NAVER)')
    .option('--authorization <key>', '보내기 API가 받아들일 Authorization 값', 'simulator-key')
    .option('--seed <seed>', '같은 값이면 같은 아이디가 나옵니다', '1')
    .option('--user <name>', '말하는 사람', '손님')
    .option('--port <port>', '보내기 API의 포트 (0이면 빈 포트)', '0')
    .option('--wait <ms>', '답을 기다리는 시간(밀리초)', '10000')
    .option('--open', '채팅방에 들어오기부터 시작합니다')
    .allowExcessArguments(false)
    .parse(argv);
  const flags = command.opts<Flags>();
  const simulator = create({
    webhookUrl: flags.webhookUrl,
    authorization: flags.authorization,
    seed: flags.seed,
    port: Number(flags.port),
  });
  const { url } = await simulator.start();
  process.stderr.write(`보내기 API 주소: ${url} (게이트웨이의 NAVER_BASE_URL에 넣어 주세요)\n`);

  let failed = false;
  const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
  try {
    if (flags.open === true) {
      const delivery = await simulator.open(flags.user);
      print(delivery);
      failed ||= delivery.outcome !== 'accepted';
    }
    const send = async (text: string) => {
      const delivery = await simulator.say(flags.user, text);
      print(delivery);
      failed ||= delivery.outcome !== 'accepted' || delivery.findings.faults.length > 0;
      const message = await simulator.nextMessage(flags.user, Number(flags.wait)).catch(() => undefined);
      print({ message: message ?? null });
      failed ||= message === undefined;
    };
    for (const text of command.args) await send(text);
    if (command.args.length === 0 && flags.open !== true) {
      for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== '') await send(line);
    }
    failed ||= simulator.apiCalls.some((call) => !call.accepted);
  } finally {
    await simulator.close();
  }
  return failed ? 1 : 0;
}
