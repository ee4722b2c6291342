import { describe, expect, it } from 'vitest';
import { koreanHolidays } from '../../src/platform/korean-holidays.ts';

/** Lunar New Year, Buddha's birthday and Chuseok (the day itself), as the almanacs of KASI print them. */
const LUNAR_DAYS: Readonly<Record<number, readonly [newYear: string, buddha: string, chuseok: string]>> = {
  2020: ['01-25', '04-30', '10-01'],
  2021: ['02-12', '05-19', '09-21'],
  2022: ['02-01', '05-08', '09-10'],
  2023: ['01-22', '05-27', '09-29'],
  2024: ['02-10', '05-15', '09-17'],
  2025: ['01-29', '05-05', '10-06'],
  2026: ['02-17', '05-24', '09-25'],
  2027: ['02-07', '05-13', '09-15'],
  2028: ['01-27', '05-02', '10-03'],
  2029: ['02-13', '05-20', '09-22'],
  2030: ['02-03', '05-09', '09-12'],
  2031: ['01-23', '05-28', '10-01'],
  2032: ['02-11', '05-16', '09-19'],
  2033: ['01-31', '05-06', '09-08'],
  2034: ['02-19', '05-25', '09-27'],
  2035: ['02-08', '05-15', '09-16'],
};

/** Days off in place of others: official until 2026, by the law after it. */
const SUBSTITUTES: Readonly<Record<number, readonly string[]>> = {
  2020: ['01-27'],
  2021: ['08-16', '10-04', '10-11'],
  2022: ['09-12', '10-10'],
  2023: ['01-24', '05-29'],
  2024: ['02-12', '05-06'],
  2025: ['03-03', '05-06', '10-08'],
  2026: ['03-02', '05-25', '08-17', '10-05'],
  2027: ['02-09', '07-19', '08-16', '10-04', '10-11', '12-27'],
  2028: ['10-05'],
  2029: ['05-07', '05-21', '09-24'],
  2030: ['02-05', '05-06'],
  2031: ['03-03'],
  2032: ['05-17', '07-19', '08-16', '09-21', '10-04', '10-11', '12-27'],
  2033: ['02-02', '07-18', '10-10', '12-26'],
  2034: ['02-21'],
  2035: ['05-07', '09-18'],
};

const FIXED = ['01-01', '03-01', '05-05', '06-06', '08-15', '10-03', '10-09', '12-25'];

const neighbours = (year: number, day: string) =>
  [-1, 0, 1].map((days) => new Date(Date.parse(`${year}-${day}`) + days * 86_400_000).toISOString().slice(5, 10));

describe('public holidays of Korea', () => {
  it.each(Object.entries(LUNAR_DAYS))('are right in %s', (written, [newYear, buddha, chuseok]) => {
    const year = Number(written);
    const expected = new Set([
      ...FIXED,
      ...(year >= 2026 ? ['07-17'] : []),
      ...neighbours(year, newYear),
      buddha,
      ...neighbours(year, chuseok),
      ...(SUBSTITUTES[year] ?? []),
    ]);
    expect([...koreanHolidays(year)].sort()).toEqual([...expected].map((day) => `${year}-${day}`).sort());
  });
});
