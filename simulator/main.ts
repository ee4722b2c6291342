/** `npm run simulate`: KakaoTalk, TalkTalk and a gateway on this machine, and a chat in the terminal. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Argument, Command } from 'commander';
import { systemClock } from '../src/platform/clock.ts';
import { createClovaSimulator } from './clova.ts';
import { createKakaoSimulator } from './kakao.ts';
import { type ChatChannel, type ChatOptions, TerminalChat } from './simulate/chat.ts';
import { findFreePort, type GatewayProcess, startGateway, waitUntilReady } from './simulate/gateway-process.ts';
import { exchangeOnKakao, exchangeOnTalkTalk } from './simulate/one-exchange.ts';
import { startOnPort } from './start-on-port.ts';
import { httpUrl, portNumber, wholeNumber } from './switch-values.ts';
import { createTalkTalkSimulator } from './talktalk.ts';

const READY_TIMEOUT_MS = 10_000;

interface Flags {
  readonly gateway?: string;
  readonly clova?: boolean;
  readonly clovaLatencyMs: number;
  readonly callback: boolean;
  readonly seed?: string;
  readonly waitMs: number;
  readonly kakaoPort: number;
  readonly talktalkPort: number;
  readonly kakaoSecret: string;
  readonly naverSecret: string;
  readonly naverAuthorization: string;
  readonly verbose?: boolean;
}

function readArguments(): { command: Command; channel: ChatChannel; text: string; flags: Flags } {
  const command = new Command('simulate')
    .usage('[options] [channel] [text...]')
    .description(
      '카카오톡과 네이버 톡톡을 이 컴퓨터에서 흉내 내고, 게이트웨이를 띄워 터미널에서 대화합니다.\n' +
        'Chats with a local gateway through simulated KakaoTalk and Naver TalkTalk channels.\n\n' +
        '  npm run simulate                              대화하기\n' +
        '  npm run simulate -- kakao "반품 배송비는?"    한 번 묻고 주고받은 JSON 보기\n' +
        '  npm run simulate -- --clova kakao /photo      사진을 보내기 (/photo 뒤에 파일 이름이나 주소)\n' +
        '시뮬레이터 하나만 켜려면 npm run -s simulator:이름을 쓰세요.\n' +
        '  simulator:kakao       카카오톡 챗봇\n' +
        '  simulator:talktalk    네이버 톡톡\n' +
        '  simulator:clova       CLOVA Studio\n' +
        '  simulator:gov         CLOVA Studio GOV\n' +
        '  simulator:chatbot     CLOVA Chatbot\n' +
        '  simulator:a2a         A2A 에이전트\n' +
        '  simulator:socket      TCP 챗봇 엔진\n' +
        '  simulator:order-tool  주문 조회 도구',
    )
    .addArgument(new Argument('[channel]', '채널').choices(['kakao', 'talktalk', 'naver']).default('kakao'))
    .argument('[text...]', '한 번만 물어볼 말. 종료 코드는 제대로 답이 왔으면 0, 아니면 1')
    .option('--gateway <url>', '새로 띄우지 않고 이미 떠 있는 게이트웨이를 씁니다', httpUrl)
    .option('--clova', 'CLOVA Studio 시뮬레이터도 함께 띄웁니다')
    .option('--clova-latency-ms <ms>', 'CLOVA 시뮬레이터가 답하기까지 걸리는 시간(밀리초)', wholeNumber, 300)
    .option('--no-callback', '카카오 콜백을 켜지 않은 블록처럼 보냅니다')
    .option('--wait-ms <ms>', '톡톡의 답과 카카오의 늦은 답을 기다리는 시간(밀리초)', wholeNumber, 60_000)
    .option('--seed <seed>', '같은 값이면 같은 손님이 됩니다 (없으면 실행할 때마다 새 손님)')
    .option('--kakao-port <port>', '카카오 콜백 서버의 포트 (0이면 빈 포트)', portNumber, 0)
    .option('--talktalk-port <port>', '톡톡 보내기 API의 포트 (0이면 빈 포트)', portNumber, 0)
    .option('--kakao-secret <secret>', '게이트웨이의 KAKAO_SECRET', 'simulator-kakao-secret')
    .option('--naver-secret <secret>', '게이트웨이의 NAVER_SECRET', 'simulator-naver-secret')
    .option('--naver-authorization <key>', '게이트웨이의 NAVER_AUTHORIZATION', 'simulator-naver-key')
    .option('--verbose', '게이트웨이의 로그도 보여 줍니다')
    .helpOption('-h, --help', '도움말')
    .parse();
  const [channel, ...words] = command.processedArgs.flat() as string[];
  return {
    command,
    channel: channel === 'kakao' ? 'kakao' : 'talktalk',
    text: words.join(' '),
    flags: command.opts<Flags>(),
  };
}

/** The gateway of this checkout, or the one that already runs. Settings of the person's own stay, apart from those
 *  that would lead away from the simulators or into real data. */
async function openGateway(
  flags: Flags,
  port: number,
  settings: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Pick<GatewayProcess, 'stop' | 'died'>> {
  if (flags.gateway !== undefined) {
    const lines = Object.entries(settings).map(([name, value]) => `  ${name}=${value}\n`);
    process.stderr.write(`게이트웨이에 다음 설정이 있어야 합니다.\n${lines.join('')}`);
    const ready = await waitUntilReady(flags.gateway, READY_TIMEOUT_MS, signal);
    if (ready !== 'ready') throw new Error(`게이트웨이가 준비되지 않았습니다: ${flags.gateway}`);
    return { stop: () => Promise.resolve(), died: new Promise(() => undefined) };
  }
  const script = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'server.js');
  if (!existsSync(script)) throw new Error('먼저 빌드해 주세요: npm run build');
  return startGateway({
    script,
    port,
    env: { ...settings, BOTS_FILE: '', DATABASE_URL: '' },
    readyTimeoutMs: READY_TIMEOUT_MS,
    onLogLine: (line) => {
      if (flags.verbose === true) process.stderr.write(`${line}\n`);
    },
    signal,
  });
}

