/** How fast the embedded store is on this disk. `node bench/store.ts --help` */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { endianness, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type ConversationRef, conversationKey, type MessageReceived, textReply } from '../src/message.ts';
import { silentLogger } from '../src/platform/logger.ts';
import { DATABASE_FILE, openSqliteStore } from '../src/storage/sqlite/index.ts';
import type { NewDelivery, NewTurn, Store, TurnAnswer } from '../src/storage/store.ts';
import { printTable } from './print-table.ts';

const HELP = `Measures the embedded store: calls and whole messages, one at a time and many together.

  node bench/store.ts [options]

  --calls N        calls in each row of the table (default 5000)
  --rate N         messages a second in the row at a steady rate (default 750)
  --callers N      callers at once in the "together" rows (default 200)
  --stored N       turns that are in the store before anything is measured (default 0; try 1000000)
  --history N      turns of memory that a new turn reads (default 10)
  --directory DIR  where the file lies; it must not exist yet and is left there (default: a temporary one, removed)
  --help           this text

Columns: calls a second; milliseconds from call to answer (half, 95 %, 99 %, all of the calls are faster); microseconds
of CPU per call, of the main thread (which the web server would have had otherwise) and of all threads; and transactions
a second, each one flush to the disk where it writes. The "at N a second" row calls at that rate, answered or not.
`;

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '5000' },
    rate: { type: 'string', default: '750' },
    callers: { type: 'string', default: '200' },
    stored: { type: 'string', default: '0' },
    history: { type: 'string', default: '10' },
    directory: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const calls = positive('calls', values.calls);
const rate = positive('rate', values.rate);
const callers = positive('callers', values.callers);
const historyTurns = positive('history', values.history);
const stored = values.stored === '0' ? 0 : positive('stored', values.stored);
const directory = values.directory ?? (await mkdtemp(join(tmpdir(), 'malgil-bench-')));

/** Enough customers that conversations stay of a natural length. */
const customers = Math.max(1_000, Math.floor(stored / 20));
let turnCount = 0;

/** What the gateway does for a message that is answered at once: accept; answer with one delivery; delivered. */
async function wholeMessage(target: Store): Promise<void> {
  const id = await accept(target);
  await target.answerTurn(id, ANSWER, [delivery(`d-${id}`)]);
  void target.moveDelivery(`d-${id}`, ['sending'], 'delivered', Date.now()); // a receipt, which nobody waits for
}

async function accept(target: Store): Promise<string> {
  const turn = nextTurn();
  await target.acceptTurn(turn, historyTurns);
  return turn.id;
}

async function readMemory(target: Store): Promise<void> {
  turnCount += 1;
  await target.readMemory(conversationKey(customer(turnCount)), Number.MAX_SAFE_INTEGER, historyTurns);
}

async function fill(target: Store): Promise<void> {
  if (stored === 0) return;
  process.stdout.write(`storing ${stored} turns …\n`);
  await inParallel(1_000, stored, () => wholeMessage(target));
}

/** Runs a call `total` times, in some order and pace. */
type Drive = (total: number, call: () => Promise<unknown>) => Promise<void>;

async function measure(name: string, drive: Drive, call: () => Promise<unknown>): Promise<readonly string[]> {
  await drive(Math.min(calls, 500), call); // warm up
  const latenciesMs: number[] = [];
  const before = usage();
  const startedMs = performance.now();
  await drive(calls, async () => {
    const calledMs = performance.now();
    await call();
    latenciesMs.push(performance.now() - calledMs);
  });
  const tookMs = performance.now() - startedMs;
  const after = usage();
  latenciesMs.sort((a, b) => a - b);
  const percentile = (share: number) => latenciesMs[Math.ceil(latenciesMs.length * share) - 1]?.toFixed(2) ?? '–';
  const perSecond = (count: number) => Math.round((count / tookMs) * 1_000).toLocaleString('en');
  return [
    name,
    perSecond(calls),
    percentile(0.5),
    percentile(0.95),
    percentile(0.99),
    percentile(1),
    ((after.mainMicroseconds - before.mainMicroseconds) / calls).toFixed(0),
    ((after.allMicroseconds - before.allMicroseconds) / calls).toFixed(0),
    perSecond(after.commits - before.commits),
  ];
}

