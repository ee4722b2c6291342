/** Naver TalkTalk on loopback: sends events to a webhook as the platform does, takes answers in the response and through
 *  the send API, judges both, and stops delivering to a webhook that fails too often. `npm run simulator:talktalk -- --help`. */
import type { Verdict } from '../src/channels/json-spot.ts';
import { validateOutboundEvent } from '../src/channels/naver/validate.ts';
import { type Clock, systemClock } from '../src/platform/clock.ts';
import { type Choice, choicesIn, findChoice } from './bubble.ts';
import type { FaultTiming } from './fault-schedule.ts';
import { fieldOf, listField, optional, parseJson, textField } from './json-reading.ts';
import { createLoopbackServer, type LoopbackServer } from './loopback-server.ts';
import { createSeededIds, type SeededIds } from './seeded-ids.ts';
import { bubblesOfProducts, bubblesOfSend, choicesOfMenu, quickRepliesOfSend } from './talktalk/bubbles.ts';
import { echoedContents } from './talktalk/echo.ts';
import { EVENT_NAMES, type EventName } from './talktalk/event-names.ts';
import { runTalkTalkProgram } from './talktalk/program.ts';
import { type ConsentDialog, Room, type TalkTalkMessage } from './talktalk/room.ts';
import { type ApiCall, type RateBlock, SendApi, type SendFault } from './talktalk/send-api.ts';
import { type FailureKind, type PostedBody, WebhookLine } from './talktalk/webhook-line.ts';

/** The indicator shows this long unless it is renewed. */
const TYPING_MS = 10_000;

export interface TalkTalkSimulatorOptions {
  /** May be set later: a gateway often starts after the simulator whose address it needs. */
  readonly webhookUrl?: string;
  /** The access key, compared with the raw `Authorization` header. */
  readonly authorization: string;
  readonly seed: string | number;
  readonly clock?: Clock;
  /** Port of the send API; 0 takes a free one. */
  readonly port?: number;
  /** What is ticked in Event 선택; all of them when absent. */
  readonly events?: readonly EventName[];
  /** Whether 핸드오버 is switched on in API 설정. */
  readonly handover?: boolean;
  readonly connectTimeoutMs?: number;
  readonly readTimeoutMs?: number;
  /** How long a consent dialog stays open without input; nothing tells the bot that it closed. */
  readonly consentTimeoutMs?: number;
  readonly rateBlock?: RateBlock;
  readonly unconfirmed?: {
    readonly suspendAfterFailures?: number;
    readonly failureWindowMs?: number;
    /** Whether 2xx other than 200 and 3xx count towards a suspension. */
    readonly countOtherStatuses?: boolean;
    readonly countPaymentRefusals?: boolean;
    /** `messageId` is absent from some logs. */
    readonly messageIds?: boolean;
    /** A `fileContent` or `marketingContent` used to come with an empty `textContent` beside it. */
    readonly emptyTextBesideContent?: boolean;
  };
}

/** An event that was meant for the webhook, and what came of it. */
export interface WebhookDelivery {
  readonly event: Readonly<Record<string, unknown>>;
  /** `withheld`: TalkTalk never sends it, as during a consent dialog; `suspended`, `withheld` and `lost` events never come. */
  readonly outcome: 'accepted' | 'failed' | 'suspended' | 'unsubscribed' | 'withheld' | 'lost';
  /** 0 when no response came. */
  readonly status: number;
  readonly elapsedMs: number;
  readonly timedOut: boolean;
  readonly failure?: FailureKind;
  /** Parsed body of the response; undefined when it is empty or no JSON. */
  readonly response: unknown;
  readonly findings: Verdict;
  /** What the customer sees because of the response. */
  readonly message?: TalkTalkMessage;
}

export interface OpenOptions {
  readonly inflow?: string;
  readonly referer?: string;
  readonly from?: string;
  readonly friend?: boolean;
  readonly under14?: boolean;
  readonly under19?: boolean;
  readonly unreadMessage?: boolean;
}

export interface Payment {
  readonly charged: boolean;
  readonly complete: WebhookDelivery;
  readonly confirm?: WebhookDelivery;
}

const NOTHING: Verdict = { faults: [], warnings: [] };

