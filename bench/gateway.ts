/** What the gateway costs beside a bare server that makes the same call. `node bench/gateway.ts --help` */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { program } from 'commander';
import { Child, freePort } from './gateway/child.ts';
import { median, percentile, positive } from './gateway/figures.ts';
import { askOnce, atRate, type LoadResult, saturate } from './gateway/load.ts';
import { BUILT_SERVER, NO_LIMITS } from './gateway/servers.ts';
import { bareTraffic, kakaoTraffic, type Traffic, testTraffic } from './gateway/traffic.ts';
import { printTable } from './print-table.ts';

const MAX_CPU_RATIO = 3;
const MAX_EXTRA_P99_MS = 10;
const MAX_START_MS = 500;
const MAX_RSS_MB = 120;

const START_PATIENCE_MS = 20_000;
/** Until the compiler has seen the way of a message often enough. */
const WARM_UP_MS = 6_000;
/** V8 returns to the system what starting took when it has been at rest for some seconds. */
const SETTLE_MS = 15_000;

interface Options {
  readonly server: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly starts: number;
  readonly callers: number;
  readonly turns: number;
  readonly quick?: boolean;
}

program
  .name('bench/gateway.ts')
  .description(
    [
      'Runs the built gateway (npm run build) beside a bare Fastify server; both POST each question to the same stand-in for CLOVA Studio, which answers at once.',
      'The gateway does all it does in production: it stores (every commit flushed to the disk), masks, searches the sample knowledge, reads the history, measures and logs to a file.',
      'CPU is that of the whole process, all threads, from process.cpuUsage().',
      'Rounds alternate between the servers, and medians count, because a shared machine is never quiet. Exits with 1 when a figure is missed.',
    ].join(' '),
  )
  .option('--quick', 'few and short rounds: about a minute')
  .option('--rounds <n>', 'rounds of each measurement', positive, 5)
  .option('--seconds <n>', 'length of a round', positive, 4)
  .option('--starts <n>', 'cold starts', positive, 10)
  .option('--callers <n>', 'callers at once when the load is as high as it goes', positive, 32)
  .option('--turns <n>', 'questions of one customer; the history has half of them on average', positive, 8)
  .option('--server <file>', 'the built server', BUILT_SERVER)
  .parse();

const given = program.opts<Options>();
const options: Options = given.quick === true ? { ...given, rounds: 3, seconds: 2, starts: 5 } : given;
const durationMs = options.seconds * 1_000;

interface Target {
  readonly name: string;
  readonly server: Child;
  readonly port: number;
  readonly traffic: Traffic;
}

interface Measured {
  readonly cpuMicroseconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function measure(
  { server, port, traffic }: Target,
  run: (port: number, traffic: Traffic) => Promise<LoadResult>,
) {
  const before = await server.usage();
  const { messages, seconds, latenciesMs } = await Promise.race([run(port, traffic), server.died]);
  const after = await server.usage();
  return {
    cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / messages,
    perSecond: messages / seconds,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  } satisfies Measured;
}

function medians(rounds: readonly Measured[]): Measured {
  const of = (field: keyof Measured) => median(rounds.map((round) => round[field]));
  return { cpuMicroseconds: of('cpuMicroseconds'), perSecond: of('perSecond'), p50Ms: of('p50Ms'), p99Ms: of('p99Ms') };
}

/** What it is doing, for somebody who watches. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${text.padEnd(60)}\r`);
}

/** One round of each target after the other, so that what else the machine does falls on all of them. */
async function alternate(
  targets: readonly Target[],
  run: (target: Target) => (port: number, traffic: Traffic) => Promise<LoadResult>,
): Promise<Measured[]> {
  const rounds: Measured[][] = targets.map(() => []);
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const [index, target] of targets.entries()) {
      say(`${target.name}, round ${round} of ${options.rounds} …`);
      rounds[index]?.push(await measure(target, run(target)));
    }
  }
  say('');
  return rounds.map(medians);
}

