import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import nock from 'nock';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plainText } from '../../../src/channels/plain-text.ts';
import { createSocketEngine, type SocketEngineOptions } from '../../../src/engine/socket/index.ts';
import { collectParts, engineContract, engineRequest, thrownBy } from '../../helpers/engine-contract.ts';

/** An old engine, as its script says: what it does with one connection, once the question is there. */
type Script = (socket: Socket, query: Record<string, unknown>) => void;

class OldEngine {
  readonly queries: Record<string, unknown>[] = [];
  cuts = 0;
  script: Script;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #onCut: (() => void)[] = [];

  constructor(script: Script) {
    this.script = script;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('data', (bytes) => {
        const query = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
        this.queries.push(query);
        this.script(socket, query);
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.cuts += 1;
        for (const tell of this.#onCut.splice(0)) tell();
      });
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  nextCut(): Promise<void> {
    return this.cuts > 0 ? Promise.resolve() : new Promise((resolve) => this.#onCut.push(resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const ANSWER = {
  Query: '영업시간',
  Answer: '평일 9시부터 6시까지예요.',
  AnswerImageUrl: null,
  Intent: '문의',
  NER: [],
};
const answers: Script = (socket) => socket.write(JSON.stringify(ANSWER));

let old: OldEngine;
let port: number;

beforeAll(() => {
  nock.restore(); // its sockets say "connected" before anybody has answered
});

beforeEach(async () => {
  old = new OldEngine(answers);
  port = await old.listen();
});

afterEach(() => old.close());

function engineAt(options: Partial<SocketEngineOptions> = {}) {
  return createSocketEngine({
    address: { host: '127.0.0.1', port },
    connectTimeoutMs: 5_000,
    answerTimeoutMs: 20_000,
    ...options,
  });
}

engineContract('the socket engine', () => ({
  engine: engineAt(),
  request: engineRequest(),
  hangUpstream: () => {
    old.script = () => {};
  },
  breakUpstream: () => {
    old.script = (socket) => socket.destroy();
  },
  upstreamRequests: () => old.queries.length,
  upstreamSawCut: () => old.nextCut(),
}));

describe('the socket engine', () => {
  it('sends the question with the type of the bot, and nothing behind it', async () => {
    const conversation = { botId: 'default', channel: 'kakao', user: 'u-1' } as const;
    const request = engineRequest({ question: '영업시간은?', conversation });
    await collectParts(engineAt(), request);
    expect(old.queries).toEqual([{ Query: '영업시간은?', BotType: 'KAKAO' }]);
  });

  it('gives the picture before the words, and hands on what else it says', async () => {
    old.script = (socket) => socket.end(JSON.stringify({ ...ANSWER, AnswerImageUrl: 'https://shop.example/map.png' }));
    expect(await collectParts(engineAt(), engineRequest())).toEqual([
      {
        type: 'reply',
        parts: [
          { type: 'image', url: 'https://shop.example/map.png' },
          { type: 'text', text: ANSWER.Answer, format: 'plain' },
        ],
        quickReplies: [],
        groundIds: [],
        answered: true,
        extra: { Intent: '문의', NER: [] },
      },
      { type: 'finished', reason: 'stop' },
    ]);
  });

  it('has the Markdown taken out where it passes on the words of a model', async () => {
    old.script = (socket) =>
      socket.end(JSON.stringify({ Answer: '**3일** 안에 와요. [자세히](https://shop.example)' }));
    const [reply] = await collectParts(engineAt({ writesMarkdown: true }), engineRequest());
    const part = reply?.type === 'reply' ? reply.parts[0] : undefined;
    expect(part?.type === 'text' && plainText(part)).toBe('3일 안에 와요. 자세히 (https://shop.example)');
  });

  it('takes no notice of a byte order mark before the answer', async () => {
    old.script = (socket) => socket.write(`\uFEFF${JSON.stringify(ANSWER)}`);
    expect(await collectParts(engineAt(), engineRequest())).toContainEqual(
      expect.objectContaining({ parts: [{ type: 'text', text: ANSWER.Answer, format: 'plain' }] }),
    );
  });

  it('reads an answer of any length in any number of pieces, without waiting for the end of the connection', async () => {
    const long = '아주 긴 답변이에요. '.repeat(20_000);
    const bytes = Buffer.from(JSON.stringify({ Answer: long }));
    old.script = (socket) => {
      // Odd sizes cut letters of three bytes in every way.
      for (let start = 0; start < bytes.length; start += 4_099) socket.write(bytes.subarray(start, start + 4_099));
    };
    const [reply] = await collectParts(engineAt(), engineRequest());
    expect(reply).toMatchObject({ parts: [{ text: long.trim() }] });
  });

  it.each([
    ['refuses', undefined, 'ENGINE_UNREACHABLE'],
    ['hangs up without a word', (socket: Socket) => socket.end(), 'ENGINE_STREAM_BROKEN'],
    ['hangs up in the middle', (socket: Socket) => socket.end('{"Answer":"네, '), 'ENGINE_STREAM_BROKEN'],
    ['is cut', (socket: Socket) => socket.resetAndDestroy(), 'ENGINE_STREAM_BROKEN'],
    [
      'speaks CP949',
      (socket: Socket) => socket.end(Buffer.from([...Buffer.from('{"Answer":"'), 0xb3, 0xd7, ...Buffer.from('"}')])),
      'ENGINE_STREAM_BROKEN',
    ],
    ['says what is no JSON', (socket: Socket) => socket.end('<html>오류</html>'), 'ENGINE_STREAM_BROKEN'],
    ['says a list', (socket: Socket) => socket.end('[1]'), 'ENGINE_STREAM_BROKEN'],
    ['has no answer', (socket: Socket) => socket.end('{"Answer":null}'), 'ENGINE_FAILED'],
  ])('that %s is an error of its own kind', async (_, script, code) => {
    if (script === undefined) await old.close();
    else old.script = script;
    const thrown = await thrownBy(() => collectParts(engineAt(), engineRequest()));
    expect(thrown).toMatchObject({ code });
    expect(String(thrown)).not.toContain('오류');
  });

  it('waits no longer than it was told', async () => {
    old.script = (socket) => socket.write('{"Answer":"');
    const thrown = await thrownBy(() => collectParts(engineAt({ answerTimeoutMs: 100 }), engineRequest()));
    expect(thrown).toMatchObject({ code: 'ENGINE_TIMEOUT', details: { limit: 'answer' } });
  });

  it('gives up on an answer without an end', async () => {
    const megabyte = `"${'가'.repeat(350_000)}",`;
    old.script = (socket) => {
      socket.write('{"Answer":[');
      for (let i = 0; i < 8; i += 1) socket.write(megabyte);
    };
    const thrown = await thrownBy(() => collectParts(engineAt(), engineRequest()));
    expect(thrown).toMatchObject({ code: 'ENGINE_STREAM_BROKEN' });
  });
});
