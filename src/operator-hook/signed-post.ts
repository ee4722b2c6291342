/** The operator's hook as one address: a signed POST, an answer in JSON. */
import { createHmac } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import { openUpstream, readBytes } from '../platform/upstream.ts';
import { type HookAnswer, type HookCall, type OperatorHook, TOO_LONG } from './operator-hook.ts';

export interface SignedPostOptions {
  /** The only address that is ever called: https, or this machine. Redirects are not followed. */
  readonly url: string;
  readonly secret: string;
  readonly clock: Clock;
}

const CONNECT_TIMEOUT_MS = 2_000;
/** Longer than any time limit of a caller. */
const UPSTREAM_TIMEOUT_MS = 30_000;
/** Some 20,000 Korean letters: two messages of TalkTalk. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** The body is `{ id, type, at, bot, channel, user, … }` with what the type brings, without `user` where nobody may be named any more. Two headers prove where it comes from:
 *  `X-Malgil-Timestamp` (seconds since 1970) and `X-Malgil-Signature`, `sha256=` and the HMAC-SHA256 in hex, under the shared secret,
 *  of the timestamp, a full stop and the body, byte for byte. Receivers refuse timestamps more than five minutes old.
 *
 *  The answer is 200 with `{ "approve": true }` or `{ "text": "…" }`, or 204; whatever else comes, or is longer than 64 KiB, is no answer. */
export function createSignedPost({ url, secret, clock }: SignedPostOptions): OperatorHook {
  const { origin, pathname, search } = new URL(url);
  const pool = openUpstream({
    origin,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    headersTimeoutMs: UPSTREAM_TIMEOUT_MS,
    bodyTimeoutMs: UPSTREAM_TIMEOUT_MS,
    connections: 16,
  });
  return {
    async call(call, timeoutMs) {
      const body = JSON.stringify(toBody(call));
      const timestamp = String(Math.floor(clock.now() / 1_000));
      try {
        const response = await pool.request({
          method: 'POST',
          path: `${pathname}${search}`,
          headers: {
            'content-type': 'application/json; charset=utf-8',
            accept: 'application/json',
            'x-malgil-timestamp': timestamp,
            'x-malgil-signature': `sha256=${sign(secret, timestamp, body)}`,
          },
          body,
          signal: AbortSignal.timeout(timeoutMs),
        });
        const bytes = await readBytes(response.body, MAX_ANSWER_BYTES + 1);
        return readAnswer(response.statusCode, bytes);
      } catch (thrown) {
        if (thrown instanceof GatewayError) throw thrown;
        // The cause would tell the address, which may carry a key.
        throw new GatewayError('OPERATOR_HOOK_FAILED', 'The operator hook did not answer', {
          details: detailsOf(thrown),
        });
      }
    },
    close: () => pool.close(),
  };
}

/** The code of an exception of the platform itself is a number that says nothing. */
function detailsOf(thrown: unknown): Readonly<Record<string, string>> {
  if (thrown instanceof DOMException) {
    return { code: thrown.name, ...(thrown.name === 'TimeoutError' ? { reason: TOO_LONG } : {}) };
  }
  return { code: thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown' };
}

function sign(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

function toBody({ at, conversation, ...call }: HookCall): object {
  const { botId, channel } = conversation;
  const whose = 'user' in conversation ? { user: conversation.user } : {};
  return { ...call, at: new Date(at).toISOString(), bot: botId, channel, ...whose };
}

function readAnswer(status: number, bytes: Buffer): HookAnswer {
  if (status === 204) return toAnswer({});
  const unusable = (reason: string) =>
    new GatewayError('OPERATOR_HOOK_FAILED', 'The operator hook gave no usable answer', {
      details: { status, reason },
    });
  if (status !== 200) throw unusable('its status is not 200 or 204');
  if (bytes.length > MAX_ANSWER_BYTES) throw unusable(`it is longer than ${MAX_ANSWER_BYTES} bytes`);
  const answer = parseObject(bytes.toString('utf8'));
  if (answer === undefined) throw unusable('it is not a JSON object');
  return toAnswer(answer);
}

function toAnswer({ approve, text: words }: AnswerBody): HookAnswer {
  const text = typeof words === 'string' ? words.trim() : '';
  if (typeof approve === 'boolean') return { approve, text };
  if (approve !== undefined) return { approve: false, text, unclear: '`approve` is neither true nor false' };
  return text === '' ? { approve: false, text, unclear: 'it has no `approve`' } : { approve: false, text };
}

interface AnswerBody {
  readonly approve?: unknown;
  readonly text?: unknown;
}

/** `{}` for an empty body: some frameworks answer so when a handler returns nothing. */
function parseObject(text: string): AnswerBody | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
