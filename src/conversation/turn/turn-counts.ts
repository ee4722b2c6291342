/** How many turns are open, and whether a bot may open one more. Customers who wait for a response and those whose answer goes out by
 *  itself are counted apart: a backlog of the one must not turn the other away. */
import type { MessageReceived } from '../../message.ts';
import type { ActiveTurn } from './active-turn.ts';

/** `awaited`: a response waits for it, or for a way to fetch it. `pushed`: it costs only memory until its turn comes. */
export type TurnKind = 'awaited' | 'pushed';

export function kindOf({ replyWindows }: MessageReceived): TurnKind {
  return replyWindows[0]?.mode === 'push' ? 'pushed' : 'awaited';
}

export class TurnCounts {
  /** By bot; bots without open turns are not there. */
  readonly #open = { awaited: new Map<string, number>(), pushed: new Map<string, number>() };
  readonly #totals = { awaited: 0, pushed: 0 };

  total(kind: TurnKind): number {
    return this.#totals[kind];
  }

  add({ event, bot }: ActiveTurn): void {
    this.#change(kindOf(event), bot.id, 1);
  }

  remove({ event, bot }: ActiveTurn): void {
    this.#change(kindOf(event), bot.id, -1);
  }

  /** Above `limit` a bot is still let in while it has less than an equal share, so that no other one can use up all. The first to come may
   *  have filled the limit, the next ones have a half, a third and so on: with n bots there are `limit × (1 + 1/2 + … + 1/n)` at most. */
  mayAdd(kind: TurnKind, botId: string, limit: number): boolean {
    if (this.#totals[kind] < limit) return true;
    const open = this.#open[kind];
    const own = open.get(botId) ?? 0;
    const bots = own === 0 ? open.size + 1 : open.size;
    return own < limit / bots;
  }

  #change(kind: TurnKind, botId: string, by: 1 | -1): void {
    const open = this.#open[kind];
    const count = (open.get(botId) ?? 0) + by;
    if (count === 0) open.delete(botId);
    else open.set(botId, count);
    this.#totals[kind] += by;
  }
}
