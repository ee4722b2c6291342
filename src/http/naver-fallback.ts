import type { FastifyReply, FastifyRequest } from 'fastify';
import { type NaverBodyParts, readNaverBody } from './naver-body.ts';

/** TalkTalk called an address that has no channel: 200, because anything else counts towards its suspension; but never 200 for
 *  what may be a payment, because that charges the customer. */
export function answerLostCall(reply: FastifyReply, mayAskForPayment: boolean): FastifyReply {
  return reply.code(mayAskForPayment ? 404 : 200).send('');
}

/** The same for a call that the router itself refused, so that nobody has read its body. */
export async function answerUnreadCall(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: NaverBodyParts,
): Promise<void> {
  const isGone = request.raw.readableEnded || request.raw.destroyed;
  answerLostCall(reply, !isGone && (await readNaverBody(request.raw, parts)).mayAskForPayment);
}
