/** Child of the crash tests: claims the directory, then accepts and answers turns until it is killed. Prints "claimed", and a line for each
 *  turn once the store has acknowledged it. Arguments: directory, prefix of the turn ids. */
import { silentLogger } from '../../../src/platform/logger.ts';
import { claimDataDirectory, openSqliteStore } from '../../../src/storage/sqlite/index.ts';
import { customer, newDelivery, newTurn, turnAnswer } from '../../helpers/store-contract-records.ts';

const CUSTOMERS = 16;
const [directory = '', prefix = ''] = process.argv.slice(2);

// Writing to a pipe is synchronous here: a printed line is out before the next statement runs.
const say = (line: string) => process.stdout.write(`${line};\n`);

await claimDataDirectory(directory);
say('claimed');
const store = await openSqliteStore({ directory, logger: silentLogger });
await Promise.all(
  Array.from({ length: CUSTOMERS }, async (_, user) => {
    const conversation = customer(`user-${user}`);
    for (let count = 0; ; count += 1) {
      const id = `${prefix}-${user}-${count}`;
      const accepted = await store.acceptTurn(newTurn(id, { conversation, ownerId: prefix }), 3);
      if (accepted.outcome === 'accepted') say(`accepted ${id} ${accepted.sequence}`);
      await store.answerTurn(id, turnAnswer(), [newDelivery(`d-${id}`)]);
      say(`answered ${id}`);
    }
  }),
);
