/** From a dump into a store, and the proof that both hold the same. */
import { digestRows, RowsDigest } from './digest.ts';
import { type StoreReader, type StoreWriter, unfit } from './dump.ts';
import type { DumpFooter } from './file-format.ts';
import type { DumpBatch, OpenedDump } from './read-dump.ts';
import { DUMP_TABLES } from './tables.ts';

export type Phase = 'writing' | 'reading-file' | 'reading-store';

export interface Watched {
  /** @param done rows so far, of `total` */
  readonly onProgress: (phase: Phase, done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface TableSum {
  readonly name: string;
  readonly rows: number;
  /** See {@link RowsDigest}: equal for equal contents, in a file or in either database. */
  readonly sha256Sum: string;
}

export interface TableComparison {
  readonly name: string;
  readonly fileRows: number;
  readonly storeRows: number;
  readonly isSame: boolean;
}

interface DigestedDump {
  readonly footer: DumpFooter;
  /** By the name of the table. */
  readonly digests: ReadonlyMap<string, RowsDigest>;
}

/** All or nothing: every row is written, the file has proved to be whole, and what was written was read back and found to be the same,
 *  before any of it is there for others.
 *  @throws GatewayError `STORE_UNFIT`, `STORE_FAILED`, `STORE_BUSY`; the signal's reason */
export async function importDump(dump: OpenedDump, writer: StoreWriter, watched: Watched): Promise<DumpFooter> {
  const read = await digestDump(dump, writer, watched, 'writing', ({ to, rows }) => writer.writeRows(to, rows));
  const different = (await compareTables(dump, read, writer, watched)).find(({ isSame }) => !isSame);
  if (different !== undefined) {
    const { name, fileRows, storeRows } = different;
    throw unfit('store-differs', 'What was written is not what was read', { table: name, fileRows, storeRows });
  }
  watched.signal.throwIfAborted();
  await writer.commit();
  return read.footer;
}

/** Every table that a store has.
 *  @throws GatewayError `STORE_UNFIT`, `STORE_FAILED`, `STORE_BUSY`; the signal's reason */
export async function compareDump(
  dump: OpenedDump,
  reader: StoreReader,
  watched: Watched,
): Promise<readonly TableComparison[]> {
  return compareTables(dump, await digestDump(dump, reader, watched, 'reading-file'), reader, watched);
}

/** Proves that the file is whole.
 *  @throws GatewayError `STORE_UNFIT`; the signal's reason */
export async function checkDump(
  dump: OpenedDump,
  watched: Watched,
): Promise<{ readonly footer: DumpFooter; readonly tables: readonly TableSum[] }> {
  const { footer, digests } = await digestDump(dump, { asKept: (row) => row }, watched, 'reading-file');
  return { footer, tables: DUMP_TABLES.map(({ name }) => toSum(name, digests.get(name) ?? new RowsDigest())) };
}

/** Reads all that a store holds.
 *  @throws GatewayError `STORE_FAILED`, `STORE_BUSY`; the signal's reason */
export async function sumStore(reader: StoreReader, { onProgress, signal }: Watched): Promise<readonly TableSum[]> {
  let total = 0;
  for (const table of DUMP_TABLES) total += await reader.countRows(table);
  let done = 0;
  const sums: TableSum[] = [];
  for (const table of DUMP_TABLES) {
    const digest = await digestRows(reader, { table, columns: Object.keys(table.columns) }, (rows) => {
      signal.throwIfAborted();
      done += rows;
      onProgress('reading-store', done, total);
    });
    sums.push(toSum(table.name, digest));
  }
  return sums;
}

function toSum(name: string, { rows, sha256Sum }: RowsDigest): TableSum {
  return { name, rows, sha256Sum };
}

/** Reads the file to its end. */
async function digestDump(
  dump: OpenedDump,
  { asKept }: Pick<StoreReader, 'asKept'>,
  { onProgress, signal }: Watched,
  phase: Phase,
  take?: (batch: DumpBatch) => Promise<void>,
): Promise<DigestedDump> {
  const digests = new Map<string, RowsDigest>();
  const batches = dump.readBatches();
  let done = 0;
  for (let next = await batches.next(); ; next = await batches.next()) {
    signal.throwIfAborted();
    if (next.done === true) return { footer: next.value, digests };
    const { to, rows } = next.value;
    const digest = digests.get(to.table.name) ?? new RowsDigest();
    digests.set(to.table.name, digest);
    for (const row of rows) digest.add(asKept(row));
    await take?.(next.value);
    done += rows.length;
    onProgress(phase, done, dump.totalRows);
  }
}

async function compareTables(
  dump: OpenedDump,
  { digests }: DigestedDump,
  reader: StoreReader,
  { onProgress, signal }: Watched,
): Promise<readonly TableComparison[]> {
  let done = 0;
  const compared: TableComparison[] = [];
  for (const table of DUMP_TABLES) {
    const { name } = table;
    // A table or a column that the file does not know of came later.
    const columns = dump.tables.find((one) => one.table === table)?.columns ?? Object.keys(table.columns);
    const inFile = digests.get(name) ?? new RowsDigest();
    const inStore = await digestRows(reader, { table, columns }, (rows) => {
      signal.throwIfAborted();
      done += rows;
      onProgress('reading-store', done, dump.totalRows);
    });
    compared.push({ name, fileRows: inFile.rows, storeRows: inStore.rows, isSame: inStore.equals(inFile) });
  }
  return compared;
}
