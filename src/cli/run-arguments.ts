import { type Command, CommanderError } from 'commander';
import { EXIT } from './exit.ts';

/** Runs what the arguments ask for, which has complained itself where they make no sense.
 *  @param program with `exitOverride`, which its commands take over from it when they are added
 *  @param argv without the program's own name
 *  @returns the exit code where nothing was run: help, or wrong use */
export async function runArguments(program: Command, argv: readonly string[]): Promise<number | undefined> {
  try {
    await program.parseAsync(argv, { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
  }
}
