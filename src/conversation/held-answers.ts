/** Answers that wait for the customer: claimed by one compare-and-set, put back when the response did not get through. */
import type { Channel, OutboundMessage } from '../channels/channel.ts';
import type { EpochMs } from '../message.ts';
import type { Clock } from '../platform/clock.ts';
import type { Delivery, Store } from '../storage/store.ts';
import { quoteHeldQuestion } from './texts.ts';

export interface Claimed {
  readonly deliveries: readonly Delivery[];
  /** The first one that is still held. */
  readonly next: Delivery | undefined;
}

export interface ClaimedAnswers extends Claimed {
  /** Deliveries whose fate is unknown; offered, never repeated unasked. */
  readonly unknown: readonly Delivery[];
}

const NOTHING: ClaimedAnswers = { deliveries: [], next: undefined, unknown: [] };

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

  /** Whether an answer to a question before this one waits. */
  async hasHeld(conversationKey: string, beforeSequence: number): Promise<boolean> {
    return (await this.#firstHeld(conversationKey, beforeSequence)) !== undefined;
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
      return {
        deliveries,
        next: deliveries.length === 0 ? undefined : await this.#firstHeld(conversationKey, Number.MAX_SAFE_INTEGER),
      };
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

  async #firstHeld(conversationKey: string, beforeSequence: number): Promise<Delivery | undefined> {
    const memory = await this.#store.readMemory(conversationKey, beforeSequence, 0);
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
    return { deliveries, next, unknown };
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

  /** The messages of `deliveries`, each answer behind the question that it belongs to, unless that goes without saying.
   *  @param expectedTurnId whose answer the customer expects now, if any
   *  @param maxBubbles for all of them */
  async messages(
    channel: Channel,
    deliveries: readonly Delivery[],
    expectedTurnId: string | undefined,
    maxBubbles: number,
  ): Promise<readonly OutboundMessage[]> {
    const heads = deliveries.filter(({ turnId }, i) => deliveries[i - 1]?.turnId !== turnId);
    const goesWithoutSaying = heads.length === 1 && heads[0]?.turnId === expectedTurnId;
    if (channel.preface === undefined || goesWithoutSaying) return deliveries.map(({ message }) => message);
    let spareBubbles = maxBubbles - deliveries.reduce((sum, { message }) => sum + message.bubbles, 0);
    const messages: OutboundMessage[] = [];
    for (const delivery of deliveries) {
      const { message } = delivery;
      const turn = heads.includes(delivery) ? await this.#store.readTurn(delivery.turnId) : undefined;
      if (turn?.event.type !== 'message-received') {
        messages.push(message);
        continue;
      }
      const quoted = channel.preface(message, quoteHeldQuestion(turn.event.text), spareBubbles);
      spareBubbles -= quoted.bubbles - message.bubbles;
      messages.push(quoted);
    }
    return messages;
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
