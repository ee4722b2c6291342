import type { GatewayError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Engine, EnginePart, EngineRequest, GreetingRequest } from '../engine.ts';
import { mapParts } from '../map-parts.ts';
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
  function answer(request: EngineRequest, signal: AbortSignal): AsyncIterable<EnginePart> {
    let startedAt = 0;
    let hasBegun = false;
    const noteSilence = () => {
      if (!hasBegun) silence.note(clock.now() - startedAt);
      hasBegun = true;
    };
    const call = () => {
      startedAt = clock.now();
      return mapParts(engine.answer(request, signal), (part) => {
        noteSilence();
        return part;
      });
    };
    const onEnd = (failure: GatewayError | undefined) => {
      // Cut off, it would have taken longer still; what fails in another way says nothing of how long answers take.
      if (failure?.code === 'ENGINE_TIMEOUT') noteSilence();
      if (failure === undefined || failure.code === 'ENGINE_TIMEOUT') latency.note(clock.now() - startedAt);
    };
    return circuit.pass({ availableMs: request.closesAt - clock.now(), signal, onEnd }, call);
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
