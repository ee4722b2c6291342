/** Payments inside the chat: the operator's hook decides whether a customer is charged, and hears what came of it. */
import { createHash } from 'node:crypto';
import { type GatewayError, toGatewayError } from '../../errors.ts';
import { type ConversationRef, type EpochMs, type InboundEvent, type PaymentResult, textReply } from '../../message.ts';
import { type HookAnswer, type HookCall, type OperatorHook, TOO_LONG } from '../../operator-hook/operator-hook.ts';
import type { Alerts } from '../../platform/alerts.ts';
import { atMost } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { maskPersonalData } from '../../privacy/mask.ts';
import type { KnownPayment, UntoldPayment } from '../../storage/store.ts';
import type { Bot } from '../bot.ts';
import { sayUnasked, type UnaskedParts } from '../delivery/say-unasked.ts';

export interface PaymentsParts extends UnaskedParts {
  readonly alerts: Alerts;
  readonly logger: Logger;
}

export type PaymentRequested = Extract<InboundEvent, { type: 'payment-requested' }>;
export type PaymentSettled = Extract<InboundEvent, { type: 'payment-settled' }>;

type PaymentCall = Extract<HookCall, { type: 'payment-requested' }>;

/** Since the receipt. The platform waits 5 s; whatever is not a yes by then charges nobody. */
const DECISION_MS = 4_000;
/** Left of it for the record of a yes. */
const RECORD_MS = 300;
const TELL_MS = 10_000;
/** Between two rounds of telling what the hook did not take. */
const RETELL_MS = 60_000;

/** What the customer is told, and why not, for the log. */
type Decision = Pick<HookAnswer, 'approve' | 'text'> & { readonly reason: string };

/** Whom a decision waits for. */
interface Progress {
  waitsFor: 'store' | 'hook';
}

export class Payments {
  readonly #parts: PaymentsParts;
  /** Payments whose telling is under way. */
  readonly #telling = new Set<string>();
  #bots: ReadonlyMap<string, Bot> = new Map();
  #cancelRound = () => {};

  constructor(parts: PaymentsParts) {
    this.#parts = parts;
  }

  /** Whether the customer is to be charged, within the platform's patience; `text` is for the customer. Never rejects. */
  async decide(bot: Bot, event: PaymentRequested): Promise<HookAnswer> {
    const { clock, store, logger } = this.#parts;
    const { payment } = event;
    const key = keyOf(payment);
    if (bot.hook === undefined || key === undefined || payment?.isSuccess !== true) {
      logger.warn({ bot: bot.id, reason: reasonNotToAsk(bot, payment) }, 'a payment was refused');
      return no('');
    }
    const closesAt = event.receivedAt + DECISION_MS;
    const progress: Progress = { waitsFor: 'store' };
    const request: PaymentCall = {
      type: 'payment-requested',
      id: `payment-requested:${key}`,
      at: event.receivedAt,
      conversation: event.conversation,
      payment,
    };
    const asking = this.#ask(bot.hook, request, key, closesAt, progress);
    const answer =
      (await atMost(clock, Math.max(0, closesAt - clock.now()), asking)) ??
      no(`the ${progress.waitsFor} took too long`);
    if (answer.approve && clock.now() < closesAt) {
      logger.info({ bot: bot.id }, 'a payment was approved');
      return answer;
    }
    const { reason } = answer;
    logger.warn({ bot: bot.id, reason }, 'a payment was refused');
    if (reason !== ASKED_BEFORE) store.decidePayment(bot.id, key, 'refused', clock.now()).catch(() => undefined);
    return { approve: false, text: maskPersonalData(answer.text).text };
  }

  /** Stores what came of a payment and tells the operator's hook. Resolves when it is stored.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  async settle(bot: Bot, event: PaymentSettled): Promise<void> {
    const { store, clock } = this.#parts;
    const key = keyOf(event.payment) ?? event.id;
    const known = await store.readPayment(bot.id, key);
    // The settlement names the payment alone: whose it is, and what of, was said when it was asked for.
    const payment: PaymentResult = { ...known?.request, ...event.payment };
    await store.settlePayment(event.conversation, key, payment, clock.now());
    void this.#tell(bot, { conversation: event.conversation, key, payment });
  }

  /** Tells what an earlier process, or an earlier round, could not. */
  start(bots: ReadonlyMap<string, Bot>): void {
    this.#bots = bots;
    void this.#tellAll();
  }

  stop(): void {
    this.#bots = new Map();
    this.#cancelRound();
  }

