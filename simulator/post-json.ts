import { Agent, request } from 'undici';
import type { Clock } from '../src/platform/clock.ts';
import { readText } from '../src/platform/upstream.ts';

/** A response is a small thing; more than this is read no further. */
const MAX_RESPONSE_BYTES = 1024 * 1024;

export interface PostJson {
  readonly connections: Agent;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly clock: Clock;
  /** From sending to the last byte of the body. */
  readonly timeoutMs: number;
  /** Ends the call when the simulator closes. */
  readonly signal: AbortSignal;
}

export interface Posted {
  /** 0 when no response came. */
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly elapsedMs: number;
  readonly timedOut: boolean;
  /** Code of the failure, such as `ECONNREFUSED`, when no complete response came. */
  readonly failure?: string;
}

/** Connections for `postJson`, which keeps the time itself. They are left soon: a receiver that closes an idle one just as
 *  we write would look like one that fails. */
export function openConnections(connectTimeoutMs?: number): Agent {
  return new Agent({
    ...(connectTimeoutMs === undefined ? {} : { connect: { timeout: connectTimeoutMs } }),
    keepAliveTimeout: 1_000,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** Never throws: what went wrong is part of what the platform saw. */
export async function postJson(post: PostJson): Promise<Posted> {
  const sentAt = post.clock.now();
  const abort = new AbortController();
  let timedOut = false;
  const cancel = post.clock.schedule(post.timeoutMs, () => {
    timedOut = true;
    abort.abort();
  });
  try {
    const response = await request(post.url, {
      dispatcher: post.connections,
      method: 'POST',
      headers: post.headers,
      body: post.body,
      signal: AbortSignal.any([abort.signal, post.signal]),
    });
    const text = await readText(response.body, MAX_RESPONSE_BYTES);
    const contentType = response.headers['content-type'];
    return {
      status: response.statusCode,
      contentType: typeof contentType === 'string' ? contentType : '',
      text,
      elapsedMs: post.clock.now() - sentAt,
      timedOut: false,
    };
  } catch (error) {
    return {
      status: 0,
      contentType: '',
      text: '',
      elapsedMs: post.clock.now() - sentAt,
      timedOut,
      failure: timedOut ? 'TIMEOUT' : failureCode(error),
    };
  } finally {
    cancel();
  }
}

function failureCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause instanceof Error ? failureCode(error.cause) : error.name;
}
