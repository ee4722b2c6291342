import type { Clock } from '../../platform/clock.ts';
import type { Engine, EnginePart, EngineRequest, ImageLimits } from '../engine.ts';
import type { Circuit } from './circuit.ts';

export class GuardedEngine implements Engine {
  readonly name: string;
  readonly seesImages?: ImageLimits;
  readonly #engine: Engine;
  readonly #circuit: Circuit;
  readonly #clock: Clock;

  constructor(engine: Engine, circuit: Circuit, clock: Clock) {
    this.name = engine.name;
    if (engine.seesImages !== undefined) this.seesImages = engine.seesImages;
    this.#engine = engine;
    this.#circuit = circuit;
    this.#clock = clock;
  }

  answer(request: EngineRequest, signal: AbortSignal): AsyncIterable<EnginePart> {
    const availableMs = request.closesAt - this.#clock.now();
    return this.#circuit.pass({ availableMs, signal }, () => this.#engine.answer(request, signal));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}
