import type { AnswerSource, EpochMs, Reply } from '../../message.ts';

export interface FinishedAnswer {
  readonly reply: Reply;
  readonly source: AnswerSource;
  readonly answeredAt: EpochMs;
}

export type FeedUpdate =
  | { readonly type: 'delta'; readonly text: string }
  /** Drop what was shown: another engine starts over. */
  | { readonly type: 'restart' }
  /** What the customer may see until there is something of the answer; no part of it. */
  | { readonly type: 'status'; readonly text: string }
  | { readonly type: 'answered'; readonly answer: FinishedAnswer }
  /** Merged, suppressed or failed: no answer comes under this turn. */
  | { readonly type: 'ended' }
  /** This process stops: another one goes on with the turn. */
  | { readonly type: 'left-open' };

/** The text of a running turn as it grows, for everyone who watches (a browser, a browser that came back). */
export class TurnFeed {
  readonly turnId: string;
  #text = '';
  #restarts = 0;
  #end: FeedUpdate | undefined;
  /** Most turns have none. */
  #watchers: Set<(update: FeedUpdate) => void> | undefined;

  constructor(turnId: string) {
    this.turnId = turnId;
  }

  /** All text so far. */
  get text(): string {
    return this.#text;
  }

  /** How often the answer was begun anew, and what had been said is no part of it any more. */
  get restarts(): number {
    return this.#restarts;
  }

  append(text: string): void {
    if (text === '') return;
    this.#text += text;
    this.#tell({ type: 'delta', text });
  }

  tellStatus(text: string): void {
    this.#tell({ type: 'status', text });
  }

  restart(): void {
    this.#restarts += 1;
    this.#clear();
  }

  /** The same answer, put right. */
  replace(text: string): void {
    this.#clear();
    this.append(text);
  }

  finish(answer: FinishedAnswer): void {
    this.#end = { type: 'answered', answer };
    this.#tell(this.#end);
  }

  /** Without an answer, unless there is one. */
  close(end: 'ended' | 'left-open' = 'ended'): void {
    if (this.#end !== undefined) return;
    const update: FeedUpdate = { type: end };
    this.#end = update;
    this.#tell(update);
  }

  /** Watches from now on; an end that was already reached is told at once. The result stops watching. */
  watch(watcher: (update: FeedUpdate) => void): () => void {
    if (this.#end !== undefined) {
      watcher(this.#end);
      return () => {};
    }
    this.#watchers ??= new Set();
    this.#watchers.add(watcher);
    return () => this.#watchers?.delete(watcher);
  }

  #clear(): void {
    if (this.#text === '') return;
    this.#text = '';
    this.#tell({ type: 'restart' });
  }

  #tell(update: FeedUpdate): void {
    for (const watcher of this.#watchers ?? []) watcher(update);
    if (this.#end !== undefined) this.#watchers = undefined;
  }
}
