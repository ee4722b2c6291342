/** Somebody on KakaoTalk: asks, reads, waits for what was promised, taps what is offered, and comes back until there is an answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Choice, textOf } from '../../simulator/bubble.ts';
import type { KakaoSimulator, SkillExchange } from '../../simulator/kakao.ts';
import { endedTokensIn, KNOWN, questionWith, tokensIn } from './tokens.ts';

/** The buttons that lead to an answer; all else in the chat is no way to fetch one. */
const WAYS_TO_FETCH = ['답변 보기', '이어서 보기', '답변 다시 보기'];
/** What somebody says who was promised an answer and sees no way to it. */
const NUDGE = '아직 답변을 받지 못했어요';
const MAX_NUDGES = 5;
const TURNED_AWAY = '지금 문의가 많아';

export interface Habits {
  readonly hasCallback: boolean;
  /** From seeing the button to touching it, the first time. */
  readonly firstTapMs: number;
  /** Between later taps. */
  readonly tapEveryMs: number;
  /** Touches everything twice at once. */
  readonly tapsTwice: boolean;
  /** From the last question. */
  readonly patienceMs: number;
  /** What an apology must hold. */
  readonly contact: string;
}

export type Way = 'inline' | 'callback' | 'tap';

/** One HTTP answer, as the platform saw it. */
export interface HttpAnswer {
  readonly elapsedMs: number;
  /** What Kakao would have found fault with: the customer saw nothing then. */
  readonly faults: readonly string[];
  /** The platform hung up before it came. */
  readonly timedOut: boolean;
}

/** One question and how it ended for the customer. */
export interface Question {
  readonly token: string;
  readonly askedAt: number;
  /** The knowledge knows the answer. */
  readonly isKnown: boolean;
  /** Path of the callback that was promised. */
  readonly promisedPath?: string;
  readonly ended?: {
    readonly kind: 'answer' | 'apology' | 'turned-away';
    readonly way: Way;
    readonly at: number;
  };
}

