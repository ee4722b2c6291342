import type { Command } from 'commander';
import { listModels } from '../../engine/clova/apis/models.ts';
import { capabilitiesOf, knownModels, type ModelCapabilities } from '../../engine/clova/facts/models.ts';
import type { Perform } from '../command.ts';
import { withExamples } from '../examples.ts';
import type { Session } from '../session.ts';

export function addModels(program: Command, perform: Perform): void {
  const command = program
    .command('models')
    .summary('모델과 그 능력을 보여 줍니다')
    .description('알고 있는 모델의 한도와 기능을 보여 줍니다. --live는 이 계정이 쓸 수 있는 모델을 서비스에 묻습니다.')
    .option('--live', '서비스에 묻습니다 (키 필요)')
    .action((flags: { readonly live?: boolean }) =>
      perform(command, (session) => models(session, flags.live === true)),
    );
  withExamples(
    command,
    ['models', '키 없이 모델 표를 봅니다'],
    ['models --live --json', '이 키로 쓸 수 있는 모델의 이름'],
  );
}

async function models(session: Session, live: boolean): Promise<void> {
  if (live) {
    session.print(await listModels(session.studio(), session.call()), (names) => names.join('\n'));
    return;
  }
  const table = knownModels(session.models).map((model) => ({ model, ...capabilitiesOf(model, session.models) }));
  session.print(table, (rows) => rows.map(describe).join('\n'));
}

function describe({ model, ...able }: ModelCapabilities & { readonly model: string }): string {
  const features = [
    ...(able.thinking ? ['추론'] : []),
    ...(able.tools ? ['함수 호출'] : []),
    ...(able.structuredOutput ? ['구조화된 출력'] : []),
    ...(able.images === undefined ? [] : ['그림']),
  ];
  const limits = `문맥 ${able.contextTokens.toLocaleString('en')}, 출력 ${able.maxOutputTokens.toLocaleString('en')} 토큰`;
  return `${model.padEnd(14)} ${able.apiVersion}  ${limits}${features.length === 0 ? '' : `  ${features.join(', ')}`}`;
}
