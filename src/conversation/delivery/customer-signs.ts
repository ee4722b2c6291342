/** That a customer is there: what the platform would not show them for as long as they were busy elsewhere can be tried again. */
import type { EpochMs } from '../../message.ts';
import { type Clock, delay } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { TransientMap } from '../../platform/transient-map.ts';
import type { Store } from '../../storage/store.ts';

export interface CustomerSignsParts {
  readonly store: Pick<Store, 'readTurns'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Absent: no other process shares the store. */
  readonly replicas?: { readonly others: number };
}

/** What is heard in a room from the beginning of the watch on. */
export interface Watch {
  /** Resolves with true when the customer has been heard of, also if that was before this call; with false after `longestMs`, or when the
   *  signal fires. */
  untilHeard(longestMs: number, signal: AbortSignal): Promise<boolean>;
  end(): void;
}

/** For what other processes hear. Rows of a turn, which nobody is told of; a room that is entered they keep to themselves. */
const LOOK_MS = 2_000;
const TURNS_LOOKED_AT = 50;

export class CustomerSigns {
  readonly #parts: CustomerSignsParts;
  readonly #watches = new TransientMap<string, Set<() => void>>();

  constructor(parts: CustomerSignsParts) {
    this.#parts = parts;
  }

  heard(conversationKey: string): void {
    for (const tell of this.#watches.get(conversationKey) ?? []) tell();
  }

  /** @param sequence of a turn of the conversation; what came before it is no sign */
  watch(conversationKey: string, sequence: number): Watch {
    const { clock } = this.#parts;
    const beganAt = clock.now();
    const heard = new AbortController();
    const tell = () => heard.abort();
    const watches = this.#watches.get(conversationKey) ?? new Set();
    this.#watches.set(conversationKey, watches.add(tell));
    return {
      untilHeard: async (longestMs, signal) => {
        const endsAt = clock.now() + longestMs;
        const over = AbortSignal.any([heard.signal, signal]);
        for (let leftMs = longestMs; leftMs > 0 && !over.aborted; leftMs = endsAt - clock.now()) {
          await delay(clock, this.#isShared ? Math.min(leftMs, LOOK_MS) : leftMs, over);
          if (this.#isShared && (await this.#isHeardElsewhere(conversationKey, sequence, beganAt))) tell();
        }
        return heard.signal.aborted;
      },
      end: () => {
        watches.delete(tell);
        if (watches.size === 0) this.#watches.delete(conversationKey);
      },
    };
  }

  get #isShared(): boolean {
    return (this.#parts.replicas?.others ?? 0) > 0;
  }

  async #isHeardElsewhere(conversationKey: string, sequence: number, since: EpochMs): Promise<boolean> {
    const { store, logger } = this.#parts;
    try {
      const turns = await store.readTurns(conversationKey, sequence, TURNS_LOOKED_AT);
      return turns.some(({ event, receivedAt }) => event.type === 'message-received' && receivedAt >= since);
    } catch (err) {
      logger.debug({ err }, 'what other processes heard of a customer is looked up again');
      return false;
    }
  }
}