export interface Story {
  readonly questions: readonly Question[];
  readonly http: readonly HttpAnswer[];
  /** Paths of all callbacks that were offered, promised or not. */
  readonly offeredPaths: readonly string[];
  /** Promises that were never kept: the customer saw a waiting message and then nothing. */
  readonly brokenPromises: number;
  /** How often there was nothing to touch, nothing to come and still no answer, so that the customer had to say something. */
  readonly nudges: number;
  /** Tokens of somebody else. */
  readonly crossed: readonly string[];
  /** Own answers that came more often than they were asked for. */
  readonly doubled: readonly string[];
  /** Tokens in the order in which their answers were complete. */
  readonly order: readonly string[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export class Customer {
  readonly #kakao: KakaoSimulator;
  readonly #name: string;
  readonly #habits: Habits;
  readonly #questions: Mutable<Question>[] = [];
  readonly #http: HttpAnswer[] = [];
  readonly #offeredPaths: string[] = [];
  readonly #crossed: string[] = [];
  readonly #doubled: string[] = [];
  readonly #order: string[] = [];
  readonly #pending = new Set<Promise<void>>();
  #brokenPromises = 0;
  #nudges = 0;

  constructor(kakao: KakaoSimulator, name: string, habits: Habits) {
    this.#kakao = kakao;
    this.#name = name;
    this.#habits = habits;
  }

  /** Asks and reads the response; a callback may come later. */
  async ask(token: string, isKnown: boolean): Promise<void> {
    const question: Mutable<Question> = { token, askedAt: Date.now(), isKnown };
    this.#questions.push(question);
    const callback = this.#habits.hasCallback;
    const exchange = await this.#kakao.say(this.#name, isKnown ? KNOWN.question : questionWith(token), { callback });
    this.#note(exchange);
    this.#read(textOf(exchange.bubbles), 'inline', { question });
    if (exchange.callback === undefined) return;
    question.promisedPath = callbackPath(exchange) ?? '';
    const kept = exchange.callback.then((result) => {
      this.#pending.delete(kept);
      if (result.outcome === 'delivered') this.#read(textOf(result.bubbles), 'callback', { question });
      else this.#brokenPromises += 1;
    });
    this.#pending.add(kept);
  }

  /** Waits and taps until every question has ended, or patience has. */
  async collect(): Promise<Story> {
    const { firstTapMs, tapEveryMs, patienceMs } = this.#habits;
    const givesUpAt = Date.now() + patienceMs;
    let waitMs = firstTapMs;
    while (this.#isWaiting && Date.now() < givesUpAt) {
      const button = this.#button;
      if (button === undefined && this.#pending.size === 0) {
        if (this.#nudges === MAX_NUDGES) break;
        await this.#nudge();
      }
      const isOver = await Promise.race([
        sleep(waitMs, false),
        ...[...this.#pending].map((kept) => kept.then(() => true)),
      ]);
      if (isOver || button === undefined || !this.#isWaiting) continue;
      await this.#tap(button);
      waitMs = tapEveryMs;
    }
    await Promise.all(this.#pending);
    return {
      questions: this.#questions,
      http: this.#http,
      offeredPaths: this.#offeredPaths,
      brokenPromises: this.#brokenPromises,
      nudges: this.#nudges,
      crossed: this.#crossed,
      doubled: this.#doubled,
      order: this.#order,
    };
  }

  get #isWaiting(): boolean {
    return this.#questions.some((question) => question.ended === undefined);
  }

  get #button(): Choice | undefined {
    return this.#kakao.choices(this.#name).find((choice) => WAYS_TO_FETCH.includes(choice.label));
  }

  /** What is held comes first with whatever is said next. */
  async #nudge(): Promise<void> {
    this.#nudges += 1;
    const exchange = await this.#kakao.say(this.#name, NUDGE, { callback: false });
    this.#note(exchange);
    this.#read(textOf(exchange.bubbles), 'tap');
  }

  async #tap(button: Choice): Promise<void> {
    const callback = this.#habits.hasCallback;
    const touch = () => this.#kakao.tap(this.#name, button, { callback });
    const exchanges = await Promise.all(this.#habits.tapsTwice ? [touch(), touch()] : [touch()]);
    for (const exchange of exchanges) this.#note(exchange);
    const texts = exchanges.map(({ bubbles }) => textOf(bubbles));
    // Of two at once, nobody can say which came first; each by itself must be in order.
    const [text = '', again = ''] = texts.toSorted((a, b) => this.#placeOf(a) - this.#placeOf(b));
    this.#read(text, 'tap');
    // What was touched twice may come twice.
    if (again !== '') this.#read(again, 'tap', { mayRepeat: true });
  }

  /** Of the first answer in it, in the order of the questions. */
  #placeOf(text: string): number {
    const [token] = endedTokensIn(text);
    const place = this.#questions.findIndex((question) => question.token === token);
    return place === -1 ? this.#questions.length : place;
  }

  #note(exchange: SkillExchange): void {
    const { elapsedMs, findings, timedOut } = exchange;
    const path = callbackPath(exchange);
    if (path !== undefined) this.#offeredPaths.push(path);
    this.#http.push({ elapsedMs, timedOut, faults: findings.faults.map(({ path, message }) => `${path} ${message}`) });
  }

  #read(
    text: string,
    way: Way,
    { question, mayRepeat = false }: { readonly question?: Mutable<Question>; readonly mayRepeat?: boolean } = {},
  ): void {
    const at = Date.now();
    const own = new Map(this.#questions.map((asked) => [asked.token, asked]));
    this.#crossed.push(...tokensIn(text).filter((token) => !own.has(token)));
    const seen = new Set<string>();
    for (const token of endedTokensIn(text)) {
      const asked = own.get(token);
      if (asked === undefined) continue;
      const isFirst = asked.ended === undefined && !seen.has(token);
      if (isFirst) this.#order.push(token);
      else if (!mayRepeat) this.#doubled.push(token);
      seen.add(token);
      asked.ended ??= { kind: 'answer', way, at };
    }
    // The rest names no question: it belongs to the oldest one that is still open.
    const open = question ?? this.#questions.find((asked) => asked.ended === undefined);
    if (mayRepeat || open === undefined || open.ended !== undefined) return;
    // Whoever is turned away is told the contact, too.
    if (text.includes(TURNED_AWAY)) open.ended = { kind: 'turned-away', way, at };
    else if (text.includes(this.#habits.contact)) open.ended = { kind: 'apology', way, at };
    else if (open.isKnown && text.includes(KNOWN.answer)) open.ended = { kind: 'answer', way, at };
  }
}

function callbackPath({ request }: SkillExchange): string | undefined {
  const { userRequest } = request as { readonly userRequest: { readonly callbackUrl?: string } };
  return userRequest.callbackUrl === undefined ? undefined : new URL(userRequest.callbackUrl).pathname;
}