/** CPU and written transactions since the start. */
function usage() {
  const all = process.cpuUsage();
  const main = process.threadCpuUsage();
  return { allMicroseconds: all.user + all.system, mainMicroseconds: main.user + main.system, commits: commitCount() };
}

/** The counter of transactions in the header of the log's index. Source: https://www.sqlite.org/walformat.html#the_wal_index_header */
function commitCount(): number {
  const header = readFileSync(join(directory, `${DATABASE_FILE}-shm`));
  return endianness() === 'LE' ? header.readUInt32LE(8) : header.readUInt32BE(8);
}

const oneAtATime: Drive = (total, call) => inParallel(1, total, call);
const together: Drive = (total, call) => inParallel(callers, total, call);

/** Evenly, whether or not earlier ones are answered. */
const atRate: Drive = async (total, call) => {
  const startedMs = performance.now();
  const begun: Promise<unknown>[] = [];
  while (begun.length < total) {
    if (performance.now() - startedMs >= (begun.length / rate) * 1_000) begun.push(call());
    else await delay(1);
  }
  await Promise.all(begun);
};

async function inParallel(concurrency: number, total: number, run: () => Promise<unknown>): Promise<void> {
  let begun = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (begun < total) {
        begun += 1;
        await run();
      }
    }),
  );
}

function nextTurn(): NewTurn {
  turnCount += 1;
  const id = `turn-${turnCount}`;
  const conversation = customer(turnCount);
  const receivedAt = Date.now();
  const event: MessageReceived = {
    type: 'message-received',
    id,
    conversation,
    receivedAt,
    requestId: `request-${turnCount}`,
    dedupeKey: id,
    replyWindows: [
      { mode: 'inline', closesAt: receivedAt + 4_000 },
      { mode: 'callback', closesAt: receivedAt + 60_000, url: `https://bot-api.kakao.com/v1/callback/${id}` },
      { mode: 'pickup' },
    ],
    text: '어제 산 니트를 다른 색으로 교환하고 싶은데 며칠 안에 보내야 하나요?',
    input: 'typed',
  };
  return {
    id,
    conversation,
    conversationKey: conversationKey(conversation),
    ownerId: 'bench',
    event,
    receivedAt,
    dedupeKey: id,
    dedupeSince: receivedAt - 60_000,
    state: 'answering',
  };
}

/** Customers come in an order that has nothing to do with where their rows lie. */
function customer(count: number): ConversationRef {
  return { botId: 'default', channel: 'kakao', user: `user-${(count * 7_919) % customers}` };
}

const ANSWER: TurnAnswer = {
  reply: textReply('교환은 받으신 날부터 7일 안에 신청하실 수 있습니다. 택배비는 왕복 6,000원입니다.'),
  source: { kind: 'knowledge', engine: 'faq', entries: [{ id: 'exchange', question: '교환 기간', score: 0.91 }] },
  wasAnswered: true,
  answeredAt: Date.now(),
};

function delivery(id: string): NewDelivery {
  const text = '교환은 받으신 날부터 7일 안에 신청하실 수 있습니다. 택배비는 왕복 6,000원입니다.';
  const wire = { version: '2.0', template: { outputs: [{ simpleText: { text } }] } };
  return { id, position: 0, mode: 'inline', state: 'sending', message: { wire, text, bubbles: 1 } };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  process.stderr.write(`--${name} takes a whole number above 0\n`);
  process.exit(2);
}

const store = await openSqliteStore({ directory, logger: silentLogger });
try {
  await fill(store);
  const lines = [
    await measure('accept a turn, one at a time', oneAtATime, () => accept(store)),
    await measure('accept a turn, together', together, () => accept(store)),
    await measure('whole message, one at a time', oneAtATime, () => wholeMessage(store)),
    await measure(`whole message, at ${rate} a second`, atRate, () => wholeMessage(store)),
    await measure('whole message, together', together, () => wholeMessage(store)),
    await measure('read memory, one at a time', oneAtATime, () => readMemory(store)),
    await measure('read memory, together', together, () => readMemory(store)),
  ];
  printTable(['', 'per second', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'main µs', 'all µs', 'commits/s'], lines);
} finally {
  await store.close();
  if (values.directory === undefined) await rm(directory, { recursive: true });
}
