import type { Command } from 'commander';
import { slideWindow } from '../../engine/clova/apis/sliding-window.ts';
import type { Perform } from '../command.ts';
import { withExamples } from '../examples.ts';
import { readMessages } from '../message-file.ts';
import { wholeNumber } from '../option-values.ts';

interface Flags {
  readonly messages: string;
  readonly model: string;
  readonly maxTokens: number;
}

export function addSliding(program: Command, perform: Perform): void {
  const command = program
    .command('sliding')
    .summary('오래된 대화를 덜어 냅니다 (슬라이딩 윈도우)')
    .description(
      '대화와 답이 4,096토큰에 들어가도록 오래된 말부터 덜어 냅니다. HCX-003과 HCX-DASH-001에만 쓸 수 있습니다.',
    )
    .requiredOption('--messages <파일>', '대화. [{"role": "user", "content": "…"}] 모양의 JSON')
    .option('--model <이름>', '뒤이어 물을 모델', 'HCX-003')
    .option('--max-tokens <개>', '답에 남겨 둘 토큰 수. 뒤이어 묻는 요청과 같아야 합니다', wholeNumber, 1_024)
    .action((flags: Flags) =>
      perform(command, async (session) => {
        const messages = readMessages(session.terminal, flags.messages);
        const request = {
          model: session.model(flags.model),
          models: session.models,
          maxOutputTokens: flags.maxTokens,
          messages,
        };
        session.print(await slideWindow(session.studio(), request, session.call()), (left) =>
          [
            `${messages.length}개 가운데 ${left.length}개가 남았습니다.`,
            ...left.map(({ role, text }) => `  ${role}: ${text}`),
          ].join('\n'),
        );
      }),
    );
  withExamples(command, ['sliding --messages 대화.json --max-tokens 500', '답에 500토큰을 남기고 줄입니다']);
}
