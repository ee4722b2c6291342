/** How fast streams of CLOVA Studio are read, and what the client adds to the first token. `node bench/clova-stream.ts --help` */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { openClovaChat } from '../src/engine/clova/chat.ts';
import { ChatStreamReader } from '../src/engine/clova/stream.ts';
import { printTable } from './print-table.ts';

const HELP = `Measures the reading of CLOVA Studio's streams.

  node bench/clova-stream.ts [options]

  --megabytes N   read in each row of the first table (default 400)
  --calls N       calls in each row of the second table (default 500)
  --help          this text

First table: megabytes a second of CPU time (two cores that others share make the clock useless) and of the clock, for
streams of one kind of frame, fed in pieces of 16 kB, or a frame at a time as a model that is generating writes them. Second table: milliseconds from a call to its first token, half
and 99 % of the calls are faster: a bare pool that waits for the first bytes, and the client that hands on the text of
a frame. The server writes one token at once and the rest 5 ms later; the calls take turns.
`;

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '400' },
    calls: { type: 'string', default: '500' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const PIECE_BYTES = 16_384;
const WORDS =
  '네 고객님 제주와 섬 지역도 배송됩니다 추가 배송비 삼천 원이 붙고 출고 후 사흘쯤 걸립니다'.match(/.{1,2}/gu) ?? [];

function frame(number: number, event: string, data: object): string {
  const id = `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
  return `id:${id}\nevent:${event}\ndata:${JSON.stringify(data)}\n\n`;
}

const common = { finishReason: null, created: 1_790_000_000, seed: 42, usage: null };
const end = frame(1, 'result', { message: { role: 'assistant', content: '' }, finishReason: 'stop' });

function stream(messageOf: (word: string) => object, more: (index: number) => object = () => ({})): Buffer {
  const frames = Array.from({ length: 4_096 }, (_, index) =>
    frame(index, 'token', { message: messageOf(WORDS[index % WORDS.length] ?? ''), ...common, ...more(index) }),
  );
  return Buffer.from(frames.join('') + end);
}

/** Name, bytes, and how much of them comes at once: absent, as much as fits. */
const STREAMS: readonly (readonly [string, Buffer, 'a frame at a time'?])[] = [
  ['words', stream((content) => ({ role: 'assistant', content }))],
  ['words, a frame at a time', stream((content) => ({ role: 'assistant', content })), 'a frame at a time'],
  ['thinking', stream((thinkingContent) => ({ role: 'assistant', thinkingContent }))],
  ['words, a line end in each', stream((word) => ({ role: 'assistant', content: `${word}\n` }))],
  [
    'words, other figures in each',
    stream(
      (content) => ({ role: 'assistant', content }),
      (index) => ({ created: index, outputLength: index % 7 }),
    ),
  ],
  [
    'words, now and then quoted',
    stream((word) => ({ role: 'assistant', content: word.startsWith('제') ? `"${word}"` : word })),
  ],
  [
    'pieces of a tool call',
    stream(() => ({
      role: 'assistant',
      content: '',
      toolCalls: [{ type: 'function', function: { partialJson: ' ' } }],
    })),
  ],
];

function piecesOf(bytes: Buffer, comes: 'a frame at a time' | undefined): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = comes === undefined ? at + PIECE_BYTES : bytes.indexOf('\n\n', at) + 2;
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

function readOnce(pieces: readonly Buffer[]): number {
  const reader = new ChatStreamReader({ model: 'HCX-007', maxSizeBytes: Number.POSITIVE_INFINITY });
  let textLength = 0;
  for (const bytes of pieces) {
    reader.feed(bytes);
    for (const piece of reader.take()) if (piece.type === 'text') textLength += piece.text.length;
  }
  if (reader.result === undefined) throw new Error('the stream was not read to its end');
  return textLength;
}

function measureReading(name: string, bytes: Buffer, comes?: 'a frame at a time'): readonly string[] {
  const pieces = piecesOf(bytes, comes);
  const rounds = Math.max(1, Math.round((Number(values.megabytes) * 1e6) / bytes.length));
  for (let round = 0; round < 20; round += 1) readOnce(pieces);
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) readOnce(pieces);
  const { user, system } = process.cpuUsage(cpu);
  const clockMs = performance.now() - startedAt;
  const megabytes = (bytes.length * rounds) / 1e6;
  const perSecond = (ms: number) => (megabytes / (ms / 1_000)).toFixed(0);
  return [name, perSecond((user + system) / 1_000), perSecond(clockMs)];
}

printTable(
  ['frames', 'MB/s of CPU', 'MB/s'],
  STREAMS.map((stream) => measureReading(...stream)),
);
process.stdout.write('\n');

const firstFrame = frame(0, 'token', { message: { role: 'assistant', content: '네' }, ...common });
const server = createServer((request, response: ServerResponse) => {
  request.resume().once('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream;charset=UTF-8' });
    response.write(firstFrame);
    setTimeout(() => response.end(end), 5);
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const body = JSON.stringify({
  messages: [
    { role: 'system', content: '당신은 상담원입니다.' },
    { role: 'user', content: '배송되나요?' },
  ],
  maxCompletionTokens: 1_024,
  thinking: { effort: 'none' },
});
const pool = new Pool(baseUrl, { connections: 1 });

async function bareCall(): Promise<number> {
  const startedAt = performance.now();
  const response = await pool.request({
    method: 'POST',
    path: '/v3/chat-completions/HCX-007',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: 'Bearer nv-bench' },
    body,
  });
  let firstMs: number | undefined;
  for await (const _ of response.body) firstMs ??= performance.now() - startedAt;
  return firstMs ?? Number.NaN;
}

const chat = openClovaChat({
  apiKey: 'nv-bench',
  baseUrl,
  pathPrefix: '',
  connectTimeoutMs: 5_000,
  firstTokenTimeoutMs: 30_000,
  idleTimeoutMs: 30_000,
  connections: 1,
});
const line = chat.line({ model: 'HCX-007', maxOutputTokens: 1_024, temperature: 0.3 });

async function clientCall(): Promise<number> {
  const startedAt = performance.now();
  const messages = [
    { role: 'system', text: '당신은 상담원입니다.' },
    { role: 'user', text: '배송되나요?' },
  ] as const;
  const call = { requestId: 'bench', closesAt: Date.now() + 60_000, signal: new AbortController().signal };
  let firstMs: number | undefined;
  for await (const _ of line.stream(messages, call)) firstMs ??= performance.now() - startedAt;
  return firstMs ?? Number.NaN;
}

const WARM_UP_CALLS = 50;
const bareMs: number[] = [];
const clientMs: number[] = [];
// In turns, so that whatever else this machine does falls on both alike.
for (let index = 0; index < WARM_UP_CALLS + Number(values.calls); index += 1) {
  const [bare, client] = [await bareCall(), await clientCall()];
  if (index < WARM_UP_CALLS) continue;
  bareMs.push(bare);
  clientMs.push(client);
}

const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
const share = (list: readonly number[], part: number) =>
  sorted(list)[Math.floor((list.length - 1) * part)] ?? Number.NaN;
const row = (name: string, list: readonly number[]) => [
  name,
  share(list, 0.5).toFixed(2),
  share(list, 0.99).toFixed(2),
];
const addedMs = clientMs.map((ms, index) => ms - (bareMs[index] ?? Number.NaN));
printTable(
  ['first token after', 'half, ms', '99 %, ms'],
  [row('bare pipe', bareMs), row('client', clientMs), row('added', addedMs)],
);

await chat.close();
await pool.close();
server.closeAllConnections();
server.close();
