import { toGatewayError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Engine, EnginePart, EngineRequest, GreetingRequest } from '../engine.ts';
import type { Circuit } from './circuit.ts';
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
export function guardEngine(engine: Engine, { circuit, latency, silence }: Upstream, clock: Clock): Engine {
  async function* timed(request: EngineRequest, signal: AbortSignal): AsyncGenerator<EnginePart, void, void> {
    const startedAt = clock.now();
    let hasBegun = false;
    const noteSilence = () => {
      if (!hasBegun) silence.note(clock.now() - startedAt);
      hasBegun = true;
    };
    try {
      for await (const part of engine.answer(request, signal)) {
        noteSilence();
        yield part;
      }
      latency.note(clock.now() - startedAt);
    } catch (thrown) {
      // Cut off, it would have taken longer still; what fails in another way says nothing of how long answers take.
      if (toGatewayError(thrown).code === 'ENGINE_TIMEOUT') {
        noteSilence();
        latency.note(clock.now() - startedAt);
      }
      throw thrown;
    }
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
    answer: (request, signal) =>
      circuit.pass({ availableMs: request.closesAt - clock.now(), signal }, () => timed(request, signal)),
    close: () => engine.close(),
  };
}
