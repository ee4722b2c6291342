/** Days and months as Korean people, shops and platforms count them. */
import type { EpochMs } from '../message.ts';

/** Korea has had no daylight saving time since 1988. */
const OFFSET_MS = 9 * 60 * 60_000;

/** Its UTC fields are the date and time in Korea. */
export function inSeoul(at: EpochMs): Date {
  return new Date(at + OFFSET_MS);
}

/** `2026-11-22`. */
export function seoulDay(at: EpochMs): string {
  return inSeoul(at).toISOString().slice(0, 10);
}

/** `2026-11`: the calendar month in which Korean platforms count and bill. */
export function seoulMonth(at: EpochMs): string {
  return seoulDay(at).slice(0, 7);
}
