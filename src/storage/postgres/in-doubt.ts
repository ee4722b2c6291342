import { toGatewayError } from '../../errors.ts';

/** Beyond it the oldest are forgotten: their callers have long given up. */
const MAX_CALLS = 10_000;

/** A connection that breaks between COMMIT and its result leaves open whether a transition was made. Its caller tries again, finds the
 *  new state and would take it for somebody else's doing: an answer that is stored would never go out. So the store remembers such
 *  calls, and looks at what is there when one of them comes again. */
export class CallsInDoubt {
  readonly #keys = new Set<string>();

  /** @param key equal for the same call again
   *  @param attempt false when the record was in none of the states from which it may move
   *  @param wasMine whether what is there now is what `attempt` would have left */
  async compareAndSet(key: string, attempt: () => Promise<boolean>, wasMine: () => Promise<boolean>): Promise<boolean> {
    return this.repeatable(key, async (isRepeated) => (await attempt()) || (isRepeated && (await wasMine())));
  }

  /** @param call is told whether an earlier attempt may have succeeded */
  async repeatable<Outcome>(key: string, call: (isRepeated: boolean) => Promise<Outcome>): Promise<Outcome> {
    const isRepeated = this.#keys.delete(key);
    try {
      return await call(isRepeated);
    } catch (thrown) {
      if (isRepeated || toGatewayError(thrown).details.inDoubt === true) this.#remember(key);
      throw thrown;
    }
  }

  #remember(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size <= MAX_CALLS) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }
}
