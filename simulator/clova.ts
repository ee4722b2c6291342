import { InvalidArgumentError, program } from 'commander';
import { createClovaSimulator } from './clova/server.ts';

export { createClovaSimulator };

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('0 이상의 정수를 입력해 주세요.');
  return Number(text);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('0보다 큰 숫자를 입력해 주세요.');
  return value;
}

async function run(): Promise<void> {
  program
    .name('clova')
    .description('CLOVA Studio Chat Completions(v1, v3)를 이 컴퓨터에서 흉내 냅니다. 키나 네트워크가 필요 없습니다.')
    .option('--port <번호>', '받을 포트', wholeNumber, 8801)
    .option('--host <주소>', '받을 주소', '127.0.0.1')
    .option('--latency-ms <밀리초>', '첫 토큰까지 걸리는 시간', wholeNumber, 300)
    .option('--tokens-per-second <개>', '초당 토큰 수', positiveNumber, 40)
    .option('--requests-per-minute <회>', '모델별 분당 요청 한도(QPM)', wholeNumber)
    .option('--tokens-per-minute <개>', '모델별 분당 토큰 한도(TPM)', wholeNumber)
    .option('--api-key <키...>', '받아들일 API 키. 없으면 nv-로 시작하는 키를 모두 받습니다')
    .option('--no-star-out', '답변의 전화번호와 링크를 별표로 가리지 않습니다')
    .option('--no-signal', '스트림 끝의 signal 프레임을 보내지 않습니다')
    .option('--blank-after-colon', 'SSE 필드 이름 뒤에 빈칸을 넣습니다')
    .option('--crlf', '줄 끝을 CRLF로 보냅니다')
    .option('--comments', '프레임 사이에 주석 줄을 넣습니다')
    .option('--gzip', '응답을 압축합니다')
    .helpOption('-h, --help', '도움말')
    .parse();
  const { apiKey, crlf, ...options } = program.opts<{
    port: number;
    host: string;
    latencyMs: number;
    tokensPerSecond: number;
    requestsPerMinute?: number;
    tokensPerMinute?: number;
    apiKey?: string[];
    starOut: boolean;
    signal: boolean;
    blankAfterColon?: boolean;
    crlf?: boolean;
    comments?: boolean;
    gzip?: boolean;
  }>();
  const simulator = createClovaSimulator({
    ...options,
    ...(apiKey !== undefined && { apiKeys: apiKey }),
    ...(crlf === true && { lineEnd: '\r\n' as const }),
  });
  const { url } = await simulator.start();
  console.log(`CLOVA Studio simulator: ${url}`);
  console.log(`CLOVA_BASE_URL=${url} CLOVA_API_KEY=${apiKey?.[0] ?? 'nv-simulator'} npm start`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
}

if (import.meta.main) await run();
