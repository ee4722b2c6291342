import type { EpochMs } from '../message.ts';

/** Korea has had no summer time since 1988. */
const SEOUL_OFFSET_MS = 9 * 60 * 60_000;

/** The calendar month in which Korean platforms count and bill, as `2026-11`. */
export function seoulMonth(at: EpochMs): string {
  return new Date(at + SEOUL_OFFSET_MS).toISOString().slice(0, 7);
}
