/** One customer's conversation with one bot: sends, follows, resumes and resets. No DOM in here, so that it can be tested without one. */
import type { EpochMs } from '../../src/message.ts';
import { type Clock, delay } from '../../src/platform/clock.ts';
import { type ChatGateway, type EventStream, GatewayFault } from './gateway.ts';
import type { OtherTabs } from './other-tabs.ts';
import type { Outbox, OutgoingMessage } from './outbox.ts';
import type { BotProfile, ReceivedEvent } from './protocol.ts';
import { applyEvent, isOpen, markUnanswered, resumeFrom, type Transcript } from './transcript.ts';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** Where a 429 names no time. */
const DEFAULT_LIMIT_MS = 10_000;

type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'online' }
  | { readonly state: 'away'; readonly retryAt: EpochMs }
  /** The address is wrong or closed to us; asking again would not help. */
  | { readonly state: 'refused' };

export interface ChatState {
  readonly profile: BotProfile | undefined;
  readonly connection: Connection;
  /** True once the whole conversation has been read for the first time. */
  readonly loaded: boolean;
  readonly turns: Transcript;
  /** Not yet taken by the server, in the order of writing. */
  readonly outgoing: readonly OutgoingMessage[];
  /** The server asked us to wait until then. */
  readonly limitedUntil: EpochMs | undefined;
}

export type ResetResult = 'done' | 'limited' | 'failed';

export class ChatSession {
  readonly #gateway: ChatGateway;
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  readonly #otherTabs: OtherTabs;
  readonly #random: () => number;
  readonly #listeners = new Set<() => void>();
  #state: ChatState;
  /** Aborted by a reset: what older requests still bring belongs to a conversation that is over. */
  #era = new AbortController();
  /** Turns whose answer comes through the response of their own POST. */
  readonly #streaming = new Set<string>();
  /** Keys of messages whose POST has not ended. */
  readonly #inFlight = new Set<string>();
  /** Requests leave one after the other: the first response sets the cookie that makes the second the same conversation. */
  #lastDeparture: Promise<void> = Promise.resolve();
  #connecting = false;
  #connectAgain = false;
  #endWait: (() => void) | undefined;

