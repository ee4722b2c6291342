/** Answers that wait for the customer: claimed by one compare-and-set, put back when the response did not get through. */
import type { Channel, OutboundMessage } from '../../channels/channel.ts';
import type { EpochMs } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Delivery, Store, Turn } from '../../storage/store.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { quoteHeldQuestion } from '../texts.ts';
import { isFirstPage, isPage, type ShownPage } from './answer-pages.ts';

export interface ClaimedAnswers {
  readonly pages: readonly ShownPage[];
  /** Pages that are still held, oldest question first. */
  readonly left: readonly Delivery[];
  /** Deliveries whose fate is unknown; offered, never repeated unasked. */
  readonly unknown: readonly Delivery[];
}

export interface ClaimRange {
  readonly conversationKey: string;
  /** Only answers to questions before this one; the customer reads in the order of asking. */
  readonly beforeSequence: number;
  readonly maxBubbles: number;
}

type Parts = Pick<GatewayParts, 'store' | 'clock' | 'ownerId'>;

type FetchedTurn = Pick<Turn, 'id' | 'conversationKey' | 'sequence'>;

/** A repeated tap gets the same page again. */
const REPEAT_MS = 30 * 60_000;
/** A callback that still waits goes out by itself; whoever asks meanwhile sees it at once all the same. */
const SHOWN_AGAIN: ReadonlySet<Delivery['state']> = new Set(['waiting', 'sending', 'delivered', 'picked-up']);

/** What another response is on its way with. */
const MAY_BE_FETCHED: ReadonlySet<Delivery['state']> = new Set(['sending', 'held', 'unknown']);

/** Whose answers a tap brought instead of the one that it names. */
interface Brought {
  readonly turnIds: readonly string[];
  readonly at: EpochMs;
}

export class HeldAnswers {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ownerId: string;
  readonly #isOpen: (turnId: string) => boolean;
  /** The last claim of each conversation that is under way. */
  readonly #claims = new Map<string, Promise<unknown>>();
  /** By the turn that the tap names. In memory only: to another process the same tap goes on where this one stopped. */
  readonly #brought = new Map<string, Brought>();

  /** @param isOpen whether the answer of a turn is still being made here: then its pages of what was written so far lead on */
  constructor({ store, clock, ownerId }: Parts, isOpen: (turnId: string) => boolean) {
    this.#store = store;
    this.#clock = clock;
    this.#ownerId = ownerId;
    this.#isOpen = isOpen;
  }

