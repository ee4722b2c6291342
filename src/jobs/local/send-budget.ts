/** Calls a second that one platform account bears (TalkTalk: about 30 in 3 s are reported to be blocked). */
import type { EpochMs } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Allowance, partOf, type Share, WHOLE } from '../../platform/share.ts';

/** Any second, not the second of the clock: two full ones back to back would be twice as many within a moment. */
const WINDOW_MS = 1_000;
/** What nobody waits for leaves this many calls to answers that may come the next moment. */
const KEPT_FOR_ANSWERS = 1;

interface Account {
  readonly perSecond: number;
  /** When the last calls went out, oldest first. */
  readonly spentAt: EpochMs[];
  readonly waiting: (() => void)[];
  /** How many of those at the front go on with what has begun. */
  goingOn: number;
  isTimed: boolean;
}

export class LocalSendBudget {
  readonly #clock: Clock;
  readonly #accounts = new Map<string, Account>();
  #sharing: { readonly share: Share } = { share: WHOLE };

  /** @param perSecond by bot id; bots that are not named may send as they like */
  constructor(perSecond: ReadonlyMap<string, number>, clock: Clock) {
    this.#clock = clock;
    for (const [botId, calls] of perSecond) {
      this.#accounts.set(botId, { perSecond: calls, spentAt: [], waiting: [], goingOn: 0, isTimed: false });
    }
  }

  /** Other processes send for the same accounts: each takes its part, so that answers go out also while the database does not answer. */
  shareWith(sharing: { readonly share: Share }): void {
    this.#sharing = sharing;
  }

  /** Resolves when one more call may go out, for those who wait in their order; when the signal fires, without one. */
  async reserve(botId: string, signal?: AbortSignal): Promise<void> {
    const account = this.#accounts.get(botId);
    if (account === undefined || signal?.aborted === true) return;
    if (account.waiting.length === 0 && this.#take(account, 1)) return;
    await this.#wait(account, account.waiting.length, signal);
  }

  /** The same for the rest of an answer that has begun to go out: before those who wait to begin. Otherwise everybody's pictures would go
   *  out first, and the words to them much later. */
  async reserveRest(botId: string, signal?: AbortSignal): Promise<void> {
    const account = this.#accounts.get(botId);
    if (account === undefined || signal?.aborted === true) return;
    if (account.goingOn === 0 && this.#take(account, 1)) return;
    const place = account.goingOn;
    account.goingOn += 1;
    await this.#wait(account, place, signal);
  }

  async #wait(account: Account, place: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    account.waiting.splice(place, 0, resolve);
    this.#serveLater(account);
    const giveUp = () => {
      this.#leave(account, account.waiting.indexOf(resolve));
      resolve();
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    await promise;
    signal?.removeEventListener('abort', giveUp);
  }

  #leave(account: Account, place: number): (() => void) | undefined {
    if (place === -1) return undefined;
    if (place < account.goingOn) account.goingOn -= 1;
    return account.waiting.splice(place, 1)[0];
  }

  /** Takes a call for what nobody waits for, unless an answer may want it. */
  tryReserve(botId: string): boolean {
    const account = this.#accounts.get(botId);
    return account === undefined || (account.waiting.length === 0 && this.#take(account, 1 + KEPT_FOR_ANSWERS));
  }

  /** Spends one call if at least `needed` are left. */
  #take(account: Account, needed: number): boolean {
    const { spentAt } = account;
    const { count, windowMs } = this.#partOf(account);
    const now = this.#clock.now();
    // Later than now: the clock was set back, and must not hold up answers until it has caught up.
    while (spentAt[0] !== undefined && (spentAt[0] <= now - windowMs || spentAt[0] > now)) spentAt.shift();
    if (spentAt.length + needed > count) return false;
    spentAt.push(now);
    return true;
  }

  #serveLater(account: Account): void {
    const { spentAt } = account;
    const { count, windowMs } = this.#partOf(account);
    // More than one has to grow old where the part has become smaller.
    const next = spentAt[Math.max(0, spentAt.length - count)];
    if (account.isTimed || next === undefined) return;
    account.isTimed = true;
    this.#clock.schedule(Math.max(0, next + windowMs - this.#clock.now()), () => {
      account.isTimed = false;
      while (account.waiting.length > 0 && this.#take(account, 1)) this.#leave(account, 0)?.();
      if (account.waiting.length > 0) this.#serveLater(account);
    });
  }

  #partOf({ perSecond }: Account): Allowance {
    return partOf({ count: perSecond, windowMs: WINDOW_MS }, this.#sharing.share);
  }
}
