/** What the chat page reads: the greeting, and the conversation so far (which is also how a cut stream goes on). */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Bot } from '../../conversation/bot.ts';
import { GatewayError } from '../../errors.ts';
import type { Choice, Reply } from '../../message.ts';
import type { AppParts } from '../app-parts.ts';
import { ConversationReplay, parseEventId } from '../conversation-replay.ts';
import { ErrorDocs } from '../error-body.ts';
import { EventStream } from '../server-sent-events.ts';
import { readWebConversation } from '../web-conversation.ts';
import { toWebhookRequest } from '../webhook-request.ts';
import { ChatEventsDocs } from './query-docs.ts';
import { ReplyDocs } from './reply-docs.ts';

const AI_NOTICE = '이 상담은 인공지능(AI)이 답변합니다. 중요한 내용은 고객센터에서 한 번 더 확인해 주세요.';

const Greeting = Type.Object({
  bot: Type.Object({ id: Type.String(), name: Type.String() }),
  greeting: ReplyDocs,
  englishGreeting: Type.Optional(ReplyDocs),
  notices: Type.Object({ ai: Type.String(), sample: Type.Boolean() }),
  contact: Type.String(),
});

const CONVERSATION_DOCS = {
  description: 'Server-sent events; one that ends without `done` goes on at the next request with Last-Event-ID',
  content: { 'text/event-stream': { schema: ChatEventsDocs } },
};

export function registerWebChatRoutes(app: FastifyInstance, parts: AppParts): void {
  for (const base of ['', '/bots/:botId']) {
    const described = base === '' ? { tags: ['web'] } : { hide: true };
    app.get<{ Params: { botId?: string } }>(
      `${base}/query/WEB`,
      {
        schema: {
          ...described,
          summary: 'What the chat page shows before the first question',
          response: { 200: Greeting, '4xx': ErrorDocs },
        },
      },
      async (request) => {
        const bot = locate(request.params.botId);
        return {
          bot: { id: bot.id, name: bot.name },
          greeting: greetingReply(bot.greeting, bot),
          ...(bot.englishGreeting === '' ? {} : { englishGreeting: greetingReply(bot.englishGreeting, bot) }),
          notices: { ai: AI_NOTICE, sample: bot.usesSampleKnowledge },
          contact: bot.contact,
        };
      },
    );

    app.get<{ Params: { botId?: string } }>(
      `${base}/query/WEB/events`,
      {
        schema: {
          ...described,
          summary: 'The conversation of this browser since the last reset, then what still runs',
          response: { 200: CONVERSATION_DOCS, '4xx': ErrorDocs },
        },
      },
      async (request, reply) => {
        const bot = locate(request.params.botId);
        bot.channels.get('web')?.verify(toWebhookRequest(request));
        await parts.limits.address(request.ip);
        const conversation = readWebConversation(request, bot.id);
        const stream = new EventStream(reply);
        const seen = parseEventId(request.headers['last-event-id']);
        if (conversation === undefined) {
          if (seen.sequence > 0) stream.forgotten(seen.sequence);
          stream.end();
          return reply;
        }
        await new ConversationReplay(parts, bot, conversation, stream).run(seen);
        return reply;
      },
    );
  }

  function locate(botId: string | undefined) {
    const bot = botId === undefined ? parts.defaultBot : parts.bots.get(botId);
    if (bot === undefined) throw new GatewayError('BOT_UNKNOWN', 'There is no bot with this id');
    if (!bot.channels.has('web')) throw new GatewayError('BOT_TYPE_UNKNOWN', 'This bot has no browser chat');
    return bot;
  }
}

function greetingReply(text: string, bot: Bot): Reply {
  return { parts: [{ type: 'text', text, format: 'plain' }], quickReplies: bot.topics.map(offerTopic) };
}

function offerTopic(topic: { readonly id: string; readonly question: string }): Choice {
  return { type: 'message', label: topic.question, action: { kind: 'ask', entryId: topic.id } };
}
