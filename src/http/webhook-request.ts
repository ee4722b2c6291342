import type { FastifyRequest } from 'fastify';
import type { WebhookRequest } from '../channels/channel.ts';
import type { EpochMs } from '../message.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** When the request line had been read: the clock of every deadline starts here. */
    receivedAt: EpochMs;
    /** Who calls, looked up at the receipt: a connection that broke no longer knows. */
    caller: Pick<WebhookRequest, 'remoteAddress' | 'isLocal'>;
  }
  interface FastifyContextConfig {
    purpose?: NonNullable<WebhookRequest['purpose']>;
  }
}

/** Headers by which proxies, tunnels and content networks say that they stand in between. */
const PROXY_HEADER =
  /^(x-forwarded(-.*)?|x-real-ip|x-client-ip|x-original-.*|forwarded|via|true-client-ip|cf-.*|fly-.*)$/;
/** A page of another site that talked the browser's resolver into our address still sends its own name. */
const LOCAL_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/** True only for a caller on this machine with no proxy in between: behind nginx on the same host everybody's peer is loopback. */
function isLocal(request: FastifyRequest): boolean {
  const peer = request.socket.remoteAddress ?? '';
  const isLoopback = peer === '::1' || peer.startsWith('127.') || peer.startsWith('::ffff:127.');
  if (!isLoopback || !LOCAL_HOST.test(request.headers.host ?? '')) return false;
  return !Object.keys(request.headers).some((name) => PROXY_HEADER.test(name));
}

export function callerOf(request: FastifyRequest): FastifyRequest['caller'] {
  return { remoteAddress: request.ip, isLocal: isLocal(request) };
}

/** The request as channels see it: the body as bytes. For routes that keep bodies raw. */
export function toWebhookRequest(request: FastifyRequest, pathSecret?: string): WebhookRequest {
  const { purpose } = request.routeOptions.config;
  return {
    method: request.method,
    headers: request.headers,
    body: request.rawBody,
    ...request.caller,
    receivedAt: request.receivedAt,
    requestId: request.id,
    ...(pathSecret === undefined ? {} : { pathSecret }),
    ...(purpose === undefined ? {} : { purpose }),
  };
}
