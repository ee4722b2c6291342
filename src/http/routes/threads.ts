/** Who owns a conversation: for operators, behind their key. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { threadAsOf } from '../../conversation/thread/thread.ts';
import { GatewayError } from '../../errors.ts';
import { CHANNEL_NAMES, conversationKey } from '../../message.ts';
import type { AppParts } from '../app-parts.ts';
import { ErrorDocs } from '../error-body.ts';
import { createOperatorCheck } from '../operator-key.ts';

const Params = Type.Object({
  botId: Type.String(),
  id: Type.String({ description: "The platform's key of the customer" }),
});
const Query = Type.Object({
  channel: Type.Optional(Type.Enum([...CHANNEL_NAMES], { description: 'naver when absent' })),
  room: Type.Optional(Type.String({ description: 'For group chats' })),
});
const OptionalTime = Type.Union([Type.Number(), Type.Null()], { description: 'Milliseconds since 1970; null: never' });
const Answer = Type.Object({
  owner: Type.Enum(['bot', 'waiting', 'agent'], { description: 'waiting: called, and nobody has come yet' }),
  since: OptionalTime,
  until: OptionalTime,
  changing: Type.Union([Type.Literal('passing'), Type.Literal('taking'), Type.Null()]),
  heldQuestions: Type.Integer({ description: 'Messages that the bot answers later, if no agent does' }),
});

/** Without OPERATOR_KEY there is no such route. */
export function registerThreadRoute(app: FastifyInstance, parts: AppParts): void {
  if (parts.operatorKey === undefined) return;
  const verify = createOperatorCheck(parts.operatorKey, parts.limits);
  app.get<{ Params: { botId: string; id: string }; Querystring: { channel?: string; room?: string } }>(
    '/bots/:botId/conversations/:id/thread',
    {
      schema: {
        tags: ['operation'],
        summary: 'Who may speak in a conversation: the bot, or human agents',
        params: Params,
        querystring: Query,
        response: { 200: Answer, '4xx': ErrorDocs },
      },
    },
    async (request) => {
      await verify(request);
      const { botId, id } = request.params;
      const channel = CHANNEL_NAMES.find((name) => name === (request.query.channel ?? 'naver'));
      if (!parts.bots.has(botId)) throw new GatewayError('BOT_UNKNOWN', 'There is no bot with this id');
      if (channel === undefined) throw new GatewayError('BOT_TYPE_UNKNOWN', 'There is no channel of this name');
      const { room } = request.query;
      const conversation = { botId, channel, user: id, ...(room === undefined ? {} : { room }) };
      await parts.threads.catchUp(conversation);
      const thread = threadAsOf(parts.threads.of(conversationKey(conversation)), parts.clock.now());
      return {
        owner: thread.owner,
        since: thread.since === 0 ? null : thread.since,
        until: thread.until ?? null,
        changing: thread.step ?? null,
        heldQuestions: thread.held.length,
      };
    },
  );
}
