/** The older chatbot engines that listen on a TCP port: one JSON object in, one JSON object out, a connection for each question. */
import { GatewayError } from '../../errors.ts';
import { type BotType, CHANNEL_OF_BOT_TYPE, type ChannelName, type ReplyPart, type TextPart } from '../../message.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Engine, EnginePart, EngineRequest } from '../engine.ts';
import { askOverSocket, type SocketAddress } from './exchange.ts';

export interface SocketEngineOptions {
  readonly address: SocketAddress;
  readonly connectTimeoutMs: number;
  /** From the connection to the whole answer. */
  readonly answerTimeoutMs: number;
  /** Its answers are a model's words. Absent: they are shown as they are written, since whoever wrote them knew of no markup. */
  readonly writesMarkdown?: boolean;
  readonly clock?: Clock;
}

/** Far above any answer of a chatbot: a peer that is none must not fill the memory. */
const MAX_ANSWER_BYTES = 4 * 1_048_576;

/** Keys that are the answer itself, or say the question again. */
const KNOWN_KEYS = new Set(['Query', 'Answer', 'AnswerImageUrl']);

export function createSocketEngine(options: SocketEngineOptions): Engine {
  const { address, connectTimeoutMs, answerTimeoutMs, writesMarkdown = false, clock = systemClock } = options;
  const format = writesMarkdown ? 'markdown' : 'plain';
  return {
    name: 'socket',
    async *answer(request, signal) {
      const limits = {
        connectTimeoutMs,
        answerTimeoutMs,
        maxAnswerBytes: MAX_ANSWER_BYTES,
        closesAt: request.closesAt,
      };
      yield toReply(await askOverSocket(address, toQuery(request), limits, clock, signal), format);
      yield { type: 'finished', reason: 'stop' };
    },
    async close() {},
  };
}

function toQuery({ question, conversation }: EngineRequest): string {
  return JSON.stringify({ Query: question, BotType: BOT_TYPE_OF[conversation.channel] });
}

const BOT_TYPE_OF = Object.fromEntries(
  Object.entries(CHANNEL_OF_BOT_TYPE).map(([botType, channel]) => [channel, botType]),
) as Readonly<Record<ChannelName, BotType>>;

/** @throws GatewayError `ENGINE_STREAM_BROKEN` for what is no JSON object, `ENGINE_FAILED` for one without an answer */
function toReply(text: string, format: TextPart['format']): EnginePart {
  const answer = parseObject(text);
  const words = typeof answer.Answer === 'string' ? answer.Answer.trim() : '';
  const imageUrl = typeof answer.AnswerImageUrl === 'string' ? answer.AnswerImageUrl.trim() : '';
  const parts: ReplyPart[] = [];
  if (imageUrl !== '') parts.push({ type: 'image', url: imageUrl });
  if (words !== '') parts.push({ type: 'text', text: words, format });
  if (parts.length === 0) throw new GatewayError('ENGINE_FAILED', 'The socket engine answered nothing');
  const extra = Object.fromEntries(Object.entries(answer).filter(([key]) => !KNOWN_KEYS.has(key)));
  return {
    type: 'reply',
    parts,
    quickReplies: [],
    groundIds: [],
    answered: true,
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined; // the parser's own error quotes the text
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new GatewayError('ENGINE_STREAM_BROKEN', 'The answer of the socket engine is no JSON object');
}