const directory = await mkdtemp(join(tmpdir(), 'malgil-bench-'));
const children: Child[] = [];
let folders = 0;

function spawnHelper(file: string, env: Readonly<Record<string, string>> = {}): Child {
  const child = new Child({
    file: fileURLToPath(new URL(`./gateway/${file}`, import.meta.url)),
    env,
    logFile: join(directory, `${file}.log`),
    reportsUsage: true,
  });
  children.push(child);
  return child;
}

/** A gateway with a folder of its own. */
function spawnGateway(port: number, clovaUrl: string, reportsUsage: boolean): Child {
  folders += 1;
  const child = new Child({
    file: options.server,
    env: {
      ...NO_LIMITS,
      PORT: String(port),
      DATA_DIR: join(directory, `data-${folders}`),
      CLOVA_BASE_URL: clovaUrl,
    },
    logFile: join(directory, 'gateway.log'),
    reportsUsage,
  });
  children.push(child);
  return child;
}

/** Asks again and again until the first question is answered. */
async function untilAnswered(server: Child, port: number): Promise<void> {
  const traffic = testTraffic(1);
  const giveUpAt = performance.now() + START_PATIENCE_MS;
  const attempt = async () => {
    for (;;) {
      try {
        return await askOnce(port, traffic);
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== 'ECONNREFUSED' || performance.now() > giveUpAt) throw thrown;
        await delay(2);
      }
    }
  };
  await Promise.race([attempt(), server.died]);
}

async function measureStarts(clovaUrl: string): Promise<number[]> {
  const milliseconds: number[] = [];
  for (let start = 0; start < options.starts; start += 1) {
    const port = await freePort();
    const startedAt = performance.now();
    const server = spawnGateway(port, clovaUrl, false);
    await untilAnswered(server, port);
    milliseconds.push(performance.now() - startedAt);
    await server.stop();
  }
  return milliseconds;
}

function printBlock(head: readonly string[], lines: readonly (readonly string[])[]): void {
  printTable(head, lines);
  process.stdout.write('\n');
}

interface Verdict {
  readonly figure: string;
  readonly measured: number;
  readonly limit: number;
  readonly unit: string;
}

function printVerdicts(verdicts: readonly Verdict[]): boolean {
  printBlock(
    ['figure', 'measured', 'at most', ''],
    verdicts.map(({ figure, measured, limit, unit }) => [
      figure,
      `${measured.toFixed(unit === '×' ? 2 : 1)} ${unit}`,
      `${limit} ${unit}`,
      measured <= limit ? 'reached' : 'MISSED',
    ]),
  );
  return verdicts.every(({ measured, limit }) => measured <= limit);
}

