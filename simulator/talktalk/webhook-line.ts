/** Naver's side of the webhook: one POST per event, no retry, and a suspension that never ends by itself.
 *  Source: https://github.com/navertalk/chatbot-api and its issues 205, 261, 303 */
import type { Agent } from 'undici';
import type { Clock } from '../../src/platform/clock.ts';
import { openConnections, type Posted, postJson } from '../post-json.ts';

/** What Naver counts. Other statuses than 4xx and 5xx are failures too, but not in its list. */
export type FailureKind = '4xx' | '5xx' | 'other-status' | 'read-timeout' | 'connect' | 'dns' | 'tls';

export interface WebhookLineOptions {
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** Failures inside the window that suspend delivery. Naver publishes no number. */
  readonly suspendAfterFailures: number;
  readonly failureWindowMs: number;
  readonly countsOtherStatuses: boolean;
}

export interface PostedBody {
  readonly text: string;
  readonly contentType: string;
}

export interface LineResult extends Posted {
  readonly failureKind?: FailureKind;
}

export class WebhookLine {
  url: string;
  readonly #options: WebhookLineOptions;
  readonly #connections: Agent;
  readonly #closing = new AbortController();
  #failuresAt: number[] = [];
  #suspended = false;

  constructor(url: string, options: WebhookLineOptions) {
    this.url = url;
    this.#options = options;
    this.#connections = openConnections(options.connectTimeoutMs);
  }

  get suspended(): boolean {
    return this.#suspended;
  }

  /** A manager saves the webhook URL again: the only way out of a suspension. */
  resave(): void {
    this.#suspended = false;
    this.#failuresAt = [];
  }

  /** `counts` false for answers that the documents ask for, such as the refusal of a payment. */
  async post(body: PostedBody, counts: (status: number) => boolean): Promise<LineResult> {
    const posted = await postJson({
      connections: this.#connections,
      url: this.url,
      headers: {
        accept: 'application/json',
        'content-type': body.contentType,
        'user-agent': 'navertalk/v1',
      },
      body: body.text,
      clock: this.#options.clock,
      timeoutMs: this.#options.readTimeoutMs,
      signal: this.#closing.signal,
    });
    const failureKind = failureKindOf(posted);
    if (failureKind === undefined) return posted;
    const counted = failureKind !== 'other-status' || this.#options.countsOtherStatuses;
    if (counted && counts(posted.status) && !this.#closing.signal.aborted) this.#count();
    return { ...posted, failureKind };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connections.destroy();
  }

  #count(): void {
    const now = this.#options.clock.now();
    this.#failuresAt = [...this.#failuresAt.filter((at) => at > now - this.#options.failureWindowMs), now];
    if (this.#failuresAt.length >= this.#options.suspendAfterFailures) this.#suspended = true;
  }
}

function failureKindOf(posted: Posted): FailureKind | undefined {
  if (posted.status === 200) return undefined;
  if (posted.status >= 500) return '5xx';
  if (posted.status >= 400) return '4xx';
  if (posted.status !== 0) return 'other-status';
  if (posted.timedOut) return 'read-timeout';
  if (/^(ENOTFOUND|EAI_)/.test(posted.failure ?? '')) return 'dns';
  if (/^(EPROTO|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(posted.failure ?? '')) return 'tls';
  return 'connect';
}
