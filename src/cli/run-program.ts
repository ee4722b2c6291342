/** The edge of a command line: environment, files, streams and signals of the process. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { loadDotEnv } from '../config/dot-env.ts';
import { systemClock } from '../platform/clock.ts';
import { decodeText } from '../platform/decode-text.ts';
import { readSettingsText } from '../platform/settings-file.ts';
import type { Terminal } from './terminal.ts';

/** Runs a program with the arguments of the process, and ends with its exit code. */
export async function runProgram(run: (argv: readonly string[], terminal: Terminal) => Promise<number>): Promise<void> {
  const envProblems = loadDotEnv(process.env);

  const cancelling = new AbortController();
  process.once('SIGINT', () => cancelling.abort());
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

  // Timers of the clock keep no process alive: while it waits for a task or a quota, this one does.
  const awake = setInterval(() => {}, 60_000);
  process.exitCode = await run(process.argv.slice(2), {
    env: process.env,
    envProblems,
    readSettingsText,
    clock: systemClock,
    signal: cancelling.signal,
    inputIsTerminal: process.stdin.isTTY === true,
    errorsAreTerminal: process.stderr.isTTY === true,
    readFile: (path) => readFileSync(path),
    kindOf: (path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined) return 'nothing';
      return found.isDirectory() ? 'folder' : 'file';
    },
    writeFile: (path, bytes) => writeFileSync(path, bytes),
    readInput: async () => decodeText(await buffer(process.stdin)),
    print: (out) => void process.stdout.write(out),
    printError: (out) => void process.stderr.write(out),
  });
  clearInterval(awake);
}
