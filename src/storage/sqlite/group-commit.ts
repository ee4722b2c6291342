/** Many calls, one transaction, one flush to the disk: a commit costs what it costs however much is in it. */
import type { DatabaseSync } from 'node:sqlite';
import { callFailure, isBusy, type StoreFailure } from './failure.ts';
import { READING_CALLS, type TurnLog } from './turn-log.ts';

export type CallName = keyof TurnLog;
export type Call = {
  readonly [Name in CallName]: readonly [name: Name, ...args: Parameters<TurnLog[Name]>];
}[CallName];

/** In the order of the calls, one result each; a call that failed has `undefined` there and an entry in `failures`. */
export interface Answers {
  readonly results: readonly unknown[];
  readonly failures: readonly (readonly [index: number, failure: StoreFailure])[];
}

/** Returns a function that runs calls in one transaction. A call that fails is undone alone and leaves its neighbours be; when the
 *  transaction itself fails (locked, disk full), all of them have failed. */
export function openGroupCommit(database: DatabaseSync, log: TurnLog): (calls: readonly Call[]) => Answers {
  const beginReading = database.prepare('BEGIN');
  // A transaction that begins by reading and writes later cannot wait for the lock: SQLite refuses the upgrade at once.
  const beginWriting = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const savepoint = database.prepare('SAVEPOINT one_call');
  const release = database.prepare('RELEASE one_call');
  const undo = database.prepare('ROLLBACK TO one_call');

  const begin = (calls: readonly Call[]) =>
    (calls.every(([name]) => READING_CALLS.has(name)) ? beginReading : beginWriting).run();

  const runCall = ([name, ...args]: Call): unknown => (log[name] as (...args: readonly unknown[]) => unknown)(...args);

  const runUndoable = (call: Call): unknown => {
    savepoint.run();
    try {
      return runCall(call);
    } catch (thrown) {
      // After "disk full" and the like SQLite has rolled everything back by itself: nothing left to undo, and nothing to commit.
      if (database.isTransaction) undo.run();
      throw thrown;
    } finally {
      if (database.isTransaction) release.run();
    }
  };

  /** All or nothing. */
  const runTogether = (calls: readonly Call[]): Answers => {
    begin(calls);
    const results = calls.map(runCall);
    commit.run();
    return { results, failures: [] };
  };

  /** Each call for itself. */
  const runApart = (calls: readonly Call[]): Answers => {
    const results: unknown[] = new Array(calls.length);
    const failures: [number, StoreFailure][] = [];
    begin(calls);
    for (const [index, call] of calls.entries()) {
      try {
        results[index] = runUndoable(call);
      } catch (thrown) {
        if (!database.isTransaction) throw thrown;
        failures.push([index, callFailure(thrown)]);
      }
    }
    commit.run();
    return { results, failures };
  };

  const rollBack = () => {
    if (database.isTransaction) database.exec('ROLLBACK');
  };

  return (calls) => {
    let thrown: unknown;
    // A savepoint copies every page that its call changes, for an undo that nearly never comes. So the first try goes without, and only
    // when a call has failed all of them are run again with one each; nothing has been flushed until then.
    for (const run of [runTogether, runApart]) {
      try {
        return run(calls);
      } catch (caught) {
        rollBack();
        thrown = caught;
        // Waiting for the lock a second time would double what everybody behind these calls waits.
        if (isBusy(caught)) break;
      }
    }
    const failure = callFailure(thrown);
    return { results: new Array(calls.length), failures: calls.map((_, index) => [index, failure]) };
  };
}
