/** The callback: one POST to a one-time URL, which becomes the final bubbles. */
import type { Pool } from 'undici';
import { GatewayError } from '../../errors.ts';
import { openUpstream } from '../../platform/upstream.ts';
import type { DeliveryReceipt, DeliveryTarget, OutboundMessage } from '../channel.ts';
import { findJsonObject } from '../json-body.ts';
import { type PostResult, postJson, receiptWithoutAnswer } from '../post-json.ts';
import {
  adviceForRefusal,
  NOT_CONNECTED_ADVICE,
  ORIGIN_ADVICE,
  readCallbackMessage,
  UNKNOWN_ADVICE,
} from './callback-results.ts';
import type { ResolveCallback } from './callback-url.ts';
import { combineMessages } from './combine.ts';

/** The token lives a minute and the answer may need another try, so a call that hangs is given up early. */
const TOTAL_TIMEOUT_MS = 8_000;
const DEFAULT_CONNECT_TIMEOUT_MS = 3_000;

export interface CallbackClientOptions {
  readonly resolveCallback: ResolveCallback;
  readonly connectTimeoutMs?: number;
  readonly totalTimeoutMs?: number;
  /** Told of each callback that Kakao took or may have taken: those count against the month's quota. */
  readonly onCallbackSpent?: () => void;
}

export interface CallbackClient {
  deliver(message: OutboundMessage, target: DeliveryTarget, signal: AbortSignal): Promise<DeliveryReceipt>;
  close(): Promise<void>;
}

export function createCallbackClient(options: CallbackClientOptions): CallbackClient {
  const { resolveCallback, connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS, totalTimeoutMs = TOTAL_TIMEOUT_MS } = options;
  const pools = new Map<string, Pool>(); // one per listed origin that was really used

  const poolOf = (origin: string): Pool => {
    const open = pools.get(origin);
    if (open !== undefined) return open;
    const pool = openUpstream({
      origin,
      connectTimeoutMs,
      headersTimeoutMs: totalTimeoutMs,
      bodyTimeoutMs: totalTimeoutMs,
      connections: 32,
    });
    pools.set(origin, pool);
    return pool;
  };

  return {
    async deliver(message, target, signal) {
      if (target.url === undefined) throw new GatewayError('INTERNAL', 'A callback was delivered without its URL');
      const callback = resolveCallback(target.url);
      // Checked again: the list may have changed since the URL was stored.
      if (callback === undefined) {
        return { outcome: 'refused', code: 'ORIGIN_NOT_ALLOWED', retryable: false, advice: ORIGIN_ADVICE };
      }
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const body = combineMessages([message]);
      const post = { path: callback.path, headers, body, totalTimeoutMs };
      const receipt = toReceipt(await postJson(poolOf(callback.origin), post, signal));
      if (receipt.outcome !== 'refused') options.onCallbackSpent?.();
      return receipt;
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

function toReceipt(result: PostResult): DeliveryReceipt {
  if (result.kind !== 'answered') {
    const advice = result.kind === 'not-written' ? NOT_CONNECTED_ADVICE : UNKNOWN_ADVICE;
    return { ...receiptWithoutAnswer(result.kind), advice };
  }
  const body = findJsonObject(result.text);
  const isOk = result.status >= 200 && result.status < 300;
  const id = body?.taskId;
  const task = typeof id === 'string' || typeof id === 'number' ? { taskId: String(id) } : {};
  const status = body?.status;
  if (typeof status === 'string' && status.toUpperCase() === 'SUCCESS') {
    return isOk
      ? { outcome: 'delivered', code: 'SUCCESS', retryable: false, ...task }
      : withoutVerdict('unknown', result.status, task);
  }
  if (typeof status === 'string') {
    const message = typeof body?.message === 'string' ? body.message : '';
    return { outcome: 'refused', ...readCallbackMessage(message, status), ...task };
  }
  // No verdict in the body. A proxy's 5xx, or a 200 that we cannot read, says nothing about what happened behind it.
  const isRefusal = result.status >= 300 && result.status < 500;
  return withoutVerdict(isRefusal ? 'refused' : 'unknown', result.status, task);
}

function withoutVerdict(
  outcome: 'refused' | 'unknown',
  httpStatus: number,
  task: Pick<DeliveryReceipt, 'taskId'>,
): DeliveryReceipt {
  const advice = outcome === 'unknown' ? UNKNOWN_ADVICE : adviceForRefusal(httpStatus);
  return { outcome, code: `HTTP_${httpStatus}`, retryable: false, advice, ...task };
}
