/** What do customers notice when a replica dies, restarts, or the database does? `node bench/replicas.ts --help` */
import { setTimeout as delay } from 'node:timers/promises';
import { InvalidArgumentError, program } from 'commander';
import { SLOWLY } from '../test/e2e/gated-model.ts';
import { printTable } from './print-table.ts';
import { type House, openHouse } from './replicas/house.ts';
import { runTraffic } from './replicas/traffic.ts';

const SCENARIOS = ['failover', 'outage', 'rolling'] as const;
type Scenario = (typeof SCENARIOS)[number];

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number <= 0) throw new InvalidArgumentError('It takes a whole number above 0.');
  return number;
}

interface Options {
  readonly only?: string;
  readonly rate: number;
  readonly seconds: number;
  readonly outage: number;
}

program
  .name('bench/replicas.ts')
  .description(
    'Two gateways on a PostgreSQL server of their own, behind a proxy that asks /readyz. failover: one is killed with 20 questions open. outage: the server is stopped under load and started again. rolling: both are restarted, one after the other, under load. Exits with 1 when a promise was broken.',
  )
  .option('--only <scenario>', SCENARIOS.join(', '))
  .option('--rate <n>', 'messages a second', positive, 100)
  .option('--seconds <n>', 'at least so long a rolling restart', positive, 60)
  .option('--outage <n>', 'seconds without the database', positive, 15)
  .parse();

const { only, rate, seconds, outage } = program.opts<Options>();
const HELD = 20;
const FAILOVER_LIMIT_MS = 12_000;
/** Signs of life count only once those who give them have done so for as long as they take to lapse. */
const ACQUAINTED_MS = 12_000;
const CALM_MS = 5_000;

for (const scenario of SCENARIOS) {
  if (only !== undefined && only !== scenario) continue;
  const house = await openHouse(2);
  try {
    if (!(await run(scenario, house))) process.exitCode = 1;
  } finally {
    await house.close();
  }
}

function run(scenario: Scenario, house: House): Promise<boolean> {
  switch (scenario) {
    case 'failover':
      return failover(house);
    case 'outage':
      return underLoad(`PostgreSQL away for ${outage} s`, house, async () => {
        await delay(CALM_MS);
        await house.database.stop();
        await delay(outage * 1_000);
        await house.database.start();
        await delay(2 * CALM_MS);
      });
    case 'rolling':
      return underLoad('rolling restart', house, async () => {
        const startedMs = performance.now();
        await delay(CALM_MS);
        for (const gateway of house.gateways) {
          gateway.terminate();
          await gateway.exit;
          await gateway.restart();
          await delay(CALM_MS);
        }
        await delay(Math.max(0, startedMs + seconds * 1_000 - performance.now()));
      });
  }
}

async function failover({ gateways, model, talktalk }: House): Promise<boolean> {
  await delay(ACQUAINTED_MS);
  const [doomed] = gateways;
  if (doomed === undefined) throw new Error('there is no gateway');
  const proxied = talktalk.webhookUrl;
  talktalk.webhookUrl = `${doomed.url}/query/NAVER`;
  const ids = Array.from({ length: HELD }, (_, index) => `질문-f${index}-1`);
  for (const [index, id] of ids.entries()) await talktalk.say(`손님 ${index}`, `${id} ${SLOWLY}`);
  while (ids.some((id) => model.asked(id) < 1)) await delay(10);
  talktalk.webhookUrl = proxied;
  await doomed.kill();
  const killedMs = performance.now();
  const tookMs = new Map<string, number>();
  while (tookMs.size < ids.length && performance.now() - killedMs < 5 * FAILOVER_LIMIT_MS) {
    for (const id of ids) if (!tookMs.has(id) && model.asked(id) > 1) tookMs.set(id, performance.now() - killedMs);
    await delay(10);
  }
  const slowestMs = tookMs.size < ids.length ? Number.POSITIVE_INFINITY : Math.max(...tookMs.values());
  const firstMs = Math.min(...tookMs.values());
  printTable(
    ['failover', 'questions', 'first goes on after ms', 'last'],
    [['a replica is killed', String(ids.length), firstMs.toFixed(0), slowestMs.toFixed(0)]],
  );
  return slowestMs <= FAILOVER_LIMIT_MS;
}

async function underLoad(name: string, house: House, meanwhile: () => Promise<void>): Promise<boolean> {
  const report = await runTraffic(house, rate, meanwhile);
  const { asked, talktalkRefused, talktalkSlowestMs, kakaoMissed, kakaoSlowestMs, lost, doubled } = report;
  const figures = [asked, talktalkRefused, talktalkSlowestMs, kakaoMissed, kakaoSlowestMs, lost, doubled];
  printTable(
    [
      `${rate} messages a second`,
      'asked',
      'TalkTalk refused',
      'slowest ms',
      'Kakao missed',
      'slowest ms',
      'lost',
      'doubled',
    ],
    [[name, ...figures.map((figure) => figure.toFixed(0))]],
  );
  return talktalkRefused + kakaoMissed + lost + doubled === 0;
}
