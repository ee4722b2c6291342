import { describe, expect, it } from 'vitest';
import { conversationKey } from '../../../src/message.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { claimDataDirectory, openSqliteStore } from '../../../src/storage/sqlite/index.ts';
import { customer, START } from '../../helpers/store-contract-records.ts';
import { type Child, startChild } from './child-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const ACCEPTING_PROCESS = new URL('./accepting-process.ts', import.meta.url);

const ROUNDS = 5;

interface Acknowledged {
  /** Sequence numbers by turn id. */
  readonly accepted: Map<string, number>;
  readonly answered: Set<string>;
}

/** Reads what the child was told by its store, kills it in the middle of its work, and reads what was still in the pipe. */
async function killAfter(child: Child, lineCount: number, { accepted, answered }: Acknowledged): Promise<void> {
  let lines = 0;
  for await (const line of child.lines) {
    lines += 1;
    if (lines === lineCount) void child.kill();
    if (!line.endsWith(';')) continue; // cut by the kill: its turn may or may not be there
    const [what, id = '', sequence] = line.slice(0, -1).split(' ');
    if (what === 'accepted') accepted.set(id, Number(sequence));
    if (what === 'answered') answered.add(id);
  }
  await child.kill();
}

describe('kill -9', () => {
  it('loses nothing that was acknowledged, and the next process starts at once', async () => {
    const directory = await temporaryDirectory();
    const acknowledged: Acknowledged = { accepted: new Map(), answered: new Set() };
    for (let round = 0; round < ROUNDS; round += 1) {
      const child = startChild(ACCEPTING_PROCESS, [directory, `round-${round}`]);
      await killAfter(child, 200 + 137 * round, acknowledged);

      const claim = await claimDataDirectory(directory);
      const store = await openSqliteStore({ directory, logger: silentLogger });
      await Promise.all(
        Array.from(acknowledged.accepted, async ([id, sequence]) =>
          expect(await store.readTurn(id), id).toMatchObject({ sequence }),
        ),
      );
      await Promise.all(
        Array.from(acknowledged.answered, async (id) => {
          expect(await store.readTurn(id), id).toMatchObject({ state: 'answered' });
          expect(await store.readDeliveries(id), id).toMatchObject([{ id: `d-${id}`, state: 'held' }]);
        }),
      );
      // No gaps, no doubles, in every conversation.
      for (let user = 0; user < 16; user += 1) {
        const turns = await store.readTurns(conversationKey(customer(`user-${user}`)), 0, 10_000);
        expect(turns.map(({ sequence }) => sequence)).toEqual(turns.map((_, index) => index + 1));
      }
      // What was cut in the middle is found, and nothing else.
      const { turns } = await store.takeOver(`after-${round}`, START);
      for (const { id, state } of turns) {
        expect(state).toBe('answering');
        expect(acknowledged.answered.has(id)).toBe(false);
        expect(await store.moveTurn(id, ['answering'], 'failed', START)).toBe(true);
      }
      expect((await store.counts()).openTurns).toBe(0);
      await store.close();
      await claim.release();
    }
    expect(acknowledged.answered.size).toBeGreaterThan(100 * ROUNDS);
  });
});
