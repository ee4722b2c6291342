import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Ids come in through here, so that tests own them. 22 characters of base64url. */
export type NewId = () => string;

const SIZE_BYTES = 16;
const TIME_BYTES = 6;

let block = randomBytes(0);
let end = 0;

/** Random bytes are drawn 4 KiB at a time: one system call per id costs more than the id. */
function draw(): void {
  if (end + SIZE_BYTES > block.length) {
    block = randomBytes(4096);
    end = 0;
  }
  end += SIZE_BYTES;
}

/** 128 random bits: for what nobody may guess. */
export const randomId: NewId = () => {
  draw();
  return block.toString('base64url', end - SIZE_BYTES, end);
};

/** The time in milliseconds and 80 random bits: ids of one moment are neighbours in the store's indexes. Random ones fall on as many
 *  pages as there are rows, and each of these pages is written for one row. */
export function timeOrderedIds(clock: Pick<Clock, 'now'>): NewId {
  return () => {
    draw();
    block.writeUIntBE(clock.now(), end - SIZE_BYTES, TIME_BYTES);
    return block.toString('base64url', end - SIZE_BYTES, end);
  };
}
