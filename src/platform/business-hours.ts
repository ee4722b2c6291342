/** When people are at work, in Korean time: written by the operator as Korean shops write it. */
import { type CalendarDay, koreanHolidays, weekdayOf } from './korean-holidays.ts';
import { inSeoul } from './seoul-time.ts';

type EpochMs = number;

/** Sunday first, as Date counts. */
const WEEKDAYS = '일월화수목금토';
const DAY_GROUPS: ReadonlyMap<string, string> = new Map([
  ['매일', WEEKDAYS],
  ['평일', '월화수목금'],
  ['주말', '토일'],
]);

/** Minutes since midnight; `to` is not part of it. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** By weekday, Sunday first. */
export type WeeklyHours = readonly (readonly Span[])[];

export interface BusinessHoursOptions {
  /** `평일 09:00-18:00, 토 10:00-15:00`; empty: always open, and the rest does not count. */
  readonly hours: string;
  /** `12:00-13:00`, on every day; empty: none. */
  readonly lunch: string;
  /** Closed on public holidays and their substitutes. */
  readonly closedOnPublicHolidays: boolean;
  /** Further days off: `yyyy-MM-dd`, or `MM-dd` every year. */
  readonly daysOff: readonly string[];
}

export interface BusinessHours {
  isOpen(at: EpochMs): boolean;
  /** For customers: `평일 09:00-18:00 (점심 12:00-13:00, 공휴일 휴무)`. Empty when always open. */
  readonly text: string;
}

/** @throws RangeError when the hours cannot be read; settings are checked with {@link readWeeklyHours} before */
export function createBusinessHours(options: BusinessHoursOptions): BusinessHours {
  const hours = options.hours.trim();
  if (hours === '') return { isOpen: () => true, text: '' };
  const weekly = readWeeklyHours(hours);
  const lunch = options.lunch.trim() === '' ? undefined : readSpan(options.lunch.trim());
  if (weekly === undefined) throw new RangeError('These business hours cannot be read');
  const daysOff = new Set(options.daysOff);
  const isDayOff = (day: CalendarDay) =>
    daysOff.has(day) ||
    daysOff.has(day.slice(5)) ||
    (options.closedOnPublicHolidays && koreanHolidays(Number(day.slice(0, 4))).has(day));
  const notes = [
    ...(lunch === undefined ? [] : [`점심 ${options.lunch.trim()}`]),
    ...(options.closedOnPublicHolidays ? ['공휴일 휴무'] : []),
  ];
  return {
    isOpen(at) {
      const inKorea = inSeoul(at);
      const day = inKorea.toISOString().slice(0, 10);
      const minute = inKorea.getUTCHours() * 60 + inKorea.getUTCMinutes();
      if (isDayOff(day) || (lunch !== undefined && contains(lunch, minute))) return false;
      return (weekly[weekdayOf(day)] ?? []).some((span) => contains(span, minute));
    },
    text: notes.length === 0 ? hours : `${hours} (${notes.join(', ')})`,
  };
}

/** `undefined` when it cannot be read. Days named twice have both spans: `평일 09:00-12:00, 평일 13:00-18:00`. */
export function readWeeklyHours(text: string): WeeklyHours | undefined {
  const weekly: Span[][] = Array.from(WEEKDAYS, () => []);
  for (const written of text.split(',')) {
    const [days, time, ...rest] = written.trim().split(/\s+/);
    const weekdays = days === undefined ? undefined : readDays(days);
    const span = time === undefined ? undefined : readSpan(time);
    if (weekdays === undefined || span === undefined || rest.length > 0) return undefined;
    for (const weekday of weekdays) weekly[weekday]?.push(span);
  }
  return weekly;
}

/** `월-금`, `토`, `화목`, `평일`. */
function readDays(text: string): readonly number[] | undefined {
  const range = /^([일월화수목금토])[-~]([일월화수목금토])$/.exec(text);
  if (range?.[1] !== undefined && range[2] !== undefined) {
    const first = WEEKDAYS.indexOf(range[1]);
    const last = WEEKDAYS.indexOf(range[2]);
    const count = ((last - first + WEEKDAYS.length) % WEEKDAYS.length) + 1;
    return Array.from({ length: count }, (_, index) => (first + index) % WEEKDAYS.length);
  }
  const letters = DAY_GROUPS.get(text) ?? text;
  const weekdays = [...letters].map((letter) => WEEKDAYS.indexOf(letter));
  return weekdays.includes(-1) || new Set(weekdays).size < weekdays.length ? undefined : weekdays;
}

/** `09:00-18:00`, the end after the beginning, at most `24:00`. Shops that close after midnight name the next day too. */
export function readSpan(text: string): Span | undefined {
  const [, fromHour, fromMinute, toHour, toMinute] = /^(\d{1,2}):(\d{2})[-~](\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (Number(fromMinute) > 59 || Number(toMinute) > 59) return undefined;
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  return from < to && to <= 24 * 60 ? { from, to } : undefined; // nothing compares with NaN
}

function contains(span: Span, minute: number): boolean {
  return minute >= span.from && minute < span.to;
}

/** `2026-05-01`, or `05-01` for every year. */
export function isDayOffText(text: string): boolean {
  const [, year = '2024', monthAndDay] = /^(?:(\d{4})-)?(\d{2}-\d{2})$/.exec(text) ?? [];
  if (monthAndDay === undefined) return false;
  const at = Date.parse(`${year}-${monthAndDay}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(5, 10) === monthAndDay;
}
