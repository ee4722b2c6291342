/** What all engines that call out have in common: they may be down, slow or out of quota, and several bots may ask the same one. */

import type { CallGate } from '../../http-client/call-gate.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { ALONE, type Peers } from '../../platform/peers.ts';
import type { Engine } from '../engine.ts';
import { createCircuit } from './circuit.ts';
import { guardEngine, type Upstream } from './guarded-engine.ts';
import { hearHints, tellHints } from './hints.ts';
import { createLatency } from './latency.ts';
import { type Lesson, RateBudget, type RateLimits } from './rate-budget.ts';

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
  /** Other processes may call the same upstreams: quotas are divided, and what one learns the others take for a hint. */
  shareWith(peers: Peers): void;
}

export function createCallPath({ clock, logger, metrics }: CallPathParts): CallPath {
  const upstreams = new Map<string, Upstream>();
  const budgets = new Map<string, RateBudget>();
  let others: Pick<Peers, 'share'> = ALONE;
  let hints = tellHints(ALONE);

  function upstreamOf(upstream: string): Upstream {
    const known = upstreams.get(upstream);
    if (known !== undefined) return known;
    metrics.circuitChanged(upstream, 'closed');
    const circuit = createCircuit(clock, (state, before) => {
      metrics.circuitChanged(upstream, state);
      logger.warn({ upstream, circuit: state }, 'an upstream of the engines changed its state');
      // A try that fails is no news.
      if (before === 'closed') hints.circuitOpened(upstream);
    });
    const opened = { circuit, latency: createLatency(clock), silence: createLatency(clock) };
    upstreams.set(upstream, opened);
    return opened;
  }

  function budgetOf(upstream: string, limits: RateLimits): RateBudget {
    const known = budgets.get(upstream);
    if (known !== undefined) return known;
    const budget = new RateBudget(limits, clock, (lesson) => {
      logger.warn(
        { upstream, ...allowedBy(lesson) },
        'an upstream refuses calls for its quota: fewer are made for a while',
      );
      hints.callRefused(upstream, lesson);
    });
    // What others are there is asked anew each time: budgets of models may be opened before or after they are known.
    budget.shareWith({
      get share() {
        return others.share;
      },
    });
    budgets.set(upstream, budget);
    return budget;
  }

  return {
    guard: (engine, upstream) => guardEngine(engine, upstreamOf(upstream), clock),
    gate: (upstream, limits, maxWaitMs) => budgetOf(upstream, limits).gate(limits, maxWaitMs),
    shareWith(peers) {
      others = peers;
      hints = tellHints(peers);
      hearHints(peers, {
        circuitOpened(upstream) {
          logger.info({ upstream }, 'another process found an upstream failing: here, too, the next failure counts');
          upstreams.get(upstream)?.circuit.doubt();
        },
        callRefused(upstream, lesson) {
          logger.info({ upstream, ...allowedBy(lesson) }, 'another process was refused by an upstream for its quota');
          budgets.get(upstream)?.hear(lesson);
        },
      });
    },
  };
}

function allowedBy({ share, requestsPerMinute }: Lesson): Readonly<Record<string, number>> {
  return requestsPerMinute === undefined ? { percent: Math.round(share * 100) } : { requestsPerMinute };
}
