/** `POST /send`: the contract of the older chat page, `{user_question}` in, a CLOVA-shaped answer out. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { malformed, readApiObject, readQuery, refuseUnknownFields } from '../../channels/api-request.ts';
import type { WebhookRequest } from '../../channels/channel.ts';
import { GatewayError, toGatewayError } from '../../errors.ts';
import { conversationKey, replyText } from '../../message.ts';
import type { InboundResult } from '../../platform/metrics.ts';
import type { AppParts } from '../app-parts.ts';
import { fromFastifyError, retryAfterSeconds } from '../error-body.ts';
import { keepBodiesRaw } from '../raw-body.ts';
import { toWebhookRequest } from '../webhook-request.ts';
import { whenFlushed } from '../when-flushed.ts';

const Failure = Type.Object({ error: Type.String() });

/** Nothing here validates: the route reads the body itself, to answer in the older words. */
const DOCS = {
  tags: ['query'],
  summary: 'The contract of the older chat page',
  description: 'From loopback without a secret, else with TEST_SECRET.',
  body: Type.Object({ user_question: Type.String() }),
  response: {
    200: Type.Object({
      status: Type.Object({ code: Type.String(), message: Type.String() }),
      result: Type.Object({ message: Type.Object({ role: Type.String(), content: Type.String() }) }),
    }),
    '4xx': Failure,
    '5xx': Failure,
  },
};

const MISSING = '질문이 제공되지 않았습니다';

export function registerSendRoute(app: FastifyInstance, parts: AppParts): void {
  app.register(async (scope) => {
    keepBodiesRaw(scope, parts);
    const count = (request: FastifyRequest, result: InboundResult) => {
      const { bot, channel } = locate(request, parts);
      if (bot === undefined || channel === undefined) return;
      parts.metrics.inbound(bot.id, channel.name, result, parts.clock.now() - request.receivedAt);
    };
    scope.setErrorHandler((thrown, request, reply) => {
      const error = fromFastifyError(thrown) ?? toGatewayError(thrown);
      const fields = { code: error.code, channel: 'test', request: request.id, reason: error.message };
      if (error.httpStatus >= 500) parts.logger.error({ ...fields, err: error }, 'a request failed');
      else parts.logger.warn(fields, 'a request was refused');
      count(request, error.code);
      return refuse(reply, error);
    });

    for (const base of ['', '/bots/:botId']) {
      scope.post(`${base}/send`, { schema: base === '' ? DOCS : { hide: true } }, async (request, reply) => {
        const { bot, channel } = locate(request, parts);
        if (bot === undefined || channel === undefined) throw new GatewayError('BOT_UNKNOWN', 'There is no such bot');
        const webhook = toWebhookRequest(request);
        channel.verify(webhook);
        await parts.limits.address(request.ip);

        const query = readQuestion(webhook);
        // From here on it is a TEST question.
        const body = new TextEncoder().encode(JSON.stringify({ query }));
        const event = channel.parse({ ...webhook, body });
        await parts.limits.conversation(conversationKey(event.conversation));
        const handled = await parts.gateway.handle(bot, channel, event);
        if (handled.kind === 'stream') throw new Error('a TEST question does not stream');
        const { flushed, outcome } = handled;
        whenFlushed(reply, (written) => {
          count(request, outcome.kind);
          void flushed(parts.clock.now(), written);
        });
        const content =
          outcome.kind === 'answered'
            ? outcome.details === undefined
              ? outcome.messages.map((message) => message.text).join('\n')
              : replyText(outcome.details.reply)
            : '';
        return reply.header('content-type', 'application/json; charset=utf-8').send(
          JSON.stringify({
            status: { code: '20000', message: 'OK' },
            result: { message: { role: 'assistant', content } },
          }),
        );
      });
    }
  });
}

function locate(request: FastifyRequest, { bots, defaultBot }: AppParts) {
  const { botId } = request.params as { botId?: string };
  const bot = botId === undefined ? defaultBot : bots.get(botId);
  return { bot, channel: bot?.channels.get('test') };
}

/** That nobody asked anything is said in the older words, whatever else is in the body.
 *  @throws GatewayError `INBOUND_MALFORMED`, `INBOUND_TOO_LARGE`, `INBOUND_WRONG_CONTENT_TYPE` */
function readQuestion(webhook: WebhookRequest): string {
  if (webhook.body.length === 0) throw malformed(MISSING);
  const body = readApiObject(webhook);
  const { user_question: question } = body;
  if (question === undefined || question === null || question === '') throw malformed(MISSING);
  refuseUnknownFields(body, ['user_question']);
  return readQuery(body, 'user_question');
}

function refuse(reply: FastifyReply, error: GatewayError) {
  if (error.retryAfterMs !== undefined) reply.header('retry-after', retryAfterSeconds(error.retryAfterMs));
  return reply
    .code(error.httpStatus)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify({ error: error.message }));
}
