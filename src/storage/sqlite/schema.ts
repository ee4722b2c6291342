/** The tables of the turn log, as numbered migrations. A migration that has been released is never edited: append another. */
import type { DatabaseSync } from 'node:sqlite';
import { prepare } from './prepared.ts';

/** Index n brings a file from `PRAGMA user_version` n to n + 1.
 *
 *  Conversations and turns have a small integer (`serial`) besides their text ids: indexes of a million rows stay a quarter of the size.
 *  Partial indexes hold only what is still going on, so counting and taking over cost what is open, not what is stored. Queries name
 *  their index (`INDEXED BY`): one that cannot use it fails when it is prepared, instead of scanning the table in production.
 *  `deliveries` repeats conversation and sequence of its turn, because the held ones are read in that order for every message. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE conversations (
    serial                INTEGER PRIMARY KEY,
    key                   TEXT NOT NULL UNIQUE,
    bot_id                TEXT NOT NULL,
    channel               TEXT NOT NULL,
    next_sequence         INTEGER NOT NULL DEFAULT 1,
    memory_after_sequence INTEGER NOT NULL DEFAULT 0,
    held_from_sequence    INTEGER NOT NULL DEFAULT 0,
    last_received_at      INTEGER NOT NULL,
    greeted_at            INTEGER
  ) STRICT;

  CREATE TABLE turns (
    serial          INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    conversation    INTEGER NOT NULL REFERENCES conversations (serial),
    sequence        INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('received', 'answering', 'answered', 'merged', 'suppressed', 'failed')),
    moved_at        INTEGER NOT NULL,
    owner_id        TEXT NOT NULL,
    dedupe_key      TEXT,
    received_at     INTEGER NOT NULL,
    acknowledged_at INTEGER,
    answered_at     INTEGER,
    was_answered    INTEGER CHECK (was_answered IN (0, 1)),
    note            TEXT,
    event           TEXT NOT NULL,
    reply           TEXT,
    source          TEXT
  ) STRICT;
  CREATE UNIQUE INDEX turns_by_sequence ON turns (conversation, sequence);
  CREATE INDEX turns_answered ON turns (conversation, sequence) WHERE state = 'answered';
  CREATE INDEX turns_open ON turns (conversation, sequence) WHERE state IN ('received', 'answering');
  CREATE INDEX turns_by_dedupe_key ON turns (conversation, dedupe_key, received_at) WHERE dedupe_key IS NOT NULL;
  CREATE INDEX turns_by_age ON turns (received_at);

  CREATE TABLE deliveries (
    serial       INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    turn         INTEGER NOT NULL REFERENCES turns (serial) ON DELETE CASCADE,
    conversation INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    position     INTEGER NOT NULL,
    mode         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK
                   (state IN ('waiting', 'sending', 'delivered', 'held', 'picked-up', 'unknown', 'expired', 'suppressed')),
    message      TEXT NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    result       TEXT,
    platform_id  TEXT,
    closes_at    INTEGER,
    url          TEXT,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX deliveries_by_turn ON deliveries (turn, position);
  CREATE INDEX deliveries_pending ON deliveries (conversation, state) WHERE state IN ('waiting', 'sending');
  CREATE INDEX deliveries_held ON deliveries (conversation, sequence, position, state) WHERE state IN ('held', 'unknown');
  CREATE INDEX deliveries_held_by_age ON deliveries (created_at) WHERE state = 'held';
  `,
  // The last answered turns are found among all turns of the conversation as well: what lies between them, merged or failed, is little.
  'DROP INDEX turns_answered',
  `
  CREATE TABLE monthly_usage (
    bot_id TEXT NOT NULL,
    month  TEXT NOT NULL,
    kind   TEXT NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (month, bot_id, kind)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE pushes (
    id              TEXT PRIMARY KEY,
    bot_id          TEXT NOT NULL,
    idempotency_key TEXT,
    body_digest     TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    UNIQUE (bot_id, idempotency_key)
  ) STRICT;
  CREATE INDEX pushes_by_age ON pushes (created_at);

  CREATE TABLE push_calls (
    push        TEXT NOT NULL REFERENCES pushes (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    bot_id      TEXT NOT NULL,
    recipients  INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('sending', 'accepted', 'refused', 'unknown')),
    started_at  INTEGER NOT NULL,
    task_id     TEXT,
    receipt     TEXT,
    delivered   INTEGER NOT NULL DEFAULT 0,
    is_settled  INTEGER NOT NULL DEFAULT 0 CHECK (is_settled IN (0, 1)),
    PRIMARY KEY (push, position)
  ) STRICT;
  CREATE INDEX push_calls_by_task ON push_calls (task_id) WHERE task_id IS NOT NULL;
  CREATE INDEX push_calls_unsettled ON push_calls (started_at) WHERE state = 'accepted' AND is_settled = 0;
  `,
  // Only the threads that are not simply the bot's, so there are few.
  `
  CREATE TABLE threads (
    conversation INTEGER PRIMARY KEY REFERENCES conversations (serial) ON DELETE CASCADE,
    ref          TEXT NOT NULL,
    state        TEXT NOT NULL
  ) STRICT;
  `,
  // Only platforms that echo give keys.
  `
  ALTER TABLE deliveries ADD COLUMN echo_key TEXT;
  ALTER TABLE deliveries ADD COLUMN echoed_at INTEGER;
  CREATE INDEX deliveries_without_echo ON deliveries (conversation, echo_key, serial)
    WHERE echo_key IS NOT NULL AND echoed_at IS NULL;
  `,
  'CREATE TABLE notes (key TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID',
  // `untold` holds what the operator's systems have not heard yet of a settled payment.
  `
  CREATE TABLE payments (
    bot_id       TEXT NOT NULL,
    key          TEXT NOT NULL,
    conversation INTEGER NOT NULL REFERENCES conversations (serial) ON DELETE CASCADE,
    ref          TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('asked', 'approved', 'refused', 'paid', 'failed')),
    moved_at     INTEGER NOT NULL,
    untold       TEXT,
    PRIMARY KEY (bot_id, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX payments_by_conversation ON payments (conversation);
  CREATE INDEX payments_untold ON payments (moved_at) WHERE untold IS NOT NULL;
  `,
  `
  ALTER TABLE conversations ADD COLUMN is_under_14 INTEGER NOT NULL DEFAULT 0 CHECK (is_under_14 IN (0, 1));
  CREATE TABLE personal_fields (
    conversation INTEGER NOT NULL REFERENCES conversations (serial) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    sealed       TEXT NOT NULL,
    expires_at   INTEGER NOT NULL,
    PRIMARY KEY (conversation, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX personal_fields_by_expiry ON personal_fields (expires_at);
  CREATE INDEX payments_by_age ON payments (moved_at);
  `,
  `
  CREATE TABLE summaries (
    conversation     INTEGER PRIMARY KEY REFERENCES conversations (serial) ON DELETE CASCADE,
    text             TEXT NOT NULL,
    through_sequence INTEGER NOT NULL,
    through_at       INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX summaries_by_age ON summaries (through_at);
  `,
  // Addresses of callbacks that have ended were kept until now.
  `
  UPDATE deliveries SET url = NULL WHERE url IS NOT NULL AND state NOT IN ('waiting', 'sending');
  UPDATE turns SET event = json_set(event, '$.replyWindows',
      (SELECT json_group_array(json(value)) FROM json_each(event, '$.replyWindows')
       WHERE json_extract(value, '$.mode') <> 'callback'))
    WHERE state NOT IN ('received', 'answering') AND instr(event, '"mode":"callback"') > 0;
  `,
  `
  CREATE TABLE daily_spending (
    bot_id            TEXT NOT NULL,
    day               TEXT NOT NULL,
    model             TEXT NOT NULL,
    calls             INTEGER NOT NULL,
    prompt_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    thinking_tokens   INTEGER NOT NULL,
    cost_micro_won    INTEGER NOT NULL,
    PRIMARY KEY (day, bot_id, model)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE threads ADD COLUMN revision TEXT NOT NULL DEFAULT '';
  ALTER TABLE threads ADD COLUMN driver_id TEXT NOT NULL DEFAULT '';
  `,
  // What was asked: a settlement names less of it.
  'ALTER TABLE payments ADD COLUMN request TEXT',
  // What operators are shown, which is little of what is stored.
  `
  CREATE INDEX turns_failed ON turns (serial) WHERE state = 'failed';
  CREATE INDEX deliveries_refused ON deliveries (turn) WHERE state = 'expired' AND mode = 'push';
  `,
  // What outlives the erasure of a conversation names none.
  `
  CREATE TABLE marks (key TEXT PRIMARY KEY, meaning TEXT NOT NULL, marked_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX marks_by_age ON marks (marked_at);
  `,
  // What of an untold settlement names nobody outlives the erasure of its conversation until it is told.
  `
  ALTER TABLE payments ADD COLUMN nameless TEXT;
  CREATE TABLE nameless_settlements (
    bot_id   TEXT NOT NULL,
    key      TEXT NOT NULL,
    channel  TEXT NOT NULL,
    moved_at INTEGER NOT NULL,
    untold   TEXT NOT NULL,
    PRIMARY KEY (bot_id, key)
  ) STRICT, WITHOUT ROWID;
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** The file was written by a later version of the program, which may have given its columns another meaning. */
export class NewerSchemaError extends Error {
  readonly foundVersion: number;

