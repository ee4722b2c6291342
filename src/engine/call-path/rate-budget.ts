/** What an account may ask one model for in a minute: requests and tokens, shared by all who use the account.
 *
 *  rate-limiter-flexible counts one thing in windows that begin with the first call. Here two are taken together or not at all, no minute
 *  at all may hold more than the limit (how the service cuts its minutes is not documented), whoever waits can give up, and what the
 *  service counted replaces what was estimated. */
import { GatewayError } from '../../errors.ts';
import type { CallGate, CallPass, GateCall } from '../../http-client/call-gate.ts';
import type { EpochMs } from '../../message.ts';
import { cancellation } from '../../platform/cancellation.ts';
import type { Clock } from '../../platform/clock.ts';
import { FairQueue } from '../../platform/fair-queue.ts';
import { partOf, type Share, WHOLE } from '../../platform/share.ts';
import { TokenScale } from '../../platform/token-scale.ts';

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
/** The lowest limit that services of this kind are known to have. Who is refused with fewer calls is refused for something else, by a
 *  service that is overloaded, say, and a quiet minute must not be taken for its limit: the bot would be without a model for many. */
const FEWEST_GUESSED_REQUESTS = 60;
const RECOVERY_PER_MS = 0.1 / 60_000;
/** Of the next look at what those who wait may do: another process that leaves gives its part back, and tells nobody. */
const LONGEST_NAP_MS = 2_000;

/** What a refusal has taught. */
export interface Lesson {
  /** Of the limits, above 0, at most 1. */
  readonly share: number;
  /** So long no call should be made. */
  readonly pauseMs: number;
  /** Where nobody knows a limit: what went through in a minute, which is taken for it. */
  readonly requestsPerMinute?: number;
}

interface Taken {
  readonly at: EpochMs;
  tokens: number;
  isInWindow: boolean;
}

interface Waiter {
  readonly tokens: number;
  readonly grant: (taken: Taken) => void;
}

/** What a budget hears of the calls that it has let in. */
interface CallEnds {
  answered(taken: Taken, estimated: Pick<GateCall, 'inputTokens' | 'outputTokens'>, promptTokens: number): void;
  refused(retryAfterMs: number | undefined): void;
}

/** Plain fields: every question at a slow model holds one. */
class BudgetPass implements CallPass {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly #taken: Taken;
  readonly #ends: CallEnds;

  constructor({ inputTokens, outputTokens }: GateCall, taken: Taken, ends: CallEnds) {
    this.inputTokens = inputTokens;
    this.outputTokens = outputTokens;
    this.#taken = taken;
    this.#ends = ends;
  }

  answered(promptTokens: number | undefined): void {
    if (promptTokens !== undefined) this.#ends.answered(this.#taken, this, promptTokens);
  }

  failed({ code, retryAfterMs }: GatewayError): void {
    if (code === 'ENGINE_RATE_LIMITED') this.#ends.refused(retryAfterMs);
  }
}

