import { TransientMap } from '../../platform/transient-map.ts';
import type { ActiveTurn } from './active-turn.ts';

/** The turns that this process works on, by their id and by their conversation: of ten thousand, each answer asks for its neighbours. */
export class OpenTurns {
  readonly #byId = new TransientMap<string, ActiveTurn>();
  /** Few each, in the order in which they were added. */
  readonly #byConversation = new TransientMap<string, readonly ActiveTurn[]>();

  get size(): number {
    return this.#byId.size;
  }

  get(turnId: string): ActiveTurn | undefined {
    return this.#byId.get(turnId);
  }

  ofConversation(conversationKey: string): readonly ActiveTurn[] {
    return this.#byConversation.get(conversationKey) ?? [];
  }

  all(): Iterable<ActiveTurn> {
    return this.#byId.values();
  }

  /** @returns false when it was there before */
  add(turn: ActiveTurn): boolean {
    const isNew = !this.remove(turn);
    this.#byId.set(turn.id, turn);
    // Not spread into a new array: one that begins empty makes room for seventeen.
    this.#byConversation.set(turn.conversationKey, this.ofConversation(turn.conversationKey).concat(turn));
    return isNew;
  }

  /** @returns false when it was not there */
  remove({ id, conversationKey }: ActiveTurn): boolean {
    if (!this.#byId.delete(id)) return false;
    const left = this.ofConversation(conversationKey).filter((other) => other.id !== id);
    if (left.length === 0) this.#byConversation.delete(conversationKey);
    else this.#byConversation.set(conversationKey, left);
    return true;
  }
}
