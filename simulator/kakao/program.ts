import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import type { createKakaoSimulator, SkillExchange } from '../kakao.ts';

interface Flags {
  readonly skillUrl: string;
  readonly secret?: string;
  readonly seed: string;
  readonly user: string;
  readonly room?: string;
  readonly port: string;
  readonly callback: boolean;
  readonly open?: boolean;
  readonly skillTest?: boolean;
  readonly botTest?: boolean;
}

/** Sends each text, prints one JSON line per exchange and one per callback.
 *  @returns the exit code: 1 when an answer broke a rule or a callback never came */
export async function runKakaoProgram(create: typeof createKakaoSimulator, argv: readonly string[]): Promise<number> {
  const command = new Command('kakao')
    .description(
      '카카오톡 채널 시뮬레이터: 스킬 서버를 카카오처럼 호출하고 응답을 검사합니다.\nCalls a skill server as Kakao does and judges its answers.',
    )
    .argument('[text...]', '보낼 말. 없으면 표준 입력에서 한 줄씩 읽습니다')
    .requiredOption('--skill-url <url>', '스킬 URL (예: http://127.0.0.1:3000/query/KAKAO)')
    .option('--secret <secret>', 'X-Malgil-Secret 헤더로 보낼 값')
    .option('--seed <seed>', '같은 값이면 같은 아이디가 나옵니다', '1')
    .option('--user <name>', '말하는 사람', '손님')
    .option('--room <name>', '그룹 채팅방 이름')
    .option('--port <port>', '콜백 서버의 포트 (0이면 빈 포트)', '0')
    .option('--no-callback', '콜백을 켜지 않은 블록처럼 보냅니다')
    .option('--open', '채팅방에 들어오기(웰컴 블록)부터 시작합니다')
    .option('--skill-test', '관리자센터의 스킬 테스트를 보냅니다')
    .option('--bot-test', '관리자센터의 봇테스트처럼 보냅니다')
    .allowExcessArguments(false)
    .parse(argv);
  const flags = command.opts<Flags>();
  const simulator = create({
    skillUrl: flags.skillUrl,
    seed: flags.seed,
    port: Number(flags.port),
    callback: flags.callback,
    ...(flags.secret === undefined ? {} : { secret: flags.secret }),
  });
  const { url } = await simulator.start();
  process.stderr.write(`콜백 주소: ${url} (게이트웨이의 KAKAO_CALLBACK_ORIGINS에 넣어 주세요)\n`);

  let failed = false;
  const show = async (exchange: SkillExchange) => {
    const { callback, ...shown } = exchange;
    process.stdout.write(`${JSON.stringify(shown)}\n`);
    failed ||= exchange.findings.faults.length > 0;
    if (callback === undefined) return;
    const result = await callback;
    process.stdout.write(`${JSON.stringify({ callback: result })}\n`);
    failed ||= result.outcome !== 'delivered';
  };
  try {
    const options = flags.room === undefined ? {} : { room: flags.room };
    if (flags.skillTest === true) await show(await simulator.skillTest());
    if (flags.open === true) await show(await simulator.open(flags.user, options));
    const send = async (text: string) =>
      show(flags.botTest === true ? await simulator.botTest(text) : await simulator.say(flags.user, text, options));
    const texts = command.args;
    for (const text of texts) await send(text);
    if (texts.length === 0 && flags.skillTest !== true && flags.open !== true) {
      for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== '') await send(line);
    }
  } finally {
    await simulator.close();
  }
  return failed ? 1 : 0;
}
