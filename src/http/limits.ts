import { GatewayError } from '../errors.ts';

export interface LimitSettings {
  /** Messages a minute of one conversation; 0 = no limit. */
  readonly perConversation: number;
  /** Requests a minute of one address, on the routes that people call directly; 0 = no limit. */
  readonly perAddress: number;
}

/** @throws GatewayError `INBOUND_RATE_LIMITED` with the time to wait */
export interface Limits {
  conversation(key: string): Promise<void>;
  address(address: string): Promise<void>;
}

const MINUTE_MS = 60_000;

/** Counters live in memory and are bounded by two minutes of traffic.
 *  @param now in ms, of a clock that nobody sets back */
export function createLimits(settings: LimitSettings, now: () => number = () => performance.now()): Limits {
  const conversations = new MinuteCounts(settings.perConversation, now);
  const addresses = new MinuteCounts(settings.perAddress, now);
  return {
    conversation: async (key) => conversations.add(key, 'Too many messages in this conversation; wait a moment'),
    address: async (address) => addresses.add(address, 'Too many requests from this address; wait a moment'),
  };
}

interface Minute {
  count: number;
  readonly endsAt: number;
}

/** A minute of a key begins with its first call. Minutes are forgotten a whole map at a time: with a timer for each, and what that calls,
 *  everyone who asks would be remembered in three times the memory. */
class MinuteCounts {
  readonly #limit: number;
  readonly #now: () => number;
  #current = new Map<string, Minute>();
  /** Begun in the time before: they have all ended when the current ones take their place. */
  #earlier = new Map<string, Minute>();
  #currentEndsAt = Number.NEGATIVE_INFINITY;

  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** @throws GatewayError `INBOUND_RATE_LIMITED` */
  add(key: string, message: string): void {
    if (this.#limit === 0) return;
    const now = this.#now();
    this.#forget(now);
    const known = this.#current.get(key) ?? this.#earlier.get(key);
    if (known === undefined || known.endsAt <= now) {
      this.#current.set(key, { count: 1, endsAt: now + MINUTE_MS });
      return;
    }
    known.count += 1;
    if (known.count <= this.#limit) return;
    throw new GatewayError('INBOUND_RATE_LIMITED', message, { retryAfterMs: Math.ceil(known.endsAt - now) });
  }

  #forget(now: number): void {
    if (now < this.#currentEndsAt) return;
    this.#earlier = this.#current;
    this.#current = new Map();
    this.#currentEndsAt = now + MINUTE_MS;
  }
}
