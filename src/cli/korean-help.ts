/** Commander speaks English; help and complaints are for Korean operators. */
import { type Command, Help } from 'commander';
import type { Terminal } from './terminal.ts';

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': '사용법:',
  'Arguments:': '인자:',
  'Options:': '옵션:',
  'Global Options:': '공통 옵션:',
  'Commands:': '명령:',
};

const USAGE_WORDS: readonly (readonly [string, string])[] = [
  ['[options]', '[옵션]'],
  ['[command]', '[명령]'],
];

function inKorean(usage: string): string {
  return USAGE_WORDS.reduce((said, [english, korean]) => said.replace(english, korean), usage);
}

/** What people wrote ends in a letter of any kind, so no particle follows it. */
const COMPLAINTS: readonly (readonly [RegExp, string])[] = [
  [/^error: unknown option '(.*)'/, "없는 옵션입니다: '$1'"],
  [/^error: unknown command '(.*)'/, "없는 명령입니다: '$1'"],
  [/^error: missing required argument '(.*)'/, "인자를 적어 주세요: '$1'"],
  [/^error: required option '(.*)' not specified/, "옵션을 적어 주세요: '$1'"],
  [/^error: option '(.*)' argument missing/, "옵션 '$1'에 값을 적어 주세요."],
  [
    /^error: option '(.*)' argument '(.*)' is invalid\. Allowed choices are (.*)\./,
    "옵션 '$1'에 맞지 않는 값입니다: '$2'. 쓸 수 있는 값: $3",
  ],
  [/^error: option '(.*)' argument '(.*)' is invalid\. (.*)/, "옵션 '$1'에 맞지 않는 값입니다: '$2'. $3"],
  [/^error: too many arguments(?: for '(.*)')?.*/, '인자가 너무 많습니다.'],
  [/\(Did you mean (.*)\?\)/, '혹시 $1인가요?'],
];

/** For this command and those that are added to it afterwards.
 *  @param complain instead of text and a hint, for programs */
export function speakKorean(
  command: Command,
  { print, printError }: Pick<Terminal, 'print' | 'printError'>,
  complain?: (words: string) => void,
): void {
  const defaults = new Help();
  command
    .helpOption('-h, --help', '도움말')
    .helpCommand('help [명령]', '명령의 도움말')
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => TITLES[title] ?? title,
      commandUsage: (described) => inKorean(defaults.commandUsage(described)),
      subcommandTerm: (listed) => inKorean(defaults.subcommandTerm(listed)),
      optionDescription: ({ description, argChoices, defaultValue }) => {
        const notes = [
          ...(argChoices === undefined ? [] : [argChoices.join(' | ')]),
          ...(typeof defaultValue === 'string' || typeof defaultValue === 'number' ? [`기본값 ${defaultValue}`] : []),
        ];
        return notes.length === 0 ? description : `${description} (${notes.join(', ')})`;
      },
    })
    .configureOutput({
      writeOut: print,
      writeErr: printError,
      outputError: (text, write) => {
        const korean = COMPLAINTS.reduce((said, [pattern, words]) => said.replace(pattern, words), text);
        if (complain !== undefined) complain(korean.trim());
        else write(`${korean.trimEnd()}\n도움말: 명령 뒤에 --help를 붙여 보세요.\n`);
      },
    });
}
