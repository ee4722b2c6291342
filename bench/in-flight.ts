/** What do ten thousand questions cost that wait for a slow model at the same time? `node bench/in-flight.ts --help` */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError, program } from 'commander';
import { request } from 'undici';
import { Child, freePort } from './gateway/child.ts';
import { atRate } from './gateway/load.ts';
import { talktalkTraffic } from './gateway/traffic.ts';
import { printTable } from './print-table.ts';

const MAX_ACK_P99_MS = 200;
const MAX_RSS_MB = 450;
const START_PATIENCE_MS = 20_000;
const SAMPLE_MS = 500;
/** Behind the last answer of the model: for the answers on their way out. */
const SETTLE_MS = 60_000;

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number <= 0) throw new InvalidArgumentError('It takes a whole number above 0.');
  return number;
}

interface Options {
  readonly turns: number;
  readonly rate: number;
  readonly engineMs: number;
  readonly server: string;
}

program
  .name('bench/in-flight.ts')
  .description(
    [
      'As many customers of TalkTalk as named ask the built gateway (npm run build) one question each, faster than the model answers, so that all of them wait at the same time.',
      'Raised beside what is shipped: questions with a model at a time, open questions, sends a second, the quota of the account.',
      'Every question takes two connections while it is asked, so the limit of open files must be higher than their number (ulimit -n).',
      `Exits with 1 when not all were open at once or answered, when a call was refused or its 200 took more than ${MAX_ACK_P99_MS} ms (p99), or when the process grew above ${MAX_RSS_MB} MB.`,
    ].join(' '),
  )
  .option('--turns <n>', 'questions', positive, 10_000)
  .option('--rate <n>', 'questions a second', positive, 1_000)
  .option('--engine-ms <n>', 'how long the model takes', positive, 10_000)
  .option('--server <file>', 'the built server', fileURLToPath(new URL('../dist/server.js', import.meta.url)))
  .parse();

const { turns, rate, engineMs, server } = program.opts<Options>();
if (!existsSync(server)) program.error(`${server} is not there; run npm run build first`);

const directory = await mkdtemp(join(tmpdir(), 'malgil-bench-'));
const children: Child[] = [];

function spawn(file: string, env: Readonly<Record<string, string>>, reportsUsage: boolean): Child {
  const logFile = join(directory, `${children.length}.log`);
  const child = new Child({ file, env, logFile, reportsUsage });
  children.push(child);
  return child;
}

const stub = (name: string, env: Readonly<Record<string, string>> = {}) =>
  spawn(fileURLToPath(new URL(name, import.meta.url)), env, false);

async function json(url: string): Promise<Record<string, unknown>> {
  return (await (await request(url)).body.json()) as Record<string, unknown>;
}

async function untilReady(port: number): Promise<void> {
  const giveUpAt = performance.now() + START_PATIENCE_MS;
  for (;;) {
    try {
      const { statusCode, body } = await request(`http://127.0.0.1:${port}/readyz`);
      await body.dump();
      if (statusCode === 200) return;
    } catch (thrown) {
      if (performance.now() > giveUpAt) throw thrown;
    }
    await delay(50);
  }
}

async function openTurns(port: number): Promise<number> {
  const { body } = await request(`http://127.0.0.1:${port}/metrics`);
  return Number(/^malgil_open_turns (\d+)/m.exec(await body.text())?.[1] ?? Number.NaN);
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function fileLimit(pid: number): string {
  return /^Max open files\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ?? '?';
}

interface Peak {
  rssMb: number;
  openTurns: number;
  openFiles: number;
}

/** Looks until told to stop. */
async function watch(gateway: Child, port: number, peak: Peak, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const { rssBytes } = await gateway.usage();
    peak.rssMb = Math.max(peak.rssMb, rssBytes / 1_048_576);
    peak.openTurns = Math.max(peak.openTurns, await openTurns(port));
    peak.openFiles = Math.max(peak.openFiles, openFiles(gateway.pid));
    await delay(SAMPLE_MS);
  }
}

async function run(): Promise<boolean> {
  const model = stub('./gateway/clova-stub.ts', { ANSWER_AFTER_MS: String(engineMs) });
  const sendApi = stub('./in-flight/send-api-stub.ts');
  const sendApiUrl = `http://127.0.0.1:${await sendApi.listening()}`;
  const port = await freePort();
  const gateway = spawn(
    server,
    {
      PORT: String(port),
      DATA_DIR: join(directory, 'data'),
      CLOVA_BASE_URL: `http://127.0.0.1:${await model.listening()}`,
      CLOVA_API_KEY: 'nv-bench',
      CLOVA_REQUESTS_PER_MINUTE: '0',
      CLOVA_TOKENS_PER_MINUTE: '0',
      NAVER_BASE_URL: sendApiUrl,
      NAVER_AUTHORIZATION: 'ct_bench',
      NAVER_SENDS_PER_SECOND: '1000',
      MAX_CONCURRENT_TURNS: String(Math.min(turns, 10_000)),
      MAX_OPEN_TURNS: String(2 * turns),
      RATE_LIMIT_PER_CONVERSATION: '0',
      RATE_LIMIT_PER_ADDRESS: '0',
      SHUTDOWN_DRAIN_MS: '0',
    },
    true,
  );
  await untilReady(port);
  const before = await gateway.usage();
  const peak: Peak = { rssMb: 0, openTurns: 0, openFiles: 0 };
  let isOver = false;
  const watching = watch(gateway, port, peak, () => isOver);
  const load = atRate(port, talktalkTraffic(), rate, (turns * 1_000) / rate, { expected: '', maxUnexpectedShare: 0 });
  const { latenciesMs, messages } = await Promise.race([load, gateway.died]);
  const giveUpAt = performance.now() + engineMs + SETTLE_MS;
  let answered = 0;
  while (answered < turns && performance.now() < giveUpAt) {
    await delay(SAMPLE_MS);
    answered = Number((await json(sendApiUrl)).answered);
  }
  isOver = true;
  await watching;
  const after = await gateway.usage();
  const at = (share: number) => latenciesMs[Math.ceil(latenciesMs.length * share) - 1] ?? Number.NaN;
  const p99Ms = at(0.99);
  printTable(
    [
      'turns',
      'a second',
      'open at once',
      'answered',
      '200 p50 ms',
      'p99 ms',
      'slowest ms',
      'RSS MB',
      'CPU µs a turn',
      'files',
      'of',
    ],
    [
      [
        String(messages),
        String(rate),
        String(peak.openTurns),
        String(answered),
        at(0.5).toFixed(0),
        p99Ms.toFixed(0),
        at(1).toFixed(0),
        peak.rssMb.toFixed(0),
        ((after.cpuMicroseconds - before.cpuMicroseconds) / messages).toFixed(0),
        String(peak.openFiles),
        fileLimit(gateway.pid),
      ],
    ],
  );
  return peak.openTurns >= turns && answered === turns && p99Ms < MAX_ACK_P99_MS && peak.rssMb < MAX_RSS_MB;
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  await Promise.all(children.map((child) => child.stop()));
  await rm(directory, { recursive: true });
}
