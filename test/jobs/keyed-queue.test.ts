import { describe } from 'vitest';
import { KeyedQueue } from '../../src/jobs/local/keyed-queue.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { queueContract } from '../helpers/queue-contract.ts';

describe('KeyedQueue', () => {
  queueContract(
    (clock) => new KeyedQueue(clock, silentLogger),
    () => new ManualClock(),
  );
});
