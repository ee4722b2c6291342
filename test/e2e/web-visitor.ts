import { createParser } from 'eventsource-parser';
import { request } from 'undici';

export interface ServerEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A browser of the chat page without its page: keeps its cookie and reads streams to their end. */
export class WebVisitor {
  readonly #origin: string;
  readonly #base: string;
  cookie: string | undefined;

  /** @param path of the bot, such as `/bots/campus` */
  constructor(origin: string, path = '') {
    this.#origin = origin;
    this.#base = `${path}/query/WEB`;
  }

  /** Asks, and reads the stream until the server ends it or the connection breaks. */
  ask(query: string, onEvent: (event: ServerEvent) => void = () => {}): Promise<readonly ServerEvent[]> {
    return this.#stream('POST', this.#base, {}, JSON.stringify({ query }), onEvent);
  }

  /** Hangs up as soon as an event of this name has come. */
  async askAndHangUp(query: string, after: string): Promise<readonly ServerEvent[]> {
    const hangUp = new AbortController();
    const onEvent = ({ event }: ServerEvent) => {
      if (event === after) hangUp.abort();
    };
    return this.#stream('POST', this.#base, {}, JSON.stringify({ query }), onEvent, hangUp.signal);
  }

  /** What a page that comes back reads. */
  events(lastEventId?: string): Promise<readonly ServerEvent[]> {
    const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    return this.#stream('GET', `${this.#base}/events`, headers, undefined, () => {});
  }

  async reset(): Promise<void> {
    const response = await request(`${this.#origin}${this.#base}`, {
      method: 'POST',
      headers: { ...this.#cookies(), 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'reset' }),
    });
    this.#keepCookie(response.headers['set-cookie']);
    await response.body.dump();
    if (response.statusCode !== 200) throw new Error(`The reset was refused with ${response.statusCode}`);
  }

  #cookies(): Record<string, string> {
    return this.cookie === undefined ? {} : { cookie: this.cookie };
  }

  #keepCookie(header: string | string[] | undefined): void {
    const [first] = Array.isArray(header) ? header : [header];
    if (first !== undefined) this.cookie = first.split(';')[0];
  }

  async #stream(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | undefined,
    onEvent: (event: ServerEvent) => void,
    signal?: AbortSignal,
  ): Promise<readonly ServerEvent[]> {
    const events: ServerEvent[] = [];
    const parser = createParser({
      onEvent: ({ event, id, data }) => {
        const read: ServerEvent = { event: event ?? 'message', id, data: JSON.parse(data) as ServerEvent['data'] };
        events.push(read);
        onEvent(read);
      },
    });
    const response = await request(`${this.#origin}${path}`, {
      method,
      headers: { ...this.#cookies(), ...headers, accept: 'text/event-stream', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    this.#keepCookie(response.headers['set-cookie']);
    if (response.statusCode !== 200)
      throw new Error(`Refused with ${response.statusCode}: ${await response.body.text()}`);
    response.body.setEncoding('utf8');
    try {
      for await (const chunk of response.body as AsyncIterable<string>) parser.feed(chunk);
    } catch {
      // Cut by a kill, or hung up by the test: what has come is what there is.
    }
    return events;
  }
}
