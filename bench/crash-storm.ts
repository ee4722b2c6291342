/** What becomes of answers when gateways are killed? `node bench/crash-storm.ts --help` */
import { InvalidArgumentError, program } from 'commander';
import { findPostgresBinaries, PostgresServer } from '../test/helpers/postgres-server.ts';
import { type CrashStormReport, runCrashStorm } from './crash-storm/storm.ts';
import { printTable } from './print-table.ts';

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number <= 0) throw new InvalidArgumentError('It takes a whole number above 0.');
  return number;
}

const SETTLING_TOLD_EVERY_MS = 5_000;

interface Options {
  readonly rounds: number;
  readonly customers: number;
  readonly replicas: number;
  /** True: a server of its own. */
  readonly postgres?: string | true;
}

program
  .name('bench/crash-storm.ts')
  .description(
    'Customers on TalkTalk and KakaoTalk go on asking while a gateway is killed (kill -9) at random moments and started again. Afterwards every answer is accounted for. Exits with 1 when one was lost, doubled, crossed or out of order.',
  )
  .option('--rounds <n>', 'kills', positive, 200)
  .option('--customers <n>', 'conversations that are active all the time', positive, 50)
  .option(
    '--postgres [url]',
    'an empty database, or without an address a server of its own; without the option the embedded store',
  )
  .option('--replicas <n>', 'gateways on that database, behind a balancer', positive, 2)
  .parse();

const { rounds, customers, replicas, postgres } = program.opts<Options>();
const server = postgres === true ? await startServer() : undefined;
const url = server?.url ?? (typeof postgres === 'string' ? postgres : undefined);
const report = await runCrashStorm({
  rounds,
  customers,
  ...(url === undefined ? {} : { postgres: { url, replicas } }),
  onRound: (round) => {
    if (round % 10 === 0) process.stderr.write(`${round} of ${rounds} kills\n`);
  },
  onSettling: everyFewSeconds((open) => process.stderr.write(`${open} turns and deliveries still open\n`)),
});
await server?.remove();
print(report);
process.exitCode = isClean(report) ? 0 : 1;

async function startServer(): Promise<PostgresServer> {
  const binaries = findPostgresBinaries();
  if (binaries === undefined) throw new Error('There is no PostgreSQL for this machine: give the address of one');
  return PostgresServer.create(binaries, { durable: true });
}

function everyFewSeconds<Value>(tell: (value: Value) => void): (value: Value) => void {
  let toldAt = 0;
  return (value) => {
    if (Date.now() - toldAt < SETTLING_TOLD_EVERY_MS) return;
    toldAt = Date.now();
    tell(value);
  };
}

function print({ kills, accepted, turnedAway, told, fates, ...wrong }: CrashStormReport): void {
  const { lost, doubled, crossed, outOfOrder, evidence, faults, leftOpen, openWork, spooled } = wrong;
  printTable(
    [
      'kills',
      'accepted',
      'turned away',
      'told',
      'lost',
      'doubled',
      'crossed',
      'out of order',
      'against the rules',
      'left open',
    ],
    [
      [
        kills,
        accepted,
        turnedAway,
        told,
        lost.length,
        doubled.length,
        crossed.length,
        outOfOrder.length,
        faults.length,
        leftOpen,
      ].map(String),
    ],
  );
  process.stdout.write(`\nevents that waited in a spool: ${spooled}\n\n`);
  printTable(
    ['fate of a delivery', 'how many'],
    Object.entries(fates).map(([state, count]) => [state, String(count)]),
  );
  if (openWork.length > 0) {
    process.stdout.write('\n');
    printTable(
      ['still open', 'state', 'channel', 'windows', 'owner', 'how many', 'conversations', 'oldest, s'],
      openWork.map(({ what, state, channel, windows, owner, count, conversations, oldestReceivedAt }) => [
        what,
        state,
        channel,
        windows,
        owner,
        String(count),
        String(conversations),
        ((Date.now() - oldestReceivedAt) / 1_000).toFixed(1),
      ]),
    );
  }
  for (const [name, ids] of Object.entries({ lost, doubled, crossed, outOfOrder })) {
    if (ids.length > 0) process.stdout.write(`${name}: ${ids.slice(0, 20).join(', ')}\n`);
  }
  for (const line of evidence) process.stdout.write(`${line}\n`);
}

function isClean({ lost, doubled, crossed, outOfOrder, faults, leftOpen }: CrashStormReport): boolean {
  return lost.length + doubled.length + crossed.length + outOfOrder.length + faults.length + leftOpen === 0;
}
