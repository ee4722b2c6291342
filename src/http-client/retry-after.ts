/** How long a service asks us to wait, in the headers that several of them use. */
import type { EpochMs } from '../message.ts';

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

const MAX_RETRY_AFTER_MS = 60_000;
/** A moment later than the reset, so that the clocks need not agree to the millisecond. */
const RESET_MARGIN_MS = 50;

/** How long to wait, in ms. `resets`: until the quota is full again, by the larger of its two resets; `retry-after`: what the service
 *  says of this very call, where a full quota may be minutes away. Where that is missing, the other. */
export function readRetryAfter(
  headers: ResponseHeaders,
  now: EpochMs,
  first: 'resets' | 'retry-after' = 'resets',
): number | undefined {
  const resetsMs = readResets(headers);
  const retryAfterMs = readAdvice(headers, now);
  const waitMs = first === 'resets' ? (resetsMs ?? retryAfterMs) : (retryAfterMs ?? resetsMs);
  return waitMs === undefined ? undefined : Math.min(waitMs + RESET_MARGIN_MS, MAX_RETRY_AFTER_MS);
}

function readResets(headers: ResponseHeaders): number | undefined {
  const resets = [headers['x-ratelimit-reset-requests'], headers['x-ratelimit-reset-tokens']]
    .map((value) => parseDuration(single(value)))
    .filter((durationMs) => durationMs !== undefined);
  return resets.length === 0 ? undefined : Math.max(...resets);
}

/** Some say it in milliseconds too. */
function readAdvice(headers: ResponseHeaders, now: EpochMs): number | undefined {
  const milliseconds = single(headers['retry-after-ms']);
  return /^\d+(?:\.\d+)?$/.test(milliseconds)
    ? Math.ceil(Number(milliseconds))
    : parseRetryAfter(single(headers['retry-after']), now);
}

function single(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? '';
}

const MS_OF_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `6` (seconds), `6s`, `2.5s`, `300ms`, `1m30s`; anything else is `undefined`. In ms, rounded up. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/i.test(text)) return undefined;
  let durationMs = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/gi)) {
    durationMs += Number(amount) * (MS_OF_UNIT[unit.toLowerCase()] ?? 0);
  }
  return Math.ceil(durationMs);
}

function parseRetryAfter(text: string, now: EpochMs): number | undefined {
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return durationMs;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
