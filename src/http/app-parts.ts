import type { Bot } from '../conversation/bot.ts';
import type { Gateway } from '../conversation/gateway.ts';
import type { Threads } from '../conversation/thread/threads.ts';
import type { Alerts } from '../platform/alerts.ts';
import type { Clock } from '../platform/clock.ts';
import type { NewId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { SilenceWatch } from '../platform/silence.ts';
import type { PushService } from '../push/push-service.ts';
import type { Store } from '../storage/store.ts';
import type { Limits } from './limits.ts';
import type { AsksForPayment } from './naver-body.ts';

/** What the routes need of the rest of the program. */
export interface AppParts {
  readonly bots: ReadonlyMap<string, Bot>;
  /** The bot of the plain routes. */
  readonly defaultBot: Bot;
  readonly gateway: Gateway;
  readonly threads: Pick<Threads, 'of' | 'catchUp'>;
  readonly pushes: Pick<PushService, 'push' | 'lookUp'>;
  /** Opens the operator's routes. */
  readonly operatorKey?: string;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly alerts: Alerts;
  /** Hears of every call of TalkTalk that is no stranger's. */
  readonly silence: Pick<SilenceWatch, 'heard'>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  /** The balancer has been told to let go. */
  readonly isStopping: () => boolean;
  /** Why the process should get no traffic now; empty = ready. */
  readonly notReadyBecause: () => readonly string[];
  /** Folder of the built pages; without it the pages answer 404. */
  readonly pagesDirectory?: string;
  /** Folder of the bundled sample's pictures. */
  readonly sampleImagesDirectory?: string;
  readonly showsMetrics: boolean;
  readonly maxBodyBytes: number;
  /** Of bytes on a TalkTalk address, whoever they are for. */
  readonly asksForPayment: AsksForPayment;
  /** Whether a body that begins so is certainly no request for money. */
  readonly beginsHarmlessly: (beginning: Uint8Array) => boolean;
}
