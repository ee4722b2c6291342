/** The browser routes of the gateway in a few lines of node:http, played by the test: nothing in here waits by itself. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { AnswerSource, Choice, Reply } from '../../src/message.ts';

/** As strict as the product's own. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><rect width="640" height="360" fill="#8fb8a8"/><circle cx="320" cy="180" r="90" fill="#fff"/></svg>';

export interface FakeProfile {
  name: string;
  greeting: Reply;
  englishGreeting?: Reply;
  ai: string;
  sample: boolean;
  contact: string;
}

export interface PostedBody {
  readonly query?: string;
  readonly tap?: string;
  readonly action?: string;
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds?: number;
}

const MODEL: AnswerSource = { kind: 'model', engine: 'fake', entries: [] };

/** One question and what becomes of it. Everything that it says reaches all streams that follow it. */
export class FakeTurn {
  readonly turnId = randomUUID();
  readonly receivedAt: number;
  readonly sequence: number;
  readonly question: string;
  readonly body: PostedBody;
  #partial = '';
  #final: string | undefined;
  #followers = new Set<ServerResponse>();
  #poster: ServerResponse | undefined;

  constructor(sequence: number, body: PostedBody, receivedAt: number) {
    this.sequence = sequence;
    this.body = body;
    this.question = body.query ?? '';
    this.receivedAt = receivedAt;
  }

