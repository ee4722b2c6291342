/** What TEST and WEB share on the way out. */
import type { GatewayError } from '../errors.ts';
import type { Reply } from '../message.ts';
import type { InboundOutcome, OutboundMessage, WebhookResponse } from './channel.ts';
import { plainParts } from './plain-parts.ts';

/** Keys of an answer. `Answer` is clean text; `reply` is the answer with its parts and buttons. */
interface ApiAnswer {
  readonly Answer: string;
  /** The first image, or null. */
  readonly AnswerImageUrl: string | null;
  readonly [key: string]: unknown;
}

/** The whole reply is one message here: nothing has to be split for a JSON response. */
export function renderWhole(reply: Reply): readonly OutboundMessage[] {
  const text = plainParts(reply)
    .map((part) => {
      if (part.type === 'text') return part.text;
      return part.type === 'card' ? [part.title, part.description].filter(Boolean).join('\n') : '';
    })
    .filter(Boolean)
    .join('\n\n');
  return [{ wire: reply, text, bubbles: reply.parts.length }];
}

/** @param leading fields that a channel puts first in every answer */
export function apiResponse(outcome: InboundOutcome, leading: object = {}): WebhookResponse {
  switch (outcome.kind) {
    case 'answered':
      return json(200, { ...leading, ...answerBody(outcome.messages, outcome.details) });
    case 'promised':
      return json(200, { ...leading, ...answerWithText(outcome.text) });
    case 'accepted':
      return json(200, { ...leading, ...answerWithText('') });
    case 'payment-approved':
    case 'payment-refused':
      return json(404, { error: { code: 'ROUTE_UNKNOWN', message: 'This channel takes no payments' } });
    case 'refused':
      return errorResponse(outcome.error);
  }
}

function answerWithText(text: string): ApiAnswer {
  return { Answer: text, AnswerImageUrl: null };
}

function answerBody(
  messages: readonly OutboundMessage[],
  details: Extract<InboundOutcome, { kind: 'answered' }>['details'],
): ApiAnswer {
  const Answer = messages
    .map((message) => message.text)
    .filter(Boolean)
    .join('\n\n');
  const reply = details?.reply ?? mergeReplies(messages);
  const answer: ApiAnswer = { Answer, AnswerImageUrl: firstImageUrl(reply), reply };
  if (details === undefined) return answer;
  const { source, conversationId, turnId, timings } = details;
  const { extra, session: _, ...rest } = source;
  return {
    ...extra,
    ...answer,
    source: rest,
    engine: source.engine,
    conversation: conversationId,
    turn: turnId,
    timings,
  };
}

/** Greetings come without details: their replies are in the messages. */
function mergeReplies(messages: readonly OutboundMessage[]): Reply {
  const replies = messages.map((message) => message.wire as Reply);
  return {
    parts: replies.flatMap((reply) => reply.parts),
    quickReplies: replies.flatMap((reply) => reply.quickReplies),
  };
}

function firstImageUrl(reply: Reply): string | null {
  for (const part of reply.parts) {
    if (part.type === 'image') return part.url;
    if (part.type === 'card' && part.imageUrl !== undefined) return part.imageUrl;
  }
  return null;
}

function errorResponse(error: GatewayError): WebhookResponse {
  const { requestId } = error.details;
  const response = json(error.httpStatus, {
    error: { code: error.code, message: error.message, ...(requestId === undefined ? {} : { requestId }) },
  });
  if (error.retryAfterMs === undefined) return response;
  const retryAfterSeconds = Math.max(1, Math.ceil(error.retryAfterMs / 1000));
  return { ...response, headers: { ...response.headers, 'retry-after': String(retryAfterSeconds) } };
}

function json(status: number, body: unknown): WebhookResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}
