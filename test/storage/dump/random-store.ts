/** Random contents for every table of a store, as rows of a dump. Whatever a column may hold turns up: no value where none is needed, U+0000,
 *  the mark of escaped text, windows of a callback, gaps between serial numbers. */
import fc from 'fast-check';
import type { DumpRow } from '../../../src/storage/dump/dump.ts';
import { DUMP_TABLES } from '../../../src/storage/dump/tables.ts';

export type StoreContents = ReadonlyMap<string, readonly DumpRow[]>;

type Value = DumpRow[number];

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\0', '\u0001', '"', '\\', '\n', '🙏', '가', '%'),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
});
const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const small = fc.integer({ min: 0, max: 30_000 });
const flag = fc.constantFrom(0, 1);
const maybe = <Item>(item: fc.Arbitrary<Item>) => fc.option(item, { nil: null });
const json = maybe(fc.jsonValue()).map((value) => JSON.stringify(value));

const replyWindow = fc.oneof(
  fc.record({ mode: fc.constantFrom('inline', 'stream'), closesAt: time }),
  fc.record({ mode: fc.constantFrom('push', 'pickup') }),
  fc.record({
    mode: fc.constant('callback'),
    closesAt: time,
    url: fc.constant('https://bot-api.kakao.com/callback/1'),
  }),
);
/** The windows stand among other fields, and come back to where they were. */
const event = fc
  .tuple(fc.jsonValue(), fc.array(replyWindow, { maxLength: 3 }), text)
  .map(([before, replyWindows, after]) => JSON.stringify({ before, replyWindows, after }));

const turnState = fc.constantFrom('received', 'answering', 'answered', 'merged', 'suppressed', 'failed');
const deliveryState = fc.constantFrom(
  'waiting',
  'sending',
  'delivered',
  'held',
  'picked-up',
  'unknown',
  'expired',
  'suppressed',
);

