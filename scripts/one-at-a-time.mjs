// Keeps two npm commands in one folder from installing or building at the same time: the second would take away what the first has just
// made. Built-in modules only, no syntax newer than Node 18.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

const POLL_MS = 200;
/** Between making the file and writing the number into it a process may stand still. */
const UNNAMED_MS = 5_000;

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function runs(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Holds `file` until `release` is called or the process exits, and waits before that for whoever holds it. A file that a killed process
 *  left behind counts for nothing. `onWait` is called once. */
export function holdAlone(file, onWait) {
  let hasWaited = false;
  let unnamedMs = 0;
  while (!take(file)) {
    const owner = read(file);
    unnamedMs = owner === '' ? unnamedMs + POLL_MS : 0;
    if (owner === undefined) continue;
    if (owner === '' ? unnamedMs > UNNAMED_MS : !runs(Number(owner))) {
      rmSync(file, { force: true });
      continue;
    }
    if (!hasWaited) onWait();
    hasWaited = true;
    sleep(POLL_MS);
  }
  let isHeld = true;
  const release = () => {
    if (isHeld) rmSync(file, { force: true });
    isHeld = false;
  };
  process.once('exit', release);
  return release;
}
