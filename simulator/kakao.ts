/** A KakaoTalk channel that lives on loopback: it calls a skill as Kakao does, judges the answer as strictly as the
 *  documents, draws the bubbles and takes the callback. `node simulator/kakao.ts --help` for the program. */
import type { Verdict } from '../src/channels/json-spot.ts';
import { type SkillResponseRules, validateSkillResponse } from '../src/channels/kakao/validate.ts';
import { type Clock, systemClock } from '../src/platform/clock.ts';
import { type Bubble, type Choice, choicesIn, findChoice } from './bubble.ts';
import type { FaultTiming } from './fault-schedule.ts';
import { fieldOf, listField, optional, parseJson, textField } from './json-reading.ts';
import { bubblesOfTemplate, fillConsoleMessage, quickRepliesOfTemplate } from './kakao/bubbles.ts';
import {
  CallbackDesk,
  type CallbackFault,
  type CallbackPost,
  type CallbackResult,
  type CallbackTicket,
} from './kakao/callback-desk.ts';
import { type EventBlock, type EventCall, EventDesk, isEventPath, type Reachable } from './kakao/event-desk.ts';
import {
  botTestPayload,
  channelPayload,
  type DetailParam,
  type Flow,
  type Named,
  parameterValidationPayload,
  type RequestContext,
  type SkillCall,
  type SkillPayload,
  type Speaker,
  secureImageParam,
  skillTestPayload,
} from './kakao/payload.ts';
import { isPhotoPath, type PhotoFetch, PhotoShelf } from './kakao/photo-shelf.ts';
import { runKakaoProgram } from './kakao/program.ts';
import { createLoopbackServer, type LoopbackServer } from './loopback-server.ts';
import { openConnections, type Posted, postJson } from './post-json.ts';
import { createSeededIds, type SeededIds } from './seeded-ids.ts';

export interface KakaoSimulatorOptions {
  /** May be set later: a gateway often starts after the simulator whose address it needs. */
  readonly skillUrl?: string;
  /** The same seed gives the same ids; conversations stay apart by it. */
  readonly seed: string | number;
  /** Sent as `X-Malgil-Secret`, as a header that the operator registered with the skill. */
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** Port of the callback server; 0 takes a free one. */
  readonly port?: number;
  readonly botName?: string;
  /** The development channel writes `!` behind the bot id, in callback URLs too. */
  readonly developmentChannel?: boolean;
  /** Whether the block has Callback switched on; one call can say otherwise. */
  readonly callback?: boolean;
  readonly callbackValidityMs?: number;
  readonly groupCallbackValidityMs?: number;
  readonly skillTimeoutMs?: number;
  /** The block's waiting message (기본응답메시지) in the admin centre. */
  readonly waitingMessage?: string;
  /** REST API key of the app that the channel is linked to; opens the Event API. */
  readonly restApiKey?: string;
  /** Deployed blocks that have an event name. */
  readonly events?: readonly EventBlock[];
  /** Told of every call of the Event API. */
  readonly onEventCall?: (call: EventCall) => void;
  /** Rules of the judge that no call changes, such as the unconfirmed ones. */
  readonly rules?: SkillResponseRules;
  readonly unconfirmed?: {
    readonly callbackFailHttpStatus?: number;
    readonly callbackSettleMs?: number;
    readonly badBodySpendsToken?: boolean;
    readonly eventFailHttpStatus?: number;
    /** What a skill is told that somebody said when an event has run its block. */
    readonly eventUtterance?: string;
    /** `action.clientExtra` of typed text: `{}` on the channel, `null` or `"null"` in older captures. */
    readonly typedClientExtra?: unknown;
  };
}

export interface CallOptions {
  /** Name of a group room; without it the person talks to the channel alone. */
  readonly room?: string;
  readonly callback?: boolean;
  readonly isFriend?: boolean;
  readonly appUserId?: string;
  readonly block?: Named;
  readonly params?: Readonly<Record<string, string>>;
  readonly detailParams?: Readonly<Record<string, DetailParam>>;
  readonly requestParams?: Readonly<Record<string, unknown>>;
  readonly contexts?: readonly RequestContext[];
  readonly flow?: Flow;
  /** Fields that Kakao may add at any time, at the top of the payload. */
  readonly extraFields?: Readonly<Record<string, unknown>>;
}

