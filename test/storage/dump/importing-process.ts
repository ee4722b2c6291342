/** Child of the crash test: imports a dump until `rows` rows of a phase are done, says so, and hangs there until it is killed. */
import { writeSync } from 'node:fs';
import { embedded, importInto, inPostgres } from './moving.ts';

const [kind, where = '', dump = '', hangsIn, rows] = process.argv.slice(2);

await importInto(kind === 'sqlite' ? embedded(where) : inPostgres(where), dump, {
  signal: new AbortController().signal,
  onProgress: (phase, done) => {
    if (phase !== hangsIn || done < Number(rows)) return;
    writeSync(1, `${phase} ${done};\n`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
