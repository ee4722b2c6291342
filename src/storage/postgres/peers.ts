/** Hints between the processes that share a database, as notifications: told to those that listen now, kept nowhere. */
import type { Logger } from '../../platform/logger.ts';
import type { Peers } from '../../platform/peers.ts';
import { type Database, statement } from './database.ts';
import type { Replicas } from './replicas.ts';

/** Channel of notifications: a hint, as JSON. */
export const HINT = 'malgil_hint';

const tellAll = statement<[unknown]>('tell-hint', `SELECT pg_notify('${HINT}', $1)::text`);

export interface PostgresPeersOptions {
  readonly database: Database;
  readonly replicas: Pick<Replicas, 'share'>;
  /** Of this process, whose own words come back to it. */
  readonly id: string;
  readonly logger: Logger;
}

interface Hint {
  readonly from: string;
  readonly topic: string;
  readonly told: unknown;
}

export class PostgresPeers implements Peers {
  readonly #options: PostgresPeersOptions;
  readonly #hearers = new Map<string, (told: unknown) => void>();

  constructor(options: PostgresPeersOptions) {
    this.#options = options;
  }

  get share() {
    return this.#options.replicas.share;
  }

  tell(topic: string, told: unknown): void {
    const { database, id: from, logger } = this.#options;
    const hint: Hint = { from, topic, told };
    database
      .run(tellAll, JSON.stringify(hint))
      .catch((err: unknown) => logger.warn({ err, topic }, 'a hint did not reach the other processes'));
  }

  onTold(topic: string, hear: (told: unknown) => void): void {
    this.#hearers.set(topic, hear);
  }

  /** @param payload of a notification; `undefined` when some may have been missed, which hints bear */
  notified(payload: string | undefined): void {
    if (payload === undefined) return;
    const { from, topic, told } = JSON.parse(payload) as Hint;
    if (from !== this.#options.id) this.#hearers.get(topic)?.(told);
  }
}
