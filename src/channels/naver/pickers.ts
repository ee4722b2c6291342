/** Limits of calendars and clocks as TalkTalk writes them. A limit that it would not understand is left out: the picker without it still
 *  picks. Source: calendar_component_v1.md and time_interval_component_v1.md of navertalk/chatbot-api */
import type { CalendarLimits, ClockTime, IsoDate, SlotLimits } from '../../message.ts';
import { cleanText } from '../../platform/clean-text.ts';
import type { Calendar, TimeInterval } from './schema.ts';
import { oneLine } from './titles.ts';

const STEP_MINUTES = 5;
const MAX_INTERVAL_MINUTES = 720;

export function calendarOf(limits: CalendarLimits, isRange: boolean | undefined): Calendar | undefined {
  const placeholder = oneLine(cleanText(limits.placeholder ?? ''));
  const start = compactDate(limits.firstDate);
  const end = compactDate(limits.lastDate);
  const weekdays = (limits.closedWeekdays ?? []).filter((day) => Number.isInteger(day) && day >= 0 && day <= 6);
  const disables = [...weekdays, ...spans(limits.closedDates, compactDate)].join(',');
  return unlessEmpty<Calendar>({
    ...(placeholder === '' ? {} : { placeholder }),
    ...(start === undefined || end === undefined || end < start ? {} : { start, end }),
    ...(disables === '' ? {} : { disables }),
    ...(isRange === undefined ? {} : { isRange }),
  });
}

export function timeIntervalOf(limits: SlotLimits): TimeInterval | undefined {
  const start = slotTime(limits.firstTime);
  const end = slotTime(limits.lastTime);
  const disables = spans(limits.closedTimes, compactTime).join(',');
  const minutes = limits.stepMinutes;
  return unlessEmpty<TimeInterval>({
    ...(start === undefined ? {} : { start }),
    ...(end === undefined || (start !== undefined && end < start) ? {} : { end }),
    ...(minutes === undefined || !Number.isFinite(minutes) ? {} : { interval: String(roundStep(minutes)) }),
    ...(disables === '' ? {} : { disables }),
  });
}

/** `2026-11-21` as `20261121`; undefined for what is no day. */
export function compactDate(date: IsoDate | undefined): string | undefined {
  if (date === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const parsed = new Date(`${date}T00:00:00Z`);
  // 30 February is read as 2 March.
  return Number.isNaN(parsed.getTime()) || !parsed.toISOString().startsWith(date)
    ? undefined
    : date.replaceAll('-', '');
}

function compactTime(time: ClockTime | undefined): string | undefined {
  return time !== undefined && /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(time) ? time.replace(':', '') : undefined;
}

function slotTime(time: ClockTime | undefined): string | undefined {
  const compact = compactTime(time);
  return compact !== undefined && Number(compact) % STEP_MINUTES === 0 ? compact : undefined;
}

function roundStep(minutes: number): number {
  const steps = Math.round(minutes / STEP_MINUTES);
  return Math.min(Math.max(steps * STEP_MINUTES, STEP_MINUTES), MAX_INTERVAL_MINUTES);
}

type Span = string | { readonly from: string; readonly to: string };

function spans(closed: readonly Span[] | undefined, compact: (text: string) => string | undefined): readonly string[] {
  return (closed ?? []).flatMap((span) => {
    if (typeof span === 'string') return compact(span) ?? [];
    const [from, to] = [compact(span.from), compact(span.to)];
    return from === undefined || to === undefined || to < from ? [] : [`${from}-${to}`];
  });
}

function unlessEmpty<Fields extends object>(fields: Fields): Fields | undefined {
  return Object.keys(fields).length === 0 ? undefined : fields;
}
