/** What processes that call the same upstreams tell each other. Only hints: each goes on to judge by its own calls. */
import type { Peers } from '../../platform/peers.ts';
import type { Lesson } from './rate-budget.ts';

const CIRCUIT_OPENED = 'circuit-opened';
const CALL_REFUSED = 'call-refused';

export interface Hints {
  circuitOpened(upstream: string): void;
  callRefused(upstream: string, lesson: Lesson): void;
}

export function tellHints(peers: Pick<Peers, 'tell'>): Hints {
  return {
    circuitOpened: (upstream) => peers.tell(CIRCUIT_OPENED, { upstream }),
    callRefused: (upstream, lesson) => peers.tell(CALL_REFUSED, { upstream, ...lesson }),
  };
}

/** What cannot be read, since another version told it, is no hint. */
export function hearHints(peers: Pick<Peers, 'onTold'>, hints: Hints): void {
  peers.onTold(CIRCUIT_OPENED, (told) => {
    const { upstream } = fieldsOf(told);
    if (typeof upstream === 'string') hints.circuitOpened(upstream);
  });
  peers.onTold(CALL_REFUSED, (told) => {
    const { upstream, share, pauseMs, requestsPerMinute } = fieldsOf(told);
    if (typeof upstream !== 'string' || !isAmount(share) || !isAmount(pauseMs)) return;
    hints.callRefused(upstream, { share, pauseMs, ...(isAmount(requestsPerMinute) && { requestsPerMinute }) });
  });
}

function fieldsOf(told: unknown): Readonly<Record<string, unknown>> {
  return typeof told === 'object' && told !== null ? { ...told } : {};
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
