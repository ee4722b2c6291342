/** How many background turns does a database carry, with one replica and with two? `node bench/background.ts --help` */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { program } from 'commander';
import pg from 'pg';
import { request } from 'undici';
import { startOwnServer } from '../test/helpers/postgres.ts';
import { median, positive } from './gateway/figures.ts';
import { BUILT_SERVER, type RunningGateway, Servers } from './gateway/servers.ts';
import { talktalkTraffic } from './gateway/traffic.ts';
import { printTable } from './print-table.ts';

const MIN_PER_SECOND = 300;
/** Of each gateway: until the compiler has seen the way of a turn often enough, one costs three times as much. */
const WARM_UP_TURNS = 2_500;
/** CPU times in /proc are in these. */
const TICK_MICROSECONDS = 10_000;
const BALANCED_MS = 15_000;

interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly open: number;
  readonly flush: boolean;
  readonly server: string;
}

program
  .name('bench/background.ts')
  .description(
    [
      'TalkTalk questions as fast as they are answered, to one and to two built gateways (npm run build) on a PostgreSQL server that flushes to the disk.',
      'A turn counts when its answer has reached the send API: accepted and stored, its 200, the model (which answers at once), the answer stored, the call, its result stored.',
      'So many questions are open all the time; customers ask one each. With more than some fifty, a slow disk makes the store late and events go through the spool. CPU is that of all threads, and of all processes of PostgreSQL.',
      'Waits are what busy connections of PostgreSQL were found waiting for, looked at twenty times a second.',
      `Exits with 1 when fewer than ${MIN_PER_SECOND} turns a second are carried by either, or when two replicas carry no more than one.`,
    ].join(' '),
  )
  .option('--rounds <n>', 'rounds of each', positive, 3)
  .option('--seconds <n>', 'length of a round', positive, 6)
  .option('--open <n>', 'questions that are open at the same time', positive, 40)
  .option('--no-flush', 'a PostgreSQL server that flushes nothing: what the processor carries, whatever the disk does')
  .option('--server <file>', 'the built server', BUILT_SERVER)
  .parse();

const { rounds, seconds, open, flush, server } = program.opts<Options>();
if (!existsSync(server)) program.error(`${server} is not there; run npm run build first`);

/** What connections wait for, by how often they were found so. */
class Waits {
  readonly #client: pg.Client;
  readonly #found = new Map<string, number>();
  #sum = 0;

  constructor(url: string) {
    this.#client = new pg.Client(url);
  }

  open(): Promise<unknown> {
    return this.#client.connect();
  }

  async look(): Promise<void> {
    const { rows } = await this.#client.query<{ readonly wait: string; readonly count: number }>(
      `SELECT coalesce(wait_event, 'CPU') AS wait, count(*)::int AS count FROM pg_stat_activity
       WHERE application_name LIKE 'malgil %' AND state <> 'idle' GROUP BY 1`,
    );
    for (const { wait, count } of rows) {
      this.#found.set(wait, (this.#found.get(wait) ?? 0) + count);
      this.#sum += count;
    }
  }

  /** The first three. */
  toString(): string {
    const first = [...this.#found].sort(([, a], [, b]) => b - a).slice(0, 3);
    return first.map(([wait, count]) => `${wait} ${((count / this.#sum) * 100).toFixed(0)} %`).join(', ');
  }

  close(): Promise<void> {
    return this.#client.end();
  }
}

interface House {
  readonly gateways: readonly RunningGateway[];
  readonly postmaster: number;
  readonly waits: Waits;
  readonly results: Round[];
}

interface Round {
  readonly perSecond: number;
  /** Per turn. */
  readonly gatewayMicroseconds: number;
  readonly databaseMicroseconds: number;
}

/** Of a process and of those that it has started and that have ended. Source: proc_pid_stat(5) */
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // it has ended meanwhile
  }
}

/** All processes of the server: each connection has one. */
function databaseMicroseconds(postmaster: number): number {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  const own = [postmaster, ...pids.filter((pid) => parentOf(pid) === postmaster)];
  return own.reduce((sum, pid) => sum + cpuTicks(pid), 0) * TICK_MICROSECONDS;
}

async function answered(sendApiUrl: string): Promise<number> {
  const { body } = await request(sendApiUrl);
  return Number(((await body.json()) as { readonly answered: number }).answered);
}

const traffic = talktalkTraffic();

