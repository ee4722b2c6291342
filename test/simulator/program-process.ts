import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface FinishedProgram {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
  /** Each line of the output, as JSON. */
  readonly lines: readonly ProgramLine[];
}

/** A line of the output, as far as the tests look into it. */
export interface ProgramLine {
  readonly [part: string]: unknown;
}

export interface RunningProgram {
  /** The first address that the program names. */
  readonly url: Promise<string>;
  readonly finished: Promise<FinishedProgram>;
  /** Asks it to end, and waits. */
  close(): Promise<void>;
}

/** A simulator from a shell: `simulator/<name>.ts` with these arguments and this input, which then ends. */
export function startProgram(name: string, args: readonly string[], input = ''): RunningProgram {
  const child: ChildProcess = spawn(process.execPath, [`simulator/${name}.ts`, ...args], { cwd: root });
  const named = Promise.withResolvers<string>();
  named.promise.catch(() => undefined); // not every test asks
  const texts = { output: '', errors: '' };
  for (const [stream, part] of [
    [child.stdout, 'output'],
    [child.stderr, 'errors'],
  ] as const) {
    if (stream === null) throw new Error('The program has pipes');
    createInterface({ input: stream }).on('line', (line) => {
      texts[part] += `${line}\n`;
      const url = /https?:\/\/[\d.]+:\d+/.exec(line)?.[0];
      if (url !== undefined) named.resolve(url);
    });
  }
  child.stdin?.end(input);
  const finished = once(child, 'close').then(([code]) => {
    named.reject(new Error(`It ended without an address: ${texts.errors}`));
    const lines = texts.output.split('\n').filter((line) => line.startsWith('{'));
    return { code: code as number | null, ...texts, lines: lines.map((line) => JSON.parse(line) as ProgramLine) };
  });
  return {
    url: named.promise,
    finished,
    close: async () => {
      child.kill('SIGTERM');
      await finished;
    },
  };
}
