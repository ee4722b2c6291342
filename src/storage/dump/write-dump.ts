import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { StoreReader } from './dump.ts';
import { type DumpFooter, type DumpHeader, FORMAT, FORMAT_VERSION } from './file-format.ts';
import { DUMP_TABLES } from './tables.ts';

export interface WriteDumpOptions {
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** @param done rows that have been written so far, of `total` */
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface WrittenDump extends DumpFooter {
  readonly header: DumpHeader;
}

/** Writes what the store holds into a file that is there already.
 *  @throws GatewayError of the reader; what Node says about the file; the signal's reason */
export async function writeDump(
  reader: StoreReader,
  path: string,
  { createdAt, onProgress, signal }: WriteDumpOptions,
): Promise<WrittenDump> {
  const tables: DumpHeader['tables'] = [];
  for (const table of DUMP_TABLES) {
    tables.push({ name: table.name, columns: Object.keys(table.columns), rows: await reader.countRows(table) });
  }
  const header: DumpHeader = { format: FORMAT, version: FORMAT_VERSION, createdAt, from: reader.kind, tables };
  const total = tables.reduce((sum, { rows }) => sum + rows, 0);

  const sum = createHash('sha256');
  const hashed = (text: string) => {
    sum.update(text);
    return text;
  };
  let footer: DumpFooter = { rows: 0, sha256: '' };
  async function* lines(): AsyncGenerator<string> {
    yield hashed(`${JSON.stringify(header)}\n`);
    let done = 0;
    for (const table of DUMP_TABLES) {
      for await (const rows of reader.readRows({ table, columns: Object.keys(table.columns) })) {
        yield hashed(rows.map((row) => `${JSON.stringify([table.name, ...row])}\n`).join(''));
        done += rows.length;
        onProgress(done, total);
      }
    }
    footer = { rows: done, sha256: sum.digest('hex') };
    yield `${JSON.stringify(footer)}\n`;
  }
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(path, { flags: 'r+', flush: true }), {
    signal,
  });
  return { header, ...footer };
}
