import type { JobQueue } from '../jobs/queue.ts';
import type { SendBudget } from '../jobs/send-budget.ts';
import type { Alerts } from '../platform/alerts.ts';
import type { Clock } from '../platform/clock.ts';
import type { NewId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Seal } from '../privacy/seal.ts';
import type { Spool } from '../storage/spool/spool.ts';
import type { Store } from '../storage/store.ts';
import type { TurnOrder } from '../storage/turn-order.ts';
import type { PersonalFields } from './arrival/personal-fields.ts';
import type { StoredIn } from './arrival/where-stored.ts';
import type { CustomerSigns } from './delivery/customer-signs.ts';
import type { Threads } from './thread/threads.ts';

/** What the core needs of the outside. */
export interface GatewayParts {
  readonly store: Store;
  /** For events that the store does not take in time. */
  readonly spool: Spool;
  readonly storedIn: StoredIn;
  readonly alerts: Alerts;
  readonly queue: JobQueue;
  readonly sendBudget: SendBudget;
  readonly threads: Threads;
  readonly signs: CustomerSigns;
  /** Absent: there is no key to seal personal data with, so none is collected. */
  readonly personalFields?: PersonalFields;
  /** With it what must survive a restart and must not be read on the disk; absent with {@link personalFields}. */
  readonly seal?: Seal;
  /** Absent: no other process shares the store. */
  readonly turnOrder?: TurnOrder;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** This process, in the turn log. */
  readonly ownerId: string;
  /** Engine calls at once. */
  readonly maxConcurrentTurns: number;
  /** Turns in memory; above it new ones are refused where the platform can be told so. */
  readonly maxOpenTurns: number;
  /** How late timers are at the moment: taken off every budget, because the response will be as late as they are. */
  readonly eventLoopDelayMs: () => number;
}
