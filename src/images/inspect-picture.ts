/** Looks at a picture that we are about to send: whether the platform's server will be able to fetch it, and would take it. The bytes are
 *  counted and hashed as they pass by, and kept nowhere. */
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { Agent } from 'undici';
import { type Clock, systemClock } from '../platform/clock.ts';
import { isPublicAddress } from '../platform/public-address.ts';
import { createPublicLookup, type ResolveName } from '../platform/public-lookup.ts';
import { TRUSTED_ONLY } from '../platform/upstream.ts';
import { detectMediaType } from './image-header.ts';

export interface PictureInspectorSettings {
  /** The platform's API. Where it is in a private network itself (a simulator), it reaches private addresses too, on every port. */
  readonly platformUrl: string;
  readonly maxSizeBytes: number;
  /** From the call to the last byte. */
  readonly timeoutMs: number;
}

export interface PictureInspectorDeps {
  readonly clock?: Clock;
  readonly resolveName?: ResolveName;
}

export type PictureFinding =
  /** `digest` is the same for the same bytes. */
  | { readonly kind: 'fits'; readonly digest: string }
  | { readonly kind: 'unfit'; readonly problem: 'missing' | 'too-large' | 'wrong-kind' | 'too-slow' }
  /** It cannot be seen from here, which says nothing about the platform: our own public address is often closed to us. */
  | { readonly kind: 'unseen' };

export interface PictureInspector {
  /** By the address alone: the platform asks the default ports of public hosts; a phone asks any port. */
  reachOf(url: string): 'platform' | 'customers' | 'nobody';
  inspect(url: string, signal: AbortSignal): Promise<PictureFinding>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 3_000;
const CONNECTIONS_PER_HOST = 4;
const KEEP_ALIVE_MS = 1_000;
/** Nothing is there, for nobody. Other refusals may be meant for us alone. */
const MISSING_STATUSES: readonly number[] = [404, 410];
/** The longest beginning that tells what a file is. */
const MAGIC_BYTES = 12;

const HEADERS = { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': 'malgil' };

export function createPictureInspector(
  settings: PictureInspectorSettings,
  { clock = systemClock, resolveName }: PictureInspectorDeps = {},
): PictureInspector {
  const { maxSizeBytes, timeoutMs } = settings;
  const platformIsPublic = isPublicHost(new URL(settings.platformUrl).hostname);
  const agent = new Agent({
    connect: {
      ...TRUSTED_ONLY,
      timeout: CONNECT_TIMEOUT_MS,
      // A name of a public look may lead into our own network.
      ...(platformIsPublic ? { lookup: createPublicLookup(resolveName) } : {}),
    },
    allowH2: false,
    connections: CONNECTIONS_PER_HOST,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: 0, // one clock for the whole call
    bodyTimeout: 0,
  });
  let closing: Promise<void> | undefined;

  async function look(url: URL, signal: AbortSignal): Promise<PictureFinding> {
    const path = `${url.pathname}${url.search}`;
    const { origin } = url;
    const { statusCode, headers, body } = await agent.request({
      origin,
      path,
      method: 'GET',
      headers: HEADERS,
      signal,
    });
    body.on('error', () => {}); // letting go of a body is an error to its stream
    if (statusCode !== 200 || Number(headers['content-length']) > maxSizeBytes) {
      body.destroy();
      if (MISSING_STATUSES.includes(statusCode)) return { kind: 'unfit', problem: 'missing' };
      return statusCode === 200 ? { kind: 'unfit', problem: 'too-large' } : { kind: 'unseen' };
    }
    const hash = createHash('sha256');
    let beginning = Buffer.alloc(0);
    let sizeBytes = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxSizeBytes) return { kind: 'unfit', problem: 'too-large' }; // leaving the loop destroys the stream
      if (beginning.length < MAGIC_BYTES) beginning = Buffer.concat([beginning, chunk.subarray(0, MAGIC_BYTES)]);
      hash.update(chunk);
    }
    return isPicture(beginning)
      ? { kind: 'fits', digest: hash.digest('base64url') }
      : { kind: 'unfit', problem: 'wrong-kind' };
  }

  const reachOf: PictureInspector['reachOf'] = (address) => {
    const url = URL.parse(address);
    if (url === null) return 'nobody';
    if (isPublicHost(url.hostname)) return url.port === '' ? 'platform' : 'customers';
    return platformIsPublic ? 'nobody' : 'platform';
  };

  return {
    reachOf,

    async inspect(address, signal) {
      const url = URL.parse(address);
      if (url === null || reachOf(address) !== 'platform') return { kind: 'unseen' };
      const timer = new AbortController();
      const cancelTimer = clock.schedule(timeoutMs, () => timer.abort());
      try {
        return await look(url, AbortSignal.any([signal, timer.signal]));
      } catch {
        return timer.signal.aborted ? { kind: 'unfit', problem: 'too-slow' } : { kind: 'unseen' };
      } finally {
        cancelTimer();
      }
    },

    close() {
      closing ??= agent.destroy();
      return closing;
    },
  };
}

/** JPG, PNG and GIF are what chats show. */
function isPicture(beginning: Uint8Array): boolean {
  const mediaType = detectMediaType(beginning);
  if (mediaType === 'image/jpeg' || mediaType === 'image/png') return true;
  return /^GIF8[79]a/.test(Buffer.from(beginning.subarray(0, 6)).toString('latin1'));
}

/** Whether a server elsewhere could reach it, by its name alone. */
function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0) return isPublicAddress(host);
  return host.includes('.') && !/\.(?:localhost|local|internal|intranet|lan|home|corp|test)$/i.test(host);
}
