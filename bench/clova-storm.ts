/** What becomes of customers when there are more of them than the account of CLOVA Studio can serve? `node bench/clova-storm.ts --help` */
import { InvalidArgumentError, program } from 'commander';
import { brokenPromises, runClovaStorm } from './clova-storm/storm.ts';
import { printTable } from './print-table.ts';

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number <= 0) throw new InvalidArgumentError('It takes a whole number above 0.');
  return number;
}

interface Options {
  readonly customers: number;
  readonly seconds: number;
  readonly requests: number;
  readonly tokens: number;
  readonly latency: number;
  readonly verbose?: boolean;
}

program
  .name('bench/clova-storm.ts')
  .description(
    'Customers on KakaoTalk, every second one with a callback, ask what the sample knowledge covers, while the account may ask its model for far less. Each gets the answer of the model or of the knowledge before the deadline of its channel, or counts against us: a waiting bubble is no answer. Exits with 1 when somebody sees an error, fewer than 95 % get an answer, or 2 % of the calls are refused for the quota.',
  )
  .option('--customers <n>', 'who ask one question each', positive, 300)
  .option('--seconds <n>', 'over which they come', positive, 60)
  .option('--requests <n>', 'a minute, of the account', positive, 60)
  .option('--tokens <n>', 'a minute, of the account', positive, 60_000)
  .option('--latency <ms>', 'of the model, to its first token', positive, 1_500)
  .option('--verbose', 'what became of those who got no answer')
  .parse();

const { customers, seconds, requests, tokens, latency, verbose } = program.opts<Options>();
const report = await runClovaStorm({
  customers,
  withinMs: seconds * 1_000,
  requestsPerMinute: requests,
  tokensPerMinute: tokens,
  latencyMs: latency,
});
const { fates, answerMs, rawErrors, upstreamCalls, upstreamRefusals, unanswered } = report;
const quantile = (share: number) => String(Math.round(answerMs[Math.ceil(answerMs.length * share) - 1] ?? 0));
const row = {
  customers,
  model: fates.model,
  knowledge: fates.knowledge,
  late: fates.late,
  'not found': fates['not-found'],
  apologies: fates.apology,
  unknown: fates.unknown,
  errors: rawErrors.length,
  'upstream calls': upstreamCalls,
  'refused (429)': upstreamRefusals,
  'median ms': quantile(0.5),
  'p99 ms': quantile(0.99),
};
printTable(Object.keys(row), [Object.values(row).map(String)]);
if (verbose === true) for (const line of unanswered) process.stdout.write(`${line}\n`);
const broken = brokenPromises(report);
for (const promise of broken) process.stdout.write(`broken: ${promise}\n`);
process.exitCode = broken.length === 0 ? 0 : 1;
