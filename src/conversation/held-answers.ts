/** Answers that wait for the customer: claimed by one compare-and-set, put back when the response did not get through. */
import type { OutboundMessage } from '../channels/channel.ts';
import type { EpochMs } from '../message.ts';
import type { Clock } from '../platform/clock.ts';
import type { Delivery, Store } from '../storage/store.ts';

export interface Claimed {
  readonly deliveries: readonly Delivery[];
  /** The first one that is still held. */
  readonly next: Delivery | undefined;
}

export interface ClaimedAnswers extends Claimed {
  readonly messages: readonly OutboundMessage[];
  readonly bubbles: number;
  /** Deliveries whose fate is unknown; offered, never repeated unasked. */
  readonly unknown: readonly Delivery[];
}

const NOTHING: ClaimedAnswers = { deliveries: [], messages: [], bubbles: 0, next: undefined, unknown: [] };

export interface ClaimRange {
  readonly conversationKey: string;
  /** Only answers to questions before this one; the customer reads in the order of asking. */
  readonly beforeSequence: number;
  readonly maxBubbles: number;
}

export class HeldAnswers {
  readonly #store: Store;
  readonly #clock: Clock;
  /** The last claim of each conversation that is under way. */
  readonly #claims = new Map<string, Promise<unknown>>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  claim(range: ClaimRange): Promise<ClaimedAnswers> {
    return this.#oneByOne(range.conversationKey, () => this.#claim(range));
  }

  /** Claims one turn's deliveries from `position` on, in the given state. */
  claimOfTurn(
    conversationKey: string,
    turnId: string,
    position: number,
    state: 'held' | 'unknown',
    maxBubbles: number,
  ): Promise<Claimed> {
    return this.#oneByOne(conversationKey, async () => {
      const deliveries = await this.#claimOfTurn(turnId, position, state, maxBubbles);
      return { deliveries, next: deliveries.length === 0 ? undefined : await this.#nextHeld(conversationKey) };
    });
  }

  /** Two taps at once would share out a list of answers between them, every other one to each. */
  async #oneByOne<T>(conversationKey: string, claim: () => Promise<T>): Promise<T> {
    const claims = this.#claims;
    const mine = (claims.get(conversationKey) ?? Promise.resolve()).catch(() => {}).then(claim);
    claims.set(conversationKey, mine);
    try {
      return await mine;
    } finally {
      if (claims.get(conversationKey) === mine) claims.delete(conversationKey);
    }
  }

  async #nextHeld(conversationKey: string): Promise<Delivery | undefined> {
    const memory = await this.#store.readMemory(conversationKey, Number.MAX_SAFE_INTEGER, 0);
    return memory.heldDeliveries.find((delivery) => delivery.state === 'held');
  }

  async #claim(range: ClaimRange): Promise<ClaimedAnswers> {
    const memory = await this.#store.readMemory(range.conversationKey, range.beforeSequence, 0);
    const held = memory.heldDeliveries.filter((delivery) => delivery.state === 'held');
    const unknown = memory.heldDeliveries.filter((delivery) => delivery.state === 'unknown');
    if (held.length === 0) return { ...NOTHING, unknown };
    const deliveries: Delivery[] = [];
    let bubbles = 0;
    let next: Delivery | undefined;
    for (const delivery of held) {
      if (bubbles + delivery.message.bubbles > range.maxBubbles) {
        next = delivery;
        break;
      }
      if (await this.#take(delivery, 'held')) {
        deliveries.push(delivery);
        bubbles += delivery.message.bubbles;
      }
    }
    return { deliveries, messages: deliveries.map((delivery) => delivery.message), bubbles, next, unknown };
  }

  async #claimOfTurn(
    turnId: string,
    position: number,
    state: 'held' | 'unknown',
    maxBubbles: number,
  ): Promise<readonly Delivery[]> {
    const claimed: Delivery[] = [];
    let bubbles = 0;
    for (const delivery of await this.#store.readDeliveries(turnId)) {
      if (delivery.position < position || delivery.state !== state) continue;
      if (claimed.length > 0 && bubbles + delivery.message.bubbles > maxBubbles) break;
      if (await this.#take(delivery, state)) {
        claimed.push(delivery);
        bubbles += delivery.message.bubbles;
      }
    }
    return claimed;
  }

  /** What became of the response that carried them. */
  async settle(deliveries: readonly Delivery[], at: EpochMs, arrived: boolean): Promise<void> {
    await Promise.all(
      deliveries.map((delivery) =>
        this.#store.moveDelivery(delivery.id, ['sending'], arrived ? 'picked-up' : 'held', at),
      ),
    );
  }

  #take(delivery: Delivery, from: 'held' | 'unknown'): Promise<boolean> {
    return this.#store.moveDelivery(delivery.id, [from], 'sending', this.#clock.now(), {
      mode: 'pickup',
      attempted: true,
    });
  }
}
