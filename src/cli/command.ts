/** A command of the command line, and how it is put under its parent. */
import { type Command, Option } from 'commander';
import { readText } from './input.ts';
import type { Session } from './session.ts';

/** Opens a session for one command, and ends it with an exit code whatever happens. */
export type Perform = (command: Command, work: (session: Session) => Promise<void>) => Promise<void>;

export interface TextFlags {
  readonly file?: string;
}

/** A command that works on a text: words, a file or what is piped in. */
export function takesText(command: Command, what: string): Command {
  return command
    .argument('[글...]', `${what}. 없으면 --file이나 파이프에서 읽습니다`)
    .option('--file <파일>', '글이 담긴 파일. -이면 표준 입력');
}

export function textFrom(session: Session, words: readonly string[], { file }: TextFlags): Promise<string> {
  return readText(session.terminal, words, file);
}

export function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}
