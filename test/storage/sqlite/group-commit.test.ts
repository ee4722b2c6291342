import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Call, openGroupCommit } from '../../../src/storage/sqlite/group-commit.ts';
import { migrate } from '../../../src/storage/sqlite/schema.ts';
import { openTurnLog } from '../../../src/storage/sqlite/turn-log.ts';

const accept = (id: string, event = '{}'): Call => [
  'acceptTurn',
  id,
  'key',
  'default',
  'kakao',
  'process-1',
  event,
  1,
  null,
  0,
  'answering',
  0,
];
const answer = (id: string, ...deliveryIds: string[]): Call => [
  'answerTurn',
  id,
  '{}',
  '{}',
  1,
  2,
  deliveryIds.map((deliveryId, position) => [deliveryId, position, 'pickup', 'held', '{}', null, null, null] as const),
];

describe('group commit', () => {
  let database: DatabaseSync;
  let run: ReturnType<typeof openGroupCommit>;

  beforeEach(() => {
    database = new DatabaseSync(':memory:', { returnArrays: true });
    migrate(database);
    run = openGroupCommit(database, openTurnLog(database));
  });

  it('answers in the order of the calls, and later calls see earlier ones', () => {
    const { results, failures } = run([accept('t1'), answer('t1', 'd1'), ['counts'], accept('t2'), ['counts']]);
    expect(failures).toEqual([]);
    expect(results).toEqual([
      ['accepted', 1, [], [], undefined],
      true,
      { openTurns: 0, waitingDeliveries: 0, heldDeliveries: 1 },
      ['accepted', 2, [], expect.any(Array), undefined],
      { openTurns: 1, waitingDeliveries: 0, heldDeliveries: 1 },
    ]);
  });

  it('undoes a failing call alone', () => {
    run([accept('t1'), accept('t2')]);
    const { results, failures } = run([answer('t1', 'd1'), answer('t2', 'd2', 'd1'), accept('t3')]);
    expect(failures).toMatchObject([[1, { code: 'STORE_FAILED', sqliteCode: 1555 + 512 }]]);
    expect(results[0]).toBe(true);
    expect(results[2]).toEqual(['accepted', 3, [], [expect.arrayContaining(['d1'])], undefined]);
    expect(run([['readDeliveries', 't2']]).results).toEqual([[]]);
    expect(run([['readTurn', 't2']]).results[0]).toContain('answering');
  });

  it('fails together when the disk is full, stores nothing, and goes on when there is room again', () => {
    run([accept('t0')]);
    const pages = Number((database.prepare('PRAGMA page_count').get() as unknown as [number])[0]);
    database.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const { failures } = run([accept('t1'), accept('t2', JSON.stringify('가'.repeat(100_000))), accept('t3')]);
    database.exec('PRAGMA max_page_count = 1000000');
    const stored = run([
      ['readTurn', 't1'],
      ['readTurn', 't2'],
      ['readTurn', 't3'],
    ]);
    // Whether SQLite undoes the statement or the whole transaction is its own choice; what was not refused has to be there.
    const refused = failures.map(([index]) => index);
    expect(refused).toContain(1);
    expect(stored.results.map((row) => row !== undefined)).toEqual([0, 1, 2].map((index) => !refused.includes(index)));
    expect(run([accept('t4')]).failures).toEqual([]);
  });
});

describe('the statements of the turn log', () => {
  it('never read a whole table', () => {
    const database = new DatabaseSync(':memory:', { returnArrays: true });
    migrate(database);
    const statements: string[] = [];
    const recording = new Proxy(database, {
      get(target, property) {
        if (property !== 'prepare') return Reflect.get(target, property);
        return (sql: string) => {
          statements.push(sql);
          return target.prepare(sql);
        };
      },
    });
    openTurnLog(recording);
    expect(statements.length).toBeGreaterThan(20);
    for (const sql of statements) {
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as unknown as [number, number, number, string][];
      for (const [, , , detail] of plan) {
        // Notes, threads that are not the bot’s and what erased customers left to be told are few; `json_each` goes through one value.
        const reads = /^SCAN (?!CONSTANT ROW|\(subquery|threads$|notes$|nameless_settlements$|json_each )/.test(detail);
        if (reads)
          expect(detail, sql).toMatch(
            /USING (COVERING )?INDEX (turns_(open|failed)|deliveries_(pending|held|refused)|payments_untold)$/,
          );
      }
    }
  });
});
