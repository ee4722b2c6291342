import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A root user may write anything; tests about file permissions run their child as nobody. */
const NOBODY = 65_534;

export interface Child {
  readonly pid: number;
  /** Whole lines of its standard output; a line cut by a kill is the last one and lacks its end mark. */
  readonly lines: AsyncIterableIterator<string>;
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Runs a program; killed when the test is over. */
export function startChild(
  program: URL,
  args: readonly string[],
  options: { readonly unprivileged?: boolean } = {},
): Child {
  const asNobody = options.unprivileged === true && process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [fileURLToPath(program), ...args], {
    ...asNobody,
    stdio: 'pipe',
  });
  child.stderr.pipe(process.stderr);
  const gone = once(child, 'close');
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  if (child.pid === undefined) throw new Error(`${program.href} did not start`);
  return { pid: child.pid, lines: createInterface(child.stdout)[Symbol.asyncIterator](), kill };
}

export async function nextLine(child: Child): Promise<string> {
  const { value, done } = await child.lines.next();
  if (done) throw new Error('the child has nothing more to say');
  return value;
}