  constructor(options: {
    gateway: ChatGateway;
    clock: Clock;
    outbox: Outbox;
    otherTabs: OtherTabs;
    random?: () => number;
  }) {
    this.#gateway = options.gateway;
    this.#clock = options.clock;
    this.#outbox = options.outbox;
    this.#otherTabs = options.otherTabs;
    this.#random = options.random ?? Math.random;
    this.#state = {
      profile: undefined,
      connection: { state: 'connecting' },
      loaded: false,
      turns: [],
      outgoing: this.#outbox.load(),
      limitedUntil: undefined,
    };
  }

  /** Bound, as React's useSyncExternalStore calls it bare. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getState = (): ChatState => this.#state;

  start(): void {
    this.#otherTabs.onTold(() => this.lookAgain());
    this.#connect();
  }

  /** The conversation may have changed without this page. */
  lookAgain(): void {
    this.#connect();
  }

  /** @param tap code of the button, `text` being its label */
  send(text: string, tap?: string): void {
    const message: OutgoingMessage = {
      key: crypto.randomUUID(),
      text,
      ...(tap === undefined ? {} : { tap }),
      state: 'sending',
      afterSequence: this.#state.turns.at(-1)?.sequence ?? 0,
      writtenAt: this.#clock.now(),
    };
    this.#set({ outgoing: [...this.#state.outgoing, message] });
    void this.#post(message);
  }

  resend(key: string): void {
    const message = this.#state.outgoing.find((each) => each.key === key);
    if (message === undefined || message.state === 'sending') return;
    this.#change(key, { state: 'sending' });
    void this.#post(message);
  }

  discard(key: string): void {
    this.#set({ outgoing: this.#state.outgoing.filter((each) => each.key !== key) });
  }

  async reset(): Promise<ResetResult> {
    let events: EventStream;
    try {
      events = await this.#gateway.post({ action: 'reset' }, new AbortController().signal);
    } catch (thrown) {
      const fault = this.#noteFault(thrown);
      return fault.kind === 'limited' ? 'limited' : 'failed';
    }
    this.#era.abort();
    this.#era = new AbortController();
    this.#streaming.clear();
    this.#set({ turns: [], outgoing: [] });
    this.#otherTabs.tell();
    // The emptied page with its greeting says what the answer would say.
    void drain(events);
    return 'done';
  }

  /** Ends the current wait between two attempts. */
  retryNow(): void {
    this.#endWait?.();
  }

  async #post(message: OutgoingMessage): Promise<void> {
    const { signal } = this.#era;
    const { text: query, tap, key } = message;
    const departed = this.#lastDeparture;
    const { promise, resolve: depart } = Promise.withResolvers<void>();
    this.#lastDeparture = promise;
    this.#inFlight.add(key);
    await departed;
    let turnId: string | undefined;
    try {
      if (signal.aborted) return;
      const events = await this.#gateway.post(tap === undefined ? { query } : { tap, query }, signal).finally(depart);
      for await (const received of events) {
        if (signal.aborted) return;
        if (received.event.type === 'accepted') {
          turnId = received.event.turnId;
          this.#streaming.add(turnId);
          this.#removeOutgoing(key);
          this.#otherTabs.tell();
        }
        this.#apply(received);
      }
      if (turnId === undefined) this.#change(key, { state: 'refused' });
      // Another process may be answering it: only a replay that ends without an answer is final.
      else if (this.#state.turns.some((turn) => turn.turnId === turnId && isOpen(turn))) this.#connect();
    } catch (thrown) {
      if (signal.aborted) return;
      this.#inFlight.delete(key);
      if (turnId !== undefined) this.#streaming.delete(turnId);
      // `away` leaves the message as it is: whether it arrived is known after the replay that begins now.
      const fault = this.#noteFault(thrown);
      if (fault.kind === 'refused') this.#change(key, { state: 'refused' });
      if (fault.kind === 'limited') this.#change(key, { state: 'unsent' });
    } finally {
      depart();
      this.#inFlight.delete(key);
      if (turnId !== undefined) this.#streaming.delete(turnId);
    }
  }

  /** What every failed request means for the whole page. */
  #noteFault(thrown: unknown): GatewayFault {
    const fault = thrown instanceof GatewayFault ? thrown : new GatewayFault('away', 'Unexpected', { cause: thrown });
    if (fault.kind === 'limited') this.#limit(fault.retryAfterMs ?? DEFAULT_LIMIT_MS);
    if (fault.kind === 'away') this.#connect();
    return fault;
  }

  #limit(waitMs: number): void {
    const until = this.#clock.now() + waitMs;
    this.#set({ limitedUntil: until });
    this.#clock.schedule(waitMs, () => {
      if (this.#state.limitedUntil === until) this.#set({ limitedUntil: undefined });
    });
  }

  /** Reads profile and conversation until both are complete; one loop at a time, whoever asks. */
  #connect(): void {
    this.#connectAgain = true;
    if (this.#connecting) return;
    this.#connecting = true;
    void this.#keepConnecting().finally(() => {
      this.#connecting = false;
    });
  }

  async #keepConnecting(): Promise<void> {
    let failures = 0;
    while (this.#connectAgain) {
      this.#connectAgain = false;
      const before = this.#state.turns;
      const { signal } = this.#era;
      try {
        await this.#catchUp(signal);
        failures = 0;
        this.#set({ connection: { state: 'online' } });
        this.#settle(before);
      } catch (thrown) {
        this.#connectAgain = true;
        if (signal.aborted) continue;
        if (thrown instanceof GatewayFault && thrown.kind === 'refused') {
          this.#connectAgain = false;
          this.#set({ connection: { state: 'refused' } });
          return;
        }
        // A cut after news is no reason to wait longer than the first time.
        failures = this.#state.turns === before ? failures + 1 : 1;
        await this.#waitToRetry(failures, thrown instanceof GatewayFault ? thrown.retryAfterMs : undefined);
      }
    }
  }

  async #catchUp(signal: AbortSignal): Promise<void> {
    if (this.#state.profile === undefined) this.#set({ profile: await this.#gateway.readProfile(signal) });
    try {
      const events = await this.#gateway.replay(resumeFrom(this.#state.turns), signal);
      this.#set({ connection: { state: 'online' } });
      for await (const received of events) {
        if (signal.aborted) return;
        this.#adopt(received);
        if (received.event.type === 'forgotten') this.#dropOutgoing();
        this.#apply(received);
      }
    } catch (thrown) {
      // No conversation yet: there is nothing to replay.
      if (!(thrown instanceof GatewayFault && thrown.status === 404 && this.#state.profile !== undefined)) throw thrown;
    }
  }

  /** After a replay that ended in good order: when it brought nothing new, what is missing is not on the server. */
  #settle(before: Transcript): void {
    const { turns } = this.#state;
    const isLeft = (turn: { turnId: string }) => !this.#streaming.has(turn.turnId);
    // A long conversation comes in portions, and a replay may end before turns that began while it ran.
    if (turns.length > before.length || (turns !== before && turns.some((turn) => isOpen(turn) && isLeft(turn)))) {
      this.#connectAgain = true;
      return;
    }
    this.#giveUpSending();
    this.#set({ turns: markUnanswered(turns, isLeft), loaded: true });
  }

  /** What was never sent belonged to the conversation that is forgotten. */
  #dropOutgoing(): void {
    this.#set({ outgoing: this.#state.outgoing.filter((each) => this.#inFlight.has(each.key)) });
  }

  #giveUpSending(): void {
    const isLost = (each: OutgoingMessage) => each.state === 'sending' && !this.#inFlight.has(each.key);
    if (!this.#state.outgoing.some(isLost)) return;
    this.#set({
      outgoing: this.#state.outgoing.map((each) => (isLost(each) ? { ...each, state: 'unsent' as const } : each)),
    });
  }

  async #waitToRetry(failures: number, retryAfterMs: number | undefined): Promise<void> {
    const backOffMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS) * (0.8 + 0.4 * this.#random());
    const waitMs = Math.max(backOffMs, retryAfterMs ?? 0);
    const wait = new AbortController();
    this.#endWait = () => wait.abort();
    this.#set({ connection: { state: 'away', retryAt: this.#clock.now() + waitMs } });
    this.#giveUpSending();
    await delay(this.#clock, waitMs, wait.signal);
    this.#endWait = undefined;
  }

  /** A message that was cut before the server said "accepted" may have arrived all the same: the replay then shows it. */
  #adopt({ event }: ReceivedEvent): void {
    if (event.type !== 'accepted') return;
    const message = this.#state.outgoing.find(
      (each) => each.text === event.question && event.sequence > each.afterSequence,
    );
    if (message !== undefined && this.#state.turns.every((turn) => turn.turnId !== event.turnId)) {
      this.#removeOutgoing(message.key);
    }
  }

  #apply(received: ReceivedEvent): void {
    const turns = applyEvent(this.#state.turns, received);
    if (turns !== this.#state.turns) this.#set({ turns });
  }

  #change(key: string, change: Partial<OutgoingMessage>): void {
    this.#set({ outgoing: this.#state.outgoing.map((each) => (each.key === key ? { ...each, ...change } : each)) });
  }

  #removeOutgoing(key: string): void {
    if (this.#state.outgoing.some((each) => each.key === key)) this.discard(key);
  }

  #set(change: Partial<ChatState>): void {
    this.#state = { ...this.#state, ...change };
    if (change.outgoing !== undefined) this.#outbox.save(change.outgoing);
    for (const listener of this.#listeners) listener();
  }
}

async function drain(events: EventStream): Promise<void> {
  try {
    for await (const _ of events);
  } catch {
    // The reset itself was confirmed by the response; the rest of its stream tells nothing.
  }
}
