/** Where the service is, who calls, and how patiently. */
import { checkBaseUrl, checkKey, checkPatience, type Patience } from '../upstream-settings.ts';
import { UPSTREAM } from './errors.ts';
import { refuseSetting } from './refuse-setting.ts';

export interface ClovaConnection extends Patience {
  readonly apiKey: string;
  /** API Gateway key of an app issued before 2025; goes with an `apiKey` that does not start with `nv-`. */
  readonly apigwKey?: string;
  readonly baseUrl: string;
  /** Government accounts still have one; the commercial service has none since 2025-07. */
  readonly pathPrefix: '' | '/testapp' | '/serviceapp';
}

/** The host that cannot stream, and does not know keys issued since 2025. */
const LEGACY_HOST = 'clovastudio.apigw.ntruss.com';
const PREFIXES: readonly unknown[] = ['', '/testapp', '/serviceapp'];

/** Values never appear in the message.
 *  @throws GatewayError `SETTINGS_INVALID` with the name of the field */
export function checkConnection(connection: ClovaConnection): void {
  checkKeys(connection);
  checkAddress(connection.baseUrl);
  if (!PREFIXES.includes(connection.pathPrefix)) {
    refuseSetting('pathPrefix', 'must be empty, /testapp or /serviceapp');
  }
  checkPatience(UPSTREAM, connection);
}

function checkKeys({ apiKey, apigwKey }: ClovaConnection): void {
  checkKey(UPSTREAM, 'apiKey', apiKey);
  if (apigwKey !== undefined) checkKey(UPSTREAM, 'apigwKey', apigwKey);
}

function checkAddress(baseUrl: string): void {
  if (checkBaseUrl(UPSTREAM, baseUrl).hostname === LEGACY_HOST) {
    refuseSetting('baseUrl', 'is the legacy host, which cannot stream; use https://clovastudio.stream.ntruss.com');
  }
}