/** One skill call and what came of it. */
export interface SkillExchange {
  readonly requestId: string;
  readonly request: SkillPayload;
  /** 0 when no response came in time. */
  readonly status: number;
  readonly elapsedMs: number;
  readonly timedOut: boolean;
  /** Code of the failure when there was no complete response. */
  readonly failure?: string;
  /** Parsed body; undefined when it is no JSON. */
  readonly response: unknown;
  readonly findings: Verdict;
  /** What the customer sees now: nothing at all after a fault, the waiting message after a promise. */
  readonly bubbles: readonly Bubble[];
  readonly quickReplies: readonly Choice[];
  /** There when the answer promised a callback; always resolves. */
  readonly callback?: Promise<CallbackResult>;
}

interface Conversation {
  lastBlock: Named | undefined;
  shownBlock: Named | undefined;
  choices: readonly Choice[];
  contexts: readonly (RequestContext & { readonly endsAt: number })[];
}

interface Sending {
  readonly payload: SkillPayload;
  readonly requestId: string;
  readonly rules: SkillResponseRules;
  readonly conversation: Conversation | undefined;
  readonly block: Named | undefined;
  readonly ticket: CallbackTicket | undefined;
}

/** As long as those of the secure-image plugin. */
const PHOTO_VALIDITY_MS = 10 * 60_000;

export class KakaoSimulator {
  /** `/query/KAKAO` of the gateway. */
  skillUrl: string;
  readonly #options: KakaoSimulatorOptions;
  readonly #clock: Clock;
  readonly #ids: SeededIds;
  readonly #bot: Named;
  readonly #skill: Named;
  readonly #fallbackBlock: Named;
  readonly #welcomeBlock: Named;
  readonly #desk: CallbackDesk;
  readonly #eventDesk: EventDesk;
  readonly #photos: PhotoShelf;
  /** Who has added the channel, and the rooms that the bot is in, by `type id` of each of their keys. */
  readonly #reachable = new Map<string, Reachable>();
  readonly #eventExchanges: SkillExchange[] = [];
  readonly #server: LoopbackServer;
  readonly #connections = openConnections();
  readonly #closing = new AbortController();
  readonly #conversations = new Map<string, Conversation>();
  #origin = '';

