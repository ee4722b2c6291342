import type { DialectName } from './dialect.ts';

export interface A2aEngineSettings {
  /** Whole address of the agent's JSON-RPC endpoint. */
  readonly url: string;
  /** Sent as a bearer. Absent: the agent asks for none. */
  readonly apiKey?: string;
  /** `auto`: by the address, and by what the agent refuses. */
  readonly dialect: DialectName | 'auto';
  readonly streams: boolean;
  /** Who keeps the conversation: `server` sends back what the agent named it, `history` tells it again with every question, `auto` goes
   *  by the dialect. */
  readonly session: 'auto' | 'server' | 'history';
  /** PEM certificates to trust besides those of public authorities. */
  readonly ca?: string;
  readonly connectTimeoutMs: number;
  /** For the whole answer. */
  readonly timeoutMs: number;
  /** Longest silence inside a stream. */
  readonly idleTimeoutMs: number;
  readonly connections: number;
}