/** Keeps as many questions open as named, each at the next of the gateways. */
async function load(
  gateways: readonly RunningGateway[],
  sendApiUrl: string,
  isOver: (answers: number, elapsedMs: number) => boolean,
  waits?: Waits,
): Promise<number> {
  const before = await answered(sendApiUrl);
  const startedMs = performance.now();
  let asked = 0;
  let done = 0;
  const asking = new Set<Promise<void>>();
  const say = async () => {
    const { path, body } = traffic();
    const port = gateways[asked % gateways.length]?.port;
    asked += 1;
    const response = await request(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await response.body.dump();
    if (response.statusCode !== 200) throw new Error(`TalkTalk got ${response.statusCode}`);
  };
  while (!isOver(done, performance.now() - startedMs)) {
    while (asked - done < open) {
      const call = say().finally(() => asking.delete(call));
      asking.add(call);
    }
    await delay(50);
    await waits?.look();
    done = (await answered(sendApiUrl)) - before;
  }
  const perSecond = done / ((performance.now() - startedMs) / 1_000);
  await Promise.all(asking);
  while ((await answered(sendApiUrl)) - before < asked) await delay(50);
  return perSecond;
}

async function gatewayMicroseconds(gateways: readonly RunningGateway[]): Promise<number> {
  let sum = 0;
  for (const { child } of gateways) sum += (await child.usage()).cpuMicroseconds;
  return sum;
}

async function measure({ gateways, postmaster, waits }: House, sendApiUrl: string): Promise<Round> {
  const turnsBefore = await answered(sendApiUrl);
  const gatewaysBefore = await gatewayMicroseconds(gateways);
  const databaseBefore = databaseMicroseconds(postmaster);
  const perSecond = await load(gateways, sendApiUrl, (_, elapsedMs) => elapsedMs >= seconds * 1_000, waits);
  const turns = (await answered(sendApiUrl)) - turnsBefore;
  return {
    perSecond,
    gatewayMicroseconds: ((await gatewayMicroseconds(gateways)) - gatewaysBefore) / turns,
    databaseMicroseconds: (databaseMicroseconds(postmaster) - databaseBefore) / turns,
  };
}

const servers = await Servers.open();
const databases = [await startOwnServer({ durable: flush }), await startOwnServer({ durable: flush })];
try {
  const clovaUrl = await servers.stub('gateway/clova-stub.ts');
  const sendApiUrl = await servers.stub('gateway/send-api-stub.ts');
  const houses: House[] = [];
  for (const [index, database] of databases.entries()) {
    const gateways: RunningGateway[] = [];
    for (let replica = 0; replica <= index; replica += 1) {
      const env = {
        DATABASE_URL: database.url,
        CLOVA_BASE_URL: clovaUrl,
        NAVER_BASE_URL: sendApiUrl,
        NAVER_AUTHORIZATION: 'ct_bench',
        NAVER_SENDS_PER_SECOND: '1000',
        // The time in which more may come is no work.
        NAVER_QUIET_MS: '0',
      };
      gateways.push(await servers.gateway(`data-${index}-${replica}`, env, server));
    }
    const waits = new Waits(database.url);
    await waits.open();
    houses.push({ gateways, postmaster: database.pid ?? Number.NaN, waits, results: [] });
  }
  // Until the two have given signs of life for as long as they take to lapse.
  await delay(BALANCED_MS);
  for (const { gateways } of houses) {
    await load(gateways, sendApiUrl, (answers) => answers >= WARM_UP_TURNS * gateways.length);
  }
  for (let count = 0; count < rounds; count += 1) {
    for (const house of houses) house.results.push(await measure(house, sendApiUrl));
  }
  const of = (results: readonly Round[], field: keyof Round) => median(results.map((result) => result[field]));
  printTable(
    ['replicas', 'turns a second', 'CPU µs a turn: gateways', 'PostgreSQL', 'waits'],
    houses.map(({ gateways, waits, results }) => [
      String(gateways.length),
      of(results, 'perSecond').toFixed(0),
      of(results, 'gatewayMicroseconds').toFixed(0),
      of(results, 'databaseMicroseconds').toFixed(0),
      String(waits),
    ]),
  );
  const [one = Number.NaN, two = Number.NaN] = houses.map(({ results }) => of(results, 'perSecond'));
  for (const { waits } of houses) await waits.close();
  process.exitCode = one >= MIN_PER_SECOND && two >= MIN_PER_SECOND && two > one ? 0 : 1;
} finally {
  await servers.close();
  for (const database of databases) await database.remove();
}
