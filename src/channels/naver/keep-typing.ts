/** "… is typing" while a picture is got ready: the answer counts as there by then, and TalkTalk's own indicator lasts 10 s. */
import type { ConversationRef } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';

export interface KeepTypingParts {
  readonly clock: Clock;
  /** Never rejects. */
  readonly show: (conversation: ConversationRef, signal: AbortSignal) => Promise<void>;
  /** Takes a call that may go out now, unless an answer may want it. */
  readonly tryReserveCall: () => boolean;
}

/** Pictures that are there at once need none. */
const FIRST_AFTER_MS = 1_500;
const RENEW_AFTER_MS = 8_000;
/** How long the message waits for an indicator that is on its way: one that arrives after it would stay for its whole 10 s. */
const OVERTAKEN_MS = 300;

/** Begins, and returns what ends it: the message may go out when that resolves. */
export function keepTyping(
  conversation: ConversationRef,
  { clock, show, tryReserveCall }: KeepTypingParts,
): () => Promise<void> {
  const abort = new AbortController();
  let showing: Promise<void> | undefined;
  let cancelTimer = () => {};
  const showAfter = (waitMs: number) => {
    cancelTimer = clock.schedule(waitMs, () => {
      if (tryReserveCall()) showing = show(conversation, abort.signal);
      showAfter(RENEW_AFTER_MS);
    });
  };
  showAfter(FIRST_AFTER_MS);
  return async () => {
    cancelTimer();
    if (showing === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancelWait = clock.schedule(OVERTAKEN_MS, resolve);
    await Promise.race([showing, promise]);
    cancelWait();
    abort.abort();
  };
}