export class RateBudget {
  readonly #clock: Clock;
  readonly #onLesson: (lesson: Lesson) => void;
  #sharing: { readonly share: Share } = { share: WHOLE };
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
  /** What is taken for the limit of requests where none is known, and grows without end. */
  #guessedRequests = Number.POSITIVE_INFINITY;
  #closedUntil: EpochMs = 0;
  #cancelTimer: () => void = () => {};
  readonly #ends: CallEnds = {
    answered: (taken, { inputTokens, outputTokens }, promptTokens) => {
      this.#correct(taken, promptTokens + outputTokens);
      this.#scale.learn(inputTokens, promptTokens);
      this.#serveNext();
    },
    refused: (retryAfterMs) => this.#learn(retryAfterMs),
  };

  /** @param onLesson called when a call of this process was refused */
  constructor(limits: RateLimits, clock: Clock, onLesson: (lesson: Lesson) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onLesson = onLesson;
  }

  /** Other processes call on the same account: each takes its part of the limits. */
  shareWith(sharing: { readonly share: Share }): void {
    this.#sharing = sharing;
  }

  /** Another process was refused by the same account. */
  hear({ share, pauseMs, requestsPerMinute }: Lesson): void {
    this.#pause(pauseMs);
    const now = this.#clock.now();
    if (this.#isUnlimited) {
      if (requestsPerMinute !== undefined) this.#guess(requestsPerMinute, now);
    } else if (share < this.#share(now)) this.#lower(share, now);
    this.#serveNext();
  }

  /** For somebody who may wait so long at most. What they know of the limits counts for all. */
  gate(limits: RateLimits, maxWaitMs: number): CallGate {
    this.#limits = {
      requestsPerMinute: Math.min(this.#limits.requestsPerMinute, limits.requestsPerMinute),
      tokensPerMinute: Math.min(this.#limits.tokensPerMinute, limits.tokensPerMinute),
    };
    return {
      tryEnter: (call) => this.#tryEnter(call),
      enter: (call) => this.#enter(call, maxWaitMs),
    };
  }

  #tryEnter(call: GateCall): CallPass | undefined {
    if (call.signal.aborted || this.#waiting.size > 0) return undefined;
    const tokens = this.#tokensOf(call);
    this.#forget();
    const now = this.#clock.now();
    return this.#freeAt([], tokens, now) > now ? undefined : new BudgetPass(call, this.#take(tokens), this.#ends);
  }

  async #enter(call: GateCall, maxWaitMs: number): Promise<CallPass> {
    const { botId, signal } = call;
    if (signal.aborted) throw cancellation(signal);
    const tokens = this.#tokensOf(call);
    this.#forget();
    const now = this.#clock.now();
    const freeAt = this.#freeAt(this.#waiting.ahead(botId), tokens, now);
    const waitUntil = Math.min(now + maxWaitMs, lastUsefulStart(call, now));
    if (freeAt > now && freeAt > waitUntil) throw overQuota(freeAt - now);
    return new BudgetPass(call, await this.#wait(call, tokens, waitUntil), this.#ends);
  }

  #tokensOf({ inputTokens, outputTokens }: GateCall): number {
    return this.#scale.of(inputTokens) + outputTokens;
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
        this.#cancelTimer = this.#clock.schedule(Math.min(waitMs, LONGEST_NAP_MS), () => this.#serveNext());
        return;
      }
      this.#waiting.shift();
      next.grant(this.#take(next.tokens));
    }
  }

  /** When so many tokens more can be taken, behind those who wait; `now` when at once. */
  #freeAt(waiting: Iterable<Waiter>, tokens: number, now: EpochMs): EpochMs {
    const { requests: maxRequests, tokens: maxTokens, windowMs } = this.#part(this.#share(now));
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
      leave(taken, taken.at + windowMs);
    }
    for (const waiter of ahead) {
      if (fits()) break;
      // Whoever is let in at the earliest makes room a whole window later.
      leave(waiter, at + windowMs);
    }
    return at;
  }

  /** What this process may take in a window, with the limits lowered to a share. */
  #part(share: number): { readonly requests: number; readonly tokens: number; readonly windowMs: number } {
    const { requestsPerMinute, tokensPerMinute } = this.#limits;
    const requestLimit = this.#isUnlimited ? this.#guessedRequests : requestsPerMinute;
    const allowed = Math.max(1, Math.floor(requestLimit * share));
    const { count: requests, windowMs } = partOf({ count: allowed, windowMs: WINDOW_MS }, this.#sharing.share);
    return { requests, tokens: (tokensPerMinute * share) / this.#sharing.share.processes, windowMs };
  }

  #forget(): void {
    const now = this.#clock.now();
    const since = now - this.#part(this.#share(now)).windowMs;
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

  /** Grows back by a tenth of the limits in a minute; beyond them, where they are a guess. */
  #share(now: EpochMs): number {
    const most = this.#isUnlimited ? Number.POSITIVE_INFINITY : 1;
    return Math.min(most, this.#loweredTo + (now - this.#loweredAt) * RECOVERY_PER_MS);
  }

  get #isUnlimited(): boolean {
    const { requestsPerMinute, tokensPerMinute } = this.#limits;
    return requestsPerMinute === Number.POSITIVE_INFINITY && tokensPerMinute === Number.POSITIVE_INFINITY;
  }

  /** The service refused: its limits are lower than ours, or somebody else uses the account. So many as went through are right for now. */
  #learn(retryAfterMs = DEFAULT_PAUSE_MS): void {
    const now = this.#clock.now();
    this.#pause(retryAfterMs);
    if (now - this.#loweredAt < LESSON_MS) return;
    this.#forget();
    const requests = this.#taken.length - this.#oldest;
    const pauseMs = this.#closedUntil - now;
    if (this.#isUnlimited) {
      // As many went through at each of the others.
      this.#guess((requests - 1) * this.#sharing.share.processes, now);
      this.#onLesson({ share: 1, pauseMs, requestsPerMinute: this.#guessedRequests });
    } else {
      const whole = this.#part(1);
      const used = Math.max((requests - 1) / whole.requests, this.#takenTokens / whole.tokens);
      this.#lower(Math.min(this.#share(now) * 0.8, used), now);
      this.#onLesson({ share: this.#loweredTo, pauseMs });
    }
    this.#serveNext();
  }

  #guess(requestsPerMinute: number, now: EpochMs): void {
    const until = this.#guessedRequests * this.#share(now);
    this.#guessedRequests = Math.max(FEWEST_GUESSED_REQUESTS, Math.min(requestsPerMinute, until));
    this.#lower(1, now);
  }

  #pause(pauseMs: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#clock.now() + Math.min(pauseMs, LONGEST_PAUSE_MS));
  }

  #lower(share: number, now: EpochMs): void {
    this.#loweredTo = Math.max(LOWEST_SHARE, share);
    this.#loweredAt = now;
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
