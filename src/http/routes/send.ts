/** `POST /send`: the contract of the older chat page, `{user_question}` in, a CLOVA-shaped answer out. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import Type from 'typebox';
import { toGatewayError } from '../../errors.ts';
import { conversationKey, replyText } from '../../message.ts';
import type { AppParts } from '../app-parts.ts';
import { fromFastifyError } from '../error-body.ts';
import { keepBodiesRaw } from '../raw-body.ts';
import { toWebhookRequest } from '../webhook-request.ts';
import { whenFlushed } from '../when-flushed.ts';

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
    '4xx': Type.Object({ error: Type.String() }),
  },
};

const MISSING = '질문이 제공되지 않았습니다';

export function registerSendRoute(app: FastifyInstance, parts: AppParts): void {
  app.register(async (scope) => {
    keepBodiesRaw(scope, parts);
    scope.setErrorHandler((thrown, request, reply) => {
      const error = fromFastifyError(thrown) ?? toGatewayError(thrown);
      request.log.warn({ code: error.code, request: request.id }, 'a /send request was refused');
      return refuse(reply, error.httpStatus, error.message.replaceAll('"query"', '"user_question"'));
    });

    for (const base of ['', '/bots/:botId']) {
      scope.post<{ Params: { botId?: string } }>(
        `${base}/send`,
        { schema: base === '' ? DOCS : { hide: true } },
        async (request, reply) => {
          const bot = request.params.botId === undefined ? parts.defaultBot : parts.bots.get(request.params.botId);
          const channel = bot?.channels.get('test');
          if (bot === undefined || channel === undefined) return refuse(reply, 404, 'There is no such bot');
          const webhook = toWebhookRequest(request);
          channel.verify(webhook);
          await parts.limits.address(request.ip);

          const read = readQuestion(webhook.body);
          if (typeof read !== 'object') return refuse(reply, 400, read);
          // From here on it is a TEST question: the same limits of length and characters, the same error words.
          const body = new TextEncoder().encode(JSON.stringify({ query: read.question }));
          const event = channel.parse({ ...webhook, body });
          await parts.limits.conversation(conversationKey(event.conversation));
          const handled = await parts.gateway.handle(bot, channel, event);
          if (handled.kind === 'stream') throw new Error('a TEST question does not stream');
          whenFlushed(reply, (written) => void handled.flushed(parts.clock.now(), written));
          const { outcome } = handled;
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
        },
      );
    }
  });
}

/** The question, or the sentence that says what is wrong with the body. */
function readQuestion(body: Uint8Array): { readonly question: string } | string {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return body.length === 0 ? MISSING : 'The body is not valid JSON in UTF-8';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'The body must be a JSON object';
  const unknown = Object.keys(value).filter((name) => name !== 'user_question');
  if (unknown.length > 0) return 'The body has a field other than user_question';
  const question = 'user_question' in value ? value.user_question : undefined;
  if (question === undefined || question === null || question === '') return MISSING;
  return typeof question === 'string' ? { question } : 'user_question must be a string';
}

function refuse(reply: FastifyReply, status: number, sentence: string) {
  return reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify({ error: sentence }));
}
