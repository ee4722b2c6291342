/** One message on its way out: what the platform refuses is said more plainly, once, within the same delivery. */
import type { Channel, OutboundMessage } from '../channel.ts';
import { mayBeAboutContent } from './send-results.ts';

type Deliver = NonNullable<Channel['deliver']>;

export function withFallback(deliver: Deliver): Deliver {
  return async (message, target, signal) => {
    const receipt = await deliver(message, target, signal);
    const { fallback, ...rest } = message;
    // Refused means that nothing is shown. A retry of the plain form alone would lose the better one for the next message too.
    const isHopeless = receipt.outcome !== 'refused' || !mayBeAboutContent(receipt.code);
    if (isHopeless || fallback === undefined || signal.aborted) return receipt;
    const plain: OutboundMessage = { ...rest, wire: fallback };
    const { advice } = receipt;
    return { ...(advice === undefined ? {} : { advice }), ...(await deliver(plain, target, signal)) };
  };
}
