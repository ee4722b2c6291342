/** One message on its way out: its pictures are prepared, and what the platform refuses is said more plainly within the same
 *  delivery: in the form that was drawn for that, and in the end in words alone. */
import type { ConversationRef } from '../../message.ts';
import type { Channel, DeliveryReceipt, OutboundMessage } from '../channel.ts';
import { withEchoKey } from './echo-key.ts';
import { plainestForm } from './in-words.ts';
import { hasPictures, type PictureDesk } from './pictures.ts';
import type { OutboundEvent, SendEvent } from './schema.ts';
import { mayBeAboutContent } from './send-results.ts';

type Deliver = NonNullable<Channel['deliver']>;

/** Nothing was written yet. */
const CLOSING: DeliveryReceipt = { outcome: 'refused', code: 'CLOSING', retryable: true };

export function withFallback(deliver: Deliver): Deliver {
  return async (message, target, signal) => {
    let receipt = await deliver(message, target, signal);
    const { fallback: _, ...rest } = message;
    const { advice } = receipt;
    let { echoKey } = rest;
    // Refused means that nothing is shown. A retry of the plain form alone would lose the better one for the next message too.
    for (const wire of plainerForms(message)) {
      if (receipt.outcome !== 'refused' || !mayBeAboutContent(receipt.code) || signal.aborted) return receipt;
      const plain = withEchoKey({ ...rest, wire });
      if (plain.echoKey !== undefined && plain.echoKey !== echoKey) await target.beforeFallback?.(plain.echoKey);
      echoKey = plain.echoKey;
      receipt = { ...(advice === undefined ? {} : { advice }), ...(await deliver(plain, target, signal)) };
    }
    return receipt;
  };
}

/** Each plainer than the one before. */
function plainerForms({ wire, fallback }: OutboundMessage): readonly unknown[] {
  const last = (fallback ?? wire) as OutboundEvent;
  const words = last.event === 'send' ? plainestForm(last) : undefined;
  return [
    ...(fallback === undefined ? [] : [fallback]),
    ...(words === undefined ? [] : [{ event: 'send', ...words } satisfies SendEvent]),
  ];
}

/** @param startTyping begins to show that an answer comes, and returns what ends it
 *
 *  Ids of pictures are no part of what is stored: they may have gone stale by the time a delivery is resumed. */
export function withPreparedPictures(
  deliver: Deliver,
  desk: PictureDesk,
  startTyping?: (conversation: ConversationRef) => () => Promise<void>,
): Deliver {
  return async (message, target, signal) => {
    const event = message.wire as OutboundEvent;
    if (event.event !== 'send') return deliver(message, target, signal);
    const { event: name, ...content } = event;
    // To look at pictures takes its time, and uploading them calls of their own.
    if (hasPictures(content)) target.pacing?.letOthersGo();
    const stopTyping = startTyping?.(target.conversation);
    const prepared = await desk.prepare(content, signal);
    await stopTyping?.();
    if (signal.aborted) return CLOSING;
    if (prepared === content) return deliver(message, target, signal);
    const wire: SendEvent = { event: name, ...prepared };
    // Should an id not be known there any more, the addresses still are.
    return deliver({ fallback: message.wire, ...message, wire }, target, signal);
  };
}
