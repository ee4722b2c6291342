import type { Readable, Transform } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import { type Dispatcher, Pool } from 'undici';

export interface UpstreamOptions {
  /** Origin only; a path in it is ignored here. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  /** Longest wait for the response headers. */
  readonly headersTimeoutMs: number;
  /** Longest silence inside a body. */
  readonly bodyTimeoutMs: number;
  readonly connections: number;
  /** PEM certificates to trust besides those of public authorities. */
  readonly ca?: string;
}

/** Certificates are checked, said outright: where nothing is said, NODE_TLS_REJECT_UNAUTHORIZED in the environment decides. */
export const TRUSTED_ONLY = { rejectUnauthorized: true } as const;

/** One connection pool per upstream. Redirects are never followed: undici follows none unless told to. */
export function openUpstream(options: UpstreamOptions): Pool {
  return new Pool(options.origin, {
    connections: options.connections,
    connect: {
      timeout: options.connectTimeoutMs,
      ...TRUSTED_ONLY,
      // Certificates that are named take the place of all others.
      ...(options.ca === undefined ? {} : { ca: [...rootCertificates, options.ca] }),
    },
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
    // A peer that closes an idle connection just as we write to it looks like a failed request: let go first.
    keepAliveTimeout: 4_000,
  });
}

/** Reads at most `maxBytes` of a body as UTF-8 and drops the rest: an HTML error page must not fill the memory. */
export async function readText(body: Dispatcher.ResponseData['body'] | Readable, maxBytes: number): Promise<string> {
  return (await readBytes(body, maxBytes)).toString('utf8');
}

/** The first `maxBytes` of a body; what follows them is left unread. */
export async function readBytes(body: Dispatcher.ResponseData['body'] | Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk.subarray(0, maxBytes - sizeBytes));
    sizeBytes += chunk.length;
    if (sizeBytes >= maxBytes) break; // leaving the loop destroys the stream
  }
  return Buffer.concat(chunks);
}

/** We ask for no compression; some proxies compress all the same. */
export function decompressed(body: Readable, encoding: string | string[] | undefined): Readable {
  const decoder = decoderOf(encoding);
  if (decoder === undefined) return body;
  body.on('error', (error) => decoder.destroy(error));
  return body.pipe(decoder);
}

/** `undefined` where there is nothing to decode. */
export function decoderOf(encoding: string | string[] | undefined): Transform | undefined {
  if (encoding === undefined || encoding === 'identity') return undefined;
  return encoding === 'br' ? createBrotliDecompress() : createUnzip();
}
