/** One POST and the stream that answers it, with every way in which it can stop. */
import type { Dispatcher, Pool } from 'undici';
import type { AnswerCall } from '../engine/engine.ts';
import { GatewayError, toGatewayError } from '../errors.ts';
import type { EpochMs } from '../message.ts';
import { cancellation } from '../platform/cancellation.ts';
import type { Clock } from '../platform/clock.ts';
import { Posting, type PostingListener, type PostRequest } from '../platform/posting.ts';
import { brokenAnswer, unreachable } from './upstream-failure.ts';

/** Reads an answer out of the bytes of a stream, in the manner of one service. */
export interface StreamReader<Frame, Result> {
  /** The model is at work: a token has come, be it one of its thinking. */
  readonly hasBegun: boolean;
  /** Set when the answer is complete; nothing that matters comes after it. */
  readonly result: Result | undefined;
  /** Why no more will come. What came before it can still be taken. */
  readonly failure: GatewayError | undefined;
  /** What was said is complete, though the stream may not have said so yet: silence or a cut would be its end. Absent: only a result
   *  is an end. */
  readonly mayEndHere?: boolean;
  readonly hasFrames: boolean;
  /** Pieces since the last call, without the result. */
  take(): readonly Frame[];
  feed(bytes: Uint8Array): void;
  /** The body has ended: there is a result or a failure now. */
  end(): void;
}

interface WholeBody {
  readonly httpStatus: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly chunks: Uint8Array[];
  sizeBytes: number;
}

/** What came as a whole. */
export interface WholeResponse {
  readonly httpStatus: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly text: string;
  readonly receivedAt: EpochMs;
}

export interface WholeAnswer<Frame, Result> {
  readonly frames: readonly Frame[];
  readonly result: Result;
}

/** How one service answers. The same for all its answers of one kind. */
export interface AnswerFormat<Frame, Result> {
  /** Called once there is a stream to read: until then a question at a slow model holds no reader. */
  readonly openReader: () => StreamReader<Frame, Result>;
  /** A refusal, a page of somebody in between, or an answer that was not streamed.
   *  @throws GatewayError for what is no answer */
  readonly readWhole: (response: WholeResponse) => WholeAnswer<Frame, Result>;
  /** Of a body that comes as a whole: a longer one is read so far and no further. */
  readonly maxSizeBytes: number;
}

/** What is sent, and how its answer is read. */
export interface StreamRequest<Frame, Result> extends PostRequest {
  readonly format: AnswerFormat<Frame, Result>;
  /** Infinity for an answer that comes as a whole. */
  readonly firstTokenTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/** The same for all exchanges with it. */
export interface ExchangeService {
  /** Whom the errors are about. */
  readonly upstream: string;
  readonly pool: Pool;
  readonly clock: Clock;
}

/** Nobody waits for its first token any longer than `firstTokenBy`. */
export type ExchangeCall = Pick<AnswerCall, 'closesAt' | 'firstTokenBy' | 'signal'>;

/** After the answer is complete the rest is read to its end, so that the connection can be used again; but not for long. */
const DRAIN_MS = 1_000;
/** For what may follow a complete answer, such as the usage; some services neither say that it is over nor hang up. */
const LAST_WORDS_MS = 1_000;

const ONCE = { once: true } as const;
const NONE: readonly never[] = [];

/** Reads ahead as the bytes come in: what arrives while nobody reads is handed on as one piece. The answer is complete before its body
 *  is, and the caller must not wait for the difference. */
export class AnswerExchange<Frame, Result> implements PostingListener {
  readonly #service: ExchangeService;
  readonly #call: ExchangeCall;
  readonly #format: AnswerFormat<Frame, Result>;
  readonly #firstTokenTimeoutMs: number;
  readonly #idleTimeoutMs: number;
  readonly #posting: Posting;
  #reader: StreamReader<Frame, Result> | undefined;
  /** Set where the body comes as a whole. */
  #whole: WholeBody | undefined;
  readonly #sentAt: EpochMs;
  #heardAt: EpochMs;
  #frames: readonly Frame[] = NONE;
  #result: Result | undefined;
  #failure: GatewayError | undefined;
  #bodyEnded = false;
  #wake: (() => void) | undefined;
  #cancelTimer: () => void = () => {};
  readonly #onCancel: () => void;

