/** Many calls, one transaction, one flush to the disk: a commit costs what it costs however much is in it. */
import type { DatabaseSync } from 'node:sqlite';
import { callFailure, type StoreFailure } from './failure.ts';
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
  // 0.6 µs a call; undoing the whole group and repeating it would cost the others a second flush.
  const savepoint = database.prepare('SAVEPOINT one_call');
  const release = database.prepare('RELEASE one_call');
  const undo = database.prepare('ROLLBACK TO one_call');

  const runCall = ([name, ...args]: Call): unknown => {
    const operation = log[name] as (...args: readonly unknown[]) => unknown;
    if (READING_CALLS.has(name)) return operation(...args);
    savepoint.run();
    try {
      return operation(...args);
    } catch (thrown) {
      // After "disk full" and the like SQLite has rolled everything back by itself: nothing left to undo, and nothing to commit.
      if (database.isTransaction) undo.run();
      throw thrown;
    } finally {
      if (database.isTransaction) release.run();
    }
  };

  return (calls) => {
    const results: unknown[] = new Array(calls.length);
    const failures: [number, StoreFailure][] = [];
    try {
      (calls.every(([name]) => READING_CALLS.has(name)) ? beginReading : beginWriting).run();
      for (const [index, call] of calls.entries()) {
        try {
          results[index] = runCall(call);
        } catch (thrown) {
          if (!database.isTransaction) throw thrown;
          failures.push([index, callFailure(thrown)]);
        }
      }
      commit.run();
      return { results, failures };
    } catch (thrown) {
      if (database.isTransaction) database.exec('ROLLBACK');
      const failure = callFailure(thrown);
      return { results: new Array(calls.length), failures: calls.map((_, index) => [index, failure]) };
    }
  };
}
