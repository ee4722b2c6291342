/** Does a message cost more once a million are stored? `node bench/stored-turns.ts --help` */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { program } from 'commander';
import { median, positive } from './gateway/figures.ts';
import { atRate } from './gateway/load.ts';
import { BUILT_SERVER, type RunningGateway, Servers } from './gateway/servers.ts';
import { type Traffic, testTraffic } from './gateway/traffic.ts';
import { printTable } from './print-table.ts';
import { storedCustomer, storeTurns } from './stored-turns/fill.ts';

const MAX_DIFFERENCE = 0.1;
const WARM_UP_MS = 6_000;

interface Options {
  readonly few: number;
  readonly many: number;
  readonly rate: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly server: string;
}

program
  .name('bench/stored-turns.ts')
  .description(
    [
      'Two built gateways (npm run build) on embedded stores, one with few stored turns and one with many, each turn by another customer, a day old.',
      'Both get the same questions at the same rate, a fourth of them by customers who are stored; rounds alternate, and medians count.',
      'CPU is that of the whole process, all threads.',
      `Exits with 1 when a message costs more than ${MAX_DIFFERENCE * 100} % more, or less, beside many turns.`,
    ].join(' '),
  )
  .option('--few <n>', 'stored turns of the first', positive, 1_000)
  .option('--many <n>', 'stored turns of the second', positive, 1_000_000)
  .option('--rate <n>', 'questions a second', positive, 150)
  .option('--rounds <n>', 'rounds of each', positive, 9)
  .option('--seconds <n>', 'length of a round', positive, 4)
  .option('--server <file>', 'the built server', BUILT_SERVER)
  .parse();

const { few, many, rate, rounds, seconds, server } = program.opts<Options>();
if (!existsSync(server)) program.error(`${server} is not there; run npm run build first`);

interface Target extends RunningGateway {
  readonly stored: number;
  readonly traffic: Traffic;
  readonly rssMb: () => Promise<number>;
  readonly cpuMicroseconds: number[];
}

async function open(servers: Servers, stored: number, clovaUrl: string): Promise<Target> {
  const name = `data-${stored}`;
  await mkdir(servers.folder(name));
  const startedMs = performance.now();
  await storeTurns(servers.folder(name), stored);
  process.stderr.write(`${stored} turns stored in ${((performance.now() - startedMs) / 1_000).toFixed(0)} s\n`);
  const gateway = await servers.gateway(name, { CLOVA_BASE_URL: clovaUrl }, server);
  return {
    ...gateway,
    stored,
    traffic: oftenReturning(testTraffic(8), stored),
    rssMb: async () => (await gateway.child.usage()).rssBytes / 1_048_576,
    cpuMicroseconds: [],
  };
}

/** Every fourth question is by a customer who is stored, each of whom comes once. */
function oftenReturning(traffic: Traffic, stored: number): Traffic {
  let count = 0;
  return () => {
    const next = traffic();
    count += 1;
    if (count % 4 !== 0) return next;
    // Spread over the whole file, whatever its size.
    const index = Math.floor(((count / 4) * 0.618_034 * stored) % stored);
    const body = { ...(JSON.parse(next.body) as object), conversation: storedCustomer(index) };
    return { ...next, body: JSON.stringify(body) };
  };
}

async function round(target: Target, durationMs: number): Promise<number> {
  const before = await target.child.usage();
  const load = atRate(target.port, target.traffic, rate, durationMs);
  const { messages } = await Promise.race([load, target.child.died]);
  const after = await target.child.usage();
  return (after.cpuMicroseconds - before.cpuMicroseconds) / messages;
}

const servers = await Servers.open();
try {
  const clovaUrl = await servers.stub('gateway/clova-stub.ts');
  const targets = [await open(servers, few, clovaUrl), await open(servers, many, clovaUrl)];
  for (const target of targets) await round(target, WARM_UP_MS);
  for (let count = 0; count < rounds; count += 1) {
    for (const target of targets) target.cpuMicroseconds.push(await round(target, seconds * 1_000));
  }
  const [least = Number.NaN, most = Number.NaN] = targets.map((target) => median(target.cpuMicroseconds));
  const lines = targets.map(async ({ stored, cpuMicroseconds, rssMb }) => [
    stored.toLocaleString('en'),
    median(cpuMicroseconds).toFixed(0),
    `${Math.min(...cpuMicroseconds).toFixed(0)}–${Math.max(...cpuMicroseconds).toFixed(0)}`,
    `${((median(cpuMicroseconds) / least) * 100).toFixed(0)} %`,
    (await rssMb()).toFixed(0),
  ]);
  printTable(['stored turns', 'CPU µs a message', 'least–most', 'beside few', 'RSS MB'], await Promise.all(lines));
  process.exitCode = Math.abs(most / least - 1) <= MAX_DIFFERENCE ? 0 : 1;
} finally {
  await servers.close();
}
