import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConversationRef, conversationKey, textReply } from '../../../src/message.ts';
import { DUMP_TABLES } from '../../../src/storage/dump/tables.ts';
import { hasPostgres } from '../../helpers/postgres.ts';
import { storeContract } from '../../helpers/store-contract.ts';
import { customer, newDelivery, newTurn, START, turnAnswer } from '../../helpers/store-contract-records.ts';
import { createStoreDatabase, type StoreDatabase } from './store-database.ts';

describe.skipIf(!hasPostgres)('on PostgreSQL', () => {
  let database: StoreDatabase;

  beforeAll(async () => {
    database = await createStoreDatabase();
  });

  afterAll(() => database.drop());

  storeContract('the PostgreSQL store', async () => {
    await database.empty();
    let current = await database.openStore();
    return {
      store: current,
      async reopen() {
        await current.close();
        current = await database.openStore();
        return current;
      },
      cleanup: () => current.close(),
    };
  });

  it('has no row that names an erased customer, in any table', async () => {
    await database.empty();
    const store = await database.openStore();
    const mark = 'mark-of-the-erased';
    const conversation = customer(mark);
    const talk = async (whose: ConversationRef, id: string) => {
      await store.acceptTurn(newTurn(id, { conversation: whose, text: whose.user }), 0);
      const message = { wire: { text: whose.user }, text: whose.user, bubbles: 1 };
      await store.answerTurn(id, turnAnswer({ reply: textReply(whose.user) }), [
        newDelivery(`${id}-sent`, { message }),
      ]);
      await store.savePersonalField(whose, 'phone', { sealed: whose.user, expiresAt: START + 1 }, START);
      await store.openPayment(whose, `told-${id}`, START, { isSuccess: true, customerId: whose.user });
      await store.settlePayment(whose, `untold-${id}`, { isSuccess: true, customerId: whose.user }, START);
      await store.saveUnder14(whose, false, START);
      await store.claimGreeting(whose, START, 0);
    };
    await talk(conversation, 't1');
    await talk(customer('stays'), 't2');
    const named = async (name: string) => {
      const found: string[] = [];
      for (const { name: table } of DUMP_TABLES) {
        const rows = await database.query(`SELECT 1 FROM malgil.${table} AS r WHERE r::text LIKE '%${name}%'`);
        if (rows.length > 0) found.push(table);
      }
      return found;
    };
    const tables = ['conversations', 'turns', 'deliveries', 'payments', 'personal_fields'];
    expect(await named(mark)).toEqual(tables);
    await store.eraseConversation(conversationKey(conversation), START);
    expect(await named(mark)).toEqual([]);
    expect(await named('stays')).toEqual(tables);
    expect(await named('untold-t1')).toEqual(['nameless_settlements']);
    await store.close();
  });
});
