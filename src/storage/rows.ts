/** Rows of every SQL store: tuples in the order of the column lists beside them, JSON columns still text. A tuple of strings is the
 *  cheapest thing to hand from a worker thread, or to read off a socket. */
import { GatewayError } from '../errors.ts';
import { type ChannelName, type ConversationRef, type PaymentResult, type ReplyMode, replyText } from '../message.ts';
import type { DeadTurn } from './dead-turns.ts';
import type { ModelSpending } from './ledger.ts';
import type {
  Delivery,
  DeliveryChange,
  DeliveryState,
  KnownPayment,
  PushCall,
  RememberedTurn,
  StoredThread,
  Thread,
  Turn,
  TurnState,
  UntoldPayment,
} from './store.ts';

export const TURN_COLUMNS =
  't.id, c.key, t.sequence, t.state, t.owner_id, t.event, t.received_at, t.acknowledged_at, t.answered_at, t.reply, t.source, t.was_answered, t.note';

export type TurnRow = readonly [
  id: string,
  conversationKey: string,
  sequence: number,
  state: TurnState,
  ownerId: string,
  event: string,
  receivedAt: number,
  acknowledgedAt: number | null,
  answeredAt: number | null,
  reply: string | null,
  source: string | null,
  wasAnswered: 0 | 1 | null,
  note: string | null,
];

export const DELIVERY_COLUMNS =
  'd.id, t.id, c.key, d.position, d.mode, d.state, d.message, d.attempts, d.result, d.platform_id, d.closes_at, d.url, d.created_at, d.updated_at, d.echoed_at';

export type DeliveryRow = readonly [
  id: string,
  turnId: string,
  conversationKey: string,
  position: number,
  mode: ReplyMode,
  state: DeliveryState,
  message: string,
  attempts: number,
  result: string | null,
  platformId: string | null,
  closesAt: number | null,
  url: string | null,
  createdAt: number,
  updatedAt: number,
  echoedAt: number | null,
];

/** @throws GatewayError `STORE_FAILED` when a JSON column does not parse */
export function toTurn(row: TurnRow): Turn {
  const [id, conversationKey, sequence, state, ownerId, event, receivedAt] = row;
  const [, , , , , , , acknowledgedAt, answeredAt, reply, source, wasAnswered, note] = row;
  return {
    id,
    conversationKey,
    sequence,
    state,
    ownerId,
    event: parseJson<Turn['event']>(event),
    receivedAt,
    ...(acknowledgedAt === null ? {} : { acknowledgedAt }),
    ...(answeredAt === null ? {} : { answeredAt }),
    ...(reply === null ? {} : { reply: parseJson<NonNullable<Turn['reply']>>(reply) }),
    ...(source === null ? {} : { source: parseJson<NonNullable<Turn['source']>>(source) }),
    ...(wasAnswered === null ? {} : { wasAnswered: wasAnswered === 1 }),
    ...(note === null ? {} : { note }),
  };
}

export function toRememberedTurn({
  id,
  sequence,
  event,
  receivedAt,
  reply,
  source,
  wasAnswered,
}: Turn): RememberedTurn {
  return {
    id,
    sequence,
    receivedAt,
    event: toRememberedEvent(event),
    answer: reply === undefined ? undefined : replyText(reply),
    profileRequest: reply?.profileRequest,
    wasAnswered,
    engine: source?.engine,
    session: source?.session,
    about: source?.about,
  };
}

function toRememberedEvent(event: Turn['event']): RememberedTurn['event'] {
  switch (event.type) {
    case 'message-received': {
      const { text, input, product, consent } = event;
      return { type: 'message-received', text, input, ...(product && { product }), ...(consent && { consent }) };
    }
    case 'message-echoed':
      return { type: 'message-echoed', ...(event.text !== undefined && { text: event.text }) };
    default:
      return { type: event.type };
  }
}

export type DeadTurnRow = readonly [
  id: string,
  event: string,
  receivedAt: number,
  state: TurnState,
  code: string | null,
];

/** @throws GatewayError `STORE_FAILED` when the event does not parse */
export function toDeadTurn([turnId, event, receivedAt, state, code]: DeadTurnRow): DeadTurn {
  const { conversation, requestId, ...asked } = parseJson<Turn['event']>(event);
  const supportId = 'supportId' in asked ? asked.supportId : undefined;
  return {
    turnId,
    conversation,
    requestId,
    ...(supportId === undefined ? {} : { supportId }),
    receivedAt,
    reason: state === 'failed' ? 'failed' : 'refused',
    ...(code === null ? {} : { code }),
  };
}

