/** Records for the tests of stores: complete, and the same every time. */
import {
  type AnswerSource,
  type ConversationRef,
  conversationKey,
  type MessageReceived,
  textReply,
} from '../../src/message.ts';
import type { NewDelivery, NewTurn, StoredThread, TurnAnswer } from '../../src/storage/store.ts';

/** Any time will do; stores have no clock of their own. */
export const START = 1_800_000_000_000;
const DEDUPE_PERIOD_MS = 60_000;

export const customer = (user: string): ConversationRef => ({ botId: 'default', channel: 'kakao', user });

export function newTurn(id: string, overrides: Partial<NewTurn> & { readonly text?: string } = {}): NewTurn {
  const { text = '영업시간이 어떻게 되나요?', ...fields } = overrides;
  const conversation = fields.conversation ?? customer('minji');
  const receivedAt = fields.receivedAt ?? START;
  const event: MessageReceived = {
    type: 'message-received',
    id,
    conversation,
    receivedAt,
    requestId: `request-${id}`,
    replyWindows: [{ mode: 'inline', closesAt: receivedAt + 4_000 }, { mode: 'pickup' }],
    text,
    input: 'typed',
  };
  return {
    id,
    conversation,
    conversationKey: conversationKey(conversation),
    ownerId: 'process-1',
    event,
    receivedAt,
    dedupeSince: receivedAt - DEDUPE_PERIOD_MS,
    state: 'answering',
    ...fields,
  };
}

export const SOURCE: AnswerSource = {
  kind: 'knowledge',
  engine: 'faq',
  entries: [{ id: 'hours', question: '영업시간', score: 0.93 }],
};

export function turnAnswer(overrides: Partial<TurnAnswer> = {}): TurnAnswer {
  return {
    reply: textReply('매일 10시부터 20시까지 엽니다.'),
    source: SOURCE,
    wasAnswered: true,
    answeredAt: START + 1,
    ...overrides,
  };
}

export function newDelivery(id: string, overrides: Partial<NewDelivery> = {}): NewDelivery {
  return {
    id,
    position: 0,
    mode: 'pickup',
    state: 'held',
    message: { wire: { version: '2.0', template: { outputs: [{ simpleText: { text: id } }] } }, text: id, bubbles: 1 },
    ...overrides,
  };
}

/** An agent has the room. */
export function storedThread(revision: string, overrides: Partial<StoredThread> = {}): StoredThread {
  return {
    conversation: customer('minji'),
    thread: { owner: 'agent', since: START, held: [] },
    revision,
    driverId: 'process-1',
    ...overrides,
  };
}
