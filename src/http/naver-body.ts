/** The body of a TalkTalk call, read in time and as far as it must be: a 200 to `pay_complete` charges the customer, so what is too
 *  large, too slow or compressed may not hide one. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';
import { GatewayError } from '../errors.ts';
import type { EpochMs } from '../message.ts';
import type { Clock } from '../platform/clock.ts';
import { bodyBroken, bodyTooLarge, bodyTooSlow } from './body-faults.ts';

/** Whether bytes may ask for money. `isWhole` = false: they are only the beginning, and nobody knows the rest. */
export type AsksForPayment = (body: Uint8Array, isWhole?: boolean) => boolean;

export interface NaverBody {
  /** All of it, decoded; or its beginning, when `error` says why there is no more. */
  readonly bytes: Uint8Array;
  readonly error?: GatewayError;
  /** It may ask for money, whatever `bytes` look like. */
  readonly mayAskForPayment: boolean;
  /** `bytes` are a beginning that cannot ask for money, and the rest is still coming: resolves with everything. */
  readonly whole?: Promise<NaverBody>;
}

export interface NaverBodyParts {
  /** More is INBOUND_TOO_LARGE. */
  readonly maxBodyBytes: number;
  readonly clock: Clock;
  readonly asksForPayment: AsksForPayment;
  /** Whether a body that begins so is certainly no request for money. */
  readonly beginsHarmlessly: (beginning: Uint8Array) => boolean;
}

/** From the first look at the body. TalkTalk waits 5 s for everything. */
const BODY_MS = 3_500;
/** The same for the rest of one that has its response: nobody waits for it. */
const REST_MS = 30_000;
const LOOK_AGAIN_MS = 300;
/** Carried over from one piece of the stream to the next, so that no name falls between: room for one written in escapes and UTF-16. */
const OVERLAP_BYTES = 1_024;
/** Pieces are looked at together: single bytes sent one by one must not cost a search each. */
const SEARCHED_AT_ONCE_BYTES = 65_536;

type Decode = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
  ['zstd', promisify(zstdDecompress)],
]);

/** How gzip, zstd and zlib streams begin. */
const MAGIC: readonly Buffer[] = ['1f8b', '28b52ffd', '7801', '785e', '789c', '78da'].map((hex) =>
  Buffer.from(hex, 'hex'),
);
/** Streams that begin in no certain way. */
const WITHOUT_MAGIC: readonly Decode[] = [promisify(brotliDecompress), promisify(inflateRaw)];

/** Never rejects.
 *  @param enoughAt from then on a beginning is enough that cannot ask for money, while the rest is still coming */
export async function readNaverBody(
  request: IncomingMessage,
  parts: NaverBodyParts,
  enoughAt?: EpochMs,
): Promise<NaverBody> {
  if (enoughAt === undefined) return readWhole(request, parts);
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const whole = readWhole(request, parts, { at: enoughAt, tell: resolve });
  return Promise.race([whole, promise.then((bytes) => ({ bytes, mayAskForPayment: false, whole }))]);
}

interface Enough {
  readonly at: EpochMs;
  tell(beginning: Uint8Array): void;
}

async function readWhole(request: IncomingMessage, parts: NaverBodyParts, enough?: Enough): Promise<NaverBody> {
  const read = await readWithin(request, parts, enough);
  const encoding = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  // Compressed bytes show nothing of what they hold, whether or not a header says that they are.
  if (encoding === '' || encoding === 'identity' || read.bytes.length === 0) {
    if (read.mayAskForPayment || !(await mayBeCompressedRequest(read.bytes, parts))) return read;
    return { ...read, mayAskForPayment: true };
  }
  if (read.error !== undefined) return { ...read, mayAskForPayment: true };
  if (isJson(read.bytes)) return read;
  try {
    const decode = DECODERS.get(encoding);
    if (decode === undefined) throw new Error('nothing here reads this encoding');
    const bytes = await decode(read.bytes, { maxOutputLength: parts.maxBodyBytes });
    return { bytes, mayAskForPayment: parts.asksForPayment(bytes) };
  } catch (cause) {
    const error = new GatewayError('INBOUND_MALFORMED', 'The body is encoded in a way that is not understood', {
      cause,
    });
    return { bytes: read.bytes, error, mayAskForPayment: true };
  }
}

