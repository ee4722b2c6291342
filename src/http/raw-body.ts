/** Routes whose bodies stay bytes, whatever is said about them: each channel judges type, encoding and JSON by its platform's rules. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** As the client sent it. */
    sentContentType: string | undefined;
    /** What was read of the body, also when it was too much: all of it, or its beginning. */
    rawBody: Uint8Array;
  }
}

const NOTHING = new Uint8Array(0);

/** @param maxBytes of a body; more is INBOUND_TOO_LARGE */
export function keepBodiesRaw(scope: FastifyInstance, maxBytes: number): void {
  scope.decorateRequest('sentContentType', undefined);
  scope.decorateRequest('rawBody');
  scope.addHook('onRequest', (request, _reply, done) => {
    // Fastify refuses a malformed Content-Type before any parser sees the body; TalkTalk would lose the event.
    request.sentContentType = request.headers['content-type'];
    request.rawBody = NOTHING;
    request.headers['content-type'] = 'application/octet-stream';
    done();
  });
  scope.addHook('preHandler', (request, _reply, done) => {
    request.headers['content-type'] = request.sentContentType;
    const { headers, readableEnded } = request.raw;
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    if (!hasBody || readableEnded) return done();
    // Fastify reads no body of GET and the like; what is in it may ask for money all the same.
    readBody(request.raw, maxBytes, (_error, bytes) => {
      request.rawBody = bytes;
      done();
    });
  });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (request, payload, done) => {
    readBody(payload, maxBytes, (error, bytes) => {
      request.rawBody = bytes;
      done(error, bytes);
    });
  });
}

/** Calls back once: with all bytes, or with the first `maxBytes` and the reason why there are no more. */
export function readBody(
  payload: IncomingMessage,
  maxBytes: number,
  done: (error: Error | null, bytes: Uint8Array) => void,
): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  let isDone = false;
  const finish = (error: Error | null) => {
    if (isDone) return;
    isDone = true;
    const [only] = chunks;
    done(error, chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
  };
  payload.on('data', (chunk: Buffer) => {
    // Read on and drop: a caller who still writes would see a reset instead of the answer.
    if (isDone) return;
    chunks.push(sizeBytes + chunk.length > maxBytes ? chunk.subarray(0, maxBytes - sizeBytes) : chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) {
      finish(new GatewayError('INBOUND_TOO_LARGE', 'The body is larger than this server accepts'));
    }
  });
  payload.on('end', () => finish(null));
  const broken = () => finish(new GatewayError('INBOUND_MALFORMED', 'The body ended before it was complete'));
  payload.on('error', broken);
  payload.on('aborted', broken);
}
