/** What other processes tell through the database, on a connection of its own. It may miss something while that is down: whoever waits
 *  for a notification looks by itself, too, now and then. */
import pg from 'pg';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';

const RECONNECT_MS = 1_000;

export interface NotificationsOptions {
  readonly settings: pg.ClientConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  /** By channel. Called with what was told; with `undefined` when something may have been missed. */
  readonly handlers: Readonly<Record<string, (payload: string | undefined) => void>>;
}

export class Notifications {
  readonly #options: NotificationsOptions;
  #client: pg.Client | undefined;
  #cancelReconnect: () => void = () => {};
  #isClosed = false;

  private constructor(options: NotificationsOptions) {
    this.#options = options;
  }

  /** Begins to listen; a server that is not there is tried again and again. */
  static async open(options: NotificationsOptions): Promise<Notifications> {
    const notifications = new Notifications(options);
    await notifications.#connect();
    return notifications;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelReconnect();
    await this.#client?.end();
  }

  async #connect(): Promise<void> {
    const { settings, logger, handlers } = this.#options;
    const client = new pg.Client(settings);
    this.#client = client;
    client.on('error', (err) => logger.warn({ reason: err.message }, 'notifications of the database were interrupted'));
    client.on('end', () => this.#reconnectLater(client));
    client.on('notification', ({ channel, payload }) => handlers[channel]?.(payload));
    try {
      await client.connect();
      for (const channel of Object.keys(handlers)) await client.query(`LISTEN ${channel}`);
      for (const tell of Object.values(handlers)) tell(undefined);
    } catch (err) {
      logger.warn(
        { reason: err instanceof Error ? err.message : String(err) },
        'the database tells nothing at the moment',
      );
      this.#reconnectLater(client);
    }
  }

  #reconnectLater(client: pg.Client): void {
    if (this.#isClosed || this.#client !== client) return;
    this.#client = undefined;
    // Half open where LISTEN failed.
    void client.end().catch(() => undefined);
    this.#cancelReconnect = this.#options.clock.schedule(RECONNECT_MS, () => void this.#connect());
  }
}
