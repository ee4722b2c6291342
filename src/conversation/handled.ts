import type { Channel, InboundOutcome, OutboundMessage } from '../channels/channel.ts';
import { GatewayError } from '../errors.ts';
import type { EpochMs, InboundEvent, Reply } from '../message.ts';
import type { TurnFeed } from './turn/turn-feed.ts';

/** What became of the response: written to an open socket, or not. Told once; never rejects. */
export type Flushed = (at: EpochMs, written: boolean) => Promise<void>;

/** What the HTTP layer does with a request. */
export type Handled =
  | { readonly kind: 'respond'; readonly outcome: InboundOutcome; readonly flushed: Flushed }
  | {
      readonly kind: 'stream';
      readonly turnId: string;
      readonly sequence: number;
      /** Masked. */
      readonly question: string;
      readonly receivedAt: EpochMs;
      readonly feed: TurnFeed;
      readonly flushed: Flushed;
    };

const NOTHING_TO_FLUSH: Flushed = async () => {};

export function respond(outcome: InboundOutcome, flushed: Flushed = NOTHING_TO_FLUSH): Handled {
  return { kind: 'respond', outcome, flushed };
}

/** One message for this response alone; nothing of it is stored. */
export function renderOne(channel: Channel, event: InboundEvent, reply: Reply, maxBubbles: number): OutboundMessage {
  const context = { turnId: event.id, conversation: event.conversation, mode: 'inline', maxBubbles } as const;
  const [message] = channel.render(reply, context);
  if (message === undefined) throw new GatewayError('INTERNAL', 'The channel rendered nothing');
  return message;
}

/** Says something that is no answer of a turn: greetings, waiting texts, apologies. */
export function say(channel: Channel, event: InboundEvent, reply: Reply): Handled {
  return respond({ kind: 'answered', messages: [renderOne(channel, event, reply, channel.maxBubblesPerResponse)] });
}
