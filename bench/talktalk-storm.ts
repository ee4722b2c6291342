/** Can a TalkTalk webhook be suspended? `node bench/talktalk-storm.ts --help` */
import { parseArgs } from 'node:util';
import { printTable } from './print-table.ts';
import { runStorm, type StormReport } from './talktalk-storm/storm.ts';

const USAGE = `node bench/talktalk-storm.ts [options]
  --bots N          bots on one gateway (16)
  --rate N          questions a second over all bots (50)
  --seconds N       how long (60)
  --fault-seconds N how long the store is locked, and later the model is down (10)
  --opens N         open events in the burst (60000)
  --open-rate N     of them a second (300)
  --patience N      seconds to wait for the last answers (120)
Ends with 1 when a call did not get 200, a payment did, p99.9 is not under 1 s, a bot was suspended, or a question was
answered twice, out of order or not at all.
`;

const LIMIT_MS = 1_000;

const { values } = parseArgs({
  options: {
    bots: { type: 'string', default: '16' },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '60' },
    'fault-seconds': { type: 'string', default: '10' },
    opens: { type: 'string', default: '60000' },
    'open-rate': { type: 'string', default: '300' },
    patience: { type: 'string', default: '120' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else {
  const report = await runStorm({
    bots: Number(values.bots),
    perSecond: Number(values.rate),
    seconds: Number(values.seconds),
    faultSeconds: Number(values['fault-seconds']),
    opens: Number(values.opens),
    opensPerSecond: Number(values['open-rate']),
    patienceSeconds: Number(values.patience),
  });
  print(report);
  process.exitCode = isCalm(report) ? 0 : 1;
}

function print(report: StormReport): void {
  const rows = report.phases.map(({ name, calls, not200, p50Ms, p99Ms, p999Ms, maxMs }) =>
    [name, calls, not200, p50Ms, p99Ms, p999Ms, maxMs].map(String),
  );
  printTable(['phase', 'calls', 'not 200', 'p50 ms', 'p99 ms', 'p99.9 ms', 'max ms'], rows);
  const { questions, answeredOnce, explained, silent, doubled, outOfOrder, suspended, payments, payments200 } = report;
  process.stdout.write(`
questions ${questions}: answered once ${answeredOnce}, explained ${explained}, without a word ${silent.length}, twice ${doubled.length}
customers whose answers came out of order ${outOfOrder.length}${outOfOrder
    .slice(0, 5)
    .map((ids) => ` [${ids}]`)
    .join('')}; bots suspended ${suspended}; sends against the rules ${report.faults}
payment requests ${payments}, of them answered with 200: ${payments200}; events that waited in the spool ${report.spooled}
`);
}

function isCalm(report: StormReport): boolean {
  const { silent, doubled, outOfOrder, suspended, payments200, faults, phases } = report;
  const wrong = silent.length + doubled.length + outOfOrder.length + suspended + payments200 + faults;
  return wrong === 0 && phases.every(({ not200, p999Ms }) => not200 === 0 && p999Ms < LIMIT_MS);
}
