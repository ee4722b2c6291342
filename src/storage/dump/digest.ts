/** Tells whether two sets of rows are the same without keeping either, and in whatever order they come. */
import { hash } from 'node:crypto';
import type { DumpRow, StoreReader, TableColumns } from './dump.ts';

const MODULUS = 1n << 256n;

/** The number of rows, and the sum of their SHA-256. Unlike an exclusive-or the sum sees a row that is there twice. */
export class RowsDigest {
  #rows = 0;
  #sum = 0n;

  get rows(): number {
    return this.#rows;
  }

  /** 64 hexadecimal digits. */
  get sha256Sum(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }

  add(row: DumpRow): void {
    this.#rows += 1;
    this.#sum = (this.#sum + BigInt(`0x${hash('sha256', JSON.stringify(row))}`)) % MODULUS;
  }

  equals(other: RowsDigest): boolean {
    return this.#rows === other.#rows && this.#sum === other.#sum;
  }
}

/** @param onRows called with the number of rows that have been read since the last call */
export async function digestRows(
  reader: StoreReader,
  from: TableColumns,
  onRows: (rows: number) => void,
): Promise<RowsDigest> {
  const digest = new RowsDigest();
  for await (const rows of reader.readRows(from)) {
    for (const row of rows) digest.add(row);
    onRows(rows.length);
  }
  return digest;
}
