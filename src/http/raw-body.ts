/** Routes whose bodies stay bytes, whatever is said about them: each channel judges type, encoding and JSON by its platform's rules. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GatewayError } from '../errors.ts';
import type { EpochMs } from '../message.ts';
import { bodyBroken, bodyTooLarge, bodyTooSlow } from './body-faults.ts';
import { type NaverBody, type NaverBodyParts, readNaverBody } from './naver-body.ts';
import { isKakaoPath, isNaverPath } from './query-address.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** As the client sent it. */
    sentContentType: string | undefined;
    /** What was read of the body, also when it was too much: all of it, or its beginning. */
    rawBody: Uint8Array;
    /** Of a TalkTalk call. Its body may ask for money, whatever was read of it: no 200 unless somebody approved. */
    mayAskForPayment: boolean;
    /** Of a TalkTalk call that cannot ask for money, and is to have its response now: its body, once it has come. */
    lateBody: Promise<NaverBody> | undefined;
  }
}

const NOTHING = new Uint8Array(0);

export function keepBodiesRaw(scope: FastifyInstance, parts: NaverBodyParts): void {
  scope.decorateRequest('sentContentType', undefined);
  scope.decorateRequest('rawBody');
  scope.decorateRequest('mayAskForPayment', false);
  scope.decorateRequest('lateBody', undefined);
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
    if (hasBody && !readableEnded && request.lateBody === undefined) await keep(request, parts);
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
    const enoughAt = request.receivedAt + NAVER_BEGINNING_MS;
    const { bytes, error, mayAskForPayment, whole } = await readNaverBody(request.raw, parts, enoughAt);
    request.rawBody = bytes;
    request.mayAskForPayment = mayAskForPayment;
    request.lateBody = whole;
    return error;
  }
  const { bytes, error } = await readBody(request.raw, parts, bodyEndsAt(request));
  request.rawBody = bytes;
  return error;
}

/** TalkTalk is to have its response within a second. */
const NAVER_BEGINNING_MS = 800;
/** Kakao hangs up 5 s after it called; the rest is for the apology and the way back. */
const KAKAO_BODY_MS = 4_000;
/** Of everybody else, who can try again. */
const BODY_MS = 30_000;

function bodyEndsAt(request: FastifyRequest): EpochMs {
  return request.receivedAt + (isKakaoPath(request.url) ? KAKAO_BODY_MS : BODY_MS);
}

interface ReadBody {
  /** All of it; or its beginning, when `error` says why there is no more. */
  readonly bytes: Uint8Array;
  readonly error?: GatewayError;
}

/** Never rejects. */
function readBody(
  payload: IncomingMessage,
  { maxBodyBytes, clock }: NaverBodyParts,
  endsAt: EpochMs,
): Promise<ReadBody> {
  const { promise, resolve } = Promise.withResolvers<ReadBody>();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  let isDone = false;
  const finish = (error?: GatewayError) => {
    if (isDone) return;
    isDone = true;
    cancelTimer();
    const [only] = chunks;
    const bytes = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
    resolve(error === undefined ? { bytes } : { bytes, error });
  };
  const cancelTimer = clock.schedule(Math.max(0, endsAt - clock.now()), () => finish(bodyTooSlow()));
  payload.on('data', (chunk: Buffer) => {
    // Read on and drop: a caller who still writes would see a reset instead of the answer.
    if (isDone) return;
    chunks.push(sizeBytes + chunk.length > maxBodyBytes ? chunk.subarray(0, maxBodyBytes - sizeBytes) : chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > maxBodyBytes) finish(bodyTooLarge(maxBodyBytes));
  });
  payload.on('end', () => finish());
  payload.on('error', () => finish(bodyBroken()));
  payload.on('aborted', () => finish(bodyBroken()));
  // Who announces too much need not send it to hear so.
  if (Number(payload.headers['content-length']) > maxBodyBytes) finish(bodyTooLarge(maxBodyBytes));
  return promise;
}
