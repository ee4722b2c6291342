import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible';

/** Messages a second that one platform account bears (TalkTalk: about 30 in 3 s are reported to be blocked). */
export class LocalSendBudget {
  readonly #queues = new Map<string, RateLimiterQueue>();

  /** @param perSecond by bot id */
  constructor(perSecond: ReadonlyMap<string, number>) {
    for (const [botId, points] of perSecond) {
      const limiter = new RateLimiterMemory({ points, duration: 1, keyPrefix: botId });
      this.#queues.set(botId, new RateLimiterQueue(limiter));
    }
  }

  /** Resolves when one more message may go out; waiting callers go in order. */
  async reserve(botId: string): Promise<void> {
    await this.#queues.get(botId)?.removeTokens(1);
  }

  /** True while at least two messages of this second are left: for what nobody waits for. */
  async hasRoom(botId: string): Promise<boolean> {
    const queue = this.#queues.get(botId);
    if (queue === undefined) return true;
    return (await queue.getTokensRemaining()) >= 2;
  }
}
