/** Stands in for the store's worker; the file name that it is given says how it behaves. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, ToWorker } from '../../../src/storage/sqlite/store-thread.ts';

const { file: behaviour } = workerData as { readonly file: 'dies' | 'hangs' | 'counts' | 'never-opens' };
const post = (message: FromWorker) => parentPort?.postMessage(message);

if (behaviour === 'never-opens') throw new Error('no store today');

parentPort?.on('message', (message: ToWorker) => {
  if (message === 'close') {
    post({ type: 'closed' });
    parentPort?.close();
  } else if (behaviour === 'dies') {
    process.exit(7); // ends the thread only
  } else if (behaviour === 'counts') {
    // Every call is answered with the number of calls that came with it.
    post({ type: 'answered', answers: { results: message.map(() => message.length), failures: [] } });
  }
});
post({ type: 'opened', foundVersion: 0 });
