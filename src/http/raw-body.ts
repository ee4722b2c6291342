/** Routes whose bodies stay bytes, whatever is said about them: each channel judges type, encoding and JSON by its platform's rules. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '../errors.ts';
import { type NaverBodyParts, readNaverBody } from './naver-body.ts';
import { isNaverPath } from './query-address.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** As the client sent it. */
    sentContentType: string | undefined;
    /** What was read of the body, also when it was too much: all of it, or its beginning. */
    rawBody: Uint8Array;
    /** Of a TalkTalk call. Its body may ask for money, whatever was read of it: no 200 unless somebody approved. */
    mayAskForPayment: boolean;
  }
}

const NOTHING = new Uint8Array(0);

export function keepBodiesRaw(scope: FastifyInstance, parts: NaverBodyParts): void {
  scope.decorateRequest('sentContentType', undefined);
  scope.decorateRequest('rawBody');
  scope.decorateRequest('mayAskForPayment', false);
  scope.addHook('onRequest', (request, _reply, done) => {
    // Fastify refuses a malformed Content-Type before any parser sees the body; TalkTalk would lose the event.
    request.sentContentType = request.headers['content-type'];
    request.rawBody = NOTHING;
    request.headers['content-type'] = 'application/octet-stream';
    done();
  });
  scope.addHook('preHandler', async (request) => {
    request.headers['content-type'] = request.sentContentType;
    const { headers, readableEnded } = request.raw;
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    // Fastify reads no body of GET and the like; what is in it may ask for money all the same.
    if (hasBody && !readableEnded) await keep(request, parts);
  });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', async (request: FastifyRequest) => {
    const error = await keep(request, parts);
    if (error !== undefined) throw error;
    return request.rawBody;
  });
}

async function keep(request: FastifyRequest, parts: NaverBodyParts): Promise<GatewayError | undefined> {
  if (isNaverPath(request.url)) {
    const { bytes, error, mayAskForPayment } = await readNaverBody(request.raw, parts);
    request.rawBody = bytes;
    request.mayAskForPayment = mayAskForPayment;
    return error;
  }
  const { promise, resolve } = Promise.withResolvers<GatewayError | undefined>();
  readBody(request.raw, parts.maxBodyBytes, (error, bytes) => {
    request.rawBody = bytes;
    resolve(error ?? undefined);
  });
  return promise;
}

/** Calls back once: with all bytes, or with the first `maxBytes` and the reason why there are no more. */
function readBody(
  payload: IncomingMessage,
  maxBytes: number,
  done: (error: GatewayError | null, bytes: Uint8Array) => void,
): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  let isDone = false;
  const finish = (error: GatewayError | null) => {
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
