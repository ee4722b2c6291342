import { parseCookie, stringifySetCookie } from 'cookie';
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
  const value = parseCookie(request.headers.cookie ?? '')[webCookieName(botId)];
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
    const cookie = stringifySetCookie({
      name: webCookieName(botId),
      value: id,
      httpOnly: true,
      sameSite: 'lax',
      secure: request.protocol === 'https',
      path: '/',
      maxAge: COOKIE_DAYS * 24 * 60 * 60,
    });
    reply.header('set-cookie', cookie);
  }
  return { ...webhook, headers: { ...webhook.headers, [CONVERSATION_HEADER]: id } };
}
