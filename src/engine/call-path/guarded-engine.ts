import type { GatewayError } from '../../errors.ts';
import type { EpochMs } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Engine, EnginePart, EngineRequest, GreetingRequest } from '../engine.ts';
import type { Caller, Circuit } from './circuit.ts';
import type { Latency } from './latency.ts';

/** What is known of an upstream, whichever engines call it. */
export interface Upstream {
  readonly circuit: Circuit;
  readonly latency: Latency;
  /** Until something was said. */
  readonly silence: Latency;
}

type Greeting = Awaited<ReturnType<NonNullable<Engine['greet']>>>;

/** The same engine with all that it can, behind its upstream's circuit. */
export function guardEngine(engine: Engine, upstream: Upstream, clock: Clock): Engine {
  const { circuit, latency, silence } = upstream;
  function answer(request: EngineRequest, signal: AbortSignal): AsyncIterable<EnginePart> {
    const caller = new TimedCaller(request.closesAt, signal, upstream, clock);
    return circuit.pass(caller, () => {
      caller.start();
      return engine.answer(request, signal);
    });
  }
  async function greetGuarded(
    greet: NonNullable<Engine['greet']>,
    request: GreetingRequest,
    signal: AbortSignal,
  ): Promise<Greeting> {
    let greeting: Greeting;
    const once = async function* () {
      yield await greet(request, signal);
    };
    const availableMs = request.closesAt - clock.now();
    // To its end, so that the circuit learns how the call ended.
    for await (const said of circuit.pass({ availableMs, signal }, once)) greeting = said;
    return greeting;
  }
  const { greet } = engine;
  return {
    ...engine,
    ...(greet === undefined ? {} : { greet: (request, signal) => greetGuarded(greet, request, signal) }),
    usualMs: () => latency.usualMs(),
    usualFirstTokenMs: () => silence.usualMs(),
    answer,
    close: () => engine.close(),
  };
}

/** Notes how long the upstream takes. */
class TimedCaller implements Caller {
  readonly availableMs: number;
  readonly signal: AbortSignal;
  readonly #upstream: Upstream;
  readonly #clock: Clock;
  #startedAt: EpochMs = 0;
  #hasBegun = false;

  constructor(closesAt: EpochMs, signal: AbortSignal, upstream: Upstream, clock: Clock) {
    this.availableMs = closesAt - clock.now();
    this.signal = signal;
    this.#upstream = upstream;
    this.#clock = clock;
  }

  start(): void {
    this.#startedAt = this.#clock.now();
  }

  onPart(): void {
    if (!this.#hasBegun) this.#upstream.silence.note(this.#tookMs());
    this.#hasBegun = true;
  }

  onEnd(failure: GatewayError | undefined): void {
    // Cut off, it would have taken longer still; what fails in another way says nothing of how long answers take.
    if (failure?.code === 'ENGINE_TIMEOUT') this.onPart();
    if (failure === undefined || failure.code === 'ENGINE_TIMEOUT') this.#upstream.latency.note(this.#tookMs());
  }

  #tookMs(): number {
    return this.#clock.now() - this.#startedAt;
  }
}
