/** What all engines that call out have in common: they may be down, slow or out of quota, and several bots may ask the same one. */
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Engine } from '../engine.ts';
import { createCircuit } from './circuit.ts';
import { guardEngine, type Upstream } from './guarded-engine.ts';
import { createLatency } from './latency.ts';

export interface CallPathParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'circuitChanged'>;
}

export interface CallPath {
  /** The same engine, which is not asked while its upstream is down.
   *  @param upstream name of what it calls, for log and metrics; engines with the same one learn from each other. No secret */
  guard(engine: Engine, upstream: string): Engine;
}

export function createCallPath({ clock, logger, metrics }: CallPathParts): CallPath {
  const upstreams = new Map<string, Upstream>();

  function upstreamOf(upstream: string): Upstream {
    const known = upstreams.get(upstream);
    if (known !== undefined) return known;
    metrics.circuitChanged(upstream, 'closed');
    const circuit = createCircuit((state) => {
      metrics.circuitChanged(upstream, state);
      logger.warn({ upstream, circuit: state }, 'an upstream of the engines changed its state');
    });
    const opened = { circuit, latency: createLatency(clock) };
    upstreams.set(upstream, opened);
    return opened;
  }

  return { guard: (engine, upstream) => guardEngine(engine, upstreamOf(upstream), clock) };
}