async function run(): Promise<boolean> {
  if (!existsSync(options.server)) program.error(`${options.server} is not there; run npm run build first`);
  const clova = spawnHelper('clova-stub.ts');
  const clovaUrl = `http://127.0.0.1:${await clova.listening()}`;
  const bareServer = spawnHelper('bare-server.ts', { CLOVA_BASE_URL: clovaUrl });
  const barePort = await bareServer.listening();
  const port = await freePort();
  const gateway = spawnGateway(port, clovaUrl, true);
  await untilAnswered(gateway, port);
  await delay(SETTLE_MS);
  const idle = await gateway.usage();

  const bare: Target = { name: 'bare server', server: bareServer, port: barePort, traffic: bareTraffic() };
  const test: Target = { name: '/query/TEST', server: gateway, port, traffic: testTraffic(options.turns) };
  const kakao: Target = { name: '/query/KAKAO', server: gateway, port, traffic: kakaoTraffic(options.turns) };
  const targets = [bare, test, kakao];
  for (const target of targets) await saturate(target.port, target.traffic, options.callers, WARM_UP_MS);

  const full = await alternate(targets, () => (to, traffic) => saturate(to, traffic, options.callers, durationMs));
  const [bareFull, testFull, kakaoFull] = full as [Measured, Measured, Measured];
  const testRate = testFull.perSecond / 2;
  const kakaoRate = kakaoFull.perSecond / 2;
  const pairs = [
    { target: { ...bare, name: 'bare server at the rate of TEST' }, rate: testRate },
    { target: test, rate: testRate },
    { target: { ...bare, name: 'bare server at the rate of KAKAO' }, rate: kakaoRate },
    { target: kakao, rate: kakaoRate },
  ];
  const half = await alternate(
    pairs.map(({ target }) => target),
    (target) => (to, traffic) =>
      atRate(to, traffic, pairs.find((pair) => pair.target === target)?.rate ?? 1, durationMs),
  );
  const [bareAtTest, testHalf, bareAtKakao, kakaoHalf] = half as [Measured, Measured, Measured, Measured];
  const used = await gateway.usage();
  await gateway.stop();
  const starts = await measureStarts(clovaUrl);

  const line = (name: string, { cpuMicroseconds, perSecond, p50Ms, p99Ms }: Measured, beside: Measured) => [
    name,
    cpuMicroseconds.toFixed(0),
    `${(cpuMicroseconds / beside.cpuMicroseconds).toFixed(2)}×`,
    Math.round(perSecond).toLocaleString('en'),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
  ];
  const head = ['CPU µs', 'ratio', 'per second', 'p50 ms', 'p99 ms'];
  process.stdout.write(`Node ${process.version}; medians of ${options.rounds} rounds of ${options.seconds} s\n\n`);
  printBlock(
    [`as much as goes, ${options.callers} callers`, ...head],
    [
      line('bare server', bareFull, bareFull),
      line(test.name, testFull, bareFull),
      line(kakao.name, kakaoFull, bareFull),
    ],
  );
  printBlock(
    ['at half of that', ...head],
    [
      line('bare server', bareAtTest, bareAtTest),
      line(test.name, testHalf, bareAtTest),
      line('bare server', bareAtKakao, bareAtKakao),
      line(kakao.name, kakaoHalf, bareAtKakao),
    ],
  );
  const megabytes = (bytes: number) => bytes / 1_048_576;
  process.stdout.write(
    `starts: ${starts.map((ms) => ms.toFixed(0)).join(', ')} ms\nmemory: ${megabytes(idle.rssBytes).toFixed(0)} MB idle, ${megabytes(used.rssBytes).toFixed(0)} MB after the load\n\n`,
  );
  return printVerdicts([
    {
      figure: 'CPU of a TEST message beside the bare server',
      measured: testFull.cpuMicroseconds / bareFull.cpuMicroseconds,
      limit: MAX_CPU_RATIO,
      unit: '×',
    },
    {
      figure: 'CPU of a KAKAO message beside the bare server',
      measured: kakaoFull.cpuMicroseconds / bareFull.cpuMicroseconds,
      limit: MAX_CPU_RATIO,
      unit: '×',
    },
    {
      figure: 'p99 of TEST above the bare server, at half load',
      measured: testHalf.p99Ms - bareAtTest.p99Ms,
      limit: MAX_EXTRA_P99_MS,
      unit: 'ms',
    },
    {
      figure: 'p99 of KAKAO above the bare server, at half load',
      measured: kakaoHalf.p99Ms - bareAtKakao.p99Ms,
      limit: MAX_EXTRA_P99_MS,
      unit: 'ms',
    },
    { figure: 'from the start to the first answer', measured: median(starts), limit: MAX_START_MS, unit: 'ms' },
    { figure: 'memory when idle', measured: megabytes(idle.rssBytes), limit: MAX_RSS_MB, unit: 'MB' },
  ]);
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  await Promise.all(children.map((child) => child.stop()));
  await rm(directory, { recursive: true });
}
