import { Command } from 'commander';
import { collectInto, FAULT_TIMING_HELP, type TimedFault } from '../fault-switch.ts';
import { startOnPort } from '../start-on-port.ts';
import { portNumber, positiveNumber, wholeNumber } from '../switch-values.ts';
import { CLOVA_FAULT_KINDS_HELP, readClovaFault, readClovaRefusal } from './fault-kinds.ts';
import type { ScriptedFault } from './faults.ts';
import type { createClovaSimulator } from './server.ts';

interface Flags {
  readonly port: number;
  readonly host: string;
  readonly latencyMs: number;
  readonly tokensPerSecond: number;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly seed?: string;
  readonly apiKey?: string[];
  readonly starOut: boolean;
  readonly streaming: boolean;
  readonly signal: boolean;
  readonly blankAfterColon?: boolean;
  readonly crlf?: boolean;
  readonly comments?: boolean;
  readonly gzip?: boolean;
}

const EXAMPLES = `예
  npm run -s simulator:clova -- --fail 429/42901:3           처음 세 요청을 거절합니다
  npm run -s simulator:clova -- --fault cut=3@5              다섯 번째 요청마다 토큰 3개 뒤에 끊습니다
  npm run -s simulator:clova -- --fault hang%5 --seed 7      요청의 5%에 답하지 않습니다. 같은 시드면 같은 요청입니다
  npm run -s simulator:clova -- --fault rate-limit=10 --no-star-out --gzip`;

/** Serves until SIGINT or SIGTERM. */
export async function runClovaProgram(create: typeof createClovaSimulator, argv: readonly string[]): Promise<void> {
  const faults: TimedFault<ScriptedFault>[] = [];
  const command = new Command('clova')
    .description(
      'CLOVA Studio 시뮬레이터: Chat Completions(v1, v3), OpenAI 호환 API(/v1/openai), CLOVA Studio GOV의 채팅(/api/v1)을 이 컴퓨터에서 흉내 냅니다.\n' +
        '키나 네트워크가 필요 없습니다. Serves CLOVA Studio Chat Completions on loopback, with failures on demand.',
    )
    .option('--port <번호>', '받을 포트 (0이면 빈 포트)', portNumber, 8801)
    .option('--host <주소>', '받을 주소', '127.0.0.1')
    .option('--latency-ms <밀리초>', '첫 토큰까지 걸리는 시간', wholeNumber, 300)
    .option('--tokens-per-second <개>', '초당 토큰 수', positiveNumber, 40)
    .option('--requests-per-minute <회>', '모델별 분당 요청 한도(QPM)', wholeNumber)
    .option('--tokens-per-minute <개>', '모델별 분당 토큰 한도(TPM)', wholeNumber)
    .option('--seed <시드>', '같은 값이면 프레임 아이디와 비율로 고르는 실패가 같습니다')
    .option('--api-key <키...>', '받아들일 API 키. 없으면 nv-로 시작하는 키를 모두 받습니다')
    .option('--fault <종류>', '요청을 이렇게 실패하게 합니다 (아래 설명)', collectInto(faults, readClovaFault))
    .option('--fail <상태/코드>', '요청을 이 HTTP 상태와 코드로 거절합니다', collectInto(faults, readClovaRefusal))
    .option('--no-star-out', '답변의 전화번호와 링크를 별표로 가리지 않습니다')
    .option('--no-streaming', '스트림을 부탁받아도 JSON 하나로 답합니다')
    .option('--no-signal', '스트림 끝의 signal 프레임을 보내지 않습니다')
    .option('--blank-after-colon', 'SSE 필드 이름 뒤에 빈칸을 넣습니다')
    .option('--crlf', '줄 끝을 CRLF로 보냅니다')
    .option('--comments', '프레임 사이에 주석 줄을 넣습니다')
    .option('--gzip', '응답을 압축합니다')
    .helpOption('-h, --help', '도움말')
    .addHelpText('after', `\n${CLOVA_FAULT_KINDS_HELP}\n\n${FAULT_TIMING_HELP}\n\n${EXAMPLES}`)
    .allowExcessArguments(false)
    .parse(argv);
  const { apiKey, crlf, ...options } = command.opts<Flags>();
  const simulator = create({
    ...options,
    ...(apiKey !== undefined && { apiKeys: apiKey }),
    ...(crlf === true && { lineEnd: '\r\n' as const }),
  });
  for (const { fault, timing } of faults) simulator.failAt(timing, fault);
  const { url } = await startOnPort(command, options.port, () => simulator.start());
  console.log(`${url}에서 CLOVA Studio의 요청을 기다립니다.`);
  console.log(`게이트웨이는 CLOVA_BASE_URL=${url} CLOVA_API_KEY=${apiKey?.[0] ?? 'nv-simulator'} npm start`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
}