/** @returns the exit code */
async function run(): Promise<number> {
  const { command, channel, text, flags } = readArguments();
  const seed = flags.seed ?? randomUUID();
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

  const port = flags.gateway === undefined ? await findFreePort() : 0;
  const gatewayUrl = flags.gateway?.replace(/\/+$/, '') ?? `http://127.0.0.1:${port}`;
  const kakao = createKakaoSimulator({
    skillUrl: `${gatewayUrl}/query/KAKAO`,
    secret: flags.kakaoSecret,
    seed,
    port: flags.kakaoPort,
    callback: flags.callback,
  });
  const talktalk = createTalkTalkSimulator({
    webhookUrl: `${gatewayUrl}/query/NAVER/${encodeURIComponent(flags.naverSecret)}`,
    authorization: flags.naverAuthorization,
    seed,
    port: flags.talktalkPort,
  });
  const closers: (() => Promise<unknown>)[] = [() => kakao.close(), () => talktalk.close()];
  try {
    const { url: kakaoOrigin } = await startOnPort(command, flags.kakaoPort, () => kakao.start());
    const settings: Record<string, string> = {
      KAKAO_CALLBACK_ORIGINS: kakaoOrigin,
      PHOTO_HOSTS: [
        process.env.PHOTO_HOSTS ?? '.kakaocdn.net,http://secure.kakaocdn.net,.phinf.naver.net',
        kakaoOrigin,
      ].join(','),
      KAKAO_SECRET: flags.kakaoSecret,
      NAVER_BASE_URL: (await startOnPort(command, flags.talktalkPort, () => talktalk.start())).url,
      NAVER_AUTHORIZATION: flags.naverAuthorization,
      NAVER_SECRET: flags.naverSecret,
    };
    if (flags.clova === true) {
      const clova = createClovaSimulator({
        latencyMs: flags.clovaLatencyMs,
        tokensPerSecond: 40,
        seed,
      });
      closers.push(() => clova.close());
      Object.assign(settings, {
        ENGINE: 'clova',
        CLOVA_BASE_URL: (await clova.start()).url,
        CLOVA_API_KEY: 'nv-simulator',
        CLOVA_VISION_MODEL: 'HCX-005',
      });
    }
    const gateway = await openGateway(flags, port, settings, stopping.signal);
    closers.unshift(() => gateway.stop());
    void gateway.died.then((logEnd) => {
      if (stopping.signal.aborted) return;
      process.stderr.write(`게이트웨이가 끝났습니다.\n${logEnd}\n`);
      process.exitCode = 1;
      stopping.abort();
    });

    const { waitMs } = flags;
    if (text === '') {
      await chat({ kakao, talktalk, channel, answerTimeoutMs: waitMs }, stopping.signal);
      return 0;
    }
    const asking =
      channel === 'kakao'
        ? exchangeOnKakao(kakao, text, systemClock, waitMs)
        : exchangeOnTalkTalk(talktalk, text, systemClock, waitMs);
    const report = await Promise.race([asking, aborted(stopping.signal)]);
    if (report === undefined) return 1;
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return report.ok ? 0 : 1;
  } finally {
    stopping.abort();
    for (const close of closers) await close();
  }
}

type Chat = Pick<ChatOptions, 'kakao' | 'talktalk' | 'channel' | 'answerTimeoutMs'>;

/** Ends with `/quit`, the end of the input, or the signal. */
async function chat(options: Chat, signal: AbortSignal): Promise<void> {
  const { stdin, stdout } = process;
  const interactive = stdin.isTTY === true && stdout.isTTY === true;
  const lines = createInterface(interactive ? { input: stdin, output: stdout } : { input: stdin });
  signal.addEventListener('abort', () => lines.close());
  const terminal = new TerminalChat({
    ...options,
    clock: systemClock,
    waitsForAnswers: !interactive,
    columns: () => stdout.columns || 80, // some terminals say 0
    print: (text) => {
      if (!interactive) {
        stdout.write(text);
        return;
      }
      stdout.write(`\r\u001b[K${text}`);
      if (!signal.aborted) lines.prompt(true);
    },
  });
  lines.setPrompt(terminal.promptText);
  terminal.greet();
  if (interactive) {
    await new Promise<void>((resolve) => {
      lines.on('close', resolve);
      lines.on('SIGINT', () => lines.close());
      // Not one after the other: a customer may well say something while the bot still thinks.
      lines.on('line', (line) => {
        void terminal.handle(line).then((goesOn) => {
          if (!goesOn) return lines.close();
          lines.setPrompt(terminal.promptText);
          lines.prompt();
        });
      });
    });
    stdout.write('\n');
    return;
  }
  for await (const line of lines) {
    if (line.trim() !== '') stdout.write(`${terminal.promptText}${line.trim()}\n`);
    const goesOn = await Promise.race([terminal.handle(line), aborted(signal)]);
    if (goesOn !== true) break;
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

try {
  process.exitCode = Math.max(await run(), Number(process.exitCode ?? 0));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
