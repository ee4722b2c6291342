/** An event is taken: dedupe, sequence number and insert are one transaction of the store. */
import type { MessageReceived } from '../../message.ts';
import { tryFor } from '../../platform/try-again.ts';
import type { AcceptResult } from '../../storage/store.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import type { ActiveTurn } from '../turn/active-turn.ts';

const DEDUPE_MS = 10 * 60_000;
const RETRY_MS = 100;

/** Tries again for `patienceMs` while the store is busy.
 *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
export function acceptTurn(
  turn: ActiveTurn,
  state: 'received' | 'answering',
  patienceMs: number,
  parts: Pick<GatewayParts, 'store' | 'clock' | 'ownerId'>,
): Promise<AcceptResult> {
  const { store, clock, ownerId } = parts;
  const { event } = turn;
  const accept = () =>
    store.acceptTurn(
      {
        id: turn.id,
        conversation: event.conversation,
        conversationKey: turn.conversationKey,
        ownerId,
        event: withoutImages(event),
        receivedAt: event.receivedAt,
        dedupeSince: event.receivedAt - DEDUPE_MS,
        state,
        ...(event.dedupeKey === undefined ? {} : { dedupeKey: event.dedupeKey }),
      },
      turn.bot.historyTurns,
    );
  return tryFor(patienceMs, accept, { clock, pauseMs: RETRY_MS });
}

/** Signed addresses open a customer's photo to whoever has them. After a restart such a turn asks for the photo again. */
function withoutImages({ images: _, ...event }: MessageReceived): MessageReceived {
  return event;
}
