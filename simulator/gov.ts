/** The services of CLOVA Studio GOV on this machine, for `npm run clova -- gov`. */
import { Command } from 'commander';
import { createGovSimulator } from './gov/server.ts';
import { startOnPort } from './start-on-port.ts';
import { portNumber, wholeNumber } from './switch-values.ts';

/** Serves until SIGINT or SIGTERM. */
async function runGovProgram(argv: readonly string[]): Promise<void> {
  const command = new Command('gov')
    .description(
      'CLOVA Studio GOV 시뮬레이터: 개인정보 마스킹, 임베딩, RAG42, 음성, 문서 분석을 이 컴퓨터에서 흉내 냅니다.\n' +
        'Serves the tools of CLOVA Studio GOV on loopback.',
    )
    .option('--port <번호>', '받을 포트 (0이면 빈 포트)', portNumber, 8803)
    .option('--requests <회>', '이만큼 받은 뒤에는 429로 거절합니다', wholeNumber)
    .helpOption('-h, --help', '도움말')
    .allowExcessArguments(false)
    .parse(argv);
  const options = command.opts<{ readonly port: number; readonly requests?: number }>();
  const simulator = createGovSimulator(options);
  const { url } = await startOnPort(command, options.port, () => simulator.start());
  console.log(`${url}에서 CLOVA Studio GOV의 요청을 기다립니다.`);
  console.log(`명령줄은 GOV_BASE_URL=${url} GOV_API_KEY=simulator npm run clova -- gov pii "계좌 302-99-123456"`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
}

if (import.meta.main) await runGovProgram(process.argv);
