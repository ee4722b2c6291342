/** Where the service is, who calls, and how patiently. */
import { refuseSetting } from './refuse-setting.ts';

export interface ClovaConnection {
  readonly apiKey: string;
  /** API Gateway key of an app issued before 2025; goes with an `apiKey` that does not start with `nv-`. */
  readonly apigwKey?: string;
  readonly baseUrl: string;
  /** Government accounts still have one; the commercial service has none since 2025-07. */
  readonly pathPrefix: '' | '/testapp' | '/serviceapp';
  readonly connectTimeoutMs: number;
  /** From sending the request to the first token, for each attempt. */
  readonly firstTokenTimeoutMs: number;
  /** Longest silence after the first token. */
  readonly idleTimeoutMs: number;
  /** Open connections at most; further requests wait their turn. */
  readonly connections: number;
}

/** The host that cannot stream, and does not know keys issued since 2025. */
const LEGACY_HOST = 'clovastudio.apigw.ntruss.com';
const PREFIXES: readonly unknown[] = ['', '/testapp', '/serviceapp'];
/** `setTimeout` takes no more. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** Values never appear in the message.
 *  @throws GatewayError `SETTINGS_INVALID` with the name of the field */
export function checkConnection(connection: ClovaConnection): void {
  checkKeys(connection);
  checkBaseUrl(connection.baseUrl);
  if (!PREFIXES.includes(connection.pathPrefix)) {
    refuseSetting('pathPrefix', 'must be empty, /testapp or /serviceapp');
  }
  for (const field of ['connectTimeoutMs', 'firstTokenTimeoutMs', 'idleTimeoutMs'] as const) {
    if (!isWholeNumber(connection[field], MAX_TIMEOUT_MS)) {
      refuseSetting(field, 'must be a number of milliseconds above 0');
    }
  }
  if (!isWholeNumber(connection.connections, 10_000)) {
    refuseSetting('connections', 'must be a whole number from 1 to 10000');
  }
}

function checkKeys({ apiKey, apigwKey }: ClovaConnection): void {
  const fitsHeader = /^[\x21-\x7e]+$/;
  if (!fitsHeader.test(apiKey)) refuseSetting('apiKey', 'must be printable ASCII without blanks');
  if (apigwKey !== undefined && !fitsHeader.test(apigwKey)) {
    refuseSetting('apigwKey', 'must be printable ASCII without blanks');
  }
}

function checkBaseUrl(baseUrl: string): void {
  if (!URL.canParse(baseUrl)) refuseSetting('baseUrl', 'must be a URL');
  const url = new URL(baseUrl);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    refuseSetting('baseUrl', 'must start with https:// or http://');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    refuseSetting('baseUrl', 'must hold nothing but scheme, host, port and path');
  }
  if (url.hostname === LEGACY_HOST) {
    refuseSetting('baseUrl', 'is the legacy host, which cannot stream; use https://clovastudio.stream.ntruss.com');
  }
}

function isWholeNumber(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max;
}
