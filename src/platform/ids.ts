import { randomBytes } from 'node:crypto';

/** Ids come in through here, so that tests own them. */
export type NewId = () => string;

let block = randomBytes(0);
let offset = 0;

/** 22 characters of base64url, 128 random bits. Random bytes are drawn 4 KiB at a time: one system call per id costs more than the id. */
export const randomId: NewId = () => {
  if (offset + 16 > block.length) {
    block = randomBytes(4096);
    offset = 0;
  }
  offset += 16;
  return block.toString('base64url', offset - 16, offset);
};
