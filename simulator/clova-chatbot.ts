/** CLOVA Chatbot on this machine, to try ENGINE=clova-chatbot with. */
import { Command } from 'commander';
import { createClovaChatbotSimulator } from './clova-chatbot/server.ts';
import { startOnPort } from './start-on-port.ts';
import { portNumber, wholeNumber } from './switch-values.ts';

export { FAILURE_TEXT } from './clova-chatbot/sample-domain.ts';
export {
  type ChatbotFault,
  type ClovaChatbotSimulator,
  type ClovaChatbotSimulatorOptions,
  createClovaChatbotSimulator,
} from './clova-chatbot/server.ts';
export * from './clova-chatbot/wire.ts';

if (import.meta.main) {
  const command = new Command('clova-chatbot')
    .description(
      'CLOVA Chatbot 시뮬레이터: ENGINE=clova-chatbot을 시험해 볼 때 씁니다. "예약", "문의", "추천", "지점"이라고 말해 보세요.\nA stand-in for CLOVA Chatbot.',
    )
    .option('--port <port>', '기다릴 포트 (0이면 빈 포트)', portNumber, 5060)
    .option('--secret <key>', 'Secret Key', 'simulator-chatbot-secret')
    .option('--latency-ms <ms>', '답하기 전에 기다리는 시간(밀리초)', wholeNumber, 0)
    .helpOption('-h, --help', '도움말')
    .parse();
  const options = command.opts<{ readonly port: number; readonly secret: string; readonly latencyMs: number }>();
  const simulator = createClovaChatbotSimulator(options);
  const { url } = await startOnPort(command, options.port, () => simulator.start());
  process.stdout.write(
    `게이트웨이에 다음 설정을 주세요.\n  ENGINE=clova-chatbot,faq\n  CLOVA_CHATBOT_URL=${url}\n  CLOVA_CHATBOT_SECRET=${options.secret}\n`,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
}
