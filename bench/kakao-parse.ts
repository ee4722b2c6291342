/** What reading a skill call costs, for every form of it. `node bench/kakao-parse.ts --help` */
import { parseArgs } from 'node:util';
import { skillPayloadForms } from '../simulator/kakao/payload-forms.ts';
import type { WebhookRequest } from '../src/channels/channel.ts';
import { createKakaoChannel } from '../src/channels/kakao/index.ts';
import { randomId } from '../src/platform/ids.ts';
import { silentLogger } from '../src/platform/logger.ts';
import { printTable } from './print-table.ts';

const HELP = `Measures how long the Kakao channel takes from the bytes of a skill call to its event.

  node bench/kakao-parse.ts [options]

  --calls N   calls of each form (default 20000)
  --help      this text

Secret, source address and bot id are checked as well. Times are microseconds of CPU a call, the median and the worst of
20 rounds; the aim is at most 50.
`;

const ROUNDS = 20;

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '20000' }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const botId = '667e0123456789abcdef0123';
const channel = createKakaoChannel({
  botId: 'default',
  secrets: ['first-secret-of-the-bench', 'second-secret-of-the-bench'],
  sourceAddresses: ['219.249.231.40/30'],
  kakaoBotIds: [botId],
  callbackOrigins: ['https://bot-api.kakao.com'],
  inlineBudgetMs: 4_000,
  callbackBudgetMs: 50_000,
  waitingText: '답변을 준비하고 있어요.',
  contact: '고객센터 02-000-0000',
  newId: randomId,
  logger: silentLogger,
});

function read(request: WebhookRequest): void {
  channel.verify(request);
  if (channel.checkValue?.(request) === undefined) channel.parse(request);
}

const rows = skillPayloadForms('bench').map(({ name, payload }) => {
  const body = Buffer.from(JSON.stringify(payload));
  const request: WebhookRequest = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-malgil-secret': 'second-secret-of-the-bench',
      'x-request-id': 'chp-0123456789abcdef0123456789abcdef',
      'x-chappie-footprint': 'chp-0123456789abcdef0123456789abcdef',
    },
    body,
    remoteAddress: '219.249.231.41',
    isLocal: false,
    receivedAt: 1_790_000_000_000,
    requestId: 'request-1',
  };
  const calls = Math.max(1, Math.floor(Number(values.calls) / ROUNDS));
  // Until the code is compiled.
  for (let i = 0; i < calls * 2; i += 1) read(request);
  const rounds = Array.from({ length: ROUNDS }, () => {
    const from = process.cpuUsage();
    for (let i = 0; i < calls; i += 1) read(request);
    const { user, system } = process.cpuUsage(from);
    return (user + system) / calls;
  }).sort((a, b) => a - b);
  const at = (index: number) => (rounds[index] ?? 0).toFixed(1);
  return [name, String(body.length), at(ROUNDS / 2), at(ROUNDS - 1)];
});

printTable(['form', 'bytes', 'median µs', 'worst µs'], rows);
