/** Commands that take one text: tokens, segment, summarize. */
import type { Command } from 'commander';
import { segment } from '../../engine/clova/apis/segmentation.ts';
import { summarize } from '../../engine/clova/apis/summarization.ts';
import { countChatTokens, countEmbeddingTokens } from '../../engine/clova/apis/token-count.ts';
import { present } from '../../http-client/answer-fields.ts';
import { type Perform, type TextFlags, takesText, textFrom } from '../command.ts';
import { withExamples } from '../examples.ts';
import { readMessages } from '../message-file.ts';
import { anyNumber, wholeNumber } from '../option-values.ts';
import type { Session } from '../session.ts';
import { WrongUse } from '../wrong-use.ts';

export function addTextCommands(program: Command, perform: Perform): void {
  addTokens(program, perform);
  addSegment(program, perform);
  addSummarize(program, perform);
}

interface TokenFlags extends TextFlags {
  readonly model?: string;
  readonly embedding?: boolean;
  readonly system?: string;
  readonly messages?: string;
}

function addTokens(program: Command, perform: Perform): void {
  const command = takesText(program.command('tokens'), '셀 글')
    .summary('토큰 수를 셉니다 (토큰 계산기)')
    .description('글이나 대화의 토큰 수를 서비스가 세는 대로 알려 줍니다. v1 모델과 v3 모델, 임베딩 v2를 셉니다.')
    .option('--model <이름>', '모델. 없으면 CLOVA_MODEL')
    .option('--embedding', '임베딩 v2의 토큰 수')
    .option('--system <글>', '함께 셀 시스템 메시지')
    .option('--messages <파일>', '글 대신 셀 대화. [{"role": "user", "content": "…"}] 모양의 JSON')
    .action((words: string[], flags: TokenFlags) => perform(command, (session) => tokens(session, words, flags)));
  withExamples(
    command,
    ['tokens "안녕하세요"', '기본 모델의 토큰 수'],
    ['tokens --embedding --file 도움말.txt', '임베딩할 글의 토큰 수'],
  );
}

async function tokens(session: Session, words: readonly string[], flags: TokenFlags): Promise<void> {
  if (flags.embedding === true) {
    const text = await textFrom(session, words, flags);
    const total = await countEmbeddingTokens(session.studio(), text, session.call());
    session.print({ total }, () => `${total} 토큰`);
    return;
  }
  if (flags.messages !== undefined && (words.length > 0 || flags.file !== undefined)) {
    throw new WrongUse('글과 --messages 가운데 하나만 적어 주세요.');
  }
  const messages =
    flags.messages === undefined
      ? [{ role: 'user', text: await textFrom(session, words, flags) } as const]
      : readMessages(session.terminal, flags.messages);
  const system = flags.system === undefined ? [] : [{ role: 'system', text: flags.system } as const];
  const options = { model: session.model(flags.model), models: session.models };
  const count = await countChatTokens(session.studio(), options, [...system, ...messages], session.call());
  session.print(count, ({ total, messages: counted }) =>
    [`${total} 토큰 (${options.model})`, ...counted.map((one) => `  ${one.role}: ${one.tokens}`)].join('\n'),
  );
}

interface SegmentFlags extends TextFlags {
  readonly alpha?: number;
  readonly count?: number;
  readonly maxSize?: number;
  readonly minSize?: number;
}

function addSegment(program: Command, perform: Perform): void {
  const command = takesText(program.command('segment'), '나눌 글')
    .summary('글을 문단으로 나눕니다 (문단 나누기)')
    .description('긴 글을 주제가 바뀌는 곳에서 나눕니다. 120,000자까지 받습니다.')
    .option('--alpha <수>', '-1.5부터 1.5까지, 클수록 잘게 나눕니다. 없으면 서비스가 정합니다', anyNumber)
    .option('--count <개>', '문단 수', wholeNumber)
    .option('--max-size <자>', '문단의 최대 글자 수. 이 값이 있으면 합치고 나누어 크기를 맞춥니다', wholeNumber)
    .option('--min-size <자>', '문단의 최소 글자 수', wholeNumber)
    .action((words: string[], flags: SegmentFlags) =>
      perform(command, async (session) => {
        const { alpha, count, maxSize, minSize } = flags;
        const request = {
          text: await textFrom(session, words, flags),
          alpha: alpha ?? ('automatic' as const),
          ...present('paragraphCount', count),
          ...((maxSize !== undefined || minSize !== undefined) && {
            sizes: { ...present('max', maxSize), ...present('min', minSize) },
          }),
        };
        session.print(await segment(session.studio(), request, session.call()), ({ paragraphs }) =>
          paragraphs.map((sentences) => sentences.join(' ')).join('\n\n'),
        );
      }),
    );
  withExamples(
    command,
    ['segment --file 이용안내.txt', '주제별로 나눕니다'],
    ['segment --file 이용안내.txt --max-size 400 --json', '400자 이하로 맞추어 JSON으로'],
  );
}

interface SummaryFlags extends TextFlags {
  readonly wholeText?: boolean;
  readonly count?: number;
  readonly maxSize?: number;
  readonly minSize?: number;
}

function addSummarize(program: Command, perform: Perform): void {
  const command = takesText(program.command('summarize'), '요약할 글')
    .summary('글을 요약합니다 (요약 v2)')
    .description('글을 짧은 줄 몇 개로 요약합니다. 35,000자까지 받습니다. 요약 v1은 더 이상 제공되지 않습니다.')
    .option('--whole-text', '문단으로 나누지 않고 한 번에 요약합니다')
    .option('--count <개>', '나눌 문단 수', wholeNumber)
    .option('--max-size <자>', '문단의 최대 글자 수 (3,000까지)', wholeNumber)
    .option('--min-size <자>', '문단의 최소 글자 수', wholeNumber)
    .action((words: string[], flags: SummaryFlags) =>
      perform(command, async (session) => {
        const { wholeText, count, maxSize, minSize } = flags;
        const request = {
          texts: [await textFrom(session, words, flags)],
          ...(wholeText === true && { splitsSentences: false }),
          ...present('segmentCount', count),
          ...present('segmentMaxSize', maxSize),
          ...present('segmentMinSize', minSize),
        };
        session.print(await summarize(session.studio(), request, session.call()), ({ text }) => text);
      }),
    );
  withExamples(
    command,
    ['summarize --file 상담기록.txt', '상담 기록을 요약합니다'],
    ['summarize --whole-text < 상담기록.txt', '나누지 않고 요약합니다'],
  );
}
