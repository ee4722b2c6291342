/** What a store consists of, whatever database it is in: the tables that move when a store moves, and the columns of each. What a database
 *  keeps for itself (signs of life of replicas, leases, its schema's history) stays behind. */

/** `flag` is 0 or 1 in a dump; PostgreSQL has booleans. Times are epoch milliseconds, JSON is text. */
export type ColumnKind = 'integer' | 'text' | 'flag';

export interface DumpTable {
  readonly name: string;
  /** In the order of a dump's rows. A column that a later version adds comes last; a dump without it leaves its default. */
  readonly columns: Readonly<Record<string, ColumnKind>>;
  /** The order of a dump's rows, so that equal stores give equal dumps. */
  readonly key: readonly string[];
}

/** Those that are referred to come before those that refer to them. Serial numbers move too: the order of deliveries rests on them. */
export const DUMP_TABLES: readonly DumpTable[] = [
  {
    name: 'conversations',
    key: ['serial'],
    columns: {
      serial: 'integer',
      key: 'text',
      bot_id: 'text',
      channel: 'text',
      next_sequence: 'integer',
      memory_after_sequence: 'integer',
      held_from_sequence: 'integer',
      last_received_at: 'integer',
      greeted_at: 'integer',
      is_under_14: 'flag',
    },
  },
  {
    name: 'turns',
    key: ['serial'],
    columns: {
      serial: 'integer',
      id: 'text',
      conversation: 'integer',
      sequence: 'integer',
      state: 'text',
      moved_at: 'integer',
      owner_id: 'text',
      dedupe_key: 'text',
      received_at: 'integer',
      acknowledged_at: 'integer',
      answered_at: 'integer',
      was_answered: 'integer',
      note: 'text',
      event: 'text',
      reply: 'text',
      source: 'text',
    },
  },
  {
    name: 'deliveries',
    key: ['serial'],
    columns: {
      serial: 'integer',
      id: 'text',
      turn: 'integer',
      conversation: 'integer',
      sequence: 'integer',
      position: 'integer',
      mode: 'text',
      state: 'text',
      message: 'text',
      attempts: 'integer',
      result: 'text',
      platform_id: 'text',
      closes_at: 'integer',
      url: 'text',
      created_at: 'integer',
      updated_at: 'integer',
      echo_key: 'text',
      echoed_at: 'integer',
    },
  },
  {
    name: 'threads',
    key: ['conversation'],
    columns: { conversation: 'integer', ref: 'text', state: 'text', revision: 'text', driver_id: 'text' },
  },
  {
    name: 'payments',
    key: ['bot_id', 'key'],
    columns: {
      bot_id: 'text',
      key: 'text',
      conversation: 'integer',
      ref: 'text',
      state: 'text',
      moved_at: 'integer',
      untold: 'text',
      request: 'text',
      nameless: 'text',
    },
  },
  {
    name: 'personal_fields',
    key: ['conversation', 'name'],
    columns: { conversation: 'integer', name: 'text', sealed: 'text', expires_at: 'integer' },
  },
  {
    name: 'summaries',
    key: ['conversation'],
    columns: { conversation: 'integer', text: 'text', through_sequence: 'integer', through_at: 'integer' },
  },
  {
    name: 'monthly_usage',
    key: ['month', 'bot_id', 'kind'],
    columns: { bot_id: 'text', month: 'text', kind: 'text', count: 'integer' },
  },
  {
    name: 'daily_spending',
    key: ['day', 'bot_id', 'model'],
    columns: {
      bot_id: 'text',
      day: 'text',
      model: 'text',
      calls: 'integer',
      prompt_tokens: 'integer',
      completion_tokens: 'integer',
      thinking_tokens: 'integer',
      cost_micro_won: 'integer',
    },
  },
  {
    name: 'pushes',
    key: ['id'],
    columns: { id: 'text', bot_id: 'text', idempotency_key: 'text', body_digest: 'text', created_at: 'integer' },
  },
  {
    name: 'push_calls',
    key: ['push', 'position'],
    columns: {
      push: 'text',
      position: 'integer',
      bot_id: 'text',
      recipients: 'integer',
      state: 'text',
      started_at: 'integer',
      task_id: 'text',
      receipt: 'text',
      delivered: 'integer',
      is_settled: 'flag',
    },
  },
  { name: 'notes', key: ['key'], columns: { key: 'text', text: 'text' } },
  { name: 'marks', key: ['key'], columns: { key: 'text', meaning: 'text', marked_at: 'integer' } },
  {
    name: 'nameless_settlements',
    key: ['bot_id', 'key'],
    columns: { bot_id: 'text', key: 'text', channel: 'text', moved_at: 'integer', untold: 'text' },
  },
];
