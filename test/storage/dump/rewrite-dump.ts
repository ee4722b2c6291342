/** A dump as somebody's hand would leave it, with its sums made right again: what is wrong with it is wrong inside. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { linesOf } from './moving.ts';

export function rewriteDump(
  path: string,
  changeRows: (rows: readonly string[]) => readonly string[],
  changeHeader: (header: string) => string = (header) => header,
): void {
  const [header = '', ...rest] = linesOf(path);
  const rows = changeRows(rest.slice(0, -1));
  const body = [changeHeader(header), ...rows].map((line) => `${line}\n`).join('');
  const footer = JSON.stringify({ rows: rows.length, sha256: createHash('sha256').update(body).digest('hex') });
  writeFileSync(path, gzipSync(`${body}${footer}\n`));
}
