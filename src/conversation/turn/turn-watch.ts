/** A turn for a page that came back: live while this process works on it, else as soon as another one has ended it. */
import { type Clock, delay } from '../../platform/clock.ts';
import type { Store, Turn } from '../../storage/store.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { outlast } from '../outlast.ts';
import type { TurnFeed } from './turn-feed.ts';
import type { TurnRunner } from './turn-runner.ts';

/** How soon it is seen that this process has taken the turn over, or, without anybody who tells, that it has ended. */
const LOOK_MS = 1_000;

export type Watched =
  | { readonly kind: 'running'; readonly feed: TurnFeed }
  /** Answered, or ended without an answer; undefined when the store has forgotten it. */
  | { readonly kind: 'ended'; readonly turn: Turn | undefined }
  /** Nobody has ended it in the time that there was: whoever asks again may hear more. */
  | { readonly kind: 'open' };

type TurnWatchParts = Pick<GatewayParts, 'store' | 'turnOrder' | 'clock' | 'ownerId'>;

export class TurnWatch {
  readonly #parts: TurnWatchParts;
  readonly #runner: Pick<TurnRunner, 'get' | 'isTakingOver'>;
  readonly #stopping = new AbortController();

  constructor(parts: TurnWatchParts, runner: Pick<TurnRunner, 'get' | 'isTakingOver'>) {
    this.#parts = parts;
    this.#runner = runner;
  }

  /** Resolves when there is something to show of the turn, after `patienceMs`, or when the signal fires.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  async watch(turnId: string, conversationKey: string, patienceMs: number, signal: AbortSignal): Promise<Watched> {
    const { store, clock, ownerId } = this.#parts;
    const impatient = new AbortController();
    const cancel = clock.schedule(patienceMs, () => impatient.abort());
    const over = AbortSignal.any([signal, impatient.signal, this.#stopping.signal]);
    let seemedLost = false;
    try {
      for (;;) {
        // Before the store is read: an answer that comes in between would be missed by both looks.
        const active = this.#runner.get(turnId);
        if (active?.conversationKey === conversationKey) return { kind: 'running', feed: active.feed };
        const turn = await store.readTurn(turnId);
        if (!isOpen(turn)) return { kind: 'ended', turn };
        if (over.aborted) return { kind: 'open' };
        if (turn.ownerId === ownerId && !this.#runner.isTakingOver) {
          // Ours, open, and nobody works on it: it failed where even that could not be stored, unless it has just been taken over.
          if (seemedLost) return { kind: 'ended', turn };
          seemedLost = true;
          await delay(clock, LOOK_MS, over);
        } else {
          await this.#untilNews(turnId, over);
        }
      }
    } finally {
      cancel();
    }
  }

  /** Whoever waits is told that the turn is still open. */
  stop(): void {
    this.#stopping.abort();
  }

  async #untilNews(turnId: string, signal: AbortSignal): Promise<void> {
    const { clock, store, turnOrder } = this.#parts;
    const found = new AbortController();
    const either = AbortSignal.any([signal, found.signal]);
    const untilEnded = () =>
      turnOrder === undefined ? lookUntilEnded(turnId, store, clock, either) : turnOrder.untilEnded(turnId, either);
    const ended = outlast(untilEnded, clock, either).finally(() => found.abort());
    // A process that takes a turn over tells nobody, but that may be this one: then its text can be shown as it grows.
    const running = (async () => {
      while (!either.aborted && this.#runner.get(turnId) === undefined) await delay(clock, LOOK_MS, either);
      found.abort();
    })();
    await Promise.all([ended, running]);
  }
}

/** Where nobody tells. */
async function lookUntilEnded(turnId: string, store: Store, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && isOpen(await store.readTurn(turnId))) await delay(clock, LOOK_MS, signal);
}

function isOpen(turn: Turn | undefined): turn is Turn {
  return turn?.state === 'received' || turn?.state === 'answering';
}
