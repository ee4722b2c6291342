/** What /docs says about `/query/:botType`. Channels check bodies by the rules of their platforms; nothing here validates. */
import type { FastifySchema } from 'fastify';
import Type, { type TSchema } from 'typebox';
import type { BotType } from '../../message.ts';
import { ErrorDocs, FAILURE_DOCS } from '../error-body.ts';
import { ReplyDocs } from './reply-docs.ts';

const Source = Type.Object({
  kind: Type.Union([Type.Literal('knowledge'), Type.Literal('model'), Type.Literal('system')]),
  engine: Type.String(),
  model: Type.Optional(Type.String()),
  withheld: Type.Optional(Type.Integer({ description: 'Invented contacts that were left out of the answer.' })),
  cut: Type.Optional(
    Type.Literal(true, { description: 'The model reached its maximum length: the answer ends before its end.' }),
  ),
  cached: Type.Optional(
    Type.Literal(true, { description: 'Somebody asked the same before: the answer came from memory.' }),
  ),
  usage: Type.Optional(
    Type.Object(
      {
        calls: Type.Integer(),
        promptTokens: Type.Integer(),
        completionTokens: Type.Integer(),
        thinkingTokens: Type.Integer({ description: 'A part of the completion.' }),
        costWon: Type.Optional(Type.Number({ description: 'Without VAT; absent when a price is not known.' })),
      },
      {
        description: 'What models used for this answer, all calls together. Absent: no model was asked, or none told.',
      },
    ),
  ),
  entries: Type.Array(Type.Object({ id: Type.String(), question: Type.String(), score: Type.Number() })),
});

const TestAnswer = Type.Object({
  Query: Type.String(),
  Answer: Type.String(),
  AnswerImageUrl: Type.Union([Type.String(), Type.Null()]),
  reply: ReplyDocs,
  source: Source,
  engine: Type.String(),
  conversation: Type.String(),
  turn: Type.String(),
  timings: Type.Object({ knowledgeMs: Type.Number(), engineMs: Type.Number(), totalMs: Type.Number() }),
});

const WebAnswer = Type.Omit(TestAnswer, ['Query']);

export const ChatEventsDocs = Type.String({
  description: '`event: accepted | delta | status | restart | answer | forgotten | done`, `data` is JSON',
});

const REFUSED_OF_PLATFORMS = {
  401: described(ErrorDocs, 'The secret is wrong: the caller is not Kakao'),
  404: described(ErrorDocs, 'There is no such bot or bot type; `known` lists the types'),
};

function described<Schema extends TSchema>(schema: Schema, description: string): Schema {
  return { ...schema, description };
}

/** Kakao's parameter validation (파라미터 검증), the only call that asks about a value. */
export const VALIDATE_DOCS: FastifySchema = {
  tags: ['query'],
  summary: 'KakaoTalk channel chatbot: the validation URL of a parameter',
  description:
    'Confirms the value that Kakao resolved; IGNORE when there is none. The secret comes as X-Malgil-Secret or as the last part of the path (/validate/KAKAO/{secret}). Below /query/KAKAO everything is a secret, hence an address of its own; a call that arrives at /query/KAKAO all the same gets the same answer.',
  body: Type.Object(
    {
      value: Type.Object({ origin: Type.String(), resolved: Type.String() }),
      isInSlotFilling: Type.Boolean(),
    },
    { additionalProperties: true },
  ),
  response: {
    200: Type.Object({
      status: Type.Union([Type.Literal('SUCCESS'), Type.Literal('IGNORE')]),
      value: Type.Optional(Type.String()),
    }),
    ...REFUSED_OF_PLATFORMS,
  },
};

export const QUERY_DOCS: Readonly<Record<BotType, FastifySchema>> = {
  TEST: {
    tags: ['query'],
    summary: 'One question with curl',
    description:
      'From loopback without a secret; from elsewhere with TEST_SECRET in X-Malgil-Secret or as a bearer token.',
    body: Type.Object({
      query: Type.String({ minLength: 1, maxLength: 10_000 }),
      conversation: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 100,
          description:
            'Without it every request is its own conversation. Stored as it is: put nothing personal into it',
        }),
      ),
    }),
    response: { 200: TestAnswer, ...FAILURE_DOCS },
  },
  KAKAO: {
    tags: ['query'],
    summary: 'KakaoTalk channel chatbot: the skill URL',
    description: 'SkillPayload in, SkillResponse 2.0 out; 200 for everything but a wrong secret (401).',
    body: Type.Object({ userRequest: Type.Any() }, { additionalProperties: true }),
    response: {
      200: Type.Object(
        {
          version: Type.Literal('2.0'),
          template: Type.Optional(Type.Object({ outputs: Type.Array(Type.Any()) }, { additionalProperties: true })),
          useCallback: Type.Optional(
            Type.Literal(true, { description: 'The answer follows at the callbackUrl; `data.text` says so.' }),
          ),
          data: Type.Optional(Type.Record(Type.String(), Type.Any())),
        },
        { description: 'SkillResponse 2.0: the answer, a waiting bubble or a polite apology' },
      ),
      ...REFUSED_OF_PLATFORMS,
    },
  },
  NAVER: {
    tags: ['query'],
    summary: 'Naver TalkTalk: the webhook',
    description: 'Always 200 (a payment request that nobody approved excepted); answers go out through the send API.',
    body: Type.Object({ event: Type.String(), user: Type.String() }, { additionalProperties: true }),
    response: {
      200: Type.Any({ description: 'Taken: empty, or an event `send` with what is said in the response itself' }),
      404: Type.Object(
        { event: Type.Literal('send'), textContent: Type.Object({ text: Type.String() }) },
        { description: 'A `pay_complete` that nobody approved, or a body that may hide one: nobody is charged' },
      ),
    },
  },
  WEB: {
    tags: ['query'],
    summary: 'The browser chat',
    description: 'With Accept: text/event-stream the answer streams.',
    body: Type.Union([
      Type.Object({ query: Type.String() }),
      Type.Object({ action: Type.Literal('reset') }),
      Type.Object({ tap: Type.String(), query: Type.String() }),
    ]),
    response: {
      200: {
        description: 'The answer; as a stream, events whose `answer` carries the same reply',
        content: {
          'application/json': { schema: WebAnswer },
          'text/event-stream': { schema: ChatEventsDocs },
        },
      },
      ...FAILURE_DOCS,
    },
  },
};