export const storeContents: fc.Arbitrary<StoreContents> = fc.gen().map((draw) => {
  const numbered = (index: number) => index * 3 + draw(() => fc.integer({ min: 1, max: 3 }));
  const several = <Item>(max: number, make: (index: number) => Item): Item[] =>
    Array.from({ length: draw(() => fc.integer({ min: 0, max })) }, (_, index) => make(index));
  const any = <Item>(items: readonly Item[]): Item => draw(() => fc.constantFrom(...items));
  /** No two are equal. */
  const name = (index: number) => `${draw(() => text)}#${index}`;
  const filled = new Map<string, DumpRow[]>();
  const fill = (table: string, rows: readonly Readonly<Record<string, Value>>[]) => {
    const columns = Object.keys(DUMP_TABLES.find((known) => known.name === table)?.columns ?? {});
    filled.set(
      table,
      rows.map((row) => columns.map((column) => row[column] ?? null)),
    );
    return rows;
  };

  const conversations = several(4, (index) => ({
    serial: numbered(index),
    key: name(index),
    bot_id: draw(() => text),
    channel: draw(() => text),
    next_sequence: draw(() => count),
    memory_after_sequence: draw(() => count),
    held_from_sequence: draw(() => count),
    last_received_at: draw(() => time),
    greeted_at: draw(() => maybe(time)),
    is_under_14: draw(() => flag),
  }));
  fill('conversations', conversations);
  const hasSome = conversations.length > 0;
  const turns = several(hasSome ? 8 : 0, (index) => ({
    serial: numbered(index),
    id: name(index),
    conversation: any(conversations).serial,
    sequence: index,
    state: draw(() => turnState),
    moved_at: draw(() => time),
    owner_id: draw(() => text),
    dedupe_key: draw(() => maybe(text)),
    received_at: draw(() => time),
    acknowledged_at: draw(() => maybe(time)),
    answered_at: draw(() => maybe(time)),
    was_answered: draw(() => maybe(flag)),
    note: draw(() => maybe(text)),
    event: draw(() => event),
    reply: draw(() => maybe(json)),
    source: draw(() => maybe(json)),
  }));
  fill('turns', turns);
  fill(
    'deliveries',
    several(turns.length > 0 ? 8 : 0, (index) => {
      const turn = any(turns);
      return {
        serial: numbered(index),
        id: name(index),
        turn: turn.serial,
        conversation: turn.conversation,
        sequence: turn.sequence,
        position: draw(() => small),
        mode: draw(() => text),
        state: draw(() => deliveryState),
        message: draw(() => json),
        attempts: draw(() => small),
        result: draw(() => maybe(text)),
        platform_id: draw(() => maybe(text)),
        closes_at: draw(() => maybe(time)),
        url: draw(() => maybe(text)),
        created_at: draw(() => time),
        updated_at: draw(() => time),
        echo_key: draw(() => maybe(text)),
        echoed_at: draw(() => maybe(time)),
      };
    }),
  );
  const some = conversations.filter(() => draw(() => fc.boolean()));
  fill(
    'threads',
    some.map(({ serial }) => ({
      conversation: serial,
      ref: draw(() => json),
      state: draw(() => json),
      revision: draw(() => text),
      driver_id: draw(() => text),
    })),
  );
  fill(
    'summaries',
    some.map(({ serial }) => ({
      conversation: serial,
      text: draw(() => text),
      through_sequence: draw(() => count),
      through_at: draw(() => time),
    })),
  );
  fill(
    'payments',
    several(hasSome ? 3 : 0, (index) => ({
      bot_id: draw(() => text),
      key: name(index),
      conversation: any(conversations).serial,
      ref: draw(() => json),
      state: draw(() => fc.constantFrom('asked', 'approved', 'refused', 'paid', 'failed')),
      moved_at: draw(() => time),
      untold: draw(() => maybe(json)),
      nameless: draw(() => maybe(json)),
    })),
  );
  fill(
    'personal_fields',
    several(hasSome ? 3 : 0, (index) => ({
      conversation: any(conversations).serial,
      name: name(index),
      sealed: draw(() => text),
      expires_at: draw(() => time),
    })),
  );
  fill(
    'monthly_usage',
    several(3, (index) => ({
      bot_id: name(index),
      month: '2026-11',
      kind: draw(() => text),
      count: draw(() => count),
    })),
  );
  fill(
    'daily_spending',
    several(3, (index) => ({
      bot_id: draw(() => text),
      day: '2026-11-22',
      model: name(index),
      calls: draw(() => count),
      prompt_tokens: draw(() => count),
      completion_tokens: draw(() => count),
      thinking_tokens: draw(() => count),
      cost_micro_won: draw(() => count),
    })),
  );
  const pushes = several(3, (index) => ({
    id: name(index),
    bot_id: name(index),
    idempotency_key: draw(() => maybe(text)),
    body_digest: draw(() => text),
    created_at: draw(() => time),
  }));
  fill('pushes', pushes);
  fill(
    'push_calls',
    several(pushes.length > 0 ? 4 : 0, (index) => ({
      push: any(pushes).id,
      position: index,
      bot_id: draw(() => text),
      recipients: draw(() => small),
      state: draw(() => fc.constantFrom('sending', 'accepted', 'refused', 'unknown')),
      started_at: draw(() => time),
      task_id: draw(() => maybe(text)),
      receipt: draw(() => maybe(json)),
      delivered: draw(() => small),
      is_settled: draw(() => flag),
    })),
  );
  fill(
    'notes',
    several(3, (index) => ({ key: name(index), text: draw(() => text) })),
  );
  fill(
    'marks',
    several(3, (index) => ({ key: name(index), meaning: draw(() => text), marked_at: draw(() => time) })),
  );
  fill(
    'nameless_settlements',
    several(3, (index) => ({
      bot_id: draw(() => text),
      key: name(index),
      channel: draw(() => text),
      moved_at: draw(() => time),
      untold: draw(() => json),
    })),
  );
  return filled;
});