  constructor(options: KakaoSimulatorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.skillUrl = options.skillUrl ?? '';
    this.#ids = createSeededIds(`kakao ${options.seed}`);
    const names = this.#ids.named('bot');
    const mark = options.developmentChannel === true ? '!' : '';
    this.#bot = { id: `${names.hex(24)}${mark}`, name: options.botName ?? '말길 상담봇' };
    this.#skill = { id: names.hex(24), name: '말길 스킬' };
    this.#fallbackBlock = { id: names.hex(24), name: '폴백 블록' };
    this.#welcomeBlock = { id: names.hex(24), name: '웰컴 블록' };
    this.#desk = new CallbackDesk({
      clock: this.#clock,
      ids: this.#ids.named('callback'),
      botId: this.#bot.id,
      failHttpStatus: options.unconfirmed?.callbackFailHttpStatus ?? 200,
      settleMs: options.unconfirmed?.callbackSettleMs ?? 0,
      badBodySpendsToken: options.unconfirmed?.badBodySpendsToken ?? true,
      rules: options.rules ?? {},
    });
    this.#eventDesk = new EventDesk({
      clock: this.#clock,
      ids: this.#ids.named('events'),
      botId: this.#bot.id,
      restApiKey: options.restApiKey,
      events: options.events ?? [],
      failHttpStatus: options.unconfirmed?.eventFailHttpStatus ?? 200,
      findRecipient: ({ type, id }) => this.#reachable.get(`${type} ${id}`),
      runSkill: (to, event, params) => this.#runEvent(to, event, params),
      ...optional('onCall', options.onEventCall),
    });
    this.#photos = new PhotoShelf(this.#clock, this.#ids.named('photos'));
    this.#server = createLoopbackServer(options.port ?? 0, (request) => {
      if (isPhotoPath(request.path)) return this.#photos.serve(request);
      return isEventPath(request.path) ? this.#eventDesk.serve(request) : this.#desk.serve(request);
    });
  }

  /** Opens the server for callbacks, events and photos. */
  async start(): Promise<{ readonly url: string }> {
    this.#origin = await this.#server.start();
    return { url: this.#origin };
  }

  get botId(): string {
    return this.#bot.id;
  }

  /** Every POST that reached the callback server, in order. */
  get callbackPosts(): readonly CallbackPost[] {
    return this.#desk.posts;
  }

  /** `userRequest.user.id` of a person: 66 hex digits, another one for every bot. */
  userKey(userId: string): string {
    return this.#ids.named(`user ${userId}`).hex(66);
  }

  roomKey(room: string): string {
    return this.#ids.named(`room ${room}`).hex(24);
  }

  /** What the person could touch now: quick replies of the last answer first, then buttons and list rows. */
  choices(userId: string, room?: string): readonly Choice[] {
    return this.#conversation(userId, room).choices;
  }

  /** Callback POSTs meet this fault: the next so many, or at these times. */
  injectCallbackFault(fault: CallbackFault, timing: number | FaultTiming = 1): void {
    this.#desk.injectFault(fault, typeof timing === 'number' ? { times: timing } : timing);
  }

  /** Every call of the Event API that carried the right key, in order. */
  get eventCalls(): readonly EventCall[] {
    return this.#eventDesk.calls;
  }

  /** The skill calls that events have made. */
  get eventExchanges(): readonly SkillExchange[] {
    return this.#eventExchanges;
  }

  /** What delivered events cost so far, in won without VAT. */
  get eventCostWon(): number {
    return this.#eventDesk.cost;
  }

  /** Resolves when every accepted event has reached its people or has failed. */
  eventsSettled(): Promise<void> {
    return this.#eventDesk.settled();
  }

  /** Calls of the Event API meet this fault: the next so many, or at these times. */
  injectEventFault(fault: CallbackFault, timing: number | FaultTiming = 1): void {
    this.#eventDesk.injectFault(fault, typeof timing === 'number' ? { times: timing } : timing);
  }

  /** Adds the channel, so that events reach this person.
   *  @returns the keys by which they do */
  addChannel(userId: string, appUserId?: string): Readonly<Record<string, string>> {
    const keys = {
      botUserKey: this.userKey(userId),
      plusfriendUserKey: this.#plusfriendKey(userId),
      ...optional('appUserId', appUserId),
    };
    for (const [type, id] of Object.entries(keys)) this.#reachable.set(`${type} ${id}`, { user: userId });
    return keys;
  }

  /** Blocks the channel: no event reaches this person any more. */
  blockChannel(userId: string): void {
    for (const [key, to] of this.#reachable) if ('user' in to && to.user === userId) this.#reachable.delete(key);
  }

  /** Invites the bot to a room. @returns its `botGroupKey` */
  inviteBot(room: string): string {
    const id = this.roomKey(room);
    this.#reachable.set(`botGroupKey ${id}`, { room });
    return id;
  }

  /** Typed text. */
  say(userId: string, text: string, options: CallOptions = {}): Promise<SkillExchange> {
    return this.#call(userId, text, { flow: this.#flow(userId, options.room, 'TEXT_INPUT'), ...options });
  }

  /** Touches a choice by number (from 1), label, or itself: an old button stays in the chat for ever.
   *  @throws Error when the choice does not reach the skill server, as links and calls do not */
  async tap(userId: string, choice: number | string | Choice, options: CallOptions = {}): Promise<SkillExchange> {
    const found = findChoice(this.choices(userId, options.room), choice);
    if (found.effect !== 'say' && found.effect !== 'block') throw new Error(`"${found.label}" never reaches the skill`);
    const place = { button: 'CARD_BUTTON', 'quick-reply': 'QUICKREPLY_BUTTON', 'list-item': 'LIST_ITEM' }[found.place];
    const trigger = `${place}_${found.effect === 'block' ? 'BLOCK' : 'MESSAGE'}`;
    return this.#call(
      userId,
      found.spoken ?? found.label,
      {
        flow: this.#flow(userId, options.room, trigger),
        ...(found.blockId === undefined ? {} : { block: { id: found.blockId, name: found.label } }),
        ...options,
      },
      found.extra ?? {},
    );
  }

  /** Enters the chat: the welcome block runs with an empty utterance. */
  open(userId: string, options: CallOptions = {}): Promise<SkillExchange> {
    return this.#call(userId, '', { block: this.#welcomeBlock, ...options });
  }

  /** Keeps a photo on the simulator's own server, which has to be started. @returns its signed address */
  keepPhoto(bytes: Uint8Array, validMs = PHOTO_VALIDITY_MS): string {
    if (this.#origin === '') throw new Error('start() the simulator before it keeps photos');
    return `${this.#origin}${this.#photos.keep(bytes, validMs)}`;
  }

  /** Every call for a photo that reached the simulator's server, in order. */
  get photoFetches(): readonly PhotoFetch[] {
    return this.#photos.fetches;
  }

  /** A photo or video straight into the chat: its address is the utterance.
   *  @param photo an address, or the file itself */
  sendPhoto(
    userId: string,
    photo: string | Uint8Array,
    options: CallOptions & { readonly type?: string } = {},
  ): Promise<SkillExchange> {
    const { type = 'image', ...rest } = options;
    const url = this.#addressOf(photo);
    return this.#call(userId, url, {
      flow: this.#flow(userId, rest.room, 'IMAGE_UPLOAD'),
      requestParams: { media: { type, url } },
      ...rest,
    });
  }

  /** Photos through the secure-image plugin; their addresses live ten minutes. */
  sendSecureImages(
    userId: string,
    photos: readonly (string | Uint8Array)[],
    options: CallOptions = {},
  ): Promise<SkillExchange> {
    const urls = photos.map((photo) => this.#addressOf(photo));
    const param = secureImageParam(urls, new Date(this.#clock.now() + PHOTO_VALIDITY_MS));
    return this.say(userId, '사진 보내기', {
      params: { secureimage: param.value },
      detailParams: { secureimage: param },
      ...options,
    });
  }

  /** The chat panel of the admin centre (봇테스트). A callback token from there is good for nothing. */
  botTest(text: string, options: CallOptions = {}): Promise<SkillExchange> {
    const call = this.#skillCall('봇테스트', text, options, {});
    const ticket = this.#ticket(options, {}, true);
    return this.#send({
      payload: { ...botTestPayload({ ...call, ...this.#callbackUrl(ticket) }), ...options.extraFields },
      requestId: this.#newRequestId(),
      rules: { ...this.#options.rules, callbackOffered: ticket !== undefined },
      conversation: undefined,
      block: undefined,
      ticket,
    });
  }

  /** The test form of one skill (스킬 테스트): placeholders, no callback. */
  skillTest(form: Readonly<Record<string, string>> = {}): Promise<SkillExchange> {
    return this.#send({
      payload: skillTestPayload(this.#ids, form),
      requestId: this.#newRequestId(),
      rules: { ...this.#options.rules, callbackOffered: false },
      conversation: undefined,
      block: undefined,
      ticket: undefined,
    });
  }

  /** The same call again, request id and all: what a proxy that retries makes of it. */
  repeat(exchange: SkillExchange): Promise<SkillExchange> {
    return this.#send({
      payload: exchange.request,
      requestId: exchange.requestId,
      rules: {
        ...this.#options.rules,
        ...(fieldOf(fieldOf(exchange.request, 'userRequest'), 'chat') === undefined ? {} : { room: 'group' }),
      },
      conversation: undefined,
      block: undefined,
      ticket: undefined,
    });
  }

  /** A parameter-validation call: another body on the same server. The answer is not judged. */
  validateParameter(userId: string, value: { readonly origin: string; readonly resolved: string }): Promise<Posted> {
    const { bot, speaker } = this.#skillCall(userId, value.origin, {}, {});
    return this.#post(
      parameterValidationPayload({ bot, speaker, utterance: value.origin }, value),
      this.#newRequestId(),
    );
  }

  /** Ends calls under way and settles callbacks that never came. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#desk.close();
    this.#eventDesk.close();
    await Promise.all([this.#connections.destroy(), this.#origin === '' ? undefined : this.#server.close()]);
  }

  async #call(userId: string, utterance: string, options: CallOptions, clientExtra?: unknown): Promise<SkillExchange> {
    const conversation = this.#conversation(userId, options.room);
    const typedExtra = this.#options.unconfirmed?.typedClientExtra;
    const extra = clientExtra ?? (typedExtra === undefined ? {} : typedExtra);
    const call = this.#skillCall(userId, utterance, options, extra);
    const rules: SkillResponseRules = options.room === undefined ? {} : { room: 'group' };
    const ticket = this.#ticket(options, rules, false);
    conversation.contexts = conversation.contexts
      .map((context) => ({ ...context, lifespan: context.lifespan - 1 }))
      .filter((context) => context.lifespan > 0);
    return this.#send({
      payload: { ...channelPayload({ ...call, ...this.#callbackUrl(ticket) }), ...options.extraFields },
      requestId: this.#newRequestId(),
      rules: { ...this.#options.rules, ...rules, callbackOffered: ticket !== undefined },
      conversation,
      block: call.block,
      ticket,
    });
  }

  #skillCall(userId: string, utterance: string, options: CallOptions, clientExtra: unknown): SkillCall {
    const now = this.#clock.now();
    const contexts = this.#conversation(userId, options.room)
      .contexts.filter((context) => context.endsAt > now)
      .map(({ endsAt: _, ...context }) => context);
    const speaker: Speaker = {
      botUserKey: this.userKey(userId),
      plusfriendUserKey: this.#plusfriendKey(userId),
      ...optional('isFriend', options.isFriend),
      ...optional('appUserId', options.appUserId),
    };
    return {
      bot: this.#bot,
      skill: this.#skill,
      block: options.block ?? this.#fallbackBlock,
      speaker,
      utterance,
      clientExtra,
      contexts: options.contexts ?? contexts,
      ...optional('params', options.params),
      ...optional('detailParams', options.detailParams),
      ...optional('requestParams', options.requestParams),
      ...optional('flow', options.flow),
      ...(options.room === undefined ? {} : { roomId: this.roomKey(options.room) }),
    };
  }

  #ticket(options: CallOptions, rules: SkillResponseRules, testing: boolean): CallbackTicket | undefined {
    if ((options.callback ?? this.#options.callback ?? true) === false) return undefined;
    if (this.#origin === '') throw new Error('start() the simulator before calls that offer a callback');
    const validityMs =
      rules.room === 'group'
        ? (this.#options.groupCallbackValidityMs ?? 300_000)
        : (this.#options.callbackValidityMs ?? 60_000);
    return this.#desk.issue(validityMs, rules, testing);
  }

  #callbackUrl(ticket: CallbackTicket | undefined): { readonly callbackUrl?: string } {
    return ticket === undefined ? {} : { callbackUrl: `${this.#origin}${ticket.path}` };
  }

  #flow(userId: string, room: string | undefined, type: string): Flow {
    const { lastBlock, shownBlock } = this.#conversation(userId, room);
    const referrer = type === 'TEXT_INPUT' || type === 'IMAGE_UPLOAD' ? undefined : shownBlock;
    return {
      trigger: { type, ...optional('referrerBlock', referrer) },
      ...optional('lastBlock', lastBlock),
    };
  }

  #addressOf(photo: string | Uint8Array): string {
    return typeof photo === 'string' ? photo : this.keepPhoto(photo);
  }

  #conversation(userId: string, room: string | undefined): Conversation {
    const key = JSON.stringify([room ?? '', userId]);
    let conversation = this.#conversations.get(key);
    if (conversation === undefined) {
      conversation = { lastBlock: undefined, shownBlock: undefined, choices: [], contexts: [] };
      this.#conversations.set(key, conversation);
    }
    return conversation;
  }

  #plusfriendKey(userId: string): string {
    return this.#ids.named(`friend ${userId}`).base64url(12);
  }

  /** Whether such a block is offered a callback is documented nowhere; it is not. */
  async #runEvent(to: Reachable, event: string, params: Readonly<Record<string, unknown>>): Promise<boolean> {
    const block = { id: this.#ids.named(`event ${event}`).hex(24), name: event };
    const [userId, place] = 'user' in to ? [to.user, {}] : ['', { room: to.room }];
    const utterance = this.#options.unconfirmed?.eventUtterance ?? '';
    const exchange = await this.#call(userId, utterance, { block, callback: false, requestParams: params, ...place });
    this.#eventExchanges.push(exchange);
    return exchange.findings.faults.length === 0;
  }

  #newRequestId(): string {
    return `chp-${this.#ids.hex(32)}`;
  }

  #post(payload: SkillPayload, requestId: string): Promise<Posted> {
    return postJson({
      connections: this.#connections,
      url: this.skillUrl,
      headers: {
        'content-type': 'application/json',
        accept: '*/*',
        'user-agent': 'AHC/2.1',
        'x-request-id': requestId,
        'x-chappie-footprint': requestId,
        ...(this.#options.secret === undefined ? {} : { 'x-malgil-secret': this.#options.secret }),
        ...this.#options.headers,
      },
      body: JSON.stringify(payload),
      clock: this.#clock,
      timeoutMs: this.#options.skillTimeoutMs ?? 5_000,
      signal: this.#closing.signal,
    });
  }

  async #send(sending: Sending): Promise<SkillExchange> {
    const { payload, requestId, rules, conversation, block, ticket } = sending;
    const posted = await this.#post(payload, requestId);
    const response = parseJson(posted.text);
    const findings = judge(posted, response, rules);
    const promised = posted.status === 200 && fieldOf(response?.value, 'useCallback') === true && ticket !== undefined;
    ticket?.acknowledge(promised);

    const template = fieldOf(response?.value, 'template');
    const readable = findings.faults.length === 0;
    const quickReplies = readable && !promised ? quickRepliesOfTemplate(template) : [];
    let bubbles: readonly Bubble[] = [];
    if (promised) bubbles = this.#waitingBubble(fieldOf(response?.value, 'data'));
    else if (readable) bubbles = bubblesOfTemplate(template);

    if (conversation !== undefined) {
      conversation.lastBlock = block;
      this.#show(conversation, block, bubbles, quickReplies);
      if (readable || promised) this.#setContexts(conversation, response?.value);
    }
    const callback =
      promised && ticket !== undefined
        ? ticket.result.then((result) => {
            if (conversation !== undefined) this.#show(conversation, block, result.bubbles, result.quickReplies);
            return result;
          })
        : undefined;
    return {
      requestId,
      request: payload,
      status: posted.status,
      elapsedMs: posted.elapsedMs,
      timedOut: posted.timedOut,
      ...optional('failure', posted.failure),
      response: response?.value,
      findings,
      bubbles,
      quickReplies,
      ...optional('callback', callback),
    };
  }

  #waitingBubble(data: unknown): readonly Bubble[] {
    const text = fillConsoleMessage(this.#options.waitingMessage ?? '{{#webhook.text}}', data);
    return [{ type: 'text', text, folded: false }];
  }

  /** Nothing new to touch leaves the old buttons where they were. */
  #show(
    conversation: Conversation,
    block: Named | undefined,
    bubbles: readonly Bubble[],
    quickReplies: readonly Choice[],
  ): void {
    if (bubbles.length === 0) return;
    conversation.choices = [...quickReplies, ...choicesIn(bubbles)];
    conversation.shownBlock = block;
  }

  #setContexts(conversation: Conversation, response: unknown): void {
    for (const value of listField(fieldOf(response, 'context'), 'values')) {
      const name = textField(value, 'name') ?? '';
      const lifespan = Number(fieldOf(value, 'lifeSpan'));
      const ttl = Number(fieldOf(value, 'ttl') ?? 600);
      const params = Object.entries(fieldOf(value, 'params') ?? {}).map(([key, text]) => [
        key,
        { value: String(text), resolvedValue: String(text) },
      ]);
      conversation.contexts = conversation.contexts.filter((context) => context.name !== name);
      if (lifespan <= 0) continue;
      const context = {
        name,
        lifespan,
        ttl,
        params: Object.fromEntries(params),
        endsAt: this.#clock.now() + ttl * 1_000,
      };
      conversation.contexts = [...conversation.contexts, context];
    }
  }
}

function judge(posted: Posted, response: { readonly value: unknown } | undefined, rules: SkillResponseRules): Verdict {
  const fault = (path: string, message: string): Verdict => ({ faults: [{ path, message }], warnings: [] });
  if (posted.timedOut) return fault('http', 'took longer than the platform waits');
  if (posted.status === 0) return fault('http', `brought no response (${posted.failure})`);
  if (posted.status !== 200) return fault('http.status', `must be 200, is ${posted.status}`);
  if (response === undefined) return fault('http.body', 'must be JSON');
  const verdict = validateSkillResponse(response.value, rules);
  if (/^application\/json\s*(;\s*charset=utf-8\s*)?$/i.test(posted.contentType)) return verdict;
  const message = `must be application/json in UTF-8, is "${posted.contentType}"`;
  return { ...verdict, faults: [{ path: 'http.content-type', message }, ...verdict.faults] };
}

export function createKakaoSimulator(options: KakaoSimulatorOptions): KakaoSimulator {
  return new KakaoSimulator(options);
}

export type { CallbackFault, CallbackPost };

if (import.meta.main) process.exitCode = await runKakaoProgram(createKakaoSimulator, process.argv);
