import type { Command } from 'commander';
import type { ClovaApi } from '../../engine/clova/apis/api.ts';
import {
  cosineSimilarity,
  EMBEDDING_MODELS_V1,
  type Embedding,
  embedText,
  embedTextOpenAi,
  embedTextV1,
  lengthOf,
  toUnitVector,
} from '../../engine/clova/apis/embedding.ts';
import { GatewayError } from '../../errors.ts';
import { delay } from '../../platform/clock.ts';
import { choice, type Perform, type TextFlags, takesText, textFrom } from '../command.ts';
import { withExamples } from '../examples.ts';
import { linesOf } from '../input.ts';
import type { Session } from '../session.ts';
import { WrongUse } from '../wrong-use.ts';

interface Flags extends TextFlags {
  readonly api: 'v2' | 'v1' | 'openai';
  readonly model?: string;
  readonly lines?: boolean;
  readonly unit?: boolean;
}

/** Longer than any reset of a quota that counts minutes. */
const LONGEST_WAIT_MS = 60_000;

export function addEmbed(program: Command, perform: Perform): void {
  const command = takesText(program.command('embed'), '벡터로 바꿀 글')
    .summary('글을 벡터로 바꿉니다 (임베딩 v2, v1)')
    .description(
      '글을 1,024개 숫자의 벡터로 바꿉니다. --lines이면 한 줄을 글 하나로 보고 차례로 바꾸며, 한도에 걸리면 기다렸다가 이어 갑니다.',
    )
    .addOption(
      choice('--api <종류>', 'v2(8,192토큰까지), v1(500토큰까지), openai(v2와 같은 벡터)', [
        'v2',
        'v1',
        'openai',
      ]).default('v2'),
    )
    .addOption(choice('--model <이름>', `--api v1의 모델. 없으면 ${EMBEDDING_MODELS_V1[0]}`, EMBEDDING_MODELS_V1))
    .option('--lines', '한 줄이 글 하나. --json이면 결과도 한 줄에 하나씩(JSONL)')
    .option('--unit', '길이가 1인 벡터로 바꾸어 줍니다')
    .action((words: string[], flags: Flags) => perform(command, (session) => embed(session, words, flags)));
  withExamples(
    command,
    ['embed "배송은 언제 되나요?" --json', '벡터를 JSON으로'],
    ['embed --lines --file 질문들.txt --json > 벡터.jsonl', '줄마다 벡터 하나'],
    ['embed --api v1 --model clir-sts-dolphin "문장"', '예전 색인을 위한 v1'],
  );
}

async function embed(session: Session, words: readonly string[], flags: Flags): Promise<void> {
  if (flags.model !== undefined && flags.api !== 'v1') throw new WrongUse('--model은 --api v1과 함께 적어 주세요.');
  const text = await textFrom(session, words, flags);
  const api = session.studio();
  if (flags.lines !== true) {
    session.print(finished(await embedOne(api, session, text, flags), flags), describeOne);
    return;
  }
  const texts = linesOf(text);
  let first: Embedding | undefined;
  for (const [index, line] of texts.entries()) {
    const embedding = await patiently(session, () => embedOne(api, session, line, flags));
    first ??= embedding;
    session.progress(`${index + 1} / ${texts.length}`);
    session.terminal.print(
      session.wantsJson
        ? `${JSON.stringify({ text: line, ...finished(embedding, flags) })}\n`
        : `${cosineSimilarity(first.vector, embedding.vector).toFixed(3)}  ${line}\n`,
    );
  }
}

function embedOne(
  api: ClovaApi,
  session: Session,
  text: string,
  { api: kind, model = EMBEDDING_MODELS_V1[0] }: Flags,
): Promise<Embedding> {
  if (kind === 'v1') return embedTextV1(api, { text, model }, session.call());
  return kind === 'openai' ? embedTextOpenAi(api, text, session.call()) : embedText(api, text, session.call());
}

/** Half of a file is worth nothing: a quota that comes back within a minute is waited for. */
async function patiently<Result>(session: Session, run: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      const { clock, signal } = session.terminal;
      if (!(error instanceof GatewayError) || error.code !== 'ENGINE_RATE_LIMITED' || signal.aborted) throw error;
      const pauseMs = Math.min(error.retryAfterMs ?? LONGEST_WAIT_MS, LONGEST_WAIT_MS);
      session.progress(`한도를 다 써서 ${Math.ceil(pauseMs / 1_000)}초 기다립니다`);
      await delay(clock, pauseMs, signal);
    }
  }
}

function finished(embedding: Embedding, { unit }: Flags): Embedding {
  return unit === true ? { ...embedding, vector: toUnitVector(embedding.vector) } : embedding;
}

function describeOne({ model, vector, inputTokens }: Embedding): string {
  const shown = vector.slice(0, 5).map((value) => value.toFixed(4));
  const tokens = inputTokens === undefined ? '' : `, ${inputTokens} 토큰`;
  return `${model}: ${vector.length}차원, 길이 ${lengthOf(vector).toFixed(3)}${tokens}\n[${shown.join(', ')}, …]  (전체는 --json)`;
}
