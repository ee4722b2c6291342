/** Calls a second that one platform account bears (TalkTalk: about 30 in 3 s are reported to be blocked). */
import type { EpochMs } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Allowance, partOf, type Share, WHOLE } from '../../platform/share.ts';
import { type SendBudget, type SendPermit, UNCOUNTED } from '../send-budget.ts';

/** Any second, not the second of the clock: two full ones back to back would be twice as many within a moment. */
const WINDOW_MS = 1_000;
/** What nobody waits for leaves this many calls to answers that may come the next moment. */
const KEPT_FOR_ANSWERS = 1;

interface Account {
  readonly perSecond: number;
  /** When the last calls went out, oldest first. */
  readonly spentAt: EpochMs[];
  /** Permits that are out, neither used nor given back. */
  permitted: number;
  readonly waiting: ((permit: SendPermit) => void)[];
  /** How many of those at the front go on with what has begun. */
  goingOn: number;
  isTimed: boolean;
}

export class LocalSendBudget implements SendBudget {
  readonly #clock: Clock;
  readonly #accounts = new Map<string, Account>();
  #sharing: { readonly share: Share } = { share: WHOLE };

  /** @param perSecond by bot id; bots that are not named may send as they like */
  constructor(perSecond: ReadonlyMap<string, number>, clock: Clock) {
    this.#clock = clock;
    for (const [botId, calls] of perSecond) {
      this.#accounts.set(botId, {
        perSecond: calls,
        spentAt: [],
        permitted: 0,
        waiting: [],
        goingOn: 0,
        isTimed: false,
      });
    }
  }

  /** Other processes send for the same accounts: each takes its part, so that answers go out also while the database does not answer. */
  shareWith(sharing: { readonly share: Share }): void {
    this.#sharing = sharing;
  }

  async reserve(botId: string, signal?: AbortSignal): Promise<SendPermit> {
    const account = this.#accounts.get(botId);
    if (account === undefined || signal?.aborted === true) return UNCOUNTED;
    if (account.waiting.length === 0 && this.#hasRoom(account, 1)) return this.#permit(account);
    return this.#wait(account, account.waiting.length, signal);
  }

  /** Otherwise everybody's pictures would go out first, and the words to them much later. */
  async reserveRest(botId: string, signal?: AbortSignal): Promise<SendPermit> {
    const account = this.#accounts.get(botId);
    if (account === undefined || signal?.aborted === true) return UNCOUNTED;
    if (account.goingOn === 0 && this.#hasRoom(account, 1)) return this.#permit(account);
    const place = account.goingOn;
    account.goingOn += 1;
    return this.#wait(account, place, signal);
  }

  tryReserve(botId: string): boolean {
    const account = this.#accounts.get(botId);
    if (account === undefined) return true;
    if (account.waiting.length > 0 || !this.#hasRoom(account, 1 + KEPT_FOR_ANSWERS)) return false;
    account.spentAt.push(this.#clock.now());
    return true;
  }

  async #wait(account: Account, place: number, signal: AbortSignal | undefined): Promise<SendPermit> {
    const { promise, resolve } = Promise.withResolvers<SendPermit>();
    account.waiting.splice(place, 0, resolve);
    this.#serveLater(account);
    const giveUp = () => {
      this.#leave(account, account.waiting.indexOf(resolve));
      resolve(UNCOUNTED);
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    const permit = await promise;
    signal?.removeEventListener('abort', giveUp);
    return permit;
  }

  #leave(account: Account, place: number): ((permit: SendPermit) => void) | undefined {
    if (place === -1) return undefined;
    if (place < account.goingOn) account.goingOn -= 1;
    return account.waiting.splice(place, 1)[0];
  }

  #permit(account: Account): SendPermit {
    let isOut = true;
    account.permitted += 1;
    const end = () => {
      if (!isOut) return false;
      isOut = false;
      account.permitted -= 1;
      return true;
    };
    return {
      use: () => {
        if (!end()) return;
        account.spentAt.push(this.#clock.now());
        this.#serveLater(account);
      },
      giveBack: () => {
        if (end()) this.#serve(account);
      },
    };
  }

  /** Whether `needed` calls are left. */
  #hasRoom(account: Account, needed: number): boolean {
    const { spentAt, permitted } = account;
    const { count, windowMs } = this.#partOf(account);
    const now = this.#clock.now();
    // Later than now: the clock was set back, and must not hold up answers until it has caught up.
    while (spentAt[0] !== undefined && (spentAt[0] <= now - windowMs || spentAt[0] > now)) spentAt.shift();
    return spentAt.length + permitted + needed <= count;
  }

  #serve(account: Account): void {
    while (account.waiting.length > 0 && this.#hasRoom(account, 1)) {
      this.#leave(account, 0)?.(this.#permit(account));
    }
    if (account.waiting.length > 0) this.#serveLater(account);
  }

  #serveLater(account: Account): void {
    const { spentAt, permitted } = account;
    const { count, windowMs } = this.#partOf(account);
    // More than one has to grow old where the part has become smaller.
    const next = spentAt[Math.max(0, spentAt.length + permitted - count)];
    // Where every place is permitted, the next use or return goes on with those who wait.
    if (account.isTimed || account.waiting.length === 0 || next === undefined) return;
    account.isTimed = true;
    this.#clock.schedule(Math.max(0, next + windowMs - this.#clock.now()), () => {
      account.isTimed = false;
      this.#serve(account);
    });
  }

  #partOf({ perSecond }: Account): Allowance {
    return partOf({ count: perSecond, windowMs: WINDOW_MS }, this.#sharing.share);
  }
}
