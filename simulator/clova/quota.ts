/** Requests and tokens per minute, per model: input and the *requested* maximum count, not what was generated. */
import type { Clock } from '../../src/platform/clock.ts';
import { ApiError } from './api-error.ts';

export interface QuotaLimits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
}

interface Window {
  readonly startedAt: number;
  requests: number;
  tokens: number;
}

const MINUTE_MS = 60_000;

export class Quota {
  readonly #limits: QuotaLimits;
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  constructor(limits: QuotaLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Headers for the answer. Their names are those that outside clients read; no list is documented.
   *  @throws ApiError `42901` with the reset headers */
  take(modelName: string, tokens: number): Readonly<Record<string, string>> {
    const { requestsPerMinute = Number.POSITIVE_INFINITY, tokensPerMinute = Number.POSITIVE_INFINITY } = this.#limits;
    if (requestsPerMinute === Number.POSITIVE_INFINITY && tokensPerMinute === Number.POSITIVE_INFINITY) return {};

    const now = this.#clock.now();
    let window = this.#windows.get(modelName);
    if (window === undefined || now - window.startedAt >= MINUTE_MS) {
      window = { startedAt: now, requests: 0, tokens: 0 };
      this.#windows.set(modelName, window);
    }
    const overRequests = window.requests + 1 > requestsPerMinute;
    const overTokens = window.tokens + tokens > tokensPerMinute;
    if (!overRequests && !overTokens) {
      window.requests += 1;
      window.tokens += tokens;
    }
    const reset = `${Math.ceil((window.startedAt + MINUTE_MS - now) / 1_000)}s`;
    const headers: Record<string, string> = {};
    if (requestsPerMinute !== Number.POSITIVE_INFINITY) {
      headers['x-ratelimit-limit-requests'] = String(requestsPerMinute);
      headers['x-ratelimit-remaining-requests'] = String(requestsPerMinute - window.requests);
      headers['x-ratelimit-reset-requests'] = reset;
    }
    if (tokensPerMinute !== Number.POSITIVE_INFINITY) {
      headers['x-ratelimit-limit-tokens'] = String(tokensPerMinute);
      headers['x-ratelimit-remaining-tokens'] = String(tokensPerMinute - window.tokens);
      headers['x-ratelimit-reset-tokens'] = reset;
    }
    if (overRequests || overTokens) throw new ApiError('42901', 'Too many requests - rate exceeded', headers);
    return headers;
  }
}
