/** What an account may ask one model for in a minute: requests and tokens, shared by all who use the account.
 *
 *  rate-limiter-flexible counts one thing in windows that begin with the first call. Here two are taken together or not at all, no minute
 *  at all may hold more than the limit (how the service cuts its minutes is not documented), whoever waits can give up, and what the
 *  service counted replaces what was estimated. */
import { GatewayError } from '../../errors.ts';
import type { EpochMs } from '../../message.ts';
import { cancellation } from '../../platform/cancellation.ts';
import type { Clock } from '../../platform/clock.ts';
import { FairQueue } from '../../platform/fair-queue.ts';
import { TokenScale } from '../../platform/token-scale.ts';
import type { CallGate, CallPass, GateCall } from '../call-gate.ts';

/** Infinity: not limited. */
export interface RateLimits {
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
}

/** A second more than a minute, because the service counts from when a call arrives there. */
const WINDOW_MS = 61_000;
/** What an answer takes at least: who would be let through later would miss the customer. */
const SHORTEST_ANSWER_MS = 1_500;
/** Where a refusal does not say when to come back. */
const DEFAULT_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
/** The refusals of one burst are one lesson. */
const LESSON_MS = 5_000;
const LOWEST_SHARE = 0.1;
const RECOVERY_PER_MS = 0.1 / 60_000;

interface Taken {
  readonly at: EpochMs;
  tokens: number;
  isInWindow: boolean;
}

interface Waiter {
  readonly tokens: number;
  readonly grant: (taken: Taken) => void;
}

export class RateBudget {
  readonly #clock: Clock;
  readonly #onLowered: (share: number) => void;
  #limits: RateLimits;
  /** Oldest first, none older than the window from `#oldest` on. */
  #taken: Taken[] = [];
  #oldest = 0;
  /** Of all from `#oldest` on. Added up anew for each call, a thousand calls a second would walk through sixty thousand every time. */
  #takenTokens = 0;
  readonly #waiting = new FairQueue<Waiter>();
  /** From what we estimate to what the service counts. */
  readonly #scale = new TokenScale();
  /** Of the limits, as learned from refusals; see {@link RateBudget.#share}. */
  #loweredTo = 1;
  #loweredAt: EpochMs = 0;
  #closedUntil: EpochMs = 0;
  #cancelTimer: () => void = () => {};

  constructor(limits: RateLimits, clock: Clock, onLowered: (share: number) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onLowered = onLowered;
  }

