import type { FastifyReply, FastifyRequest } from 'fastify';
import { readBody } from './raw-body.ts';

/** As much of a body as is looked at where no route has read it. TalkTalk's own events are far smaller. */
const LOOKED_AT_BYTES = 65_536;

/** TalkTalk called an address that has no channel: 200, because anything else counts towards its suspension; but never 200 for
 *  what may be a payment, because that charges the customer. */
export function answerLostCall(
  reply: FastifyReply,
  body: Uint8Array,
  asksForPayment: (body: Uint8Array) => boolean,
): FastifyReply {
  return reply.code(asksForPayment(body) ? 404 : 200).send('');
}

/** The same for a call that the router itself refused, so that nobody has read its body. */
export function answerUnreadCall(
  request: FastifyRequest,
  reply: FastifyReply,
  asksForPayment: (body: Uint8Array) => boolean,
): void {
  if (request.raw.readableEnded || request.raw.destroyed) {
    answerLostCall(reply, new Uint8Array(0), asksForPayment);
    return;
  }
  readBody(request.raw, LOOKED_AT_BYTES, (_tooLarge, bytes) => answerLostCall(reply, bytes, asksForPayment));
}
