import type { Command } from 'commander';
import { fieldsOf, present } from '../../engine/answer-fields.ts';
import type { ChatResult } from '../../engine/clova/chat-frame.ts';
import type { ChatImage, ChatMessage } from '../../engine/clova/chat-message.ts';
import type { ChatOptions, ThinkingEffort } from '../../engine/clova/chat-options.ts';
import { choice, type Perform, type TextFlags, takesText, textFrom } from '../command.ts';
import { withExamples } from '../examples.ts';
import { readBytes, readJsonFile, readMessages } from '../input.ts';
import { anyNumber, wholeNumber } from '../option-values.ts';
import type { Session } from '../session.ts';
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
  readonly seed?: number;
  readonly stream: boolean;
}

export function addChat(program: Command, perform: Perform): void {
  const command = takesText(program.command('chat'), '물어볼 말')
    .summary('모델에게 묻습니다 (Chat Completions)')
    .description('모델에게 한 번 묻고, 답이 만들어지는 대로 보여 줍니다.')
    .option('--model <이름>', '모델. 튜닝한 모델은 ft:작업ID. 없으면 CLOVA_MODEL')
    .option('--system <글>', '모델의 역할')
    .option('--messages <파일>', '지난 대화. [{"role": "user", "content": "…"}] 모양의 JSON')
    .option('--image <파일 또는 주소>', '함께 보낼 그림 (볼 수 있는 모델만)')
    .option('--schema <파일>', '이 JSON Schema에 맞는 JSON으로 답하게 합니다 (HCX-007)')
    .addOption(choice('--thinking <정도>', '답하기 전에 추론하는 정도 (HCX-007)', ['none', 'low', 'medium', 'high']))
    .option('--show-thinking', '추론 과정도 보여 줍니다')
    .option('--max-tokens <개>', '답의 최대 토큰 수', wholeNumber, 1_024)
    .option('--temperature <수>', '0이면 일정하게, 1이면 다양하게', anyNumber)
    .option('--seed <수>', '같은 값이면 되도록 같은 답', wholeNumber)
    .option('--no-stream', '다 만들어진 뒤 한 번에 받습니다')
    .action((words: string[], flags: Flags) => perform(command, (session) => chat(session, words, flags)));
  withExamples(
    command,
    ['chat "환불은 며칠 걸려요?"', '기본 모델에게 묻습니다'],
    ['chat --model HCX-005 --image ./photo.jpg "이 옷의 소재는?"', '그림을 보고 답합니다'],
    ['chat --thinking low --show-thinking --file 질문.txt', '추론하게 하고 그 과정도 봅니다'],
  );
}

async function chat(session: Session, words: readonly string[], flags: Flags): Promise<void> {
  const options = optionsOf(session, flags);
  const text = await textFrom(session, words, flags);
  const messages: ChatMessage[] = [
    ...(flags.system === undefined ? [] : [{ role: 'system', text: flags.system } as const]),
    ...(flags.messages === undefined ? [] : readMessages(session.terminal, flags.messages)),
    { role: 'user', text, ...present('image', imageOf(session, flags.image)) },
  ];
  const line = session.chat().line({ ...options, wantsThinking: flags.showThinking === true });
  if (session.wantsJson || !flags.stream) {
    const result = await line.complete(messages, session.call());
    session.print(result, describe(flags));
    judge(session, result.text);
    return;
  }
  let answer = '';
  let isMidLine = false;
  try {
    for await (const frame of line.stream(messages, session.call())) {
      session.endProgress();
      if (frame.type === 'text') {
        answer += frame.text;
        isMidLine = true;
        session.terminal.print(frame.text);
      } else if (frame.type === 'thinking') session.terminal.printError(frame.text);
      else if (frame.type === 'result') {
        isMidLine = false;
        session.terminal.print('\n');
        session.progress(footer(frame));
      }
    }
  } finally {
    // What comes next is about the failure.
    if (isMidLine) session.terminal.print('\n');
  }
  judge(session, answer);
}

/** A script must not take silence for an answer. */
function judge(session: Session, answer: string): void {
  if (answer.trim() !== '') return;
  session.succeeded = false;
  session.progress('답이 비어 있습니다. 추론을 켰다면 --max-tokens를 늘려 보세요.');
}

function optionsOf(session: Session, flags: Flags): ChatOptions {
  const { maxTokens: maxOutputTokens, thinking, schema, temperature, seed } = flags;
  return {
    model: session.model(flags.model),
    models: session.models,
    maxOutputTokens,
    ...present('thinkingEffort', thinking),
    ...present('temperature', temperature),
    ...present('seed', seed),
    ...(schema !== undefined && { schema: fieldsOf(readJsonFile(session.terminal, schema)) }),
  };
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
    return `${thinking}${result.text}\n\n${footer(result)}`;
  };
}

function footer({ model, finish, usage }: ChatResult): string {
  const tokens =
    usage === undefined
      ? ''
      : ` · 입력 ${usage.promptTokens} + 출력 ${usage.completionTokens} 토큰${usage.thinkingTokens === undefined ? '' : ` (추론 ${usage.thinkingTokens})`}`;
  const cut = finish.reason === 'length' ? ' · 최대 길이에서 끊겼습니다 (--max-tokens)' : '';
  return `[${model}${tokens}${cut}]`;
}
