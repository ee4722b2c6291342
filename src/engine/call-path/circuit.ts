/** Stops asking an upstream that fails again and again: who needs an answer goes on to the next engine at once, and one call now and
 *  then finds out whether it is back. */
import {
  CircuitState,
  CountBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleType,
  type IBreaker,
  noJitterGenerator,
} from 'cockatiel';
import { type ErrorCode, GatewayError, toGatewayError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';

export type CircuitStateName = 'closed' | 'half-open' | 'open';

const NAMES: Readonly<Record<CircuitState, CircuitStateName>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};

/** Opens when more than half of the latest ten calls failed, five at least. */
const LATEST_CALLS = { size: 10, minimumNumberOfCalls: 5, threshold: 0.5 };
/** Until the first call that tries again; it doubles while those fail. Short, because most outages are a restart. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** What others found out about an upstream says nothing later than this. */
const DOUBT_MS = 60_000;

/** What the upstream did, as opposed to what was asked of it: a question that is too long or that a policy withholds says nothing about
 *  the next one. Quotas are missing, too: the rate budget paces the calls, and a minute later they are welcome again. */
const FAULTS: ReadonlySet<ErrorCode> = new Set([
  'ENGINE_UNAUTHORIZED',
  'ENGINE_MODEL_UNAVAILABLE',
  'ENGINE_OVERLOADED',
  'ENGINE_UNREACHABLE',
  'ENGINE_TIMEOUT',
  'ENGINE_FAILED',
  'ENGINE_STREAM_BROKEN',
  'INTERNAL',
]);

/** Cut off earlier, an upstream has not been slow: the turn was late. */
const FAIR_CHANCE_MS = 5_000;

class Fault extends Error {
  constructor(cause: GatewayError) {
    super('The upstream failed', { cause });
    this.name = 'Fault';
  }
}

/** The caller stopped reading before the end. */
const WALKED_AWAY = new GatewayError('TURN_CANCELLED', 'Nobody waits for the answer any more');

export interface Caller {
  /** How long the call may take. */
  readonly availableMs: number;
  readonly signal: AbortSignal;
  /** Called before each part is handed on. */
  onPart?(): void;
  /** Hears how a call that was made has ended. */
  onEnd?(failure: GatewayError | undefined): void;
}

export interface Circuit {
  /** Hands on what the call gives, and learns from how it ends.
   *  @throws GatewayError `ENGINE_NOT_ASKED` without calling, while the circuit is open; else what the call throws */
  pass<Part>(caller: Caller, call: () => AsyncIterable<Part>): AsyncIterable<Part>;
  /** Somebody else found that the upstream fails: until it answers here, one failure is enough. Calls are made as before, because the
   *  fault may be on the other's way to it. */
  doubt(): void;
}

/** Counts calls. While the upstream is in doubt, the first one decides. */
class DoubtingBreaker extends CountBreaker implements IBreaker {
  doubtedUntil = 0;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>) {
    super(LATEST_CALLS);
    this.#clock = clock;
  }

  override success(state: CircuitState): void {
    this.doubtedUntil = 0;
    super.success(state);
  }

  override failure(state: CircuitState): boolean {
    const isEnough = super.failure(state);
    return isEnough || this.#clock.now() < this.doubtedUntil;
  }
}

