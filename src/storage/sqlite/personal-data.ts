/** Personal data that customers handed over, sealed before it gets here, and the end of all data of a customer; beside the turn log on
 *  the same connection. */
import type { DatabaseSync } from 'node:sqlite';
import type { Marks } from './marks.ts';
import type { Payments } from './payments.ts';
import { prepare } from './prepared.ts';

export type PersonalDataRows = readonly [
  isUnder14: boolean,
  fields: readonly (readonly [name: string, sealed: string])[],
];

export const READING_PERSONAL_DATA_CALLS = ['readPersonalData'] as const;

export function openPersonalData(database: DatabaseSync, marks: Marks, payments: Payments) {
  const ensureConversation = prepare(
    database,
    'INSERT INTO conversations (key, bot_id, channel, last_received_at) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
  );
  const saveAge = prepare(database, 'UPDATE conversations SET is_under_14 = ?2 WHERE key = ?1 AND is_under_14 <> ?2');
  const age = prepare<readonly [isUnder14: 0 | 1]>(database, 'SELECT is_under_14 FROM conversations WHERE key = ?');
  const saveField = prepare(
    database,
    `INSERT INTO personal_fields (conversation, name, sealed, expires_at)
     SELECT serial, ?2, ?3, ?4 FROM conversations WHERE key = ?1
     ON CONFLICT (conversation, name) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at`,
  );
  const fields = prepare<readonly [name: string, sealed: string]>(
    database,
    `SELECT f.name, f.sealed FROM conversations c JOIN personal_fields f ON f.conversation = c.serial
     WHERE c.key = ? AND f.expires_at > ? ORDER BY f.name`,
  );
  const eraseFields = prepare(
    database,
    'DELETE FROM personal_fields WHERE conversation = (SELECT serial FROM conversations WHERE key = ?)',
  );
  const purgeFields = prepare(database, 'DELETE FROM personal_fields WHERE expires_at <= ?');
  const eraseTurns = prepare(
    database,
    'DELETE FROM turns WHERE conversation = (SELECT serial FROM conversations WHERE key = ?)',
  );
  const eraseConversation = prepare(database, 'DELETE FROM conversations WHERE key = ?');

  return {
    saveUnder14(key: string, botId: string, channel: string, isUnder14: 0 | 1, at: number): void {
      if (isUnder14 === 1) {
        ensureConversation.run(key, botId, channel, at);
        eraseFields.run(key);
      }
      marks.forgetUnder14(key);
      saveAge.run(key, isUnder14);
    },

    savePersonalField(
      key: string,
      botId: string,
      channel: string,
      name: string,
      sealed: string,
      expiresAt: number,
      at: number,
    ): void {
      ensureConversation.run(key, botId, channel, at);
      saveField.run(key, name, sealed, expiresAt);
    },

    readPersonalData: (key: string, at: number): PersonalDataRows => [
      age.get(key)?.[0] === 1 || marks.isMarkedUnder14(key),
      fields.all(key, at),
    ],

    purgePersonalFields(at: number): void {
      purgeFields.run(at);
    },

    /** Deliveries, threads, payments and personal fields go with it. */
    eraseConversation(key: string, at: number): void {
      marks.markConversation(key, at);
      payments.keepNamelessSettlements(key);
      const hasPayments = payments.hasPayments(key);
      eraseTurns.run(key);
      eraseConversation.run(key);
      if (hasPayments) payments.overwriteGaps();
    },
  };
}
