/** The Event API: runs a block that has an event name, for people who did not write. Source: Kakao's guide to the Event API, and the group
 *  chatbot guide 1.11.1 (2026-04-20). */
import { openUpstream, readText } from '../../platform/upstream.ts';
import type { EventPush, EventRecipient, EventSender } from '../event-sender.ts';
import { postJson } from '../post-json.ts';
import { readSendResult, readTaskResult } from './event-api-results.ts';

/** Reported limit of one call; more is refused as a whole. */
const MAX_RECIPIENTS_PER_CALL = 100;
/** For each delivered message, development channel included; VAT comes on top. */
const WON_PER_MESSAGE = 15;

const DEFAULT_CONNECT_TIMEOUT_MS = 3_000;
const DEFAULT_TOTAL_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 256 * 1024;

/** The kind of key that names a group room; all other kinds name a person. */
const GROUP_KEY = 'botGroupKey';

/** How the authorization header names a key. */
const SCHEMES = { app: 'KakaoAK', 'group-bot': 'KakaoBK' } as const;

export interface EventApiOptions {
  /** Origin only. */
  readonly baseUrl: string;
  /** Kakao's own id of the bot; the `!` of a development channel belongs to it. */
  readonly kakaoBotId: string;
  readonly restApiKey: string;
  /** Of an app, the default, or of an individual's group bot, which reaches group rooms alone. */
  readonly keyKind?: keyof typeof SCHEMES;
  readonly connectTimeoutMs?: number;
  /** Longest wait for the result of one call. */
  readonly totalTimeoutMs?: number;
}

export function createEventApi(options: EventApiOptions): EventSender {
  const { connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS, totalTimeoutMs = DEFAULT_TOTAL_TIMEOUT_MS } = options;
  const { origin, pathname } = new URL(options.baseUrl);
  const prefix = pathname.replace(/\/+$/, '');
  const pool = openUpstream({
    origin,
    connectTimeoutMs,
    headersTimeoutMs: totalTimeoutMs,
    bodyTimeoutMs: totalTimeoutMs,
    connections: 4,
  });
  const headers = {
    authorization: `${SCHEMES[options.keyKind ?? 'app']} ${options.restApiKey}`,
    'content-type': 'application/json;charset=UTF-8',
    accept: 'application/json',
  };
  const bot = `${prefix}/v2/bots/${options.kakaoBotId}`;

  return {
    wonPerMessage: WON_PER_MESSAGE,
    plan: planCalls,
    async send(call, signal) {
      const path = isGroupCall(call) ? `${bot}/group` : `${bot}/talk`;
      const result = await postJson(pool, { path, headers, body: toWire(call), totalTimeoutMs }, signal);
      return readSendResult(result, result.kind === 'answered' ? retryAfterMs(result.retryAfter) : undefined);
    },
    async lookUp(taskId, signal) {
      try {
        const response = await pool.request({
          method: 'GET',
          path: `${prefix}/v1/tasks/${encodeURIComponent(taskId)}`,
          headers: { authorization: headers.authorization, accept: headers.accept },
          signal: AbortSignal.any([signal, AbortSignal.timeout(totalTimeoutMs)]),
        });
        return readTaskResult(taskId, response.statusCode, await readText(response.body, MAX_ANSWER_BYTES));
      } catch {
        return readTaskResult(taskId, 0, '');
      }
    },
    close: () => pool.close(),
  };
}

/** People and rooms go to different addresses. */
function planCalls(push: EventPush): readonly EventPush[] {
  const distinct = [...new Map(push.recipients.map((one) => [JSON.stringify([one.type, one.id]), one])).values()];
  const people = distinct.filter((one) => one.type !== GROUP_KEY);
  const rooms = distinct.filter((one) => one.type === GROUP_KEY);
  return [people, rooms].flatMap((recipients) => inHundreds(recipients).map((some) => ({ ...push, recipients: some })));
}

function inHundreds(recipients: readonly EventRecipient[]): readonly (readonly EventRecipient[])[] {
  const slices = [];
  for (let from = 0; from < recipients.length; from += MAX_RECIPIENTS_PER_CALL) {
    slices.push(recipients.slice(from, from + MAX_RECIPIENTS_PER_CALL));
  }
  return slices;
}

function isGroupCall({ recipients }: EventPush): boolean {
  return recipients[0]?.type === GROUP_KEY;
}

function toWire(call: EventPush): object {
  const { event, recipients, data, params } = call;
  return {
    event: { name: event, ...(data === undefined ? {} : { data }) },
    [isGroupCall(call) ? 'chat' : 'user']: recipients.map(({ type, id }) => ({ type, id })),
    ...(params === undefined ? {} : { params }),
  };
}

/** Only the form in seconds: a date would need a clock that agrees with the sender's. */
function retryAfterMs(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}