/** Keeps `maxBodyBytes` and searches what comes behind them. Ends with the body, or when it takes too long. */
function readWithin(request: IncomingMessage, parts: NaverBodyParts, enough?: Enough): Promise<NaverBody> {
  const { maxBodyBytes, clock, asksForPayment, beginsHarmlessly } = parts;
  const { promise, resolve } = Promise.withResolvers<NaverBody>();
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let unsearched: Buffer[] = [];
  let unsearchedBytes = 0;
  let isTooLarge = false;
  let isNamedBehind = false;
  let isDone = false;

  const search = () => {
    const piece = Buffer.concat(unsearched);
    if (!isNamedBehind && piece.length > 0) isNamedBehind = asksForPayment(piece);
    const carried = piece.subarray(-OVERLAP_BYTES);
    unsearched = [carried];
    unsearchedBytes = carried.length;
  };
  const finish = (isWhole: boolean, error?: GatewayError) => {
    if (isDone) return;
    isDone = true;
    cancelTimer();
    cancelLook();
    request.socket.off('close', broken);
    if (isTooLarge) search();
    const bytes = Buffer.concat(kept);
    resolve({
      bytes,
      ...(error === undefined ? {} : { error }),
      mayAskForPayment: isNamedBehind || asksForPayment(bytes, isWhole),
    });
  };
  const tooLarge = () => bodyTooLarge(maxBodyBytes);
  const broken = () => finish(false, bodyBroken());
  const giveUp = () => finish(false, isTooLarge ? tooLarge() : bodyTooSlow());
  let cancelTimer = clock.schedule(BODY_MS, giveUp);
  let cancelLook = () => {};
  const lookAfter = (waitMs: number, tell: Enough['tell']) => {
    cancelLook = clock.schedule(Math.max(0, waitMs), () => {
      const beginning = Buffer.concat(kept);
      if (isTooLarge || !beginsHarmlessly(beginning)) {
        lookAfter(LOOK_AGAIN_MS, tell);
        return;
      }
      cancelTimer();
      cancelTimer = clock.schedule(REST_MS, giveUp);
      // Once there is a response, Node tells a request no more of the end of its connection.
      request.socket.once('close', broken);
      tell(beginning);
    });
  };
  if (enough !== undefined) lookAfter(enough.at - clock.now(), enough.tell);
  request.on('data', (chunk: Buffer) => {
    if (isDone) return;
    const room = maxBodyBytes - keptBytes;
    if (room > 0) kept.push(chunk.subarray(0, room));
    keptBytes += Math.min(room, chunk.length);
    if (chunk.length <= room) return;
    // Read on: what is dropped may still be a request for money, and a caller who still writes would see a reset.
    if (!isTooLarge) {
      isTooLarge = true;
      unsearched = [Buffer.concat(kept).subarray(-OVERLAP_BYTES)];
    }
    unsearched.push(chunk.subarray(Math.max(0, room)));
    unsearchedBytes += chunk.length;
    if (unsearchedBytes >= SEARCHED_AT_ONCE_BYTES) search();
  });
  request.on('end', () => finish(true, isTooLarge ? tooLarge() : undefined));
  request.on('error', broken);
  request.on('aborted', broken);
  return promise;
}

async function mayBeCompressedRequest(
  bytes: Uint8Array,
  { maxBodyBytes: maxOutputLength, asksForPayment }: NaverBodyParts,
): Promise<boolean> {
  if (bytes.length === 0 || STARTS_AS_TEXT.test(Buffer.from(bytes.subarray(0, 1)).toString('latin1'))) return false;
  if (MAGIC.some((magic) => magic.equals(bytes.subarray(0, magic.length)))) return true;
  for (const decode of WITHOUT_MAGIC) {
    try {
      // Noise can be read so, too: what comes out decides.
      if (asksForPayment(await decode(bytes, { maxOutputLength }))) return true;
    } catch (thrown) {
      if (thrown instanceof RangeError) return true; // more than fits came out of it
    }
  }
  return false;
}

/** JSON, or a byte order mark. */
const STARTS_AS_TEXT = /^[\s{["\u00ef\u00fe\u00ff]/;

/** Whatever the header says: nothing that is compressed looks like this. */
function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(bytes).toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
