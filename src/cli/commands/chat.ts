import type { Command } from 'commander';
import type { FilterThreshold } from '../../engine/clova/ai-filter.ts';
import type { ChatResult } from '../../engine/clova/chat-frame.ts';
import type { ChatImage, ChatMessage } from '../../engine/clova/chat-message.ts';
import type { ChatOptions, ThinkingEffort } from '../../engine/clova/chat-options.ts';
import { fieldsOf, present } from '../../http-client/answer-fields.ts';
import { choice, type Perform, type TextFlags, takesText } from '../command.ts';
import { withExamples } from '../examples.ts';
import { filterNotice } from '../filter-notice.ts';
import { readBytes, readJsonFile, readText, readTextIfAny } from '../input.ts';
import { readMessages } from '../message-file.ts';
import { anyNumber, collected, wholeNumber } from '../option-values.ts';
import type { Session } from '../session.ts';
import { readToolFile } from '../tool-file.ts';
import { WrongUse } from '../wrong-use.ts';

interface Flags extends TextFlags {
  readonly model?: string;
  readonly system?: string;
  readonly messages?: string;
  readonly image?: string;
  readonly schema?: string;
  readonly thinking?: ThinkingEffort;
  readonly showThinking?: boolean;
  readonly maxTokens: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly repetitionPenalty?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly tools?: string;
  readonly toolChoice?: string;
  readonly aiFilter: 'off' | FilterThreshold;
  readonly stream: boolean;
}

export function addChat(program: Command, perform: Perform): void {
  const command = takesText(program.command('chat'), '물어볼 말')
    .summary('모델에게 묻습니다 (Chat Completions)')
    .description('모델에게 한 번 묻고, 답이 만들어지는 대로 보여 줍니다.')
    .option('--model <이름>', '모델. 튜닝한 모델은 ft:작업ID. 없으면 CLOVA_MODEL')
    .option('--system <글>', '모델의 역할')
    .option(
      '--messages <파일>',
      '지난 대화. [{"role": "user", "content": "…"}] 모양의 JSON. 물어볼 말이 없으면 마지막 메시지가 질문입니다',
    )
    .option('--image <파일 또는 주소>', '함께 보낼 그림 (볼 수 있는 모델만)')
    .option('--schema <파일>', '이 JSON Schema에 맞는 JSON으로 답하게 합니다 (HCX-007)')
    .addOption(choice('--thinking <정도>', '답하기 전에 추론하는 정도 (HCX-007)', ['none', 'low', 'medium', 'high']))
    .option('--show-thinking', '추론 과정도 보여 줍니다')
    .option('--max-tokens <개>', '답의 최대 토큰 수', wholeNumber, 1_024)
    .option('--temperature <수>', '0이면 일정하게, 1이면 다양하게', anyNumber)
    .option('--top-p <수>', '확률을 합해 이 비율까지의 후보에서만 고릅니다', anyNumber)
    .option('--top-k <개>', '이 개수까지의 후보에서만 고릅니다. 0이면 제한이 없습니다', wholeNumber)
    .option('--repetition-penalty <수>', '같은 말의 반복을 줄이는 정도', anyNumber)
    .option('--stop <글>', '이 글이 나오면 그 앞에서 끝냅니다. 여러 번 적을 수 있습니다', collected)
    .option('--seed <수>', '같은 값이면 되도록 같은 답', wholeNumber)
    .option('--tools <파일>', '부를 수 있는 함수. [{"name", "description", "parameters"}] 모양의 JSON')
    .option('--tool-choice <방법>', 'auto(모델이 정함), none(부르지 않음) 또는 꼭 부를 함수의 이름')
    .addOption(
      choice('--ai-filter <정도>', 'AI 필터가 이만큼 나쁘게 본 답이면 알리고 1로 끝납니다', [
        'off',
        'likely',
        'possible',
      ]).default('likely'),
    )
    .option('--no-stream', '다 만들어진 뒤 한 번에 받습니다')
    .action((words: string[], flags: Flags) => perform(command, (session) => chat(session, words, flags)));
  withExamples(
    command,
    ['chat "환불은 며칠 걸려요?"', '기본 모델에게 묻습니다'],
    ['chat --model HCX-005 --image ./photo.jpg "이 옷의 소재는?"', '그림을 보고 답합니다'],
    ['chat --thinking low --show-thinking --file 질문.txt', '추론하게 하고 그 과정도 봅니다'],
    ['chat --tools 함수.json "주문 1234 어디쯤인가요?"', '모델이 부르려는 함수와 인자를 봅니다'],
  );
}

async function chat(session: Session, words: readonly string[], flags: Flags): Promise<void> {
  const options = optionsOf(session, flags);
  const messages = await messagesFrom(session, words, flags);
  const line = session.chat().line({ ...options, wantsThinking: flags.showThinking === true });
  if (session.wantsJson || !flags.stream) {
    const result = await line.complete(messages, session.call());
    session.print(result, describe(flags));
    judge(session, result, flags);
    return;
  }
  let isMidLine = false;
  try {
    for await (const frame of line.stream(messages, session.call())) {
      session.endProgress();
      if (frame.type === 'text') {
        isMidLine = true;
        session.terminal.print(frame.text);
      } else if (frame.type === 'thinking') session.terminal.printError(frame.text);
      else if (frame.type === 'result') {
        session.terminal.print(
          `${isMidLine ? '\n' : ''}${callLines(frame)
            .map((line) => `${line}\n`)
            .join('')}`,
        );
        isMidLine = false;
        session.progress(footer(frame));
        judge(session, frame, flags);
      }
    }
  } finally {
    // What comes next is about the failure.
    if (isMidLine) session.terminal.print('\n');
  }
}

