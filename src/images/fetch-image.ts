/** Brings a customer's picture here, and nothing else: the address came from outside, so whatever stands behind it is a stranger. */
import { Agent, type Dispatcher } from 'undici';
import type { EngineImage, ImageLimits } from '../engine/engine.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { createPublicLookup, PRIVATE_ADDRESS, type ResolveName } from '../platform/public-lookup.ts';
import { TRUSTED_ONLY } from '../platform/upstream.ts';
import { detectMediaType, MAGIC_BYTES, readImageHeader } from './image-header.ts';
import { readImageHosts } from './image-hosts.ts';
import type { FetchedImage, ImageProblem, ImageSource } from './image-source.ts';

export interface ImageSourceSettings {
  /** Exact hosts, suffixes that begin with a dot, and origins: see {@link readImageHosts}. */
  readonly hosts: readonly string[];
  /** One picture; the model may take less. */
  readonly maxSizeBytes: number;
  /** From the call to the last byte. */
  readonly timeoutMs: number;
}

export interface ImageSourceDeps {
  readonly clock?: Clock;
  /** In place of the system's resolver. */
  readonly resolveName?: ResolveName;
}

const CONNECT_TIMEOUT_MS = 3_000;
const CONNECTIONS_PER_HOST = 8;
/** Photos are too rare for a connection to be worth keeping. */
const KEEP_ALIVE_MS = 1_000;

const HEADERS = {
  accept: 'image/*',
  // Packed bytes could unpack into any number of them.
  'accept-encoding': 'identity',
  'user-agent': 'malgil',
};

export function createImageSource(settings: ImageSourceSettings, deps: ImageSourceDeps = {}): ImageSource {
  return new HttpImageSource(settings, deps);
}

class HttpImageSource implements ImageSource {
  readonly #settings: ImageSourceSettings;
  readonly #clock: Clock;
  readonly #findAllowed: (address: string) => URL | undefined;
  readonly #agent: Agent;
  #closing: Promise<void> | undefined;

  constructor(settings: ImageSourceSettings, { clock = systemClock, resolveName }: ImageSourceDeps) {
    this.#settings = settings;
    this.#clock = clock;
    this.#findAllowed = readImageHosts(settings.hosts);
    this.#agent = new Agent({
      // A socket asks for no lookup when the host is a number: only an origin on the list can be one.
      connect: { ...TRUSTED_ONLY, lookup: createPublicLookup(resolveName), timeout: CONNECT_TIMEOUT_MS },
      allowH2: false,
      connections: CONNECTIONS_PER_HOST,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0, // one clock for the whole call
      bodyTimeout: 0,
    });
  }

  async fetchImage(address: string, limits: ImageLimits, signal: AbortSignal): Promise<FetchedImage> {
    const url = this.#findAllowed(address);
    if (url === undefined) return refusal('not-allowed', hostOf(address));
    if (signal.aborted) return refusal('too-slow');
    const timer = new AbortController();
    const cancelTimer = this.#clock.schedule(this.#settings.timeoutMs, () => timer.abort());
    try {
      return await this.#fetch(url, limits, AbortSignal.any([signal, timer.signal]));
    } catch (error) {
      return refusal(timer.signal.aborted || signal.aborted ? 'too-slow' : problemOfConnection(error));
    } finally {
      cancelTimer();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#agent.destroy();
    return this.#closing;
  }

  async #fetch({ origin, pathname, search }: URL, limits: ImageLimits, signal: AbortSignal): Promise<FetchedImage> {
    const path = `${pathname}${search}`;
    const { statusCode, headers, body } = await this.#agent.request({
      origin,
      path,
      method: 'GET',
      headers: HEADERS,
      signal,
    });
    // Letting go of a body is an error to its stream, and an error that nobody hears ends the process.
    body.on('error', () => {});
    const maxSizeBytes = Math.min(this.#settings.maxSizeBytes, limits.maxSizeBytes);
    const problem =
      problemOfStatus(statusCode) ?? (Number(headers['content-length']) > maxSizeBytes ? 'too-large' : undefined);
    if (problem !== undefined) {
      body.destroy();
      return refusal(problem);
    }
    const read = await readImageBytes(body, maxSizeBytes);
    return typeof read === 'string' ? refusal(read) : judge(read, limits);
  }
}

/** undici follows no redirect by itself, and neither do we: it could lead anywhere. */
function problemOfStatus(statusCode: number): ImageProblem | undefined {
  if (statusCode === 200) return undefined;
  if (statusCode >= 300 && statusCode < 400) return 'not-allowed';
  return [401, 403, 404, 410].includes(statusCode) ? 'expired' : 'unreachable';
}

/** Stops at the first byte too many, and as soon as the bytes can be no picture. */
async function readImageBytes(
  body: Dispatcher.ResponseData['body'],
  maxSizeBytes: number,
): Promise<Uint8Array | ImageProblem> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  let isImage = false;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > maxSizeBytes) return 'too-large'; // leaving the loop destroys the stream
    if (isImage || sizeBytes < MAGIC_BYTES) continue;
    isImage = detectMediaType(Buffer.concat(chunks)) !== undefined;
    if (!isImage) return 'wrong-kind';
  }
  return Buffer.concat(chunks);
}

function judge(bytes: Uint8Array, limits: ImageLimits): FetchedImage {
  const header = readImageHeader(bytes);
  if (header === undefined || !limits.mediaTypes.includes(header.mediaType)) return refusal('wrong-kind');
  const longEdgePx = Math.max(header.widthPx, header.heightPx);
  const shortEdgePx = Math.min(header.widthPx, header.heightPx);
  if (shortEdgePx < limits.minShortEdgePx) return refusal('wrong-kind');
  if (longEdgePx > shortEdgePx * limits.maxAspectRatio) return refusal('too-long');
  if (longEdgePx > limits.maxLongEdgePx) return refusal('too-large');
  const image: EngineImage = { mediaType: header.mediaType, bytes };
  return { kind: 'image', image };
}

function problemOfConnection(error: unknown): ImageProblem {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  if (code === PRIVATE_ADDRESS) return 'not-allowed';
  return code === 'UND_ERR_CONNECT_TIMEOUT' ? 'too-slow' : 'unreachable';
}

function refusal(problem: ImageProblem, host?: string): FetchedImage {
  return { kind: 'refused', problem, ...(host === undefined ? {} : { host }) };
}

function hostOf(address: string): string | undefined {
  return URL.parse(address)?.host.slice(0, 100);
}
