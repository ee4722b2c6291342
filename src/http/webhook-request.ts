import type { FastifyRequest } from 'fastify';
import type { WebhookRequest } from '../channels/channel.ts';
import type { EpochMs } from '../message.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** When the request line had been read: the clock of every deadline starts here. */
    receivedAt: EpochMs;
  }
}

const EMPTY_BODY = new Uint8Array(0);

/** Headers by which a proxy says that it stands in between. */
const PROXY_HEADERS = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'];

/** True only for a caller on this machine with no proxy in between: behind nginx on the same host everybody's peer is loopback. */
function isLocal(request: FastifyRequest): boolean {
  const peer = request.socket.remoteAddress ?? '';
  const isLoopback = peer === '::1' || peer.startsWith('127.') || peer.startsWith('::ffff:127.');
  return isLoopback && PROXY_HEADERS.every((name) => request.headers[name] === undefined);
}

/** The request as channels see it. The routes that use it read every body as bytes. */
export function toWebhookRequest(request: FastifyRequest, pathSecret?: string): WebhookRequest {
  return {
    method: request.method,
    headers: request.headers,
    body: request.body instanceof Uint8Array ? request.body : EMPTY_BODY,
    remoteAddress: request.ip,
    isLocal: isLocal(request),
    receivedAt: request.receivedAt,
    requestId: request.id,
    ...(pathSecret === undefined ? {} : { pathSecret }),
  };
}
