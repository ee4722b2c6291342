/** Public holidays of Korea, computed: fixed days, lunar days and the substitutes for those that fall on a weekend or on each other.
 *  Source: 공휴일에 관한 법률 and 관공서의 공휴일에 관한 규정. Election days and holidays that the government adds for one year cannot be
 *  known in advance: they are a setting. */

/** `yyyy-MM-dd`, in Korea. */
export type CalendarDay = string;

const DAY_MS = 24 * 60 * 60_000;
const SUNDAY = 0;
const SATURDAY = 6;

/** Which clashes earn a substitute. Lunar New Year and Chuseok have none for Saturdays. */
type Substitute = 'none' | 'sundays' | 'weekends';

interface Rule {
  /** The days in one year: one, or three for the great festivals. */
  readonly days: (year: number) => readonly CalendarDay[];
  readonly substitute: Substitute;
  /** The first year with a substitute; before it there was none. */
  readonly substituteSince?: number;
  /** The first year in which it is a holiday at all. */
  readonly since?: number;
}

const fixed = (monthAndDay: string) => (year: number) => [`${year}-${monthAndDay}`];

const RULES: readonly Rule[] = [
  { days: fixed('01-01'), substitute: 'none' },
  { days: (year) => around(lunarDay(year, 1, 1)), substitute: 'sundays' },
  { days: fixed('03-01'), substitute: 'weekends', substituteSince: 2022 },
  { days: fixed('05-05'), substitute: 'weekends' },
  { days: (year) => [lunarDay(year, 4, 8)], substitute: 'weekends', substituteSince: 2023 },
  { days: fixed('06-06'), substitute: 'none' },
  { days: fixed('07-17'), substitute: 'weekends', since: 2026 },
  { days: fixed('08-15'), substitute: 'weekends', substituteSince: 2021 },
  { days: (year) => around(lunarDay(year, 8, 15)), substitute: 'sundays' },
  { days: fixed('10-03'), substitute: 'weekends', substituteSince: 2021 },
  { days: fixed('10-09'), substitute: 'weekends', substituteSince: 2021 },
  { days: fixed('12-25'), substitute: 'weekends', substituteSince: 2023 },
];

const holidaysByYear = new Map<number, ReadonlySet<CalendarDay>>();

/** All public holidays of a year, substitutes included, Sundays not. */
export function koreanHolidays(year: number): ReadonlySet<CalendarDay> {
  const known = holidaysByYear.get(year);
  if (known !== undefined) return known;
  const computed = computeHolidays(year);
  holidaysByYear.set(year, computed);
  return computed;
}

function computeHolidays(year: number): ReadonlySet<CalendarDay> {
  const festivals = RULES.filter((rule) => year >= (rule.since ?? 0)).map((rule) => ({
    rule,
    days: rule.days(year),
  }));
  const holidays = new Set<CalendarDay>();
  const shared = new Set<CalendarDay>();
  for (const day of festivals.flatMap(({ days }) => days)) {
    if (holidays.has(day)) shared.add(day);
    holidays.add(day);
  }
  const substituted = new Set<CalendarDay>();
  for (const { rule, days } of festivals) {
    if (rule.substitute === 'none' || year < (rule.substituteSince ?? 0)) continue;
    // Two festivals on one day are one day lost, not two.
    const lost = days.filter((day) => !substituted.has(day) && isLost(day, rule.substitute, shared));
    for (const day of lost) substituted.add(day);
    const last = days.at(-1);
    if (last === undefined) continue;
    for (const _ of lost) holidays.add(nextWorkingDay(last, holidays));
  }
  return holidays;
}

function isLost(day: CalendarDay, substitute: Substitute, shared: ReadonlySet<CalendarDay>): boolean {
  const weekday = weekdayOf(day);
  return weekday === SUNDAY || (substitute === 'weekends' && weekday === SATURDAY) || shared.has(day);
}

function nextWorkingDay(after: CalendarDay, holidays: ReadonlySet<CalendarDay>): CalendarDay {
  let day = addDays(after, 1);
  while (holidays.has(day) || weekdayOf(day) === SUNDAY || weekdayOf(day) === SATURDAY) day = addDays(day, 1);
  return day;
}

/** 0 is Sunday. */
export function weekdayOf(day: CalendarDay): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

function addDays(day: CalendarDay, days: number): CalendarDay {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** A festival with the days before and after it. */
function around(day: CalendarDay): readonly CalendarDay[] {
  return [addDays(day, -1), day, addDays(day, 1)];
}

let lunarFormat: Intl.DateTimeFormat | undefined;

/** Day of the Korean lunisolar calendar in the solar year. Node's ICU knows that calendar as `dangi`; leap months are written
 *  `6bis` there and are no festivals. */
function lunarDay(year: number, month: number, dayOfMonth: number): CalendarDay {
  lunarFormat ??= new Intl.DateTimeFormat('en-u-ca-dangi', { timeZone: 'UTC', month: 'numeric', day: 'numeric' });
  const wanted = `${month}/${dayOfMonth}`;
  // Lunar months begin three to seven weeks after the solar months of the same number.
  const earliest = Date.UTC(year, month - 1, 15 + dayOfMonth);
  for (let at = earliest; at < earliest + 50 * DAY_MS; at += DAY_MS) {
    if (lunarFormat.format(at) === wanted) return new Date(at).toISOString().slice(0, 10);
  }
  throw new RangeError(`The lunar calendar has no day ${wanted} in ${year}`);
}
