import type { Command } from 'commander';
import type { Perform } from '../command.ts';
import { LK_IS_GONE } from '../session.ts';
import { WrongUse } from '../wrong-use.ts';

/** The API of the LK models, which older guides still show. */
export function addCompletions(program: Command, perform: Perform): void {
  const command = program
    .command('completions')
    .summary('끝난 서비스입니다 (LK 모델)')
    .description(LK_IS_GONE)
    .argument('[글...]')
    .allowUnknownOption()
    .action(() =>
      perform(command, async () => {
        throw new WrongUse(LK_IS_GONE);
      }),
    );
}
