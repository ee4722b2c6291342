/** KakaoTalk from end to end: slow engines, overload, the first call. `node bench/kakao.ts --help` */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError, program } from 'commander';
import { measureFirstCalls } from './kakao/first-call.ts';
import { GatewayHouse } from './kakao/gateway-house.ts';
import { overloadRows, type Row, slownessRows } from './kakao/rows.ts';
import { runStorm } from './kakao/storm.ts';
import { brokenPromises, type Tally } from './kakao/tally.ts';
import { printTable } from './print-table.ts';

const QUICK_CALLS = 60;
const LAG_RESOLUTION_MS = 10;
/** A hundredth of the inline budget: nothing that anybody waits for. The first connections alone take some of it. */
const FIRST_CALL_NOISE_MS = 40;

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number <= 0) throw new InvalidArgumentError('It takes a whole number above 0.');
  return number;
}

interface Options {
  readonly calls: number;
  readonly quick?: boolean;
  readonly only?: string;
  readonly firstCall?: boolean;
  readonly starts: number;
  readonly server: string;
}

program
  .name('bench/kakao.ts')
  .description(
    [
      'The built gateway (npm run build) between stand-ins for KakaoTalk (real sockets, which hang up after 5 s) and CLOVA Studio, at engines of every slowness, with and without callback, and at three times what it can answer.',
      "Each row of the table is a gateway of its own with the settings as shipped; what differs stands in the row. Rate limits are off; where the model never answers, its circuit stays closed, so that everybody waits for the gateway's own end.",
      'Customers ask, wait, tap (some twice at once, some too early) and come back until they have an answer. Each question has a token that only its own answer may carry.',
      'Each row brings its customers at nine tenths of the rate that its engine slots allow; the slowest ones run beside all others and set the length: 14 minutes. Exits with 1 when a promise is broken: run it on a machine that has nothing else to do, for one that stands still for half a second breaks the first of them by itself.',
    ].join(' '),
  )
  .option('--quick', `${QUICK_CALLS} calls in each row: 3 minutes`)
  .option('--calls <n>', 'calls in each row', positive, 1_000)
  .option('--only <words>', 'only the rows with these words in their name')
  .option('--first-call', 'instead: the first call after a start beside those that follow')
  .option('--starts <n>', 'starts for --first-call', positive, 10)
  .option('--server <file>', 'the built server', fileURLToPath(new URL('../dist/server.js', import.meta.url)))
  .parse();

const options = program.opts<Options>();
const calls = options.quick === true ? QUICK_CALLS : options.calls;

const HEAD = [
  'engine, way',
  'calls',
  'HTTP',
  'slowest ms',
  'p99 ms',
  'inline',
  'posts',
  'refused',
  'late',
  'by callback',
  'pickups',
  'FAQ',
  'apologies',
  'turned away',
  'lost',
  'silent',
  'crossed',
  'doubled',
  'no button',
];

function cellsOf(tally: Tally): readonly string[] {
  return [
    tally.name,
    tally.questions,
    tally.httpAnswers,
    tally.slowestMs,
    tally.p99Ms,
    tally.inline,
    tally.accepted,
    tally.refused,
    tally.late,
    tally.byCallback,
    tally.pickups,
    tally.known,
    tally.apologies,
    tally.turnedAway,
    tally.lost,
    tally.silent,
    tally.crossed,
    tally.doubled,
    tally.nudges,
  ].map(String);
}

async function runRow(row: Row, house: GatewayHouse): Promise<Tally> {
  const [tally] = await runStorm(row.storm, (env) => house.open(env));
  if (tally === undefined) throw new Error('A storm without customers');
  if (process.stderr.isTTY) process.stderr.write(`${row.storm.kinds[0]?.name} is over\n`);
  return tally;
}

/** The longest rows from the start to the end, the others beside them in steps: all at once would measure the machine. */
async function runStorms(house: GatewayHouse): Promise<boolean> {
  const rows = [...slownessRows(calls), ...overloadRows(calls)].filter(({ storm }) =>
    storm.kinds.some((kind) => kind.name.includes(options.only ?? '')),
  );
  const startedAt = performance.now();
  const ownDelay = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  ownDelay.enable();
  const tallies = new Map<Row, Tally>();
  const runAll = (together: readonly Row[]) =>
    Promise.all(together.map(async (row) => tallies.set(row, await runRow(row, house))));
  const steps = Map.groupBy(rows, (row) => row.step);
  const runSteps = async () => {
    for (const [step, together] of steps) if (step !== 'from-the-start') await runAll(together);
  };
  await Promise.all([runAll(steps.get('from-the-start') ?? []), runSteps()]);
  printTable(HEAD, rows.flatMap((row) => tallies.get(row) ?? []).map(cellsOf));
  const broken = [...tallies].flatMap(([row, tally]) => brokenPromises(tally, row.storm.budgets, row.expected));
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  const ownMs = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - LAG_RESOLUTION_MS).toFixed(0);
  process.stdout.write(
    `\n${minutes} minutes, Node ${process.version}; the platform itself was late by ${ownMs(ownDelay.percentile(99))} ms (p99), ${ownMs(ownDelay.max)} ms at worst\n`,
  );
  process.stdout.write(broken.length === 0 ? 'every promise was kept\n' : `BROKEN\n${broken.join('\n')}\n`);
  return broken.length === 0;
}

async function runFirstCalls(house: GatewayHouse): Promise<boolean> {
  const { firstMs, laterMs } = await measureFirstCalls(house, options.starts);
  const isKept = firstMs <= laterMs + FIRST_CALL_NOISE_MS;
  printTable(
    ['medians', 'ms'],
    [
      ['the first call after a start', firstMs.toFixed(1)],
      ['the next hundred', laterMs.toFixed(1)],
    ],
  );
  process.stdout.write(`\n${options.starts} starts, Node ${process.version}: ${isKept ? 'as fast' : 'SLOWER'}\n`);
  return isKept;
}

if (!existsSync(options.server)) program.error(`${options.server} is not there; run npm run build first`);
const directory = await mkdtemp(join(tmpdir(), 'malgil-kakao-'));
const house = new GatewayHouse(options.server, directory);
try {
  const isKept = options.firstCall === true ? await runFirstCalls(house) : await runStorms(house);
  process.exitCode = isKept ? 0 : 1;
} finally {
  await house.close();
  await rm(directory, { recursive: true });
}