  /** A yes counts when it is written down: a charge that nobody can account for is worse than none. Never rejects. */
  async #ask(
    hook: OperatorHook,
    request: PaymentCall,
    key: string,
    closesAt: EpochMs,
    progress: Progress,
  ): Promise<Decision> {
    const { store, clock, logger } = this.#parts;
    const { conversation } = request;
    const bot = conversation.botId;
    try {
      if (!(await store.openPayment(conversation, key, clock.now(), request.payment))) {
        return { ...no(ASKED_BEFORE), text: repeatedText((await store.readPayment(bot, key))?.state) };
      }
      const leftMs = closesAt - RECORD_MS - clock.now();
      if (leftMs <= 0) return no('it came too late to ask the hook');
      progress.waitsFor = 'hook';
      const answer = await hook.call(request, leftMs);
      progress.waitsFor = 'store';
      if (answer.approve) await store.decidePayment(bot, key, 'approved', clock.now());
      const { approve, text, unclear } = answer;
      if (approve) return { approve, text, reason: 'the yes came too late' }; // if it is refused all the same
      return { approve, text, reason: unclear === undefined ? 'the hook said no' : notUsable(unclear) };
    } catch (thrown) {
      const error = toGatewayError(thrown);
      logger.error({ err: error, code: error.code, bot, ...error.details }, 'a payment could not be decided');
      return no(reasonOfFailure(error));
    }
  }

  async #tell(bot: Bot, { conversation, key, payment }: UntoldPayment): Promise<void> {
    const { store, clock, logger, alerts } = this.#parts;
    const telling = JSON.stringify([bot.id, key]);
    if (bot.hook === undefined || this.#telling.has(telling)) return;
    this.#telling.add(telling);
    try {
      const id = `payment-settled:${key}`;
      const at = clock.now();
      const { text } = await bot.hook.call({ type: 'payment-settled', id, at, conversation, payment }, TELL_MS);
      // Said before it counts as told: whoever dies in between asks for the words again, and says them once.
      if (text !== '' && 'user' in conversation && (await this.#isNamed(bot, key))) {
        await this.#say(bot, settledEvent(conversation, id, at, payment.isSuccess), text);
      }
      await store.paymentTold(bot.id, key);
      logger.info({ bot: bot.id, isSuccess: payment.isSuccess }, 'the operator hook knows of a payment');
    } catch (thrown) {
      const error = toGatewayError(thrown);
      logger.error({ err: error, code: error.code, bot: bot.id, ...error.details }, 'a payment could not be told');
      alerts.raise({
        code: 'payment-untold',
        botId: bot.id,
        text: '결제 결과를 OPERATOR_HOOK_URL로 알리지 못했습니다. 전달될 때까지 1분마다 다시 시도합니다. 그 주소의 서버가 동작하는지 확인해 주세요.',
      });
      this.#planRound();
    } finally {
      this.#telling.delete(telling);
    }
  }

  /** Where the channel cannot write by itself, nothing is said. */
  async #say(bot: Bot, event: PaymentSettled, text: string): Promise<void> {
    const channel = bot.channels.get(event.conversation.channel);
    if (channel?.deliver === undefined) {
      const fields = { bot: bot.id, event: event.type };
      this.#parts.logger.warn(fields, 'the operator hook has words for a customer that cannot be sent');
      return;
    }
    const reply = textReply(maskPersonalData(text).text);
    await sayUnasked({ channel, event, reply, mode: 'push' }, this.#parts);
  }

  /** Whose payment it is may have been erased while the hook was thinking: saying something would begin a new record of them. */
  async #isNamed(bot: Bot, paymentKey: string): Promise<boolean> {
    const untold = await this.#parts.store.untoldPayments();
    return untold.some(
      ({ conversation, key }) => key === paymentKey && conversation.botId === bot.id && 'user' in conversation,
    );
  }

  #planRound(): void {
    this.#cancelRound();
    this.#cancelRound = this.#parts.clock.schedule(RETELL_MS, () => void this.#tellAll());
  }

  async #tellAll(): Promise<void> {
    const { store, logger } = this.#parts;
    try {
      for (const untold of await store.untoldPayments()) {
        const bot = this.#bots.get(untold.conversation.botId);
        if (bot !== undefined) await this.#tell(bot, untold);
      }
    } catch (err) {
      logger.warn({ err }, 'payments that the operator hook does not know of could not be read');
      this.#planRound();
    }
  }
}

const ASKED_BEFORE = 'it was asked for before';

function no(reason: string): Decision {
  return { approve: false, text: '', reason };
}

function reasonNotToAsk({ hook }: Bot, payment: PaymentResult | undefined): string {
  if (hook === undefined) return 'nobody is set up to approve payments';
  return payment?.isSuccess === false ? 'it did not succeed at the platform' : 'it is no complete request';
}

function reasonOfFailure({ code, details }: GatewayError): string {
  if (code !== 'OPERATOR_HOOK_FAILED') return 'the store failed';
  if (typeof details?.reason !== 'string') return 'the hook did not answer';
  return details.reason === TOO_LONG ? 'the hook took too long' : notUsable(details.reason);
}

function notUsable(reason: string): string {
  return `the answer of the hook was not usable: ${reason}`;
}

/** For a customer whose payment is refused because it was asked for before: it may have been charged. Empty where the usual words are true. */
function repeatedText(state: KnownPayment['state'] | undefined): string {
  switch (state) {
    case 'approved':
    case 'paid':
      return '이미 승인된 결제라서 다시 승인하지 않았습니다. 결제 내역은 네이버페이에서 확인해 주세요.';
    case 'asked':
      return '같은 결제를 확인하고 있어서 이번 요청은 승인하지 않았습니다. 잠시 후 네이버페이에서 결제 내역을 확인해 주세요.';
    default:
      return '';
  }
}

/** Why the customer hears something, without what the turn log need not know. */
function settledEvent(conversation: ConversationRef, callId: string, at: EpochMs, isSuccess: boolean): PaymentSettled {
  const id = createHash('sha256')
    .update(JSON.stringify([conversation.botId, callId]))
    .digest('base64url');
  const base = { id, conversation, receivedAt: at, requestId: id, replyWindows: [] };
  return { ...base, type: 'payment-settled', payment: { isSuccess } };
}

/** What tells a payment from every other one of the bot. */
function keyOf(payment: PaymentResult | undefined): string | undefined {
  return payment?.serviceId ?? payment?.id;
}

/** As it may wait in the spool: only what a later telling needs. */
export function withoutDetails(event: PaymentSettled): PaymentSettled {
  const { details: _, ...payment } = event.payment;
  return { ...event, payment };
}
