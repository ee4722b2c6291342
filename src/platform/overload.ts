/** When this process should get no new traffic: told to whoever asks `/readyz`, before the machine dies of it. */
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';

export interface Load {
  /** Questions are turned away. */
  readonly isFull: boolean;
  /** How late timers are. */
  readonly loopDelayMs: number;
  /** 0 to 1; at 1 the process is killed by its own runtime. */
  readonly heapShare: number;
}

/** Timers this late eat a quarter of Kakao's 4 s. */
const MAX_LOOP_DELAY_MS = 1_000;
/** Beyond this, nearly all the time goes into collecting garbage, and the end is near. */
const MAX_HEAP_SHARE = 0.9;

/** V8 counts the room for young objects into its limit, three times 64 MiB. Old ones cannot have it: a process with 64 MB for them
 *  dies at a quarter of the limit that is reported. */
const YOUNG_BYTES = 3 * 64 * 1024 * 1024;

export function isOverloaded({ isFull, loopDelayMs, heapShare }: Load): boolean {
  return isFull || loopDelayMs > MAX_LOOP_DELAY_MS || heapShare > MAX_HEAP_SHARE;
}

/** How much of the room for long-lived objects is in use: when that is full, the process ends. Costs a few microseconds. */
export function heapShare(): number {
  const usedBytes = getHeapSpaceStatistics()
    .filter(({ space_name: name }) => !name.startsWith('new'))
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
  return usedBytes / (getHeapStatistics().heap_size_limit - YOUNG_BYTES);
}
