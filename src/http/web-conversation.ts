import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WebhookRequest } from '../channels/channel.ts';
import type { NewId } from '../platform/ids.ts';

/** Conversation ids of the browser chat are ours, random, and out of reach of scripts. */
function webCookieName(botId: string): string {
  return `malgil_web_${botId}`;
}

const ID = /^[A-Za-z0-9_-]{22}$/;
const COOKIE_DAYS = 30;
/** Set by this server only; whatever a client sends under this name is dropped. */
const CONVERSATION_HEADER = 'x-malgil-web-conversation';

export function readWebConversation(request: FastifyRequest, botId: string): string | undefined {
  const value = request.cookies[webCookieName(botId)];
  return value !== undefined && ID.test(value) ? value : undefined;
}

/** Adds the conversation to the request, and starts one (with its cookie) for a browser that has none. */
export function withWebConversation(
  webhook: WebhookRequest,
  request: FastifyRequest,
  reply: FastifyReply,
  botId: string,
  newId: NewId,
): WebhookRequest {
  let id = readWebConversation(request, botId);
  if (id === undefined) {
    id = newId();
    const cookie = reply.server.serializeCookie(webCookieName(botId), id, {
      httpOnly: true,
      sameSite: 'lax',
      secure: request.protocol === 'https',
      path: '/',
      maxAge: COOKIE_DAYS * 24 * 60 * 60,
    });
    // Not `setCookie`, which writes its header in a hook that a stream never reaches.
    reply.header('set-cookie', cookie);
  }
  return { ...webhook, headers: { ...webhook.headers, [CONVERSATION_HEADER]: id } };
}
