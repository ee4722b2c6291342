/** The upload API: TalkTalk fetches a picture once, and messages name it by the id that came back. Such a message arrives as fast as text,
 *  and what is wrong with the picture is said, where a message with its address would turn into a bubble that shows the address.
 *  Source: imageupload_api_v1.md of navertalk/chatbot-api; issues 36, 76, 203, 253, 261 */
import { openUpstream } from '../../platform/upstream.ts';
import { findJsonObject } from '../json-body.ts';
import { postJson } from '../post-json.ts';

/** `refused`: the picture itself is wrong, and would be as a part of a message. `failed`: nothing is known about the picture. */
export type UploadResult =
  | { readonly kind: 'uploaded'; readonly imageId: string }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'failed'; readonly code: string };

export interface UploadClient {
  /** Never throws. */
  upload(imageUrl: string, signal: AbortSignal): Promise<UploadResult>;
  close(): Promise<void>;
}

export interface UploadClientOptions {
  readonly authorization: string;
  readonly baseUrl: string;
  /** Resolves when one more request may go out: uploads count towards the same limit as messages. */
  readonly reserveCall: () => Promise<void>;
  readonly totalTimeoutMs?: number;
}

const UPLOAD_PATH = '/chatbot/v1/imageUpload';
const CONNECT_TIMEOUT_MS = 3_000;
/** TalkTalk gives the picture's host 10 s. */
const DEFAULT_TOTAL_TIMEOUT_MS = 15_000;
/** The download took too long: the one result after which another attempt is advised. */
const TOO_SLOW = /^IMG-0?2$/;
/** Not a picture, or too large; or too slow for the second time. */
const WRONG_PICTURE = /^IMG-0?[123]$/;

export function createUploadClient(options: UploadClientOptions): UploadClient {
  const { authorization, reserveCall, totalTimeoutMs = DEFAULT_TOTAL_TIMEOUT_MS } = options;
  const { origin, pathname } = new URL(options.baseUrl);
  const path = `${pathname.replace(/\/+$/, '')}${UPLOAD_PATH}`;
  const headers = { authorization, 'content-type': 'application/json;charset=UTF-8', accept: 'application/json' };
  const pool = openUpstream({
    origin,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    headersTimeoutMs: totalTimeoutMs,
    bodyTimeoutMs: totalTimeoutMs,
    connections: 4,
  });

  async function attempt(imageUrl: string, signal: AbortSignal): Promise<UploadResult> {
    await reserveCall();
    const result = await postJson(pool, { path, headers, body: { imageUrl }, totalTimeoutMs }, signal);
    if (result.kind !== 'answered') return { kind: 'failed', code: result.kind };
    const body = findJsonObject(result.text);
    const imageId = body?.imageId;
    if (typeof imageId === 'string' && imageId !== '') return { kind: 'uploaded', imageId };
    const code = typeof body?.resultCode === 'string' ? body.resultCode : `HTTP_${result.status}`;
    return { kind: WRONG_PICTURE.test(code) ? 'refused' : 'failed', code };
  }

  return {
    async upload(imageUrl, signal) {
      const first = await attempt(imageUrl, signal);
      return first.kind === 'refused' && TOO_SLOW.test(first.code) ? attempt(imageUrl, signal) : first;
    },
    close: () => pool.close(),
  };
}
