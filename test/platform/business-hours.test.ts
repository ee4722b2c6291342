import { describe, expect, it } from 'vitest';
import { createBusinessHours, isDayOffText, readWeeklyHours } from '../../src/platform/business-hours.ts';

const at = (koreanTime: string) => Date.parse(`${koreanTime}:00+09:00`);

const hours = createBusinessHours({
  hours: '평일 09:00-18:00, 토 10:00-15:00',
  lunch: '12:00-13:00',
  closedOnPublicHolidays: true,
  daysOff: ['2026-11-24', '05-01'],
});

describe('business hours', () => {
  it.each([
    ['2026-11-23T08:59', false],
    ['2026-11-23T09:00', true],
    ['2026-11-23T11:59', true],
    ['2026-11-23T12:00', false],
    ['2026-11-23T12:59', false],
    ['2026-11-23T13:00', true],
    ['2026-11-23T17:59', true],
    ['2026-11-23T18:00', false],
    ['2026-11-24T10:00', false], // a day off of the shop
    ['2026-11-28T10:00', true], // Saturday
    ['2026-11-28T15:00', false],
    ['2026-11-29T11:00', false], // Sunday
    ['2026-02-17T11:00', false], // Lunar New Year
    ['2026-03-02T11:00', false], // in place of 1 March
    ['2026-05-01T11:00', false],
    ['2027-05-01T11:00', false], // every year
    ['2026-12-24T23:30', false],
  ])('at %s are open: %s', (koreanTime, open) => {
    expect(hours.isOpen(at(koreanTime))).toBe(open);
  });

  it('are told to customers in words', () => {
    expect(hours.text).toBe('평일 09:00-18:00, 토 10:00-15:00 (점심 12:00-13:00, 공휴일 휴무)');
  });

  it('that are not set are always open', () => {
    const always = createBusinessHours({ hours: ' ', lunch: '12:00-13:00', closedOnPublicHolidays: true, daysOff: [] });
    expect(always.isOpen(at('2026-02-17T12:30'))).toBe(true);
    expect(always.text).toBe('');
  });

  it('may go on at public holidays', () => {
    const daily = createBusinessHours({
      hours: '매일 00:00-24:00',
      lunch: '',
      closedOnPublicHolidays: false,
      daysOff: [],
    });
    expect(daily.isOpen(at('2026-02-17T23:59'))).toBe(true);
    expect(daily.text).toBe('매일 00:00-24:00');
  });

  it('are read as shops write them', () => {
    const span = { from: 540, to: 1080 };
    expect(readWeeklyHours('월-금 09:00-18:00')).toEqual([[], [span], [span], [span], [span], [span], []]);
    expect(readWeeklyHours('금~월 9:00~18:00')).toEqual([[span], [span], [], [], [], [span], [span]]);
    expect(readWeeklyHours('화목 09:00-18:00')).toEqual([[], [], [span], [], [span], [], []]);
    expect(readWeeklyHours('토 09:00-12:00,토 13:00-18:00')?.[6]).toHaveLength(2);
  });

  it.each([
    '평일',
    '평일 9-18',
    '평일 18:00-09:00',
    '평일 09:60-18:00',
    '평일 09:00-24:01',
    '월월 09:00-18:00',
    '오늘 09:00-18:00',
    '월-금 09:00-18:00 19:00',
    ',',
    '__proto__ 09:00-18:00',
    'constructor 09:00-18:00',
  ])('refuse %s', (text) => {
    expect(readWeeklyHours(text)).toBeUndefined();
  });

  it.each([
    ['2026-05-01', true],
    ['05-01', true],
    ['02-29', true],
    ['2026-02-29', false],
    ['13-01', false],
    ['5/1', false],
  ])('take %s for a day off: %s', (text, isDay) => {
    expect(isDayOffText(text)).toBe(isDay);
  });
});
