import type { Verdict } from '../../src/channels/json-spot.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { Bubble, Choice } from '../bubble.ts';

/** A message that the bot sent, as the customer sees it. */
export interface TalkTalkMessage {
  readonly at: number;
  readonly via: 'send-api' | 'webhook-response';
  readonly event: unknown;
  readonly bubbles: readonly Bubble[];
  readonly quickReplies: readonly Choice[];
  readonly findings: Verdict;
  /** Another request for the same customer was still unanswered: their order is luck. */
  readonly overlapped: boolean;
  /** The agents owned the thread: the bot talked over a person. */
  readonly overAgent: boolean;
}

export interface ConsentDialog {
  readonly field: string;
  readonly agreements: readonly string[];
}

interface Waiter {
  readonly resolve: (message: TalkTalkMessage) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: () => void;
}

/** One customer's room with the partner. */
export class Room {
  readonly name: string;
  readonly key: string;
  readonly messages: TalkTalkMessage[] = [];
  /** What can be pressed without scrolling up. */
  choices: readonly Choice[] = [];
  threadOwner: 'bot' | 'partner' = 'bot';
  typingUntil = 0;
  lastMessageId = 0;
  inFlight = 0;
  maxInFlight = 0;
  readonly consents = new Map<string, unknown>();
  dialog: { readonly request: ConsentDialog; readonly cancelTimeout: () => void } | undefined;
  readonly #waiters: Waiter[] = [];
  #read = 0;

  constructor(name: string, key: string) {
    this.name = name;
    this.key = key;
  }

  nextMessageId(): number {
    this.lastMessageId += 1;
    return this.lastMessageId;
  }

  show(message: TalkTalkMessage, choices: readonly Choice[]): void {
    this.messages.push(message);
    this.choices = choices;
    this.typingUntil = 0;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) return;
    waiter.cancel();
    this.#read += 1;
    waiter.resolve(message);
  }

  /** All messages that nobody took yet. */
  takeRest(): readonly TalkTalkMessage[] {
    const rest = this.messages.slice(this.#read);
    this.#read = this.messages.length;
    return rest;
  }

  /** The first message that nobody took yet. @throws Error when none comes in time */
  next(clock: Clock, timeoutMs: number): Promise<TalkTalkMessage> {
    const message = this.messages[this.#read];
    if (message !== undefined) {
      this.#read += 1;
      return Promise.resolve(message);
    }
    return new Promise((resolve, reject) => {
      const cancel = clock.schedule(timeoutMs, () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(new Error(`No message for ${this.name} in ${timeoutMs} ms`));
      });
      const waiter = { resolve, reject, cancel };
      this.#waiters.push(waiter);
    });
  }

  close(): void {
    this.dialog?.cancelTimeout();
    for (const waiter of this.#waiters.splice(0)) {
      waiter.cancel();
      waiter.reject(new Error(`The simulator closed while ${this.name} waited for a message`));
    }
  }
}
