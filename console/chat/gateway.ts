/** The page's side of `…/query/WEB`. fetch and not EventSource: a question is a POST, and a resume needs its own header. */
import { createParser } from 'eventsource-parser';
import type { Clock } from '../../src/platform/clock.ts';
import { type BotProfile, isReply, type OutgoingBody, parseChatEvent, type ReceivedEvent } from './protocol.ts';

/** The server sends a comment every 10 s; after three missed ones the connection is dead, whatever TCP believes. */
const SILENCE_MS = 30_000;

/** `away`: nobody there, or the line was cut. `limited`: too many messages. `refused`: asking again would not help. */
export type FaultKind = 'away' | 'limited' | 'refused';

export class GatewayFault extends Error {
  readonly kind: FaultKind;
  readonly status: number | undefined;
  /** `error.code` of the JSON body, where there was one. */
  readonly code: string | undefined;
  /** How long the server asked us to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: FaultKind,
    message: string,
    details: { status?: number; code?: string | undefined; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'GatewayFault';
    this.kind = kind;
    this.status = details.status;
    this.code = details.code;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Ends after `done`. @throws GatewayFault `away` when the stream is cut before that */
export type EventStream = AsyncGenerator<ReceivedEvent, void, undefined>;

export interface ChatGateway {
  /** @throws GatewayFault */
  readProfile(signal: AbortSignal): Promise<BotProfile>;
  /** Resolves when the response begins. @throws GatewayFault */
  post(body: OutgoingBody, signal: AbortSignal): Promise<EventStream>;
  /** The conversation since the last reset, or what came after `lastEventId`. @throws GatewayFault */
  replay(lastEventId: string | undefined, signal: AbortSignal): Promise<EventStream>;
}

/** The prefix of the bot's routes: '' at `/`, '/bots/shop' at `/bots/shop/`. */
export function baseOf(pathname: string): string {
  return pathname.replace(/\/(index\.html)?$/, '');
}

function retryAfterMsOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}

async function faultOf(response: Response): Promise<GatewayFault> {
  const body = (await response.json().catch(() => undefined)) as { error?: { code?: unknown } } | undefined;
  const code = typeof body?.error?.code === 'string' ? body.error.code : undefined;
  const { status } = response;
  const kind = status === 429 ? 'limited' : status >= 500 || status === 408 ? 'away' : 'refused';
  return new GatewayFault(kind, `The gateway answered ${status}`, {
    status,
    code,
    retryAfterMs: retryAfterMsOf(response),
  });
}

export class HttpChatGateway implements ChatGateway {
  readonly #url: string;
  readonly #clock: Clock;

  /** `origin` is empty in a browser, where addresses are relative to the page. */
  constructor(base: string, clock: Clock, origin = '') {
    this.#url = `${origin}${base}/query/WEB`;
    this.#clock = clock;
  }

  async readProfile(signal: AbortSignal): Promise<BotProfile> {
    const response = await this.#fetch(this.#url, { headers: { accept: 'application/json' }, signal });
    if (!response.ok) throw await faultOf(response);
    const profile = (await response.json().catch(() => undefined)) as BotProfile | undefined;
    // A captive portal or a proxy's error page also says 200.
    if (typeof profile?.bot?.name !== 'string' || !isReply(profile.greeting)) {
      throw new GatewayFault('away', 'The answer did not come from the gateway', { status: response.status });
    }
    return profile;
  }

  post(body: OutgoingBody, signal: AbortSignal): Promise<EventStream> {
    const headers = { 'content-type': 'application/json' };
    return this.#open(this.#url, { method: 'POST', headers, body: JSON.stringify(body) }, signal);
  }

  replay(lastEventId: string | undefined, signal: AbortSignal): Promise<EventStream> {
    const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    return this.#open(`${this.#url}/events`, { headers }, signal);
  }

  async #open(
    url: string,
    init: { method?: string; headers: Record<string, string>; body?: string },
    signal: AbortSignal,
  ): Promise<EventStream> {
    const silence = new AbortController();
    const response = await this.#fetch(url, {
      ...init,
      headers: { ...init.headers, accept: 'text/event-stream' },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok) throw await faultOf(response);
    if (!response.headers.get('content-type')?.startsWith('text/event-stream') || response.body === null) {
      throw new GatewayFault('away', 'The answer is not an event stream', { status: response.status });
    }
    return this.#read(response.body, silence);
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, { ...init, cache: 'no-store', credentials: 'same-origin' });
    } catch (cause) {
      throw new GatewayFault('away', 'The gateway cannot be reached', { cause });
    }
  }

  async *#read(body: ReadableStream<Uint8Array>, silence: AbortController): EventStream {
    const received: ReceivedEvent[] = [];
    const parser = createParser({
      onEvent({ event: name, data, id }) {
        const event = parseChatEvent(name, data, id);
        if (event !== undefined) received.push({ id, event });
      },
    });
    const reader = body.getReader();
    const decoder = new TextDecoder();
    try {
      for (;;) {
        const stopTimer = this.#clock.schedule(SILENCE_MS, () => silence.abort());
        const chunk = await reader.read().finally(stopTimer);
        if (chunk.done) throw new GatewayFault('away', 'The stream ended early');
        parser.feed(decoder.decode(chunk.value, { stream: true }));
        for (const each of received.splice(0)) {
          if (each.event.type === 'done') return;
          yield each;
        }
      }
    } catch (cause) {
      throw cause instanceof GatewayFault ? cause : new GatewayFault('away', 'The stream was cut', { cause });
    } finally {
      // Also reached when the reader of this generator stops early; a stream that has failed refuses to be cancelled.
      reader.cancel().catch(() => undefined);
    }
  }
}
