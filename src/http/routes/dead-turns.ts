/** Questions that nobody will answer any more: for operators, behind their key. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { GatewayError } from '../../errors.ts';
import { CHANNEL_NAMES } from '../../message.ts';
import type { AppParts } from '../app-parts.ts';
import { FAILURE_DOCS } from '../error-body.ts';
import { createOperatorCheck } from '../operator-key.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

const OptionalText = Type.Union([Type.String(), Type.Null()]);
const Answer = Type.Object({
  bot: Type.String(),
  turns: Type.Array(
    Type.Object({
      turn: Type.String(),
      channel: Type.Enum([...CHANNEL_NAMES]),
      user: Type.String({ description: "The platform's key of the customer" }),
      room: OptionalText,
      request: Type.String({ description: 'The same as in the log' }),
      support: Type.Union([Type.String(), Type.Null()], { description: 'The number that the customer can name' }),
      receivedAt: Type.Number({ description: 'Milliseconds since 1970' }),
      reason: Type.Enum(['failed', 'refused'], {
        description:
          'failed: there is no answer, not even an apology. refused: the platform did not take the answer, or a part of it',
      }),
      code: Type.Union([Type.String(), Type.Null()], {
        description: 'Our error code, or the result code of the platform',
      }),
    }),
    { description: 'Latest first' },
  ),
  next: Type.Union([Type.String(), Type.Null()], { description: 'For `before`, where there may be more' }),
});
const Query = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LIMIT, description: `${DEFAULT_LIMIT} when absent` })),
  before: Type.Optional(Type.String({ description: '`next` of the page before' })),
});

/** Without OPERATOR_KEY there is no such route. */
export function registerDeadTurnsRoute(app: FastifyInstance, parts: AppParts): void {
  if (parts.operatorKey === undefined) return;
  const verify = createOperatorCheck(parts.operatorKey, parts.limits);
  app.get<{ Params: { botId: string }; Querystring: { limit?: string; before?: string } }>(
    '/bots/:botId/dead-turns',
    {
      schema: {
        tags: ['operation'],
        summary: 'Questions that failed for good, and answers that the platform refused for good',
        params: Type.Object({ botId: Type.String() }),
        querystring: Query,
        response: { 200: Answer, ...FAILURE_DOCS },
      },
    },
    async (request) => {
      await verify(request);
      const { botId } = request.params;
      if (!parts.bots.has(botId)) throw new GatewayError('BOT_UNKNOWN', 'There is no bot with this id');
      const limit = limitOf(request.query.limit ?? String(DEFAULT_LIMIT));
      const dead = await parts.store.readDeadTurns(botId, limit, request.query.before);
      return {
        bot: botId,
        turns: dead.map(({ turnId, conversation, requestId, supportId, receivedAt, reason, code }) => ({
          turn: turnId,
          channel: conversation.channel,
          user: conversation.user,
          room: conversation.room ?? null,
          request: requestId,
          support: supportId ?? null,
          receivedAt,
          reason,
          code: code ?? null,
        })),
        next: dead.length < limit ? null : (dead.at(-1)?.turnId ?? null),
      };
    },
  );
}

/** @throws GatewayError `INBOUND_MALFORMED` */
function limitOf(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new GatewayError('INBOUND_MALFORMED', `limit is a number from 1 to ${MAX_LIMIT}`);
}
