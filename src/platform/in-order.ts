import { TransientMap } from './transient-map.ts';

/** Calls with the same key run one after the other, in the order in which they came. */
export class InOrder {
  /** Bounded by the calls that are open. */
  readonly #last = new TransientMap<string, Promise<unknown>>();

  /** Begins at once, before it returns, when no earlier call is open. */
  run<Outcome>(key: string, call: () => Promise<Outcome>): Promise<Outcome> {
    const before = this.#last.get(key);
    const outcome = before === undefined ? call() : before.then(call, call);
    this.#last.set(key, outcome);
    const forget = () => {
      if (this.#last.get(key) === outcome) this.#last.delete(key);
    };
    outcome.then(forget, forget);
    return outcome;
  }
}
