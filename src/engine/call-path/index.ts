/** What all engines that call out have in common: they may be down, slow or out of quota, and several bots may ask the same one. */
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { CallGate } from '../call-gate.ts';
import type { Engine } from '../engine.ts';
import { createCircuit } from './circuit.ts';
import { guardEngine, type Upstream } from './guarded-engine.ts';
import { createLatency } from './latency.ts';
import { RateBudget, type RateLimits } from './rate-budget.ts';

export interface CallPathParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'circuitChanged'>;
}

export interface CallPath {
  /** The same engine, which is not asked while its upstream is down.
   *  @param upstream name of what it calls, for log and metrics; engines with the same one learn from each other. No secret */
  guard(engine: Engine, upstream: string): Engine;
  /** Where calls to this upstream wait for their share of its quota, which all who name it share; the strictest of their limits counts. */
  gate(upstream: string, limits: RateLimits, maxWaitMs: number): CallGate;
}

export function createCallPath({ clock, logger, metrics }: CallPathParts): CallPath {
  const upstreams = new Map<string, Upstream>();
  const budgets = new Map<string, RateBudget>();

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

  function budgetOf(upstream: string, limits: RateLimits): RateBudget {
    const known = budgets.get(upstream);
    if (known !== undefined) return known;
    const budget = new RateBudget(limits, clock, (share) => {
      const percent = Math.round(share * 100);
      logger.warn({ upstream, percent }, 'an upstream refuses calls for its quota: fewer are made for a while');
    });
    budgets.set(upstream, budget);
    return budget;
  }

  return {
    guard: (engine, upstream) => guardEngine(engine, upstreamOf(upstream), clock),
    gate: (upstream, limits, maxWaitMs) => budgetOf(upstream, limits).gate(limits, maxWaitMs),
  };
}
