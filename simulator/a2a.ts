/** An agent of CLOVA Studio GOV, to try ENGINE=a2a with. */
import { Command, Option } from 'commander';
import { A2aSimulator, SIMULATED_KEY } from './a2a/server.ts';
import type { SimulatedDialect } from './a2a/wire.ts';
import { startOnPort } from './start-on-port.ts';
import { portNumber } from './switch-values.ts';

export { HttpError, RpcError } from './a2a/rules.ts';
export { A2aSimulator, type AgentScript, SIMULATED_KEY } from './a2a/server.ts';
export type { SimulatedDialect } from './a2a/wire.ts';

if (import.meta.main) {
  const command = new Command('a2a')
    .description(
      'A2A 에이전트 시뮬레이터: ENGINE=a2a를 시험해 볼 때 씁니다.\nA stand-in for an agent of CLOVA Studio GOV.',
    )
    .option('--port <port>', '기다릴 포트 (0이면 빈 포트)', portNumber, 8_900)
    .addOption(
      new Option('--dialect <dialect>', '에이전트가 쓰는 규격')
        .choices(['gov-v1', 'gov-v2', 'v0.3', 'v1.0'])
        .default('gov-v2'),
    )
    .option('--key <key>', '받아 주는 API 키', SIMULATED_KEY)
    .option('--no-stream', '스트리밍을 제공하지 않습니다')
    .helpOption('-h, --help', '도움말')
    .parse();
  const { port, dialect, key, stream } = command.opts<{
    readonly port: number;
    readonly dialect: SimulatedDialect;
    readonly key: string;
    readonly stream: boolean;
  }>();
  const simulator = new A2aSimulator({ port, dialect, apiKey: key, streams: stream });
  const url = await startOnPort(command, port, () => simulator.start());
  process.stdout.write(`질문을 기다립니다. 게이트웨이는 ENGINE=a2a A2A_URL=${url} A2A_API_KEY=${key}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
}
