/** The thread that owns the database connection. Messages are described in store-thread.ts, its only client. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openFailure } from './failure.ts';
import { type Answers, type Call, openGroupCommit } from './group-commit.ts';
import { migrate, proveWritable } from './schema.ts';
import type { FromWorker, ToWorker } from './store-thread.ts';
import { openTurnLog } from './turn-log.ts';

/** How long a write waits for another connection's lock. Longer, and a backup tool would hold up every customer. */
const BUSY_TIMEOUT_MS = 100;
/** What is not in it is in the operating system's: with 100,000 stored turns two reads a message more than with 32 MB, at the same CPU. */
const CACHE_KIB = 8 * 1024;
/** 16 MB. Indexes are written at random places, so the longer the log, the more often a page is written once for several changes. */
const CHECKPOINT_PAGES = 4_000;
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;

const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread only');
const post = (message: FromWorker) => port.postMessage(message);
const { file } = workerData as { readonly file: string };

try {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, returnArrays: true });
  // FULL: what we acknowledge survives a power cut. secure_delete: what retention deletes is overwritten, not just unlinked.
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -${CACHE_KIB};
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    PRAGMA journal_size_limit = ${WAL_LIMIT_BYTES};
  `);
  const foundVersion = migrate(database);
  proveWritable(database);
  const runTogether = openGroupCommit(database, openTurnLog(database));
  const truncateLog = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)');
  /** What was erased still stands in the log. Another connection that reads can hold it; then the next group tries again. */
  let mustTruncateLog = false;

  const runCalls = (calls: readonly Call[]): Answers => {
    const answers = runTogether(calls);
    mustTruncateLog ||= calls.some(([name]) => name === 'eraseConversation');
    if (!mustTruncateLog) return answers;
    try {
      const [isBusy] = truncateLog.get() as unknown as readonly [isBusy: number];
      mustTruncateLog = isBusy !== 0;
    } catch {
      // A disk that is full, say: what the calls did is done all the same.
    }
    return answers;
  };

  port.on('message', (first: ToWorker) => {
    const calls: Call[] = [];
    let closing = false;
    // Everything that came in while the last commit was on its way to the disk shares the next one.
    for (let next: ToWorker | undefined = first; next !== undefined; next = receiveMessageOnPort(port)?.message) {
      if (next === 'close') closing = true;
      else calls.push(...next);
    }
    if (calls.length > 0) post({ type: 'answered', answers: runCalls(calls) });
    if (!closing) return;
    database.close();
    post({ type: 'closed' });
    port.close();
  });
  post({ type: 'opened', foundVersion });
} catch (thrown) {
  post({ type: 'refused', failure: openFailure(file, thrown) });
  port.close();
}
