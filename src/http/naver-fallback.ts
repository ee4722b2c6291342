import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AsksForPayment, type NaverBodyParts, readNaverBody } from './naver-body.ts';
import { isNaverPath } from './query-address.ts';

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

/** The same for bytes that are no HTTP request as the parser knows it (an unknown method, headers that are too long). What else calls
 *  here like that gets the status that the server would have given by itself. */
export function answerUnparsedCall(
  error: Error & { readonly code?: string; readonly rawPacket?: unknown },
  socket: Socket,
  asksForPayment: AsksForPayment,
): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const packet = error.rawPacket instanceof Uint8Array ? error.rawPacket : new Uint8Array(0);
  const [, url] = /^\S{1,30} (\S+)/.exec(Buffer.from(packet).toString('latin1')) ?? [];
  const isHarmless = url !== undefined && isNaverPath(url) && !asksForPayment(packet);
  socket.end(
    `HTTP/1.1 ${isHarmless ? '200 OK' : refusalOf(error.code)}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  );
}

function refusalOf(code: string | undefined): string {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return '408 Request Timeout';
    case 'HPE_HEADER_OVERFLOW':
      return '431 Request Header Fields Too Large';
    default:
      return '400 Bad Request';
  }
}
