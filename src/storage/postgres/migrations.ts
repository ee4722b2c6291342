/** The tables of the turn log on PostgreSQL, as numbered steps up and down. A step that has been released is never edited (its checksum
 *  is kept in the database): append another. */

export interface Migration {
  /** 1, 2, 3 … without a gap. */
  readonly version: number;
  readonly name: string;
  /** The lowest version whose program can work on after this step. A step that only adds keeps the one before it; see ARCHITECTURE.md,
   *  "Old and new versions side by side". */
  readonly worksFrom: number;
  readonly up: string;
  readonly down: string;
}

/** Conversations and turns have a small integer (`serial`) besides their text ids: indexes of a million rows stay a quarter of the size.
 *  Partial indexes hold only what is still going on, so counting and taking over cost what is open, not what is stored.
 *  `deliveries` repeats conversation and sequence of its turn, because the held ones are read in that order for every message.
 *  Times are the gateway's epoch milliseconds; JSON is `text`, because `jsonb` takes neither U+0000 nor half a surrogate pair, both of
 *  which customers send. `open_windows` holds the reply windows of a turn that may still be answered through a callback, whose address is
 *  a key: it is emptied when the turn ends, and `event` never has it. Keys that strangers choose are indexed by their hash: an index entry may have 2,700 bytes, a key a million. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'turn-log',
    worksFrom: 1,
    up: `
      CREATE TABLE malgil.conversations (
        serial                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key                   text NOT NULL UNIQUE,
        bot_id                text NOT NULL,
        channel               text NOT NULL,
        next_sequence         bigint NOT NULL DEFAULT 1,
        memory_after_sequence bigint NOT NULL DEFAULT 0,
        held_from_sequence    bigint NOT NULL DEFAULT 0,
        last_received_at      bigint NOT NULL,
        greeted_at            bigint,
        is_under_14           boolean NOT NULL DEFAULT false
      );

      CREATE TABLE malgil.turns (
        serial          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id              text NOT NULL UNIQUE,
        conversation    bigint NOT NULL REFERENCES malgil.conversations,
        sequence        bigint NOT NULL,
        state           text NOT NULL
                          CHECK (state IN ('received', 'answering', 'answered', 'merged', 'suppressed', 'failed')),
        moved_at        bigint NOT NULL,
        owner_id        text NOT NULL,
        dedupe_key      text,
        received_at     bigint NOT NULL,
        acknowledged_at bigint,
        answered_at     bigint,
        was_answered    smallint CHECK (was_answered IN (0, 1)),
        note            text,
        event           text NOT NULL,
        open_windows    text,
        reply           text,
        source          text
      );
      CREATE UNIQUE INDEX turns_by_sequence ON malgil.turns (conversation, sequence);
      CREATE INDEX turns_open ON malgil.turns (conversation, sequence) WHERE state IN ('received', 'answering');
      CREATE INDEX turns_by_dedupe_key ON malgil.turns (conversation, hashtextextended(dedupe_key, 0), received_at)
        WHERE dedupe_key IS NOT NULL;
      CREATE INDEX turns_by_age ON malgil.turns (received_at);

      CREATE TABLE malgil.deliveries (
        serial       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id           text NOT NULL UNIQUE,
        turn         bigint NOT NULL REFERENCES malgil.turns ON DELETE CASCADE,
        conversation bigint NOT NULL,
        sequence     bigint NOT NULL,
        position     integer NOT NULL,
        mode         text NOT NULL,
        state        text NOT NULL CHECK
                       (state IN ('waiting', 'sending', 'delivered', 'held', 'picked-up', 'unknown', 'expired', 'suppressed')),
        message      text NOT NULL,
        attempts     integer NOT NULL DEFAULT 0,
        result       text,
        platform_id  text,
        closes_at    bigint,
        url          text,
        created_at   bigint NOT NULL,
        updated_at   bigint NOT NULL,
        echo_key     text,
        echoed_at    bigint
      );
      CREATE INDEX deliveries_by_turn ON malgil.deliveries (turn, position);
      CREATE INDEX deliveries_pending ON malgil.deliveries (conversation) WHERE state IN ('waiting', 'sending');
      CREATE INDEX deliveries_held ON malgil.deliveries (conversation, sequence, position) WHERE state IN ('held', 'unknown');
      CREATE INDEX deliveries_held_by_age ON malgil.deliveries (created_at) WHERE state = 'held';
      CREATE INDEX deliveries_without_echo ON malgil.deliveries (conversation, echo_key, serial)
        WHERE echo_key IS NOT NULL AND echoed_at IS NULL;

      CREATE TABLE malgil.threads (
        conversation bigint PRIMARY KEY REFERENCES malgil.conversations ON DELETE CASCADE,
        ref          text NOT NULL,
        state        text NOT NULL
      );

      CREATE TABLE malgil.payments (
        bot_id       text NOT NULL,
        key          text NOT NULL,
        conversation bigint NOT NULL REFERENCES malgil.conversations ON DELETE CASCADE,
        ref          text NOT NULL,
        state        text NOT NULL CHECK (state IN ('asked', 'approved', 'refused', 'paid', 'failed')),
        moved_at     bigint NOT NULL,
        untold       text,
        PRIMARY KEY (bot_id, key)
      );
      CREATE INDEX payments_by_conversation ON malgil.payments (conversation);
      CREATE INDEX payments_untold ON malgil.payments (moved_at) WHERE untold IS NOT NULL;
      CREATE INDEX payments_by_age ON malgil.payments (moved_at);

      CREATE TABLE malgil.personal_fields (
        conversation bigint NOT NULL REFERENCES malgil.conversations ON DELETE CASCADE,
        name         text NOT NULL,
        sealed       text NOT NULL,
        expires_at   bigint NOT NULL,
        PRIMARY KEY (conversation, name)
      );
      CREATE INDEX personal_fields_by_expiry ON malgil.personal_fields (expires_at);

      CREATE TABLE malgil.monthly_usage (
        bot_id text NOT NULL,
        month  text NOT NULL,
        kind   text NOT NULL,
        count  bigint NOT NULL,
        PRIMARY KEY (month, bot_id, kind)
      );

      CREATE TABLE malgil.pushes (
        id              text PRIMARY KEY,
        bot_id          text NOT NULL,
        idempotency_key text,
        body_digest     text NOT NULL,
        created_at      bigint NOT NULL,
        UNIQUE (bot_id, idempotency_key)
      );
      CREATE INDEX pushes_by_age ON malgil.pushes (created_at);

      CREATE TABLE malgil.push_calls (
        push        text NOT NULL REFERENCES malgil.pushes ON DELETE CASCADE,
        position    integer NOT NULL,
        bot_id      text NOT NULL,
        recipients  integer NOT NULL,
        state       text NOT NULL CHECK (state IN ('sending', 'accepted', 'refused', 'unknown')),
        started_at  bigint NOT NULL,
        task_id     text,
        receipt     text,
        delivered   integer NOT NULL DEFAULT 0,
        is_settled  boolean NOT NULL DEFAULT false,
        PRIMARY KEY (push, position)
      );
      CREATE INDEX push_calls_by_task ON malgil.push_calls (task_id) WHERE task_id IS NOT NULL;
      CREATE INDEX push_calls_unsettled ON malgil.push_calls (started_at) WHERE state = 'accepted' AND NOT is_settled;

      CREATE TABLE malgil.summaries (
        conversation     bigint PRIMARY KEY REFERENCES malgil.conversations ON DELETE CASCADE,
        text             text NOT NULL,
        through_sequence bigint NOT NULL,
        through_at       bigint NOT NULL
      );
      CREATE INDEX summaries_by_age ON malgil.summaries (through_at);

      CREATE TABLE malgil.daily_spending (
        bot_id            text NOT NULL,
        day               text NOT NULL,
        model             text NOT NULL,
        calls             bigint NOT NULL,
        prompt_tokens     bigint NOT NULL,
        completion_tokens bigint NOT NULL,
        thinking_tokens   bigint NOT NULL,
        cost_micro_won    bigint NOT NULL,
        PRIMARY KEY (day, bot_id, model)
      );

      CREATE TABLE malgil.notes (key text PRIMARY KEY, text text NOT NULL);
    `,
    down: `
      DROP TABLE malgil.notes, malgil.daily_spending, malgil.summaries, malgil.push_calls, malgil.pushes, malgil.monthly_usage, malgil.personal_fields,
        malgil.payments, malgil.threads, malgil.deliveries, malgil.turns, malgil.conversations;
    `,
  },
  {
    version: 2,
    name: 'replicas',
    // A program that leaves no sign of life would lose its work to the others.
    worksFrom: 2,
    up: 'CREATE TABLE malgil.replicas (id text PRIMARY KEY, beat_at timestamptz NOT NULL)',
    down: 'DROP TABLE malgil.replicas',
  },
  {
    version: 3,
    name: 'turn-order',
    worksFrom: 2,
    // A notification takes a lock that all of a server's databases share until it is committed, so only what somebody waits for is told.
    up: `
      ALTER TABLE malgil.conversations ADD COLUMN awaited_until timestamptz;
      CREATE TABLE malgil.leases (
        conversation bigint PRIMARY KEY REFERENCES malgil.conversations ON DELETE CASCADE,
        turn         bigint NOT NULL REFERENCES malgil.turns ON DELETE CASCADE,
        owner_id     text NOT NULL
      );
      CREATE INDEX leases_by_turn ON malgil.leases (turn);

      CREATE FUNCTION malgil.tell_end() RETURNS trigger LANGUAGE plpgsql AS $function$
      BEGIN
        PERFORM pg_notify('malgil_ended', c.serial::text) FROM malgil.conversations c
        WHERE c.serial = NEW.conversation AND c.awaited_until > now();
        RETURN NULL;
      END
      $function$;
      CREATE TRIGGER turn_ended AFTER UPDATE OF state ON malgil.turns FOR EACH ROW
        WHEN (OLD.state IN ('received', 'answering') AND NEW.state NOT IN ('received', 'answering'))
        EXECUTE FUNCTION malgil.tell_end();
      CREATE TRIGGER delivery_ended AFTER UPDATE OF state ON malgil.deliveries FOR EACH ROW
        WHEN (OLD.state IN ('waiting', 'sending') AND NEW.state NOT IN ('waiting', 'sending'))
        EXECUTE FUNCTION malgil.tell_end();
    `,
    down: `
      DROP TRIGGER turn_ended ON malgil.turns;
      DROP TRIGGER delivery_ended ON malgil.deliveries;
      DROP FUNCTION malgil.tell_end();
      DROP TABLE malgil.leases;
      ALTER TABLE malgil.conversations DROP COLUMN awaited_until;
    `,
  },
  {
    version: 4,
    name: 'shared-threads',
    worksFrom: 2,
    up: `
      ALTER TABLE malgil.threads
        ADD COLUMN revision text NOT NULL DEFAULT '',
        ADD COLUMN driver_id text NOT NULL DEFAULT '';
    `,
    down: 'ALTER TABLE malgil.threads DROP COLUMN revision, DROP COLUMN driver_id',
  },
  {
    version: 5,
    name: 'payment-requests',
    worksFrom: 2,
    up: 'ALTER TABLE malgil.payments ADD COLUMN request text',
    down: 'ALTER TABLE malgil.payments DROP COLUMN request',
  },
  {
    version: 6,
    name: 'dead-turns',
    worksFrom: 2,
    up: `
      CREATE INDEX turns_failed ON malgil.turns (serial) WHERE state = 'failed';
      CREATE INDEX deliveries_refused ON malgil.deliveries (turn) WHERE state = 'expired' AND mode = 'push';
    `,
    down: 'DROP INDEX malgil.turns_failed, malgil.deliveries_refused',
  },
  {
    version: 7,
    name: 'marks',
    worksFrom: 2,
    // What outlives the erasure of a conversation names none.
    up: `
      CREATE TABLE malgil.marks (key text PRIMARY KEY, meaning text NOT NULL, marked_at bigint NOT NULL);
      CREATE INDEX marks_by_age ON malgil.marks (marked_at);
    `,
    down: 'DROP TABLE malgil.marks',
  },
  {
    version: 8,
    name: 'nameless-settlements',
    worksFrom: 2,
    // What of an untold settlement names nobody outlives the erasure of its conversation until it is told.
    up: `
      ALTER TABLE malgil.payments ADD COLUMN nameless text;
      CREATE TABLE malgil.nameless_settlements (
        bot_id   text NOT NULL,
        key      text NOT NULL,
        channel  text NOT NULL,
        moved_at bigint NOT NULL,
        untold   text NOT NULL,
        PRIMARY KEY (bot_id, key)
      );
    `,
    down: `
      DROP TABLE malgil.nameless_settlements;
      ALTER TABLE malgil.payments DROP COLUMN nameless;
    `,
  },
  {
    version: 9,
    name: 'delivery-owners',
    worksFrom: 2,
    // NULL: the owner of its turn. An answer may be shown, or added to, by another process than the one that made it.
    up: 'ALTER TABLE malgil.deliveries ADD COLUMN owner_id text',
    down: 'ALTER TABLE malgil.deliveries DROP COLUMN owner_id',
  },
];
