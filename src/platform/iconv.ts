import { createRequire } from 'node:module';
import type Iconv from 'iconv-lite';

const require = createRequire(import.meta.url);

/** Encodings older than UTF-8; Node's own decoder knows half of CP949. Loaded when the first such text comes: the tables are half
 *  a megabyte, and most processes never see one. */
export function iconv(): typeof Iconv {
  return require('iconv-lite') as typeof Iconv;
}