/** @throws GatewayError `STORE_FAILED` when a JSON column does not parse */
export function toDelivery(row: DeliveryRow): Delivery {
  const [id, turnId, conversationKey, position, mode, state, message, attempts] = row;
  const [, , , , , , , , result, platformId, closesAt, url, createdAt, updatedAt, echoedAt] = row;
  return {
    id,
    turnId,
    conversationKey,
    position,
    mode,
    state,
    message: parseJson<Delivery['message']>(message),
    attempts,
    ...(result === null ? {} : { result }),
    ...(platformId === null ? {} : { platformId }),
    ...(closesAt === null ? {} : { closesAt }),
    ...(url === null ? {} : { url }),
    createdAt,
    updatedAt,
    ...(echoedAt === null ? {} : { echoedAt }),
  };
}

export const THREAD_COLUMNS = 'ref, state, revision, driver_id';

export type ThreadRow = readonly [ref: string, state: string, revision: string, driverId: string];

/** @throws GatewayError `STORE_FAILED` when a JSON column does not parse */
export function toThread([ref, state, revision, driverId]: ThreadRow): StoredThread {
  return { conversation: parseJson<ConversationRef>(ref), thread: parseJson<Thread>(state), revision, driverId };
}

export type PushCallRow = readonly [position: number, state: PushCall['state'], receipt: string | null];

/** @throws GatewayError `STORE_FAILED` when a JSON column does not parse */
export function toPushCall([position, state, receipt]: PushCallRow): PushCall {
  return { position, state, ...(receipt === null ? {} : { receipt: parseJson<unknown>(receipt) }) };
}

/** @throws GatewayError `STORE_FAILED` when a JSON column does not parse */
export type KnownPaymentRow = readonly [state: KnownPayment['state'], request: string | null];

export function toKnownPayment([state, request]: KnownPaymentRow): KnownPayment {
  return { state, ...(request === null ? {} : { request: parseJson<PaymentResult>(request) }) };
}

export type UntoldPaymentRow = readonly [
  key: string,
  botId: string,
  channel: ChannelName,
  /** `null`: its conversation has been erased. */
  ref: string | null,
  result: string,
];

/** @throws GatewayError `STORE_FAILED` when a JSON column does not parse */
export function toUntoldPayment([key, botId, channel, ref, result]: UntoldPaymentRow): UntoldPayment {
  const conversation = ref === null ? { botId, channel } : parseJson<ConversationRef>(ref);
  return { key, conversation, payment: parseJson<PaymentResult>(result) };
}

/** What is stored of a settlement until the operator's systems know of it: without its details, and without whatever names the customer or
 *  is in somebody else's words. */
export function settlementTexts(payment: PaymentResult): { readonly untold: string; readonly nameless: string } {
  const { details: _, ...untold } = payment;
  const { isSuccess, id, serviceId } = untold;
  return { untold: toJson(untold), nameless: toJson({ isSuccess, id, serviceId }) };
}

export type SpendingRow = readonly [
  botId: string,
  day: string,
  model: string,
  calls: number,
  promptTokens: number,
  completionTokens: number,
  thinkingTokens: number,
  costMicroWon: number,
];

export function toSpendingRow(spending: ModelSpending): SpendingRow {
  const { botId, day, model, calls, promptTokens, completionTokens, thinkingTokens, costMicroWon } = spending;
  return [botId, day, model, calls, promptTokens, completionTokens, thinkingTokens, costMicroWon];
}

export function toSpending(row: SpendingRow): ModelSpending {
  const [botId, day, model, calls, promptTokens, completionTokens, thinkingTokens, costMicroWon] = row;
  return { botId, day, model, calls, promptTokens, completionTokens, thinkingTokens, costMicroWon };
}

/** @throws GatewayError `STORE_FAILED` */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new GatewayError('STORE_FAILED', 'A record that is no JSON value cannot be stored', { cause });
  }
}

/** We wrote it with {@link toJson}, so its shape is known; that it parses is not, after a disk error. */
export function parseJson<Value>(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    // The parser's message quotes the text.
    throw new GatewayError('STORE_FAILED', 'A stored record cannot be read');
  }
}

/** `mode, result, platformId, url, closesAt, attempts, echoKey`: what is not changed is null. */
export function toDeliveryChangeRow(
  change: DeliveryChange,
): readonly [
  mode: ReplyMode | null,
  result: string | null,
  platformId: string | null,
  url: string | null,
  closesAt: number | null,
  attempts: 0 | 1,
  echoKey: string | null,
] {
  const { mode, result, platformId, url, closesAt, attempted, echoKey } = change;
  return [
    mode ?? null,
    result ?? null,
    platformId ?? null,
    url ?? null,
    closesAt ?? null,
    attempted ? 1 : 0,
    echoKey ?? null,
  ];
}