  /** Whether an answer to a question before this one waits of which nothing was shown yet. */
  async hasUnread(conversationKey: string, beforeSequence: number): Promise<boolean> {
    return (await this.#readHeld(conversationKey, beforeSequence)).held.some(isFirstPage);
  }

  /** Pages that are still held, oldest question first. */
  async readLeft(conversationKey: string): Promise<readonly Delivery[]> {
    return (await this.#readHeld(conversationKey, Number.MAX_SAFE_INTEGER)).held;
  }

  /** The beginnings of answers that nobody has seen anything of, as far as they fit. */
  claim(range: ClaimRange): Promise<ClaimedAnswers> {
    return this.#oneByOne(range.conversationKey, () => this.#claim(range));
  }

  /** One page, the same with every tap; none when there is no such page, or it was shown too long ago. */
  fetchPage(turn: FetchedTurn, position: number): Promise<readonly ShownPage[]> {
    return this.#oneByOne(turn.conversationKey, async () => only(await this.#fetchPage(turn.id, position)));
  }

  /** The beginning of the turn's answer, behind those of earlier ones that nobody has seen anything of: answers come in the order of
   *  asking, as many as fit. */
  fetchAnswer(turn: FetchedTurn, maxBubbles: number): Promise<readonly ShownPage[]> {
    return this.#oneByOne(turn.conversationKey, async () => {
      const before = this.#broughtBefore(turn.id);
      if (before !== undefined) {
        return (await Promise.all(before.map((turnId) => this.#fetchPage(turnId, 0)))).flatMap(only);
      }
      const first = (await this.#store.readDeliveries(turn.id)).find(isFirstPage);
      if (first?.state !== 'picked-up' && !isBeingFetched(first)) {
        const { conversationKey, sequence } = turn;
        const { pages } = await this.#claim({ conversationKey, beforeSequence: sequence + 1, maxBubbles });
        const turnIds = pages.map(({ delivery }) => delivery.turnId);
        // While its own answer is still to come, the same button is there to fetch it later.
        if (first !== undefined && turnIds.some((turnId) => turnId !== turn.id)) this.#remember(turn.id, turnIds);
        if (pages.length > 0) return pages;
      }
      return only(await this.#fetchPage(turn.id, 0));
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

  async #readHeld(conversationKey: string, beforeSequence: number) {
    const pages = (await this.#store.readMemory(conversationKey, beforeSequence, 0)).heldDeliveries.filter(isPage);
    return {
      held: pages.filter((delivery) => delivery.state === 'held'),
      unknown: pages.filter((delivery) => delivery.state === 'unknown'),
    };
  }

  async #claim(range: ClaimRange): Promise<ClaimedAnswers> {
    const { held, unknown } = await this.#readHeld(range.conversationKey, range.beforeSequence);
    const pages: ShownPage[] = [];
    const taken = new Set<Delivery>();
    let bubbles = 0;
    for (const delivery of held.filter(isFirstPage)) {
      if (bubbles + delivery.message.bubbles > range.maxBubbles) break;
      taken.add(delivery);
      if (!(await this.#take(delivery, 'held'))) continue;
      pages.push({ delivery, isClaimed: true, leadsOn: this.#leadsOn(delivery, held) });
      bubbles += delivery.message.bubbles;
    }
    return { pages, left: held.filter((delivery) => !taken.has(delivery)), unknown };
  }

  async #fetchPage(turnId: string, position: number): Promise<ShownPage | undefined> {
    const deliveries = await this.#store.readDeliveries(turnId);
    const delivery = deliveries.find((one) => one.position === position);
    if (delivery === undefined) return undefined;
    const leadsOn = this.#leadsOn(delivery, deliveries);
    if (delivery.state === 'held' || delivery.state === 'unknown') {
      return { delivery, isClaimed: await this.#take(delivery, delivery.state), leadsOn };
    }
    const isRepeated = SHOWN_AGAIN.has(delivery.state) && this.#clock.now() - delivery.updatedAt <= REPEAT_MS;
    return isRepeated ? { delivery, isClaimed: false, leadsOn } : undefined;
  }

  #leadsOn(delivery: Delivery, others: readonly Delivery[]): boolean {
    return this.#isOpen(delivery.turnId) || others.some((other) => follows(other, delivery));
  }

  #broughtBefore(turnId: string): readonly string[] | undefined {
    const brought = this.#brought.get(turnId);
    return brought !== undefined && this.#clock.now() - brought.at <= REPEAT_MS ? brought.turnIds : undefined;
  }

  #remember(turnId: string, turnIds: readonly string[]): void {
    const at = this.#clock.now();
    for (const [old, brought] of this.#brought) {
      if (at - brought.at <= REPEAT_MS) break;
      this.#brought.delete(old);
    }
    this.#brought.delete(turnId);
    this.#brought.set(turnId, { turnIds, at });
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

  /** What became of the response that carried them. One that another response was made for may not arrive where this one does: then it
   *  needs no fetching any more. */
  async settle(pages: readonly ShownPage[], at: EpochMs, arrived: boolean): Promise<void> {
    await Promise.all(
      pages.map(async ({ delivery, isClaimed }) => {
        if (isClaimed) await this.#store.moveDelivery(delivery.id, ['sending'], arrived ? 'picked-up' : 'held', at);
        else if (arrived && MAY_BE_FETCHED.has(delivery.state) && delivery.mode !== 'callback') {
          await this.#store.moveDelivery(delivery.id, ['sending', 'held'], 'picked-up', at);
        }
      }),
    );
  }

  #take(delivery: Delivery, from: 'held' | 'unknown'): Promise<boolean> {
    return this.#store.moveDelivery(delivery.id, [from], 'sending', this.#clock.now(), {
      mode: 'pickup',
      attempted: true,
      ownerId: this.#ownerId,
    });
  }
}

function only(page: ShownPage | undefined): readonly ShownPage[] {
  return page === undefined ? [] : [page];
}

function follows(other: Delivery, delivery: Delivery): boolean {
  return other.turnId === delivery.turnId && other.position === delivery.position + 1;
}

/** By another tap, at this moment. */
function isBeingFetched(first: Delivery | undefined): boolean {
  return first?.state === 'sending' && first.mode === 'pickup';
}
