/** What Node's HTTP parser, or HTTP itself, refuses before or beside a route. TalkTalk gets its 200, unless the bytes may ask for money;
 *  everybody else a sentence, and the log a line that names no address: secrets may stand in it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ErrorCode } from '../errors.ts';
import type { NewId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import type { ErrorBody } from './error-body.ts';
import type { AsksForPayment } from './naver-body.ts';
import { isKakaoPath, isNaverPath } from './query-address.ts';

export interface BrokenHttpParts {
  readonly asksForPayment: AsksForPayment;
  readonly newId: NewId;
  readonly logger: Logger;
}

type ParserError = Error & { readonly code?: string; readonly rawPacket?: unknown };

interface Refusal {
  readonly status: string;
  readonly code: ErrorCode;
  readonly message: string;
}

interface NamedRefusal extends Refusal {
  readonly requestId: string;
}

export class BrokenHttp {
  readonly #parts: BrokenHttpParts;
  /** The last request of each connection that had a head. */
  readonly #latest = new WeakMap<Socket, FastifyReply>();
  /** The parser complains again about every piece that follows. */
  readonly #given = new WeakSet<Socket>();

  constructor(parts: BrokenHttpParts) {
    this.#parts = parts;
  }

  /** Every request, at its receipt. */
  remember(reply: FastifyReply): void {
    this.#latest.set(reply.request.raw.socket, reply);
  }

  /** Of `clientErrorHandler`. */
  onParserError(error: ParserError, socket: Socket): void {
    if (this.#given.has(socket)) return;
    this.#given.add(socket);
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    if (this.#endsRequest(socket, error)) return;
    const packet = error.rawPacket instanceof Uint8Array ? error.rawPacket : new Uint8Array(0);
    const [, url] = /^\S{1,30} (\S+)/.exec(Buffer.from(packet).toString('latin1')) ?? [];
    const isHarmless = url !== undefined && isNaverPath(url) && !this.#parts.asksForPayment(packet);
    const refusal = this.#named(refusalOf(error.code));
    // A browser connects before it knows whether it will ask, and lets the connection lapse.
    if (socket.bytesRead > 0) this.#log(refusal, url, { parser: error.code });
    end(socket, isHarmless ? undefined : refusal);
  }

  listen({ server }: FastifyInstance): void {
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      const url = request.url ?? '';
      // HTTP may refuse what it does not know; a platform would lose its message.
      if (isNaverPath(url) || isKakaoPath(url)) {
        server.emit('request', request, response);
        return;
      }
      const refusal = this.#named(UNMET);
      this.#log(refusal, url);
      const body = bodyOf(refusal);
      response.writeHead(417, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(body) }).end(body);
    });
    server.on('connect', ({ url = '' }: IncomingMessage, socket: Socket, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      const isHarmless = isNaverPath(url) && !this.#parts.asksForPayment(head);
      const refusal = this.#named(NO_TUNNEL);
      this.#log(refusal, url);
      end(socket, isHarmless ? undefined : refusal);
    });
  }

  /** The head was fine and a route is at work: it answers in the words of its channel, as for a body that was cut. */
  #endsRequest(socket: Socket, error: Error): boolean {
    const reply = this.#latest.get(socket);
    if (reply === undefined) return false;
    const isAnswered = reply.raw.writableFinished;
    if (isAnswered && reply.request.raw.complete) return false;
    // The answer is out, or on its way: no second one may follow it.
    if (isAnswered || reply.raw.headersSent) {
      socket.destroySoon();
      return true;
    }
    reply.header('connection', 'close'); // the parser reads no more of it
    const { raw } = reply.request;
    if (!raw.complete && raw.listenerCount('error') > 0) raw.emit('error', error);
    return true;
  }

  #named(refusal: Refusal): NamedRefusal {
    return { ...refusal, requestId: this.#parts.newId() };
  }

  #log({ code, message, requestId }: NamedRefusal, url = '', more: object = {}): void {
    const channel = isNaverPath(url) ? 'naver' : isKakaoPath(url) ? 'kakao' : undefined;
    const fields = { code, channel, request: requestId, reason: message, ...more };
    this.#parts.logger.warn(fields, 'a request was refused before any route saw it');
  }
}

/** `undefined`: TalkTalk gets its 200. */
function end(socket: Socket, refusal: NamedRefusal | undefined): void {
  if (refusal === undefined) {
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    return;
  }
  const body = bodyOf(refusal);
  const head = `Content-Type: ${JSON_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
  socket.end(`HTTP/1.1 ${refusal.status}\r\n${head}\r\n\r\n${body}`);
}

function bodyOf({ code, message, requestId }: NamedRefusal): string {
  const body: ErrorBody = { error: { code, message, requestId } };
  return JSON.stringify(body);
}

const JSON_TYPE = 'application/json; charset=utf-8';

const UNMET: Refusal = {
  status: '417 Expectation Failed',
  code: 'INBOUND_MALFORMED',
  message: 'The header Expect asks for something that this server does not do',
};

const NO_TUNNEL: Refusal = {
  status: '405 Method Not Allowed',
  code: 'METHOD_NOT_ALLOWED',
  message: 'This server is no proxy: CONNECT leads nowhere',
};

function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: '408 Request Timeout', code: 'INBOUND_TOO_SLOW', message: 'The request did not come in time' };
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: '431 Request Header Fields Too Large',
        code: 'INBOUND_TOO_LARGE',
        message: 'The headers of the request are larger than this server accepts',
      };
    default:
      return { status: '400 Bad Request', code: 'INBOUND_MALFORMED', message: 'The request is not valid HTTP' };
  }
}