  constructor(foundVersion: number) {
    super(`schema version ${foundVersion} is newer than ${SCHEMA_VERSION}`);
    this.name = 'NewerSchemaError';
    this.foundVersion = foundVersion;
  }
}

/** Brings the schema up to date, each step all or nothing. Returns the version that it found.
 *  @throws NewerSchemaError */
export function migrate(database: DatabaseSync): number {
  const found = readVersion(database);
  if (found > SCHEMA_VERSION) throw new NewerSchemaError(found);
  for (let version = found; version < SCHEMA_VERSION; version += 1) {
    database.exec('BEGIN IMMEDIATE');
    try {
      // Another process may have migrated while we waited for the write lock.
      if (readVersion(database) === version)
        database.exec(`${MIGRATIONS[version]}; PRAGMA user_version = ${version + 1}`);
      database.exec('COMMIT');
    } catch (thrown) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw thrown;
    }
  }
  return found;
}

/** A file without write permission opens without complaint and refuses the first customer. Writing the version that is there anyway
 *  finds that out before anybody depends on it. */
export function proveWritable(database: DatabaseSync): void {
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

/** Names of tables, of any version, that have a row. */
export function filledTables(database: DatabaseSync): readonly string[] {
  const tables = prepare<[string]>(database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  return tables.map(([name]) => name).filter((name) => prepare(database, `SELECT 1 FROM "${name}"`).get());
}

/** 0 in a file without tables. */
export function readVersion(database: DatabaseSync): number {
  const statement = database.prepare('PRAGMA user_version');
  statement.setReturnArrays(false);
  return Number(statement.get()?.user_version);
}
