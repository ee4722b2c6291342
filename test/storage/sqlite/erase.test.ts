import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { conversationKey, textReply } from '../../../src/message.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/index.ts';
import type { Store } from '../../../src/storage/store.ts';
import { customer, newDelivery, newTurn, START, turnAnswer } from '../../helpers/store-contract-records.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const CUSTOMERS = 60;
const ROUNDS = 8;

/** Nobody else's text, at every place where a conversation leaves one. */
const markOf = (index: number) => `mark-of-customer-${String(index).padStart(3, '0')}`;

/** Long enough for overflow pages now and then. */
async function talk(store: Store, index: number, round: number): Promise<void> {
  const mark = markOf(index);
  const conversation = customer(mark);
  const id = `${mark}-${round}`;
  const text = `${mark} `.repeat(round === 3 ? 900 : 1 + round * 4);
  const message = { wire: { text }, text, bubbles: 1, echoKey: `text:${mark}` };
  await store.acceptTurn(newTurn(id, { conversation, text, dedupeKey: `${mark}-${round}` }), 0);
  await store.answerTurn(id, turnAnswer({ reply: textReply(text) }), [
    newDelivery(`${id}-held`, { message }),
    newDelivery(`${id}-sent`, {
      position: 1,
      state: 'waiting',
      mode: 'push',
      message,
      url: `https://a.example/${mark}`,
    }),
  ]);
  await store.moveDelivery(`${id}-sent`, ['waiting'], 'sending', START, { attempted: true, platformId: mark });
  await store.savePersonalField(conversation, 'phone', { sealed: mark, expiresAt: START + round }, START);
  // Which payment it was stays until the operator's systems know of it.
  const payment = `payment-${index}-${round}`;
  await store.openPayment(conversation, payment, START, { isSuccess: true, id: payment, customerId: mark });
  await store.settlePayment(conversation, payment, { isSuccess: false, id: payment, reason: mark }, START);
  const thread = { owner: 'agent', since: START, passTurnId: id, held: [] } as const;
  await store.saveThread({ conversation, thread, revision: `revision-${id}`, driverId: 'process-1' }, undefined, START);
  await store.claimGreeting(conversation, START, 0);
}

async function bytesIn(directory: string): Promise<Buffer> {
  const names = (await readdir(directory)).filter((name) => name.startsWith('malgil'));
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(directory, name)))));
}

it('leaves not a byte of an erased conversation in any file, and every other conversation as it was', async () => {
  const directory = await temporaryDirectory();
  const store = await openSqliteStore({ directory, logger: silentLogger });
  const everybody = Array.from({ length: CUSTOMERS }, (_, index) => index);
  for (let round = 0; round < ROUNDS; round += 1)
    await Promise.all(everybody.map((index) => talk(store, index, round)));
  const before = await bytesIn(directory);
  expect(everybody.filter((index) => !before.includes(markOf(index)))).toEqual([]);

  const erased = everybody.filter((index) => index % 3 === 1);
  for (const index of erased) await store.eraseConversation(conversationKey(customer(markOf(index))), START);
  const after = await bytesIn(directory);
  expect(erased.filter((index) => after.includes(markOf(index)))).toEqual([]);
  for (const index of everybody.filter((other) => other % 3 !== 1)) {
    expect((await store.readDeliveries(`${markOf(index)}-3`)).map(({ message }) => message.text.length)).toEqual(
      Array(2).fill(900 * (markOf(index).length + 1)),
    );
  }
  await store.close();
});
