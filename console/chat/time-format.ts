import type { EpochMs } from '../../src/message.ts';
import type { Language } from './words.ts';

const LOCALE: Readonly<Record<Language, string>> = { ko: 'ko-KR', en: 'en-US' };

/** "오후 3:05", in the time zone of the reader unless one is named. */
export function formatTime(at: EpochMs, language: Language, timeZone?: string): string {
  const options = { hour: 'numeric', minute: '2-digit', hour12: true } as const;
  return new Intl.DateTimeFormat(LOCALE[language], timeZone === undefined ? options : { ...options, timeZone }).format(
    at,
  );
}

/** "2026년 11월 22일 일요일". Two moments are of the same day when this is equal. */
export function formatDay(at: EpochMs, language: Language, timeZone?: string): string {
  const options = { dateStyle: 'full' } as const;
  return new Intl.DateTimeFormat(LOCALE[language], timeZone === undefined ? options : { ...options, timeZone }).format(
    at,
  );
}
