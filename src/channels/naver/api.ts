/** The two calls of TalkTalk's chatbot API: same host, same key, JSON both ways. */
import { openUpstream } from '../../platform/upstream.ts';
import { type PostResult, postJson } from '../post-json.ts';

const EVENT_PATH = '/chatbot/v1/event';
const UPLOAD_PATH = '/chatbot/v1/imageUpload';
const CONNECT_TIMEOUT_MS = 3_000;
/** 5 to 8 s were reported at times; pictures by URL are downloaded (10 s at most) before the answer. */
const DEFAULT_TOTAL_TIMEOUT_MS = 15_000;
const CONNECTIONS = 16;

export interface NaverApiOptions {
  /** Exactly as issued: no `Bearer`, no prefix. */
  readonly authorization: string;
  /** Origin, optionally with a path before the API's own. */
  readonly baseUrl: string;
  readonly totalTimeoutMs?: number;
}

export interface NaverApi {
  postEvent(event: object, signal: AbortSignal, totalTimeoutMs?: number): Promise<PostResult>;
  uploadImage(imageUrl: string, signal: AbortSignal): Promise<PostResult>;
  close(): Promise<void>;
}

export function openNaverApi(options: NaverApiOptions): NaverApi {
  const { authorization, totalTimeoutMs: defaultTimeoutMs = DEFAULT_TOTAL_TIMEOUT_MS } = options;
  const { origin, pathname } = new URL(options.baseUrl);
  const basePath = pathname.replace(/\/+$/, '');
  // A malformed content type is a 415 there; this is the documented spelling.
  const headers = { authorization, 'content-type': 'application/json;charset=UTF-8', accept: 'application/json' };
  const pool = openUpstream({
    origin,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    headersTimeoutMs: defaultTimeoutMs,
    bodyTimeoutMs: defaultTimeoutMs,
    connections: CONNECTIONS,
  });
  const post = (path: string, body: object, signal: AbortSignal, totalTimeoutMs = defaultTimeoutMs) =>
    postJson(pool, { path: `${basePath}${path}`, headers, body, totalTimeoutMs }, signal);

  return {
    postEvent: (event, signal, totalTimeoutMs) => post(EVENT_PATH, event, signal, totalTimeoutMs),
    uploadImage: (imageUrl, signal) => post(UPLOAD_PATH, { imageUrl }, signal),
    close: () => pool.close(),
  };
}