/** What came before the question, and the question: what was written, else the last message of the file. */
async function messagesFrom(session: Session, words: readonly string[], flags: Flags): Promise<readonly ChatMessage[]> {
  const { terminal } = session;
  const system = flags.system === undefined ? [] : [{ role: 'system', text: flags.system } as const];
  const earlier = flags.messages === undefined ? [] : readMessages(terminal, flags.messages);
  const last = earlier.at(-1);
  const isComplete = last?.role === 'user' || last?.role === 'tool';
  const text = isComplete
    ? await readTextIfAny(terminal, words, flags.file)
    : await readText(terminal, words, flags.file);
  const image = imageOf(session, flags.image);
  if (text !== undefined) return [...system, ...earlier, { role: 'user', text, ...present('image', image) }];
  if (image === undefined) return [...system, ...earlier];
  if (last?.role !== 'user') throw new WrongUse('그림은 물어볼 말과 함께 보냅니다.');
  return [...system, ...earlier.slice(0, -1), { ...last, image }];
}

/** A script must take neither silence for an answer, nor what no customer would get to see. */
function judge(session: Session, { text, toolCalls, aiFilter }: ChatResult, flags: Flags): void {
  const notice = flags.aiFilter === 'off' ? undefined : filterNotice(aiFilter, flags.aiFilter);
  const isEmpty = text.trim() === '' && toolCalls.length === 0;
  const told = notice ?? (isEmpty ? '답이 비어 있습니다. 추론을 켰다면 --max-tokens를 늘려 보세요.' : undefined);
  if (told === undefined) return;
  session.succeeded = false;
  session.endProgress();
  session.progress(told);
}

function optionsOf(session: Session, flags: Flags): ChatOptions {
  const { terminal } = session;
  const { maxTokens: maxOutputTokens, thinking, schema, tools, toolChoice, aiFilter } = flags;
  return {
    model: session.model(flags.model),
    models: session.models,
    maxOutputTokens,
    ...present('thinkingEffort', thinking),
    ...present('temperature', flags.temperature),
    ...present('topP', flags.topP),
    ...present('topK', flags.topK),
    ...present('repetitionPenalty', flags.repetitionPenalty),
    ...present('seed', flags.seed),
    ...present('stop', flags.stop),
    ...(schema !== undefined && { schema: fieldsOf(readJsonFile(terminal, schema)) }),
    ...(tools !== undefined && { tools: readToolFile(terminal, tools) }),
    ...(toolChoice !== undefined && { toolChoice: toolChoiceOf(toolChoice) }),
    ...(aiFilter !== 'off' && { withholdFrom: aiFilter }),
  };
}

function toolChoiceOf(written: string): NonNullable<ChatOptions['toolChoice']> {
  return written === 'auto' || written === 'none' ? written : { name: written };
}

const MEDIA_TYPES: Readonly<Record<string, 'image/jpeg' | 'image/png' | 'image/webp' | 'image/bmp'>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  bmp: 'image/bmp',
};

function imageOf(session: Session, image: string | undefined): ChatImage | undefined {
  if (image === undefined) return undefined;
  if (/^https?:\/\//.test(image)) return { url: image };
  const mediaType = MEDIA_TYPES[/\.(\w+)$/.exec(image)?.[1]?.toLowerCase() ?? ''];
  if (mediaType === undefined) throw new WrongUse('그림은 jpg, png, webp, bmp 파일이나 http 주소여야 합니다.');
  return { mediaType, bytes: readBytes(session.terminal, image) };
}

function describe({ showThinking }: Flags): (result: ChatResult) => string {
  return (result) => {
    const thinking = showThinking === true && result.thinking !== undefined ? `[추론]\n${result.thinking}\n\n` : '';
    const said = result.text === '' ? [] : [result.text];
    return `${thinking}${[...said, ...callLines(result)].join('\n')}\n\n${footer(result)}`;
  };
}

function callLines({ toolCalls }: ChatResult): readonly string[] {
  return toolCalls.map(({ id, name, arguments: args }) => `[함수 ${name} ${JSON.stringify(args)} · ${id}]`);
}

function footer({ model, finish, usage }: ChatResult): string {
  const tokens =
    usage === undefined
      ? ''
      : ` · 입력 ${usage.promptTokens} + 출력 ${usage.completionTokens} 토큰${usage.thinkingTokens === undefined ? '' : ` (추론 ${usage.thinkingTokens})`}`;
  const cut = finish.reason === 'length' ? ' · 최대 길이에서 끊겼습니다 (--max-tokens)' : '';
  return `[${model}${tokens}${cut}]`;
}