export class TalkTalkSimulator {
  readonly #options: TalkTalkSimulatorOptions;
  readonly #clock: Clock;
  readonly #ids: SeededIds;
  readonly #line: WebhookLine;
  readonly #api: SendApi;
  readonly #server: LoopbackServer;
  readonly #rooms = new Map<string, Room>();
  readonly #roomsByKey = new Map<string, Room>();
  readonly #deliveries: WebhookDelivery[] = [];
  readonly #background = new Set<Promise<unknown>>();
  readonly #botSequence: number;
  readonly #losses = new Map<string, number>();
  #menu: readonly Choice[] = [];
  #origin = '';
  #closed = false;

  constructor(options: TalkTalkSimulatorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#ids = createSeededIds(`talktalk ${options.seed}`);
    this.#botSequence = Number(`1${this.#ids.named('bot').digits(4)}`);
    this.#line = new WebhookLine(options.webhookUrl ?? '', {
      clock: this.#clock,
      connectTimeoutMs: options.connectTimeoutMs ?? 3_000,
      readTimeoutMs: options.readTimeoutMs ?? 5_000,
      suspendAfterFailures: options.unconfirmed?.suspendAfterFailures ?? 10,
      failureWindowMs: options.unconfirmed?.failureWindowMs ?? 3_600_000,
      countsOtherStatuses: options.unconfirmed?.countOtherStatuses ?? false,
    });
    this.#api = new SendApi({
      clock: this.#clock,
      ids: this.#ids.named('send-api'),
      authorization: options.authorization,
      handover: this.#handover,
      ...optional('rateBlock', options.rateBlock),
      findRoom: (key) => this.#roomsByKey.get(key),
      applyMenu: (event) => {
        this.#menu = choicesOfMenu(event);
      },
      apply: (room, event, findings) => this.#apply(room, event, 'send-api', findings),
    });
    this.#server = createLoopbackServer(options.port ?? 0, (request) => this.#api.serve(request));
  }

  /** Opens the send API; `url` is what the gateway calls instead of gw.talk.naver.com. */
  async start(): Promise<{ readonly url: string }> {
    this.#origin = await this.#server.start();
    return { url: this.#origin };
  }

  get webhookUrl(): string {
    return this.#line.url;
  }

  set webhookUrl(url: string) {
    this.#line.url = url;
  }

  /** Whether Naver stopped calling this webhook. */
  get suspended(): boolean {
    return this.#line.suspended;
  }

  /** A manager saves the webhook URL in 챗봇API 설정 again. What happened meanwhile is lost. */
  resave(): void {
    this.#line.resave();
  }

  /** Every event that was meant for the webhook, in order of its end. */
  get deliveries(): readonly WebhookDelivery[] {
    return this.#deliveries;
  }

  /** Every request to the send API, in order of its end. */
  get apiCalls(): readonly ApiCall[] {
    return this.#api.calls;
  }

  /** The most requests to the send API inside any window of this length. */
  peakRequests(windowMs = 3_000): number {
    return this.#api.peakRequests(windowMs);
  }

  /** 22 characters of base64url, the same for ever for one person and this partner. */
  userKey(user: string): string {
    return this.#room(user).key;
  }

  /** What the bot said to a person, in order. */
  messages(user: string): readonly TalkTalkMessage[] {
    return this.#room(user).messages;
  }

  /** Messages that no earlier call took: what comes next answers what is said next. */
  takeMessages(user: string): readonly TalkTalkMessage[] {
    return this.#room(user).takeRest();
  }

  /** The first message that was not taken by an earlier call. @throws Error when none comes in time */
  nextMessage(user: string, timeoutMs: number): Promise<TalkTalkMessage> {
    return this.#room(user).next(this.#clock, timeoutMs);
  }

  /** Quick replies of the newest message first, then its buttons and rows, folded ones included. */
  choices(user: string): readonly Choice[] {
    return this.#room(user).choices;
  }

  /** The persistent menu, flat. */
  get menu(): readonly Choice[] {
    return this.#menu;
  }

  isTyping(user: string): boolean {
    return this.#clock.now() < this.#room(user).typingUntil;
  }

  threadOwner(user: string): 'bot' | 'partner' {
    return this.#room(user).threadOwner;
  }

  /** The most requests for one person that were unanswered at the same time. */
  maxInFlight(user: string): number {
    return this.#room(user).maxInFlight;
  }

  consentDialog(user: string): ConsentDialog | undefined {
    return this.#room(user).dialog?.request;
  }

  /** Requests of this event (`of`, default `send`; `imageUpload` for pictures) meet this fault: the next so many, or at
   *  these times. */
  injectSendFault(fault: SendFault, timing: number | FaultTiming = 1): void {
    this.#api.injectFault(fault, typeof timing === 'number' ? { times: timing } : timing);
  }

  /** The next so many events of this name never leave the platform: nothing is repeated there. */
  loseEvents(name: EventName, times = 1): void {
    this.#losses.set(name, (this.#losses.get(name) ?? 0) + times);
  }

  /** Echoes and profile results that were under way have arrived. */
  async settled(): Promise<void> {
    while (this.#background.size > 0) await Promise.allSettled([...this.#background]);
  }

  /** Enters the room. */
  open(user: string, options: OpenOptions = {}): Promise<WebhookDelivery> {
    const flags = { friend: false, under14: false, under19: false, unreadMessage: false, mobile: true };
    return this.#fromUser(user, { event: 'open', options: { inflow: 'list', ...flags, ...options } });
  }

  /** Presses 나가기. Not sent when nobody ever said anything. */
  leave(user: string): Promise<WebhookDelivery> {
    const event = { event: 'leave', user: this.userKey(user), options: { mobile: true } };
    if (this.#room(user).lastMessageId === 0) return Promise.resolve(this.#unsent(event, 'withheld'));
    return this.#deliver(this.#room(user), event);
  }

  friend(user: string, set: 'on' | 'off'): Promise<WebhookDelivery> {
    return this.#fromUser(user, { event: 'friend', options: { set } });
  }

  /** Typed text. */
  say(user: string, text: string): Promise<WebhookDelivery> {
    return this.#speak(user, { textContent: { text, inputType: 'typing' } });
  }

  sendImage(user: string, imageUrl: string, size = { width: '800', height: '600' }): Promise<WebhookDelivery> {
    return this.#speak(user, { imageContent: { imageUrl, ...size } });
  }

  sendSticker(user: string): Promise<WebhookDelivery> {
    return this.#speak(user, { textContent: { text: '스티커를 보냈습니다.', inputType: 'sticker' } });
  }

  /** Asks for a call through a temporary number. */
  sendSafeNumber(user: string, phoneNumber = '05011112222', expiresOn = '2026-12-31'): Promise<WebhookDelivery> {
    return this.#speak(user, { textContent: { text: `${phoneNumber},${expiresOn}`, inputType: 'vphone' } });
  }

  /** Asks from a product page; what the customer wants to know usually comes right after, as typed text. */
  sendProduct(user: string, product?: Readonly<Record<string, string>>): Promise<WebhookDelivery> {
    return this.#speak(
      user,
      { textContent: { text: '이 상품에 대해 문의합니다.', inputType: 'product' } },
      product === undefined ? {} : { product },
    );
  }

  /** Presses a button by number (from 1), title, or itself: old buttons stay in the room. `value` is what was picked
   *  in a calendar or clock: `yyyyMMdd`, `yyyyMMdd-yyyyMMdd` or `HH:mm`.
   *  @throws Error when the press does not reach the bot, as with links */
  async press(user: string, choice: number | string | Choice, value = ''): Promise<WebhookDelivery> {
    const found = findChoice(this.choices(user), choice);
    if (found.effect !== 'say' && found.effect !== 'pick') throw new Error(`"${found.label}" never reaches the bot`);
    const inputTypes: Readonly<Record<string, string>> = {
      TIME: 'time',
      CALENDAR: 'calendar',
      TIMEINTERVAL: 'timeInterval',
    };
    const inputType = inputTypes[found.type] ?? 'button';
    const text = found.effect === 'pick' ? value : found.label;
    // A press on one of the bot's own buttons comes without `standby`, whoever owns the thread.
    return this.#speak(user, { textContent: { text, inputType, ...optional('code', found.code) } }, {}, false);
  }

  /** Pays with a PAY button: the webhook is asked first, and only its 200 charges. */
  async pay(user: string, choice: number | string | Choice): Promise<Payment> {
    const { payment } = findChoice(this.choices(user), choice);
    const paymentId = this.#ids.hex(20);
    const keys = {
      merchantPayKey: textField(payment, 'merchantPayKey'),
      merchantUserKey: textField(payment, 'merchantUserKey') ?? this.userKey(user),
    };
    const paymentResult = { code: 'Success', paymentId, ...keys };
    const complete = await this.#fromUser(user, { event: 'pay_complete', options: { paymentResult } });
    if (complete.outcome !== 'accepted') return { charged: false, complete };
    const detail = { paymentId, totalPayAmount: fieldOf(payment, 'totalPayAmount'), ...keys };
    // The documents spell it `deatil`.
    const paymentConfirmResult = { code: 'Success', message: null, paymentId, deatil: detail };
    const confirm = await this.#fromUser(user, { event: 'pay_confirm', options: { paymentConfirmResult } });
    return { charged: true, complete, confirm };
  }

  /** Any event, for what has no method of its own. */
  sendRaw(user: string, event: Readonly<Record<string, unknown>>): Promise<WebhookDelivery> {
    return this.#fromUser(user, event);
  }

  /** A body that is no event as TalkTalk sends them, or says that it is something else: counted like any other call. */
  sendBody(user: string, body: string, contentType: string): Promise<WebhookDelivery> {
    const room = this.#room(user);
    this.#roomsByKey.set(room.key, room);
    return this.#deliver(room, { body, contentType }, { text: body, contentType });
  }

  /** The same event again: events have no id and no timestamp. */
  repeat(delivery: WebhookDelivery): Promise<WebhookDelivery> {
    const room = this.#roomsByKey.get(String(delivery.event.user));
    if (room === undefined) throw new Error('Nobody of that name has a room');
    return this.#deliver(room, delivery.event);
  }

  /** A person in the Partner Center writes; with handover the thread is theirs from now on. */
  agentSays(user: string, text: string, managerNickname = '김상담'): Promise<WebhookDelivery> {
    if (this.#handover) this.#room(user).threadOwner = 'partner';
    return this.#echo(user, 'send', { textContent: { text } }, { managerNickname });
  }

  agentSendsFile(user: string, fileName: string): Promise<WebhookDelivery> {
    const fileContent = { downloadUrl: `https://talk.example/files/${fileName}`, fileName, expireDate: '2026-12-31' };
    return this.#echo(user, 'send', { ...this.#emptyText(), fileContent }, { managerNickname: '김상담' });
  }

  agentLeaves(user: string): Promise<WebhookDelivery> {
    return this.#echo(user, 'leave', {}, {});
  }

  /** A marketing message of the partner reaches this person. */
  broadcast(user: string, marketingText: string): Promise<WebhookDelivery> {
    const marketingContent = { marketingMessageNo: 1, marketingText };
    return this.#echo(user, 'send', { ...this.#emptyText(), marketingContent }, {});
  }

  /** Presses 상담 완료하기: the bot may talk again. Sent only when the agents owned the thread. */
  agentCompletes(user: string, metadata = '{"managerNickname":"김상담","autoEnd":false}'): Promise<WebhookDelivery> {
    const room = this.#room(user);
    const event = { event: 'handover', user: room.key, options: { control: 'passThread', metadata } };
    if (!this.#handover || room.threadOwner !== 'partner') return Promise.resolve(this.#unsent(event, 'withheld'));
    room.threadOwner = 'bot';
    return this.#deliver(room, event);
  }

  /** Ends the open consent dialog. @throws Error when none is open */
  answerConsent(user: string, result: 'SUCCESS' | 'CANCEL', value?: unknown): Promise<WebhookDelivery> {
    const room = this.#room(user);
    if (room.dialog === undefined) throw new Error(`No consent dialog is open for ${user}`);
    const { field, agreements } = room.dialog.request;
    room.dialog.cancelTimeout();
    room.dialog = undefined;
    if (result === 'CANCEL') return this.#deliver(room, this.#profileResult(room, { result }));
    for (const agreed of [field, ...agreements]) room.consents.set(agreed, agreed === field ? value : undefined);
    return this.#deliver(room, this.#profileResult(room, { result, [field]: value }));
  }

  /** Takes consent back: what was stored must be deleted. */
  withdrawConsent(user: string, fields: readonly string[]): Promise<WebhookDelivery> {
    const room = this.#room(user);
    for (const field of fields) room.consents.delete(field);
    return this.#deliver(room, this.#profileResult(room, { result: 'WITHDRAW', withdrawals: fields }));
  }

  /** Ends what is under way; waiters are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#api.close();
    for (const room of this.#rooms.values()) room.close();
    await Promise.all([this.#line.close(), this.#origin === '' ? undefined : this.#server.close()]);
    await this.settled();
  }

  get #handover(): boolean {
    return this.#options.handover ?? true;
  }

  #emptyText(): object {
    return this.#options.unconfirmed?.emptyTextBesideContent === false ? {} : { textContent: {} };
  }

  #room(name: string): Room {
    let room = this.#rooms.get(name);
    if (room === undefined) {
      room = new Room(name, Buffer.from(this.#ids.named(`user ${name}`).hex(32), 'hex').toString('base64url'));
      this.#rooms.set(name, room);
    }
    return room;
  }

  #speak(
    user: string,
    content: Readonly<Record<string, unknown>>,
    options: Readonly<Record<string, unknown>> = {},
    mayStandBy = true,
  ): Promise<WebhookDelivery> {
    const room = this.#room(user);
    room.choices = room.choices.filter((choice) => choice.place !== 'quick-reply'); // they vanish with anything newer
    const standby = mayStandBy && this.#handover && room.threadOwner === 'partner';
    return this.#fromUser(user, {
      ...(standby ? { standby: true } : {}),
      event: 'send',
      ...content,
      ...this.#messageId(room),
      options: { mobile: true, ...options },
    });
  }

  #messageId(room: Room): object {
    const messageId = room.nextMessageId();
    return this.#options.unconfirmed?.messageIds === false ? {} : { messageId };
  }

  #fromUser(user: string, event: Readonly<Record<string, unknown>>): Promise<WebhookDelivery> {
    const room = this.#room(user);
    // From now on the bot may write to this person.
    this.#roomsByKey.set(room.key, room);
    const complete = { ...event, user: room.key };
    if (room.dialog === undefined) return this.#deliver(room, complete);
    // What is typed while the dialog is open is lost, and keeps the dialog open longer.
    this.#openDialog(room, room.dialog.request);
    return Promise.resolve(this.#unsent(complete, 'withheld'));
  }

  #echo(user: string, echoedEvent: string, content: object, options: object): Promise<WebhookDelivery> {
    const room = this.#room(user);
    return this.#deliver(room, this.#echoEvent(room, echoedEvent, content, { ...options, sourceId: 1 }));
  }

  #echoEvent(room: Room, echoedEvent: string, content: object, options: object): Readonly<Record<string, unknown>> {
    const { sourceId, ...rest } = options as { readonly sourceId: number };
    const threadOwnerId = room.threadOwner === 'partner' ? 1 : this.#botSequence;
    return {
      event: 'echo',
      echoedEvent,
      user: room.key,
      ...content,
      ...this.#messageId(room),
      options: { mobile: false, ...rest, ...(this.#handover ? { sourceId, threadOwnerId } : {}) },
    };
  }

  #unsent(event: WebhookDelivery['event'], outcome: WebhookDelivery['outcome']): WebhookDelivery {
    const delivery: WebhookDelivery = {
      event,
      outcome,
      status: 0,
      elapsedMs: 0,
      timedOut: false,
      response: undefined,
      findings: NOTHING,
    };
    this.#deliveries.push(delivery);
    return delivery;
  }

  async #deliver(
    room: Room,
    event: WebhookDelivery['event'],
    body: PostedBody = { text: JSON.stringify(event), contentType: 'application/json;charset=UTF-8' },
  ): Promise<WebhookDelivery> {
    const name = String(event.event);
    const ticked: readonly string[] = this.#options.events ?? EVENT_NAMES;
    if (this.#line.suspended) return this.#unsent(event, 'suspended');
    if ((EVENT_NAMES as readonly string[]).includes(name) && !ticked.includes(name)) {
      return this.#unsent(event, 'unsubscribed');
    }
    const losses = this.#losses.get(name) ?? 0;
    if (losses > 0) {
      this.#losses.set(name, losses - 1);
      return this.#unsent(event, 'lost');
    }
    const countsRefusals = this.#options.unconfirmed?.countPaymentRefusals ?? true;
    const posted = await this.#line.post(body, (status) => name !== 'pay_complete' || status === 0 || countsRefusals);
    const accepted = posted.failureKind === undefined;
    // A refused payment is the one failure whose body the customer sees.
    const readable = (accepted && name !== 'leave') || (name === 'pay_complete' && posted.status !== 0);
    const said = posted.text.trim() === '' ? undefined : parseJson(posted.text);
    const answer = readable && posted.text.trim() !== '' ? this.#takeAnswer(room, said, posted.contentType) : undefined;
    const delivery: WebhookDelivery = {
      event,
      outcome: accepted ? 'accepted' : 'failed',
      status: posted.status,
      elapsedMs: posted.elapsedMs,
      timedOut: posted.timedOut,
      ...optional('failure', posted.failureKind),
      response: said?.value,
      findings: answer?.findings ?? NOTHING,
      ...optional('message', answer?.message),
    };
    this.#deliveries.push(delivery);
    return delivery;
  }

  /** An answer inside the webhook response. Errors are invisible on the platform; here they are findings. */
  #takeAnswer(
    room: Room,
    body: { readonly value: unknown } | undefined,
    contentType: string,
  ): { readonly findings: Verdict; readonly message?: TalkTalkMessage } {
    if (body === undefined)
      return { findings: { faults: [{ path: 'http.body', message: 'must be JSON' }], warnings: [] } };
    const isEvent = fieldOf(body.value, 'event') !== undefined || Array.isArray(body.value);
    if (!isEvent) return { findings: { faults: [], warnings: [{ path: '', message: 'is no event and is ignored' }] } };
    const verdict = validateOutboundEvent(body.value, { via: 'webhook-response' });
    const isJson = /^application\/json\b/i.test(contentType);
    const findings: Verdict = isJson
      ? verdict
      : { ...verdict, faults: [...verdict.faults, { path: 'http.content-type', message: 'must be application/json' }] };
    if (findings.faults.length > 0) return { findings };
    return { findings, ...optional('message', this.#apply(room, body.value, 'webhook-response', findings)) };
  }

  /** What an accepted event does to the room. */
  #apply(room: Room, event: unknown, via: TalkTalkMessage['via'], findings: Verdict): TalkTalkMessage | undefined {
    const options = fieldOf(event, 'options');
    switch (textField(event, 'event')) {
      case 'send':
        return this.#show(room, event, via, findings);
      case 'product':
        return this.#show(room, event, via, findings);
      case 'action':
        room.typingUntil = textField(options, 'action') === 'typingOn' ? this.#clock.now() + TYPING_MS : 0;
        break;
      case 'handover':
        room.threadOwner = textField(options, 'control') === 'passThread' ? 'partner' : 'bot';
        break;
      case 'persistentMenu':
        this.#menu = choicesOfMenu(event);
        break;
      case 'profile':
        this.#requestProfile(room, {
          field: textField(options, 'field') ?? '',
          agreements: listField(options, 'agreements').map(String),
        });
        break;
    }
    return undefined;
  }

  #show(room: Room, event: unknown, via: TalkTalkMessage['via'], findings: Verdict): TalkTalkMessage {
    const isProduct = textField(event, 'event') === 'product';
    const bubbles = isProduct
      ? bubblesOfProducts(event)
      : bubblesOfSend(event, (imageId) => this.#api.pictureUrl(imageId));
    const quickReplies = quickRepliesOfSend(event);
    const message: TalkTalkMessage = {
      at: this.#clock.now(),
      via,
      event,
      bubbles,
      quickReplies,
      findings,
      overlapped: room.inFlight > 1,
      overAgent: this.#handover && room.threadOwner === 'partner',
    };
    const visible = [...quickReplies, ...choicesIn(bubbles)].flatMap((choice) => [choice, ...(choice.inner ?? [])]);
    room.show(message, visible);
    this.#echoOwn(room, isProduct ? 'product' : 'send', echoedContents(event));
    return message;
  }

  /** The bot hears itself, if echo is ticked. */
  #echoOwn(room: Room, echoedEvent: string, content: object): void {
    this.#later(room, this.#echoEvent(room, echoedEvent, content, { sourceId: this.#botSequence }));
  }

  #requestProfile(room: Room, request: ConsentDialog): void {
    // An address is chosen anew every time; the rest needs no dialog once it was agreed to.
    if (request.field !== 'address' && room.consents.has(request.field)) {
      this.#later(
        room,
        this.#profileResult(room, { result: 'SUCCESS', [request.field]: room.consents.get(request.field) }),
      );
    } else this.#openDialog(room, request);
  }

  #openDialog(room: Room, request: ConsentDialog): void {
    room.dialog?.cancelTimeout();
    const cancelTimeout = this.#clock.schedule(this.#options.consentTimeoutMs ?? 60_000, () => {
      room.dialog = undefined;
    });
    room.dialog = { request, cancelTimeout };
  }

  #profileResult(room: Room, options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    return { event: 'profile', user: room.key, options };
  }

  #later(room: Room, event: WebhookDelivery['event']): void {
    if (this.#closed) return;
    const delivering = this.#deliver(room, event).finally(() => this.#background.delete(delivering));
    this.#background.add(delivering);
  }
}

export function createTalkTalkSimulator(options: TalkTalkSimulatorOptions): TalkTalkSimulator {
  return new TalkTalkSimulator(options);
}

export type { ApiCall, SendFault, TalkTalkMessage };

if (import.meta.main) process.exitCode = await runTalkTalkProgram(createTalkTalkSimulator, process.argv);
