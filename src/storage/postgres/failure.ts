/** What went wrong between us and PostgreSQL, as errors of the store. */
import { GatewayError } from '../../errors.ts';

/** Classes and codes after which the same call may succeed. Source: https://www.postgresql.org/docs/18/errcodes-appendix.html */
const BUSY_CLASSES = [
  '08', // connection exceptions
  '40', // transaction rolled back: serialization, deadlock
  '53', // too many connections, out of memory, disk full
  '57', // cancelled for taking too long, shutting down, starting up
];
const BUSY_CODES = [
  '55P03', // a lock was not to be had in time
  '25006', // read-only: a standby that is about to be promoted
  '25P02', // a statement behind one that failed
];
const TOO_MANY_CONNECTIONS = '53300';

/** Node's own, where the server was not reached or went away. */
const NETWORK_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_SOCKET_CLOSED',
];
/** Messages of `pg` and its pool that come without a code. */
const CONNECTION_MESSAGES =
  /^(Connection terminated|timeout expired|timeout exceeded|Query read timeout|Client has encountered a connection error|Client was closed|Connection ended|Cannot use a pool)/i;

interface PostgresError extends Error {
  /** Five characters of SQLSTATE, or a code of Node. */
  readonly code?: unknown;
  readonly table?: unknown;
  readonly constraint?: unknown;
}

/** The session is over, so whatever it was doing may or may not have been done. */
export function isConnectionLost(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const code = codeOf(thrown);
  if (code === undefined) return CONNECTION_MESSAGES.test(thrown.message);
  return NETWORK_CODES.includes(code) || code.startsWith('08') || ['57P01', '57P02', '57P03', '57P05'].includes(code);
}

/** @param isInDoubt it may have been done all the same */
export function storeError(thrown: unknown, isInDoubt = false): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const code = thrown instanceof Error ? codeOf(thrown) : undefined;
  const isBusy =
    isConnectionLost(thrown) ||
    (code !== undefined && (BUSY_CODES.includes(code) || BUSY_CLASSES.some((busy) => code.startsWith(busy))));
  return new GatewayError(
    isBusy ? 'STORE_BUSY' : 'STORE_FAILED',
    isBusy ? 'The store is busy; try again in a moment' : 'The store could not do this',
    {
      cause: new Error(reasonOf(thrown)),
      details: { ...(code === undefined ? {} : { code }), ...(isInDoubt ? { inDoubt: true } : {}) },
    },
  );
}

/** The database has given as many connections as it may. */
export function isOutOfConnections(thrown: unknown): boolean {
  return thrown instanceof GatewayError && thrown.details.code === TOO_MANY_CONNECTIONS;
}

/** Why nothing could be opened, in a sentence for the operator who has just started the program. */
export function openError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const code = thrown instanceof Error ? codeOf(thrown) : undefined;
  return new GatewayError(
    storeError(thrown).code,
    `The database that DATABASE_URL names cannot be used: ${openSentence(code)}`,
    { cause: new Error(reasonOf(thrown)), ...(code === undefined ? {} : { details: { code } }) },
  );
}

function openSentence(code: string | undefined): string {
  switch (code) {
    case '28P01':
    case '28000':
      return 'it refuses this user or password';
    case '3D000':
      return 'there is no database of that name';
    case '42501':
      return 'this user may not create what the program needs there (schema "malgil")';
    case TOO_MANY_CONNECTIONS:
      return 'it has no connections left for this user (53300: max_connections, or CONNECTION LIMIT of the role)';
    case '57P03':
      return 'it is starting up or shutting down';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host is not known';
    case 'ECONNREFUSED':
      return 'nothing listens there';
    default:
      return code === undefined ? 'it does not answer' : `it says ${code}`;
  }
}

/** Data exceptions and broken constraints quote the values: of them only where they happened may be told. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { table, constraint } = thrown as PostgresError;
  const code = codeOf(thrown);
  if (code === undefined || !/^(22|23)/.test(code))
    return code === undefined ? thrown.message : `${code}: ${thrown.message}`;
  return [code, table, constraint].filter((part) => typeof part === 'string').join(' ');
}

function codeOf(thrown: PostgresError): string | undefined {
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
