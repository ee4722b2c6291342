/** What do ten thousand questions cost that wait for a slow model at the same time? `node bench/in-flight.ts --help` */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { program } from 'commander';
import { request } from 'undici';
import type { Child } from './gateway/child.ts';
import { percentile, positive } from './gateway/figures.ts';
import { atRate, type Expectation } from './gateway/load.ts';
import { BUILT_SERVER, Servers } from './gateway/servers.ts';
import { talktalkTraffic } from './gateway/traffic.ts';
import { printTable } from './print-table.ts';

const MAX_ACK_P99_MS = 200;
const MAX_RSS_MB = 450;
const SAMPLE_MS = 500;
/** Behind the last answer of the model: for the answers on their way out. */
const SETTLE_MS = 60_000;
/** Until the compiler has seen the way of a turn often enough. */
const WARM_UP = { perSecond: 150, durationMs: 10_000 };
const EMPTY_200: Expectation = { expected: '', maxUnexpectedShare: 0 };

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
  .option('--server <file>', 'the built server', BUILT_SERVER)
  .parse();

const { turns, rate, engineMs, server } = program.opts<Options>();
if (!existsSync(server)) program.error(`${server} is not there; run npm run build first`);

async function json(url: string): Promise<Record<string, unknown>> {
  return (await (await request(url)).body.json()) as Record<string, unknown>;
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

async function run(servers: Servers): Promise<boolean> {
  const clovaUrl = await servers.stub('gateway/clova-stub.ts', { ANSWER_AFTER_MS: String(engineMs) });
  const sendApiUrl = await servers.stub('gateway/send-api-stub.ts');
  const { child: gateway, port } = await servers.gateway(
    'data',
    {
      CLOVA_BASE_URL: clovaUrl,
      NAVER_BASE_URL: sendApiUrl,
      NAVER_AUTHORIZATION: 'ct_bench',
      NAVER_SENDS_PER_SECOND: '1000',
      MAX_CONCURRENT_TURNS: String(Math.min(turns, 10_000)),
      MAX_OPEN_TURNS: String(2 * turns),
    },
    server,
  );
  const traffic = talktalkTraffic();
  const answered = async () => Number((await json(sendApiUrl)).answered);
  const untilAnswered = async (count: number) => {
    const giveUpAt = performance.now() + engineMs + SETTLE_MS;
    while ((await answered()) < count && performance.now() < giveUpAt) await delay(SAMPLE_MS);
  };
  const warmUp = await atRate(port, traffic, WARM_UP.perSecond, WARM_UP.durationMs, EMPTY_200);
  await untilAnswered(warmUp.messages);
  const answeredBefore = await answered();
  const before = await gateway.usage();
  const peak: Peak = { rssMb: 0, openTurns: 0, openFiles: 0 };
  let isOver = false;
  const watching = watch(gateway, port, peak, () => isOver);
  const load = atRate(port, traffic, rate, (turns * 1_000) / rate, EMPTY_200);
  const { latenciesMs, messages } = await Promise.race([load, gateway.died]);
  await untilAnswered(answeredBefore + turns);
  isOver = true;
  await watching;
  const after = await gateway.usage();
  const answers = (await answered()) - answeredBefore;
  const p99Ms = percentile(latenciesMs, 0.99);
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
        String(answers),
        percentile(latenciesMs, 0.5).toFixed(0),
        p99Ms.toFixed(0),
        percentile(latenciesMs, 1).toFixed(0),
        peak.rssMb.toFixed(0),
        ((after.cpuMicroseconds - before.cpuMicroseconds) / messages).toFixed(0),
        String(peak.openFiles),
        fileLimit(gateway.pid),
      ],
    ],
  );
  return peak.openTurns >= turns && answers >= turns && p99Ms < MAX_ACK_P99_MS && peak.rssMb < MAX_RSS_MB;
}

const servers = await Servers.open();
try {
  process.exitCode = (await run(servers)) ? 0 : 1;
} finally {
  await servers.close();
}
