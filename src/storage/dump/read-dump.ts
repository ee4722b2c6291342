import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import Value from 'typebox/value';
import { GatewayError } from '../../errors.ts';
import { BATCH_ROWS, type DumpRow, type TableColumns, unfit } from './dump.ts';
import { type DumpFooter, type DumpHeader, FORMAT, FORMAT_VERSION, FooterSchema, HeaderSchema } from './file-format.ts';
import { DUMP_TABLES } from './tables.ts';

/** Far above what a row may have; a file of another kind is not read into memory to its end. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
/** Rows of one batch, in characters: a batch of long answers must not become a statement of hundreds of megabytes. */
const BATCH_CHARACTERS = 4_000_000;

const NEWLINE = 0x0a;

export interface DumpBatch {
  readonly to: TableColumns;
  readonly rows: readonly DumpRow[];
}

export interface OpenedDump {
  readonly header: DumpHeader;
  /** As in the header. */
  readonly tables: readonly TableColumns[];
  /** Rows that the header promises. */
  readonly totalRows: number;
  /** To be read once, to the end: only then the counts and the check sum have proved that the file is whole. */
  readBatches(): AsyncGenerator<DumpBatch, DumpFooter>;
  close(): void;
}

/** Reads the header.
 *  @throws GatewayError `STORE_UNFIT`: `file-missing`, `file-unreadable`, `file-foreign`, `file-newer`, `file-cut`, `file-damaged`; so do
 *  the batches */
export async function openDump(path: string): Promise<OpenedDump> {
  const gunzip = createGunzip();
  // The failure of either is thrown to whoever reads the lines.
  pipeline(createReadStream(path), gunzip, () => {});
  const close = () => void gunzip.destroy();
  const lines = readLines(gunzip);
  try {
    const sum = createHash('sha256');
    const first = await nextLine(lines);
    if (first === undefined) throw unfit('file-cut', 'The file is empty');
    sum.update(first);
    const header = parseHeader(first);
    const tables = header.tables.map(toTableColumns);
    return {
      header,
      tables,
      totalRows: header.tables.reduce((total, { rows }) => total + rows, 0),
      readBatches: () => readBatches(lines, sum, header, tables),
      close,
    };
  } catch (thrown) {
    close();
    throw thrown;
  }
}

async function* readBatches(
  lines: AsyncGenerator<Buffer>,
  sum: ReturnType<typeof createHash>,
  { tables: promised }: DumpHeader,
  tables: readonly TableColumns[],
): AsyncGenerator<DumpBatch, DumpFooter> {
  let total = 0;
  for (const [index, to] of tables.entries()) {
    const { name, columns, rows: count } = promised[index] ?? { name: '', columns: [], rows: 0 };
    let rows: DumpRow[] = [];
    let characters = 0;
    for (let read = 0; read < count; read += 1) {
      const line = await nextLine(lines);
      if (line === undefined) throw cut();
      sum.update(line);
      total += 1;
      rows.push(parseRow(line, name, columns.length, total + 1));
      characters += line.length;
      if (rows.length < BATCH_ROWS && characters < BATCH_CHARACTERS) continue;
      yield { to, rows };
      rows = [];
      characters = 0;
    }
    if (rows.length > 0) yield { to, rows };
  }

  const last = await nextLine(lines);
  if (last === undefined) throw cut();
  const footer = parseJson(last);
  if (!Value.Check(FooterSchema, footer) || footer.rows !== total) throw damaged(total + 2);
  if (footer.sha256 !== sum.digest('hex')) throw unfit('file-damaged', 'The check sum of the file is wrong');
  // Reading on to the end makes gzip check its own sum, and finds what somebody has appended.
  if ((await nextLine(lines)) !== undefined) throw damaged(total + 3);
  return footer;
}

function parseHeader(line: Buffer): DumpHeader {
  const found = parseJson(line);
  if (Value.Check(HeaderSchema, found)) return found;
  const { format, version } = (found ?? {}) as Readonly<Record<string, unknown>>;
  if (format !== FORMAT) throw unfit('file-foreign', 'The file is no dump of a store');
  if (typeof version === 'number' && version > FORMAT_VERSION) throw newer(`version ${version}`);
  throw damaged(1);
}

function toTableColumns({ name, columns }: DumpHeader['tables'][number]): TableColumns {
  const table = DUMP_TABLES.find((known) => known.name === name);
  if (table === undefined) throw newer(`table ${name}`);
  const unknown = columns.find((column) => !Object.hasOwn(table.columns, column));
  if (unknown !== undefined) throw newer(`column ${name}.${unknown}`);
  return { table, columns };
}

function parseRow(line: Buffer, name: string, width: number, lineNumber: number): DumpRow {
  const row = parseJson(line);
  if (!Array.isArray(row) || row[0] !== name || row.length !== width + 1) throw damaged(lineNumber);
  const values: unknown[] = row.slice(1);
  if (!values.every(isValue)) throw damaged(lineNumber);
  return values;
}

/** By hand: a schema costs more than everything else that is done with a row. */
function isValue(value: unknown): value is DumpRow[number] {
  return typeof value === 'string' || value === null || Number.isSafeInteger(value);
}

function parseJson(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function nextLine(lines: AsyncGenerator<Buffer>): Promise<Buffer | undefined> {
  try {
    const { value, done } = await lines.next();
    return done === true ? undefined : value;
  } catch (thrown) {
    throw thrown instanceof GatewayError ? thrown : readFailure(thrown);
  }
}

/** Whole lines with their end, as bytes: the check sum is one of bytes. What follows the last line end is a line that was cut. */
async function* readLines(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...pieces, chunk.subarray(from, end + 1)]);
      pieces = [];
      sizeBytes = 0;
      from = end + 1;
    }
    pieces.push(chunk.subarray(from));
    sizeBytes += chunk.length - from;
    if (sizeBytes > MAX_LINE_BYTES) throw unfit('file-foreign', 'The file is no dump of a store');
  }
  if (sizeBytes > 0) throw cut();
}

function readFailure(thrown: unknown): GatewayError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code === 'ENOENT') return unfit('file-missing', 'There is no such file');
  // zlib: the input ended before its own end.
  if (code === 'Z_BUF_ERROR') return cut();
  if (code === 'Z_DATA_ERROR' && /incorrect header/.test(String(thrown))) {
    return unfit('file-foreign', 'The file is no dump of a store');
  }
  if (code.startsWith('Z_')) return unfit('file-damaged', 'The file does not decompress', { code });
  return unfit('file-unreadable', 'The file cannot be read', { code }, thrown);
}

const newer = (what: string) => unfit('file-newer', 'The file was written by a newer version of the program', { what });
const cut = () => unfit('file-cut', 'The file ends before its footer');
const damaged = (line: number) => unfit('file-damaged', 'A line of the file is not what it must be', { line });
