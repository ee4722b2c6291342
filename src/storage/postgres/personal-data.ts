/** Personal data that customers handed over, sealed before it gets here, and the end of all data of a customer. */
import { conversationKey } from '../../message.ts';
import type { Store } from '../store.ts';
import { ensureConversation, lockConversation } from './conversations.ts';
import { bind, type Database, statement } from './database.ts';
import { forgetUnder14, isMarkedUnder14, markPayments, markUnder14 } from './marks.ts';
import { keepNamelessSettlements } from './payments.ts';

const CONVERSATION = '(SELECT serial FROM malgil.conversations WHERE key = $1)';

const saveAge = statement(
  'save-age',
  'UPDATE malgil.conversations SET is_under_14 = $2 WHERE key = $1 AND is_under_14 <> $2',
);
const age = statement<[isUnder14: boolean]>('age', 'SELECT is_under_14 FROM malgil.conversations WHERE key = $1');
const saveField = statement(
  'save-personal-field',
  `INSERT INTO malgil.personal_fields (conversation, name, sealed, expires_at)
   SELECT serial, $2, $3, $4 FROM malgil.conversations WHERE key = $1
   ON CONFLICT (conversation, name) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at`,
);
const fieldsOf = statement<[name: string, sealed: string]>(
  'personal-fields',
  `SELECT name, sealed FROM malgil.personal_fields
   WHERE conversation = ${CONVERSATION} AND expires_at > $2 ORDER BY name COLLATE "C"`,
);
const eraseFields = statement(
  'erase-personal-fields',
  `DELETE FROM malgil.personal_fields WHERE conversation = ${CONVERSATION}`,
);
const purgeFields = statement('purge-personal-fields', 'DELETE FROM malgil.personal_fields WHERE expires_at <= $1');
// Deliveries, threads, payments and personal fields go with these.
const eraseTurns = statement('erase-turns', `DELETE FROM malgil.turns WHERE conversation = ${CONVERSATION}`);
const eraseConversation = statement('erase-conversation', 'DELETE FROM malgil.conversations WHERE key = $1');

type PersonalDataCalls = Pick<
  Store,
  'saveUnder14' | 'savePersonalField' | 'readPersonalData' | 'purgePersonalFields' | 'eraseConversation'
>;

export function openPersonalData(database: Database): PersonalDataCalls {
  return {
    async saveUnder14(ref, isUnder14, at) {
      const key = conversationKey(ref);
      if (!isUnder14) {
        await database.transaction(bind(saveAge, key, false), bind(forgetUnder14, key));
        return;
      }
      await database.transaction(
        bind(ensureConversation, key, ref.botId, ref.channel, at),
        bind(eraseFields, key),
        bind(saveAge, key, true),
        bind(forgetUnder14, key),
      );
    },

    async savePersonalField(ref, name, { sealed, expiresAt }, at) {
      const key = conversationKey(ref);
      await database.transaction(
        bind(ensureConversation, key, ref.botId, ref.channel, at),
        bind(saveField, key, name, sealed, expiresAt),
      );
    },

    async readPersonalData(key, at) {
      const [isUnder14, isMarked, fields] = await database.transaction(
        bind(age, key),
        bind(isMarkedUnder14, key),
        bind(fieldsOf, key, at),
      );
      return { isUnder14: isUnder14.rows[0]?.[0] === true || isMarked.count > 0, fields: new Map(fields.rows) };
    },

    async purgePersonalFields(at) {
      await database.run(purgeFields, at);
    },

    async eraseConversation(key, at) {
      await database.transaction(
        bind(lockConversation, key),
        bind(markUnder14, key, at),
        bind(markPayments, key, at),
        bind(keepNamelessSettlements, key),
        bind(eraseTurns, key),
        bind(eraseConversation, key),
      );
    },
  };
}
