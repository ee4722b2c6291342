/** `/push/kakao` of every bot: the operator's own systems speak to customers first, behind the operator's key. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import Value from 'typebox/value';
import { malformed, readApiBody } from '../../channels/api-request.ts';
import type { EventPush } from '../../channels/event-sender.ts';
import { GatewayError } from '../../errors.ts';
import type { AppParts } from '../app-parts.ts';
import { FAILURE_DOCS, sendError } from '../error-body.ts';
import { createOperatorCheck } from '../operator-key.ts';
import { keepBodiesRaw } from '../raw-body.ts';
import { schemaFault } from '../schema-fault.ts';
import { toWebhookRequest } from '../webhook-request.ts';

/** Ten calls of the platform: the caller waits for all of them. */
const MAX_RECIPIENTS = 1_000;

const RECIPIENT_TYPES = ['botUserKey', 'plusfriendUserKey', 'appUserId', 'botGroupKey'] as const;

const closed = { additionalProperties: false };

const Push = Type.Object(
  {
    event: Type.String({ minLength: 1, maxLength: 100, description: 'Name of the event of a deployed block' }),
    recipients: Type.Array(
      Type.Object(
        {
          type: Type.Enum([...RECIPIENT_TYPES]),
          id: Type.String({ minLength: 1, maxLength: 100 }),
        },
        closed,
      ),
      { minItems: 1, maxItems: MAX_RECIPIENTS, description: 'Nobody gets it twice, however often named' },
    ),
    data: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'Goes to Kakao as event.data' })),
    params: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'Reaches the skill as userRequest.params' }),
    ),
  },
  closed,
);

const PushAnswer = Type.Object({
  pushId: Type.String(),
  recipients: Type.Integer({ description: 'Different ones' }),
  accepted: Type.Integer({ description: 'How many of them Kakao took; whether it reached them is in the task' }),
  calls: Type.Array(
    Type.Object({
      recipients: Type.Integer(),
      outcome: Type.Enum(['accepted', 'refused', 'unknown']),
      code: Type.String(),
      taskId: Type.Optional(Type.String()),
      message: Type.Optional(Type.String({ description: "Kakao's own words" })),
      advice: Type.Optional(Type.String({ description: 'Korean: what to change' })),
    }),
  ),
});

const TaskAnswer = Type.Object({
  taskId: Type.String(),
  recipients: Type.Integer(),
  delivered: Type.Integer({ description: 'Each costs 15 KRW plus VAT' }),
  unresolved: Type.Integer({ description: 'Keys that belong to nobody whom the bot can reach' }),
  failed: Type.Integer(),
  isFinal: Type.Boolean({ description: 'The numbers will not change any more' }),
  failures: Type.Array(
    Type.Object({
      recipient: Type.Object({ type: Type.String(), id: Type.String() }),
      code: Type.String(),
      message: Type.String(),
      advice: Type.String(),
    }),
  ),
});

const PUSH_DOCS = {
  tags: ['push'],
  summary: 'Run an event block of KakaoTalk for customers',
  description:
    'With Authorization: Bearer OPERATOR_KEY. Split into calls of 100 recipients, one row each. With an Idempotency-Key the request can be repeated: what was accepted, refused or cut is not sent again. 200 when any call was accepted, 502 with the same body when none was.',
  security: [{ operatorKey: [] }],
  headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) }),
  body: Push,
  response: { 200: PushAnswer, 502: PushAnswer, ...FAILURE_DOCS },
};

const TASK_DOCS = {
  tags: ['push'],
  summary: 'What became of an accepted call',
  description: 'With Authorization: Bearer OPERATOR_KEY. Kakao needs some seconds to know.',
  security: [{ operatorKey: [] }],
  params: Type.Object({ taskId: Type.String() }),
  response: { 200: TaskAnswer, ...FAILURE_DOCS },
};

const HIDDEN = { hide: true };

interface Params {
  readonly botId?: string;
  readonly taskId?: string;
}

export function registerPushRoutes(app: FastifyInstance, parts: AppParts): void {
  const verify = parts.operatorKey === undefined ? refuseAll : createOperatorCheck(parts.operatorKey, parts.limits);

  const enter = async (request: FastifyRequest<{ Params: Params }>): Promise<string> => {
    await verify(request);
    await parts.limits.address(request.ip);
    const { botId = parts.defaultBot.id } = request.params;
    if (parts.bots.has(botId)) return botId;
    throw new GatewayError('BOT_UNKNOWN', 'There is no bot with this id');
  };

  app.register(async (scope) => {
    keepBodiesRaw(scope, parts);
    for (const base of ['', '/bots/:botId']) {
      scope.post<{ Params: Params }>(
        `${base}/push/kakao`,
        { schema: base === '' ? PUSH_DOCS : HIDDEN },
        async (request, reply) => {
          const botId = await enter(request);
          const result = await parts.pushes.push(botId, readPush(request), readIdempotencyKey(request));
          return reply.code(result.accepted > 0 ? 200 : 502).send(result);
        },
      );
      scope.get<{ Params: Params }>(
        `${base}/push/kakao/:taskId`,
        { schema: base === '' ? TASK_DOCS : HIDDEN },
        async (request, reply) => {
          const botId = await enter(request);
          const { taskId = '' } = request.params;
          if (!/^[\w.:-]{1,100}$/.test(taskId)) throw malformed('This is no id of a task');
          try {
            return await parts.pushes.lookUp(botId, taskId);
          } catch (thrown) {
            if (!(thrown instanceof GatewayError)) throw thrown;
            const { advice } = thrown.details;
            return sendError(reply, thrown, advice === undefined ? {} : { advice });
          }
        },
      );
    }
  });
}

async function refuseAll(): Promise<void> {
  throw new GatewayError('FEATURE_OFF', 'Pushing is off; set OPERATOR_KEY to open it');
}

/** @throws GatewayError `INBOUND_WRONG_CONTENT_TYPE`, `INBOUND_MALFORMED` with the place of the first fault and no value */
function readPush(request: FastifyRequest): EventPush {
  const body = readApiBody(toWebhookRequest(request), ['event', 'recipients', 'data', 'params']);
  if (Value.Check(Push, body)) return body;
  throw malformed(schemaFault(Value.Errors(Push, body)));
}

/** @throws GatewayError `INBOUND_MALFORMED` */
function readIdempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw malformed('The Idempotency-Key must be 1 to 200 visible ASCII characters');
}