  /** For somebody who may wait so long at most. What they know of the limits counts for all. */
  gate(limits: RateLimits, maxWaitMs: number): CallGate {
    this.#limits = {
      requestsPerMinute: Math.min(this.#limits.requestsPerMinute, limits.requestsPerMinute),
      tokensPerMinute: Math.min(this.#limits.tokensPerMinute, limits.tokensPerMinute),
    };
    return { enter: (call) => this.#enter(call, maxWaitMs) };
  }

  async #enter(call: GateCall, maxWaitMs: number): Promise<CallPass> {
    const { botId, signal, inputTokens, outputTokens } = call;
    if (signal.aborted) throw cancellation(signal);
    const tokens = this.#scale.of(inputTokens) + outputTokens;
    this.#forget();
    const now = this.#clock.now();
    const freeAt = this.#freeAt(this.#waiting.ahead(botId), tokens, now);
    const waitUntil = Math.min(now + maxWaitMs, lastUsefulStart(call, now));
    if (freeAt > now && freeAt > waitUntil) throw overQuota(freeAt - now);
    const mayGo = freeAt <= now && this.#waiting.size === 0;
    const taken = mayGo ? this.#take(tokens) : await this.#wait(call, tokens, waitUntil);
    return {
      answered: (promptTokens) => {
        if (promptTokens === undefined) return;
        this.#correct(taken, promptTokens + outputTokens);
        this.#scale.learn(inputTokens, promptTokens);
        this.#serveNext();
      },
      failed: (error) => {
        if (error.code === 'ENGINE_RATE_LIMITED') this.#learn(error.retryAfterMs);
      },
    };
  }

  /** @throws GatewayError `ENGINE_NOT_ASKED` at `waitUntil`, `TURN_CANCELLED` when the signal fires */
  async #wait({ botId, signal }: GateCall, tokens: number, waitUntil: EpochMs): Promise<Taken> {
    const { promise, resolve, reject } = Promise.withResolvers<Taken>();
    const waiter: Waiter = { tokens, grant: resolve };
    this.#waiting.push(botId, waiter);
    const giveUp = (why: GatewayError) => {
      if (!this.#waiting.remove(botId, waiter)) return;
      reject(why);
      this.#serveNext();
    };
    const onAbort = () => giveUp(cancellation(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    const waitMs = waitUntil - this.#clock.now();
    // A moment more: at the very end it may still be its turn.
    const cancelTimer = this.#clock.schedule(waitMs + 1, () => giveUp(overQuota(waitMs)));
    this.#serveNext();
    try {
      return await promise;
    } finally {
      cancelTimer();
      signal.removeEventListener('abort', onAbort);
    }
  }

  #take(tokens: number): Taken {
    const taken = { at: this.#clock.now(), tokens, isInWindow: true };
    this.#taken.push(taken);
    this.#takenTokens += tokens;
    return taken;
  }

  #correct(taken: Taken, tokens: number): void {
    if (taken.isInWindow) this.#takenTokens += tokens - taken.tokens;
    taken.tokens = tokens;
  }

  /** Lets in who fits now, and comes back when the next one does. */
  #serveNext(): void {
    this.#cancelTimer();
    this.#forget();
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      const now = this.#clock.now();
      const waitMs = this.#freeAt([], next.tokens, now) - now;
      if (waitMs > 0) {
        this.#cancelTimer = this.#clock.schedule(waitMs, () => this.#serveNext());
        return;
      }
      this.#waiting.shift();
      next.grant(this.#take(next.tokens));
    }
  }

  /** When so many tokens more can be taken, behind those who wait; `now` when at once. */
  #freeAt(waiting: Iterable<Waiter>, tokens: number, now: EpochMs): EpochMs {
    const share = this.#share(now);
    const maxRequests = Math.max(1, Math.floor(this.#limits.requestsPerMinute * share));
    const maxTokens = this.#limits.tokensPerMinute * share;
    const ahead = [...waiting];
    let requests = this.#taken.length - this.#oldest + ahead.length + 1;
    let total = ahead.reduce((sum, waiter) => sum + waiter.tokens, this.#takenTokens + tokens);
    // The caller compares with its own now: a clock read again may have moved on, and "free" would look like "in a millisecond".
    let at = Math.max(now, this.#closedUntil);
    // One alone always fits: if the service thinks otherwise, waiting does not help.
    const fits = () => requests <= maxRequests && (total <= maxTokens || requests === 1);
    const leave = (one: { readonly tokens: number }, leavesAt: EpochMs) => {
      at = Math.max(at, leavesAt);
      requests -= 1;
      total -= one.tokens;
    };
    for (let index = this.#oldest; !fits(); index += 1) {
      const taken = this.#taken[index];
      if (taken === undefined) break;
      leave(taken, taken.at + WINDOW_MS);
    }
    for (const waiter of ahead) {
      if (fits()) break;
      // Whoever is let in at the earliest makes room a whole window later.
      leave(waiter, at + WINDOW_MS);
    }
    return at;
  }

  #forget(): void {
    const since = this.#clock.now() - WINDOW_MS;
    for (
      let taken = this.#taken[this.#oldest];
      taken !== undefined && taken.at <= since;
      taken = this.#taken[this.#oldest]
    ) {
      taken.isInWindow = false;
      this.#takenTokens -= taken.tokens;
      this.#oldest += 1;
    }
    // Cut off in large pieces: each cut moves all that stay.
    if (this.#oldest * 2 < this.#taken.length) return;
    this.#taken = this.#taken.slice(this.#oldest);
    this.#oldest = 0;
  }

  /** Grows back by a tenth of the limits in a minute. */
  #share(now: EpochMs): number {
    return Math.min(1, this.#loweredTo + (now - this.#loweredAt) * RECOVERY_PER_MS);
  }

  /** The service refused: its limits are lower than ours, or somebody else uses the account. So many as went through are right for now. */
  #learn(retryAfterMs = DEFAULT_PAUSE_MS): void {
    const now = this.#clock.now();
    this.#closedUntil = Math.max(this.#closedUntil, now + Math.min(retryAfterMs, LONGEST_PAUSE_MS));
    if (now - this.#loweredAt < LESSON_MS) return;
    this.#forget();
    const { requestsPerMinute, tokensPerMinute } = this.#limits;
    const requests = this.#taken.length - this.#oldest;
    const used = Math.max((requests - 1) / requestsPerMinute, this.#takenTokens / tokensPerMinute);
    this.#loweredTo = Math.max(LOWEST_SHARE, Math.min(this.#share(now) * 0.8, used));
    this.#loweredAt = now;
    this.#onLowered(this.#loweredTo);
    this.#serveNext();
  }
}

function lastUsefulStart({ wantedBy, closesAt, firstTokenBy = closesAt }: GateCall, now: EpochMs): EpochMs {
  const end = wantedBy !== undefined && wantedBy > now ? Math.min(wantedBy, closesAt) : closesAt;
  return Math.min(end, firstTokenBy) - SHORTEST_ANSWER_MS;
}

function overQuota(waitMs: number): GatewayError {
  return new GatewayError('ENGINE_NOT_ASKED', 'The quota of the account is used up for longer than the turn can wait', {
    retryAfterMs: waitMs,
    details: { reason: 'quota', waitMs: Math.round(waitMs) },
  });
}
