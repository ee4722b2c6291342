/** A chatbot engine of the older kind, to try ENGINE=socket with: answers over TCP, one connection a question. */

import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { Command } from 'commander';
import { startOnPort } from './start-on-port.ts';
import { countingNumber, portNumber, wholeNumber } from './switch-values.ts';

export interface SocketEngineDemoOptions {
  readonly delayMs: number;
  /** The answer goes out in pieces of this size: TCP keeps no boundaries, and letters are cut with it. */
  readonly pieceBytes: number;
  /** Some engines leave the connection to their caller. */
  readonly keepOpen: boolean;
}

const ANSWERS: readonly { readonly word: RegExp; readonly intent: string; readonly answer: string }[] = [
  { word: /영업|몇\s?시|시간/, intent: '영업시간', answer: '평일 오전 9시부터 오후 6시까지 열려 있습니다.' },
  { word: /배송/, intent: '배송', answer: '주문하신 다음 날 출고되어 이틀 안에 도착합니다.' },
  { word: /주소|어디|위치/, intent: '위치', answer: '서울시 종로구 세종대로 1층에 있습니다.' },
];

export class SocketEngineDemo {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor({ delayMs, pieceBytes, keepOpen }: SocketEngineDemoOptions) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      let text = '';
      socket.setEncoding('utf8');
      socket.on('data', (piece: string) => {
        text += piece;
        const query = readQuery(text);
        if (query === undefined) return; // the rest is still on its way
        text = '';
        setTimeout(() => {
          const bytes = Buffer.from(JSON.stringify(answerTo(query)));
          for (let start = 0; start < bytes.length; start += pieceBytes) {
            socket.write(bytes.subarray(start, start + pieceBytes));
          }
          if (!keepOpen) socket.end();
        }, delayMs);
      });
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** @returns the port */
  async start(port = 0): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function readQuery(text: string): { readonly Query: string; readonly BotType: string } | undefined {
  try {
    const { Query, BotType } = JSON.parse(text) as { readonly Query?: unknown; readonly BotType?: unknown };
    return { Query: String(Query ?? ''), BotType: String(BotType ?? '') };
  } catch {
    return undefined;
  }
}

function answerTo({ Query, BotType }: { readonly Query: string; readonly BotType: string }) {
  const found = ANSWERS.find(({ word }) => word.test(Query));
  return {
    Query,
    Answer: found?.answer ?? '죄송합니다. 무슨 말인지 모르겠습니다.',
    AnswerImageUrl: null,
    Intent: found?.intent ?? '알 수 없음',
    NER: [],
    BotType,
  };
}

if (import.meta.main) {
  const command = new Command('socket')
    .description(
      'TCP 챗봇 엔진 시뮬레이터: ENGINE=socket을 시험해 볼 때 씁니다.\nA demo of the older chatbot engines that answer over TCP.',
    )
    .option('--port <port>', '기다릴 포트 (0이면 빈 포트)', portNumber, 5050)
    .option('--delay-ms <ms>', '답하기 전에 기다리는 시간(밀리초)', wholeNumber, 0)
    .option('--piece-bytes <bytes>', '답을 이만큼씩 나누어 보냅니다', countingNumber, 2_048)
    .option('--keep-open', '답한 뒤에도 연결을 끊지 않습니다', false)
    .helpOption('-h, --help', '도움말')
    .parse();
  const { port, ...options } = command.opts<SocketEngineDemoOptions & { readonly port: number }>();
  const demo = new SocketEngineDemo(options);
  const listening = await startOnPort(command, port, () => demo.start(port));
  process.stdout.write(
    `127.0.0.1:${listening}에서 질문을 기다립니다. 게이트웨이는 ENGINE=socket SOCKET_ENGINE=127.0.0.1:${listening}\n`,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void demo.close());
}