export function createCircuit(
  clock: Pick<Clock, 'now'>,
  onChange: (state: CircuitStateName, before: CircuitStateName) => void,
): Circuit {
  const breaker = new DoubtingBreaker(clock);
  const policy = circuitBreaker(handleType(Fault), {
    breaker,
    halfOpenAfter: new ExponentialBackoff({
      initialDelay: FIRST_PAUSE_MS,
      maxDelay: LONGEST_PAUSE_MS,
      generator: noJitterGenerator,
    }),
  });
  const isTried = () => policy.state === CircuitState.HalfOpen;
  let before: CircuitStateName = 'closed';
  policy.onStateChange((state) => {
    const name = NAMES[state];
    onChange(name, before);
    before = name;
  });

  /** Resolves with the function that tells how the call ended, once the call may be made. */
  function enter(): Promise<(thrown?: Error) => Promise<void>> {
    const { promise, resolve, reject } = Promise.withResolvers<(thrown?: Error) => Promise<void>>();
    const call = () => {
      const ended = Promise.withResolvers<void>();
      resolve(async (thrown) => {
        if (thrown === undefined) ended.resolve();
        else ended.reject(thrown);
        // Once the policy has drawn its conclusion, which it passes on to the caller who comes next.
        await settled;
      });
      return ended.promise;
    };
    const settled: Promise<void> = policy.execute(call).then(undefined, (thrown: unknown) => {
      if (!(thrown instanceof Fault)) reject(notAsked(thrown)); // does nothing once the call was made
    });
    return promise;
  }

  /** Of a call that was made while the circuit was closed, and says nothing of what the upstream is now when it no longer is. */
  async function conclude(end: Error | undefined): Promise<void> {
    if (policy.state !== CircuitState.Closed) return;
    const call = () => {
      if (end !== undefined) throw end;
    };
    await policy.execute(call).catch(() => {}); // the caller knows why it failed
  }

  async function* passOpen<Part>(
    caller: Caller,
    call: () => AsyncIterable<Part>,
  ): AsyncGenerator<Part, undefined, undefined> {
    // The policy would let it wait for the end of the call that tries.
    if (isTried()) throw notAsked();
    const end = await enter();
    const isProbe = isTried();
    let failure: GatewayError | undefined = WALKED_AWAY;
    try {
      for await (const part of call()) {
        caller.onPart?.();
        yield part;
      }
      failure = undefined;
    } catch (thrown) {
      failure = toGatewayError(thrown);
      throw thrown;
    } finally {
      caller.onEnd?.(failure);
      await end(toEnd(failure, caller, isProbe));
    }
    return undefined;
  }

  return {
    doubt() {
      breaker.doubtedUntil = clock.now() + DOUBT_MS;
    },
    pass: (caller, call) =>
      policy.state === CircuitState.Closed
        ? new OrdinaryCall(caller, call()[Symbol.asyncIterator](), conclude)
        : passOpen(caller, call),
  };
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Of an upstream that is well. The policy hears of it when it has ended: around each call that a slow model answers it would keep
 *  suspended functions of its own. */
class OrdinaryCall<Part> implements AsyncIterableIterator<Part, undefined> {
  readonly #caller: Caller;
  readonly #parts: AsyncIterator<Part>;
  readonly #conclude: (end: Error | undefined) => Promise<void>;
  #hasEnded = false;

  constructor(caller: Caller, parts: AsyncIterator<Part>, conclude: (end: Error | undefined) => Promise<void>) {
    this.#caller = caller;
    this.#parts = parts;
    this.#conclude = conclude;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Part, undefined>> {
    return this.#parts.next().then(
      (result): IteratorResult<Part, undefined> | Promise<IteratorReturnResult<undefined>> => {
        if (result.done === true) return this.#end(undefined);
        this.#caller.onPart?.();
        return result;
      },
      async (thrown: unknown) => {
        await this.#end(toGatewayError(thrown));
        throw thrown;
      },
    );
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    try {
      await this.#parts.return?.();
    } finally {
      await this.#end(WALKED_AWAY);
    }
    return END;
  }

  async #end(failure: GatewayError | undefined): Promise<IteratorReturnResult<undefined>> {
    if (this.#hasEnded) return END;
    this.#hasEnded = true;
    this.#caller.onEnd?.(failure);
    await this.#conclude(toEnd(failure, this.#caller, false));
    return END;
  }
}

/** What the policy hears.
 *  @param isProbe one that came to no end has proved nothing: the upstream counts as ill as before */
function toEnd(failure: GatewayError | undefined, caller: Caller, isProbe: boolean): Error | undefined {
  return failure !== undefined && isFault(failure, caller, isProbe) ? new Fault(failure) : failure;
}

function isFault(error: GatewayError, { availableMs, signal }: Caller, isProbe: boolean): boolean {
  if (signal.aborted || error.code === 'TURN_CANCELLED') return isProbe;
  if (error.code === 'ENGINE_NOT_ASKED') return isProbe;
  if (error.code === 'ENGINE_TIMEOUT' && chanceMs(error, availableMs) < FAIR_CHANCE_MS) return isProbe;
  return FAULTS.has(error.code);
}

/** A share of the turn's time may have gone by in the queue of its quota, before the upstream was asked. */
function chanceMs({ details }: GatewayError, availableMs: number): number {
  return details.limit === 'share' ? Number(details.waitedMs) : availableMs;
}

function notAsked(cause?: unknown): GatewayError {
  return new GatewayError('ENGINE_NOT_ASKED', 'The engine has failed too often to be asked again now', {
    cause,
    details: { reason: 'circuit-open' },
  });
}