  constructor(service: ExchangeService, request: StreamRequest<Frame, Result>, call: ExchangeCall) {
    this.#service = service;
    this.#call = call;
    this.#format = request.format;
    this.#firstTokenTimeoutMs = request.firstTokenTimeoutMs;
    this.#idleTimeoutMs = request.idleTimeoutMs;
    this.#sentAt = service.clock.now();
    this.#heardAt = this.#sentAt;
    this.#posting = new Posting(this);
    this.#onCancel = () => this.#fail(cancellation(this.#call.signal));
    call.signal.addEventListener('abort', this.#onCancel, ONCE);
    this.#watch();
    if (this.#failure === undefined) this.#posting.send(service.pool, request);
  }

  /** Resolves when {@link take} has something. Not a function that is suspended: every question at a slow model waits here. */
  arrival(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#hasFrames || this.#isOver) return resolve();
      this.#heardAt = this.#service.clock.now(); // silence counts only while somebody listens
      this.#wake = resolve;
    });
  }

  /** Pieces that have arrived since the last call, never none after an {@link arrival}; `undefined` when the answer is complete.
   *  @throws GatewayError after the pieces that came before the failure */
  take(): readonly Frame[] | undefined {
    if (this.#hasFrames) return this.#takeFrames();
    if (this.#failure !== undefined) throw this.#failure;
    return undefined;
  }

  /** Both in one. */
  async read(): Promise<readonly Frame[] | undefined> {
    await this.arrival();
    return this.take();
  }

  /** The end of the answer. @throws GatewayError `ENGINE_STREAM_BROKEN` before {@link take} has said so */
  get result(): Result {
    if (this.#result === undefined) throw this.#broken('is not complete');
    return this.#result;
  }

  /** Lets go of everything; cuts the connection when the answer is not complete. */
  close(): void {
    this.#cancelTimer();
    // By now the exchange is old, and what the old refer to is kept when the young is collected, even if nobody refers to them.
    this.#reader = undefined;
    this.#whole = undefined;
    this.#call.signal.removeEventListener('abort', this.#onCancel);
    if (this.#result === undefined) {
      this.#posting.cut();
    } else if (!this.#bodyEnded) {
      this.#cancelTimer = this.#service.clock.schedule(DRAIN_MS, () => this.#posting.cut());
    }
  }

  get #hasFrames(): boolean {
    return this.#reader?.hasFrames === true || this.#frames.length > 0;
  }

  get #isOver(): boolean {
    return this.#result !== undefined || this.#failure !== undefined;
  }

  onResponse(httpStatus: number, headers: Dispatcher.ResponseData['headers']): void {
    if (this.#isOver) return;
    const isWhole =
      httpStatus !== 200 || /^application\/(?:[\w.-]+\+)?json/i.test(String(headers['content-type'] ?? ''));
    if (isWhole) this.#whole = { httpStatus, headers, chunks: [], sizeBytes: 0 };
    else this.#reader = this.#format.openReader();
  }

  onData(bytes: Uint8Array): void {
    if (this.#isOver) return;
    if (this.#reader !== undefined) this.#hear(bytes, this.#reader);
    else if (this.#whole !== undefined) this.#collect(bytes, this.#whole);
  }

  onEnd(): void {
    if (!this.#isOver) {
      if (this.#reader !== undefined) this.#finishStream(this.#reader);
      else if (this.#whole !== undefined) this.#takeWhole(this.#whole);
    }
    this.#endBody();
  }

  onError(cause: unknown): void {
    const hasBegun = this.#reader !== undefined || this.#whole !== undefined;
    if (hasBegun) this.#endOrFail(this.#broken('broke off', cause));
    else this.#fail(unreachable(this.#service.upstream, cause));
    this.#endBody();
  }

  #takeFrames(): readonly Frame[] {
    if (this.#reader?.hasFrames === true) return this.#reader.take();
    const frames = this.#frames;
    this.#frames = NONE;
    return frames;
  }

  #hear(bytes: Uint8Array, reader: StreamReader<Frame, Result>): void {
    this.#heardAt = this.#service.clock.now();
    const { hasBegun, mayEndHere } = reader;
    reader.feed(bytes);
    this.#settle(reader);
    if (reader.hasBegun !== hasBegun || reader.mayEndHere !== mayEndHere) {
      this.#cancelTimer(); // it stands for a limit that may be far later than the next one
      this.#watch();
    }
    if (reader.hasFrames || this.#isOver) this.#notify();
  }

  #finishStream(reader: StreamReader<Frame, Result>): void {
    reader.end();
    this.#settle(reader);
    this.#notify();
  }

  #settle({ result, failure }: StreamReader<Frame, Result>): void {
    if (failure !== undefined) this.#fail(failure);
    else this.#result = result;
  }

  #collect(bytes: Uint8Array, whole: WholeBody): void {
    whole.chunks.push(bytes);
    whole.sizeBytes += bytes.length;
    if (whole.sizeBytes <= this.#format.maxSizeBytes) return;
    this.#takeWhole(whole);
    this.#posting.cut();
  }

  #takeWhole({ httpStatus, headers, chunks }: WholeBody): void {
    try {
      const text = Buffer.concat(chunks).toString('utf8');
      const whole = this.#format.readWhole({ httpStatus, headers, text, receivedAt: this.#service.clock.now() });
      this.#frames = whole.frames;
      this.#result = whole.result;
    } catch (error) {
      this.#fail(toGatewayError(error));
      return;
    }
    this.#notify();
  }

  /** Nothing more will come. */
  #endOrFail(error: GatewayError): void {
    if (this.#isOver) return;
    if (this.#reader?.mayEndHere !== true) {
      this.#fail(error);
      return;
    }
    this.#finishStream(this.#reader);
    this.#posting.cut();
  }

  /** The first failure counts; what follows from cutting the connection is only its echo. */
  #fail(error: GatewayError): void {
    if (this.#isOver) return;
    this.#failure = error;
    this.#posting.cut();
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #endBody(): void {
    this.#bodyEnded = true;
    if (this.#result !== undefined) this.#cancelTimer();
  }

  /** One timer for all three limits, put off when it comes due too early: touching a timer for every chunk costs more. */
  #watch(): void {
    if (this.#isOver) return;
    const { closesAt, firstTokenBy = closesAt } = this.#call;
    const idleTimeoutMs = this.#idleTimeoutMs;
    const now = this.#service.clock.now();
    if (now >= closesAt) {
      this.#fail(this.#timeout('in the time that was left', 'work'));
      return;
    }
    let waitMs = closesAt - now;
    if (this.#reader?.hasBegun !== true) {
      const silenceEndsAt = this.#sentAt + this.#firstTokenTimeoutMs;
      waitMs = Math.min(waitMs, firstTokenBy - now, silenceEndsAt - now);
      if (waitMs <= 0) {
        this.#fail(this.#timeout('before its first token', now < silenceEndsAt ? 'share' : 'first-token'));
        return;
      }
    } else {
      const { mayEndHere = false } = this.#reader;
      const silenceMs = mayEndHere ? Math.min(LAST_WORDS_MS, idleTimeoutMs) : idleTimeoutMs;
      // Silence counts only while somebody listens; once the answer is complete, it counts at once.
      const isListened = this.#wake !== undefined || mayEndHere;
      waitMs = Math.min(waitMs, isListened ? this.#heardAt + silenceMs - now : silenceMs);
      if (waitMs <= 0) {
        this.#endOrFail(this.#timeout('in the middle of its answer', 'idle'));
        return;
      }
    }
    this.#cancelTimer = this.#service.clock.schedule(waitMs, () => this.#watch());
  }

  #timeout(when: string, limit: string): GatewayError {
    const waitedMs = Math.round(this.#service.clock.now() - this.#sentAt);
    return new GatewayError('ENGINE_TIMEOUT', `${this.#service.upstream} fell silent ${when}`, {
      details: { limit, waitedMs },
    });
  }

  #broken(what: string, cause?: unknown): GatewayError {
    return brokenAnswer(this.#service.upstream, what, cause);
  }
}
