/** Turns in an embedded store, written through its port as the gateway does. */
import { type ConversationRef, conversationKey, type MessageReceived, textReply } from '../../src/message.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { openSqliteStore } from '../../src/storage/sqlite/index.ts';
import type { NewDelivery, NewTurn, Store, TurnAnswer } from '../../src/storage/store.ts';

/** So many at once make the commits large. */
const TOGETHER = 2_000;
const AGE_MS = 24 * 60 * 60_000;

/** What a customer of TEST calls the conversation. */
export function storedCustomer(index: number): string {
  return `stored-${index}`;
}

/** One turn of each of so many customers, answered a day ago. */
export async function storeTurns(directory: string, count: number): Promise<void> {
  const store = await openSqliteStore({ directory, logger: silentLogger });
  let next = 0;
  const work = async () => {
    while (next < count) {
      next += 1;
      await storeTurn(store, next - 1);
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
  await store.close();
}

async function storeTurn(store: Store, index: number): Promise<void> {
  const turn = turnOf(index);
  await store.acceptTurn(turn, 0);
  await store.answerTurn(turn.id, { ...ANSWER, answeredAt: turn.receivedAt }, [{ ...DELIVERY, id: `d-${turn.id}` }]);
  await store.moveDelivery(`d-${turn.id}`, ['sending'], 'delivered', turn.receivedAt);
}

function turnOf(index: number): NewTurn {
  const id = `stored-turn-${index}`;
  const conversation: ConversationRef = { botId: 'default', channel: 'test', user: storedCustomer(index) };
  const receivedAt = Date.now() - AGE_MS;
  const event: MessageReceived = {
    type: 'message-received',
    id,
    conversation,
    receivedAt,
    requestId: id,
    replyWindows: [{ mode: 'inline', closesAt: receivedAt + 60_000 }],
    text: '어제 산 니트를 다른 색으로 교환하고 싶은데 며칠 안에 보내야 하나요?',
    input: 'typed',
  };
  return {
    id,
    conversation,
    conversationKey: conversationKey(conversation),
    ownerId: 'bench',
    event,
    receivedAt,
    dedupeSince: receivedAt,
    state: 'answering',
  };
}

const TEXT = '교환은 받으신 날부터 7일 안에 신청하실 수 있습니다. 택배비는 왕복 6,000원입니다.';

const ANSWER: Omit<TurnAnswer, 'answeredAt'> = {
  reply: textReply(TEXT),
  source: { kind: 'knowledge', engine: 'faq', entries: [{ id: 'exchange', question: '교환 기간', score: 0.91 }] },
  wasAnswered: true,
};

const DELIVERY: Omit<NewDelivery, 'id'> = {
  position: 0,
  mode: 'inline',
  state: 'sending',
  message: { wire: { Answer: TEXT }, text: TEXT, bubbles: 1 },
};
