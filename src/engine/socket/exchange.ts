/** One question over a connection of its own. */
import { isUtf8 } from 'node:buffer';
import { connect, type Socket } from 'node:net';
import { GatewayError } from '../../errors.ts';
import type { EpochMs } from '../../message.ts';
import { cancellation } from '../../platform/cancellation.ts';
import { type Clock, delay } from '../../platform/clock.ts';
import { JsonEnd } from './json-end.ts';

export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

export interface ExchangeLimits {
  readonly connectTimeoutMs: number;
  /** From the connection to the whole answer. */
  readonly answerTimeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly closesAt: EpochMs;
}

/** Sends `question` and reads until the JSON of the answer is complete or the peer has closed its side.
 *  @returns the text of the answer, which may still be no JSON
 *  @throws GatewayError `ENGINE_UNREACHABLE`, `ENGINE_TIMEOUT`, `ENGINE_STREAM_BROKEN`, `TURN_CANCELLED` */
export async function askOverSocket(
  address: SocketAddress,
  question: string,
  limits: ExchangeLimits,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  if (signal.aborted) throw cancellation(signal);
  const finished = new AbortController();
  const socket = connect({ ...address, noDelay: true });
  const leftMs = limits.closesAt - clock.now();
  // Time is the clock's, so that a test can let an hour pass.
  const within = (limitMs: number, limit: string) =>
    delay(clock, Math.min(limitMs, leftMs), finished.signal).then(() => {
      if (!finished.signal.aborted) throw timeout(limitMs < leftMs ? limit : 'work');
      return new Promise<never>(() => {});
    });
  const cancelled = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(cancellation(signal)), { once: true, signal: finished.signal });
  });
  try {
    await Promise.race([connected(socket), within(limits.connectTimeoutMs, 'connect'), cancelled]);
    socket.write(question);
    return await Promise.race([
      answerOf(socket, limits.maxAnswerBytes),
      within(limits.answerTimeoutMs, 'answer'),
      cancelled,
    ]);
  } finally {
    finished.abort();
    socket.destroy();
  }
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.on('error', (cause) => reject(unreachable(cause)));
  });
}

function answerOf(socket: Socket, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const end = new JsonEnd();
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    const finish = () => {
      const bytes = Buffer.concat(chunks);
      // A byte order mark, which such engines like to write, is no part of the JSON: the decoder leaves it out.
      if (isUtf8(bytes)) resolve(new TextDecoder().decode(bytes));
      else reject(broken('is not in UTF-8'));
    };
    socket.on('data', (bytes: Uint8Array) => {
      sizeBytes += bytes.length;
      if (sizeBytes > maxBytes) return reject(broken('does not end'));
      const length = end.find(bytes);
      chunks.push(length === undefined ? bytes : bytes.subarray(0, length));
      if (length !== undefined) finish();
    });
    socket.on('end', () => (sizeBytes === 0 ? reject(broken('is empty')) : finish()));
    socket.on('error', (cause) => reject(broken('broke off', cause)));
    socket.on('close', () => reject(broken('broke off')));
  });
}

function timeout(limit: string): GatewayError {
  return new GatewayError('ENGINE_TIMEOUT', 'The socket engine took too long', { details: { limit } });
}

function unreachable(cause: Error): GatewayError {
  const { code } = cause as NodeJS.ErrnoException;
  return new GatewayError('ENGINE_UNREACHABLE', 'The socket engine could not be reached', {
    cause,
    details: code === undefined ? {} : { networkCode: code },
  });
}

function broken(what: string, cause?: Error): GatewayError {
  return new GatewayError('ENGINE_STREAM_BROKEN', `The answer of the socket engine ${what}`, { cause });
}