  #event(name: string, id: string | undefined, data: object): string {
    return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
  }

  #tell(text: string): void {
    for (const follower of this.#followers) follower.write(text);
  }

  get isFinished(): boolean {
    return this.#final !== undefined;
  }

  /** @returns whether anything is still to come */
  join(response: ServerResponse, after: number): boolean {
    if (after <= 0) {
      const { turnId, sequence, question, receivedAt } = this;
      response.write(this.#event('accepted', `${sequence}.0`, { turnId, sequence, question, receivedAt }));
    }
    if (this.#final !== undefined) {
      response.write(this.#final);
      return false;
    }
    if (this.#partial.length > after) {
      const text = this.#partial.slice(Math.max(after, 0));
      response.write(this.#event('delta', `${this.sequence}.${this.#partial.length}`, { turnId: this.turnId, text }));
    }
    this.#followers.add(response);
    response.on('close', () => this.#followers.delete(response));
    return true;
  }

  post(response: ServerResponse): void {
    this.#poster = response;
    this.join(response, -1);
  }

  delta(text: string): void {
    this.#partial += text;
    this.#tell(this.#event('delta', `${this.sequence}.${this.#partial.length}`, { turnId: this.turnId, text }));
  }

  restart(): void {
    this.#partial = '';
    this.#tell(this.#event('restart', undefined, { turnId: this.turnId }));
  }

  answer(reply: Reply | string, source: AnswerSource = MODEL): void {
    const { turnId, sequence } = this;
    const full: Reply =
      typeof reply === 'string'
        ? { parts: [{ type: 'text', text: reply, format: 'markdown' }], quickReplies: [] }
        : reply;
    const answeredAt = this.receivedAt + 1_000;
    this.#final = this.#event('answer', `${sequence}.end`, { turnId, sequence, reply: full, source, answeredAt });
    this.#tell(this.#final);
    this.end();
  }

  /** Closes the streams in good order, whether there was an answer or not. */
  end(): void {
    this.#final ??= '';
    this.disown();
  }

  /** Ends the streams with `done` although the turn goes on: in another process, of which this one does not know. */
  disown(): void {
    for (const follower of this.#followers) follower.end(this.#event('done', undefined, {}));
    this.#followers.clear();
  }

  /** Ends the streams without `done`, as a proxy does that has waited too long; the turn itself goes on. */
  endEarly(): void {
    for (const follower of this.#followers) follower.end();
    this.#followers.clear();
  }

  /** Breaks the connection of everyone who listens; the turn itself goes on. */
  cut(): void {
    for (const follower of this.#followers) follower.socket?.destroy();
    this.#poster?.socket?.destroy();
    this.#followers.clear();
  }
}

export class FakeWebGateway {
  readonly profile: FakeProfile = {
    name: '말길 상점',
    greeting: {
      parts: [{ type: 'text', text: '안녕하세요! 무엇을 도와드릴까요?', format: 'plain' }],
      quickReplies: [],
    },
    ai: '이 상담은 인공지능(AI)이 답합니다. 중요한 내용은 고객센터에서 한 번 더 확인해 주세요.',
    sample: false,
    contact: '고객센터 02-123-4567 (평일 9시~18시)',
  };
  /** Called for each question that was taken. */
  onTurn: (turn: FakeTurn) => void = (turn) => turn.answer(`"${turn.question}"에 대한 답입니다.`);
  /** What the next requests to `query/WEB` get instead of a stream. */
  readonly refusals: Refusal[] = [];
  /** The next POST is stored, but its connection breaks before the first byte of the response. */
  swallowNextResponse = false;
  /** Turns in one replay. */
  replayLimit = 50;
  /** Fixed when set; date and time of the turns otherwise follow the machine. */
  now: () => number = () => Date.now();
  /** Every request to the API, in order. */
  readonly requests: { method: string; url: string; lastEventId: string | undefined; body?: PostedBody }[] = [];
  readonly #pageFolder: string;
  readonly #conversations = new Map<string, FakeTurn[]>();
  #server: Server | undefined;
  #sockets = new Set<Socket>();
  #port = 0;
  #lastSequence = 0;

  constructor(pageFolder: string) {
    this.#pageFolder = pageFolder;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The turns of the only conversation there is. */
  get turns(): readonly FakeTurn[] {
    return [...this.#conversations.values()].at(-1) ?? [];
  }

  get conversationCount(): number {
    return this.#conversations.size;
  }

  /** As if another tab had reset the conversation and could not tell. */
  forget(): void {
    for (const turns of this.#conversations.values()) turns.length = 0;
  }

  /** Also after {@link goAway}: at the same port, with everything remembered. */
  async open(): Promise<void> {
    const server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** As if the process were killed: every connection breaks, new ones are refused. */
  async goAway(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.origin);
    const path = pathname.replace(/^\/bots\/[^/]+/, '');
    const method = request.method ?? 'GET';
    if (path === '/query/WEB' || path === '/query/WEB/events') {
      const lastEventId = request.headers['last-event-id'];
      const body = method === 'POST' ? await readBody(request) : undefined;
      this.requests.push({
        method,
        url: pathname,
        lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
        ...(body === undefined ? {} : { body }),
      });
      const refusal = this.refusals.shift();
      if (refusal !== undefined) return refuse(response, refusal);
      if (body !== undefined) return this.#post(request, response, body);
      if (path === '/query/WEB') return sendProfile(response, this.profile);
      return this.#replay(request, response, typeof lastEventId === 'string' ? lastEventId : '');
    }
    if (path === '/picture.svg') return void response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(PICTURE);
    await this.#sendFile(response, path);
  }

  #conversationOf(request: IncomingMessage): string | undefined {
    const id = /malgil=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
    return id !== undefined && this.#conversations.has(id) ? id : undefined;
  }

  #post(request: IncomingMessage, response: ServerResponse, body: PostedBody): void {
    const id = this.#conversationOf(request) ?? randomUUID();
    const turns = this.#conversations.get(id) ?? [];
    this.#conversations.set(id, turns);
    const headers = { ...STREAM_HEADERS, 'set-cookie': `malgil=${id}; HttpOnly; SameSite=Lax; Path=/` };
    if (body.action === 'reset') {
      turns.length = 0;
      response.writeHead(200, headers).end('event: done\ndata: {}\n\n');
      return;
    }
    const turn = new FakeTurn(++this.#lastSequence, body, this.now());
    turns.push(turn);
    if (this.swallowNextResponse) {
      this.swallowNextResponse = false;
      request.socket.destroy();
    } else {
      response.writeHead(200, headers);
      turn.post(response);
    }
    this.onTurn(turn);
  }

  #replay(request: IncomingMessage, response: ServerResponse, lastEventId: string): void {
    response.writeHead(200, STREAM_HEADERS).write(': ping\n\n');
    const id = this.#conversationOf(request);
    const [, sequence = '0', position = ''] = /^(\d+)\.(\d+|end)$/.exec(lastEventId) ?? [];
    const after = position === 'end' ? Number(sequence) + 1 : Number(sequence);
    const known = id === undefined ? [] : (this.#conversations.get(id) ?? []);
    const isForgotten = Number(sequence) > 0 && known.every((turn) => turn.sequence !== Number(sequence));
    if (isForgotten) response.write(`event: forgotten\ndata: ${JSON.stringify({ through: Number(sequence) })}\n\n`);
    const turns = known.filter((turn) => isForgotten || turn.sequence >= after).slice(0, this.replayLimit);
    const running = turns.filter((turn) => {
      // A number above 0 says that "accepted" was seen; 0 is the id of "accepted" itself.
      return turn.join(response, turn.sequence === Number(sequence) ? Math.max(Number(position), 0.5) : -1);
    });
    if (running.length === 0) response.end('event: done\ndata: {}\n\n');
  }

  async #sendFile(response: ServerResponse, path: string): Promise<void> {
    const file = normalize(path === '/' || path === '' ? '/index.html' : path);
    try {
      const bytes = await readFile(join(this.#pageFolder, file));
      response.writeHead(200, {
        'content-type': CONTENT_TYPES[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': POLICY,
      });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  }
}

const STREAM_HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' };

async function readBody(request: IncomingMessage): Promise<PostedBody> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as PostedBody;
}

function refuse(response: ServerResponse, { status, code, retryAfterSeconds }: Refusal): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  });
  response.end(JSON.stringify({ error: { code, message: 'Refused by the test' } }));
}

function sendProfile(response: ServerResponse, profile: FakeProfile): void {
  const { name, greeting, englishGreeting, ai, sample, contact } = profile;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({ bot: { id: 'default', name }, greeting, englishGreeting, notices: { ai, sample }, contact }),
  );
}

export function messageChoices(...labels: readonly string[]): readonly Choice[] {
  return labels.map((label) => ({ type: 'message', label }));
}
