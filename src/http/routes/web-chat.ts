/** What the chat page reads: the greeting, and the conversation so far (which is also how a cut stream goes on). */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { GatewayError } from '../../errors.ts';
import { type Choice, conversationKey } from '../../message.ts';
import type { Turn } from '../../storage/store.ts';
import type { AppParts } from '../app-parts.ts';
import { EventStream, type StreamedTurn } from '../server-sent-events.ts';
import { readWebConversation } from '../web-conversation.ts';
import { toWebhookRequest } from '../webhook-request.ts';
import { ReplyDocs } from './reply-docs.ts';

/** Turns of one read of the store, and reads of one replay: a conversation of 500 turns is shown whole. */
const PAGE_TURNS = 50;
const MAX_PAGES = 10;
const AI_NOTICE = '이 상담은 인공지능(AI)이 답변합니다. 중요한 내용은 고객센터에서 한 번 더 확인해 주세요.';

const Greeting = Type.Object({
  bot: Type.Object({ id: Type.String(), name: Type.String() }),
  greeting: ReplyDocs,
  notices: Type.Object({ ai: Type.String(), sample: Type.Boolean() }),
  contact: Type.String(),
});

export function registerWebChatRoutes(app: FastifyInstance, parts: AppParts): void {
  for (const base of ['', '/bots/:botId']) {
    const described = base === '' ? { tags: ['web'] } : { hide: true };
    app.get<{ Params: { botId?: string } }>(
      `${base}/query/WEB`,
      {
        schema: {
          ...described,
          summary: 'What the chat page shows before the first question',
          response: { 200: Greeting },
        },
      },
      async (request) => {
        const bot = locate(request.params.botId);
        return {
          bot: { id: bot.id, name: bot.name },
          greeting: {
            parts: [{ type: 'text', text: bot.greeting, format: 'plain' }],
            quickReplies: bot.topics.map(offerTopic),
          },
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
          summary: 'The conversation of this browser since the last reset, then what still runs (server-sent events)',
        },
      },
      async (request, reply) => {
        const bot = locate(request.params.botId);
        bot.channels.get('web')?.verify(toWebhookRequest(request));
        await parts.limits.address(request.ip);
        const conversation = readWebConversation(request, bot.id);
        const seen = parseEventId(request.headers['last-event-id']);
        const stream = new EventStream(reply);
        if (conversation !== undefined) {
          const key = conversationKey({ botId: bot.id, channel: 'web', user: conversation });
          await replay(stream, key, seen);
        }
        stream.end();
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

  async function replay(stream: EventStream, key: string, seen: SeenEvent): Promise<void> {
    let after = seen.shown === 'end' ? seen.sequence : seen.sequence - 1;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const turns = await parts.store.readTurns(key, after, PAGE_TURNS);
      for (const turn of turns) {
        if (!stream.isOpen) return;
        await replayTurn(stream, key, turn, turn.sequence === seen.sequence ? seen.shown : 'end');
        after = turn.sequence;
      }
      if (turns.length < PAGE_TURNS) return;
    }
  }

  async function replayTurn(stream: EventStream, key: string, turn: Turn, shown: SeenEvent['shown']): Promise<void> {
    if (turn.event.type !== 'message-received') return;
    const described: StreamedTurn = {
      turnId: turn.id,
      sequence: turn.sequence,
      question: turn.event.text,
      receivedAt: turn.receivedAt,
    };
    if (shown === 'end') stream.accepted(described);
    // Watched before it is read again: an answer that comes in between would be missed by both looks.
    const feed = parts.gateway.watchTurn(turn.id, key);
    if (feed !== undefined) await stream.follow(described, feed, shown === 'end' ? 0 : shown);
    else sendAnswer(stream, described, await parts.store.readTurn(turn.id));
  }
}

function sendAnswer(stream: EventStream, described: StreamedTurn, turn: Turn | undefined): void {
  if (turn?.reply === undefined || turn.source === undefined || turn.answeredAt === undefined) return;
  stream.answer(described, { reply: turn.reply, source: turn.source, answeredAt: turn.answeredAt });
}

function offerTopic(topic: { readonly id: string; readonly question: string }): Choice {
  return { type: 'message', label: topic.question, action: { kind: 'ask', entryId: topic.id } };
}

interface SeenEvent {
  readonly sequence: number;
  readonly shown: number | 'end';
}

/** Anything that we did not write counts as "has seen nothing". */
function parseEventId(header: string | readonly string[] | undefined): SeenEvent {
  const match = /^(\d{1,9})\.(\d{1,9}|end)$/.exec(typeof header === 'string' ? header : '');
  if (match === null) return { sequence: 0, shown: 'end' };
  return { sequence: Number(match[1]), shown: match[2] === 'end' ? 'end' : Number(match[2]) };
}
