/** Where the service is, who calls, and how patiently. */
import {
  checkBaseUrl,
  checkKey,
  checkPatience,
  type Patience,
  runChecks,
  type SettingCheck,
} from '../../http-client/upstream-settings.ts';
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
  runChecks(connectionChecks(connection));
}

/** The same one by one, each throwing for itself. */
export function connectionChecks(connection: ClovaConnection): readonly SettingCheck[] {
  return [
    () => checkKey(UPSTREAM, 'apiKey', connection.apiKey),
    () => checkKeyKind(connection),
    () => checkApigwKey(connection),
    () => checkAddress(connection.baseUrl),
    () => checkPrefix(connection),
    () => checkPatience(UPSTREAM, connection),
  ];
}

/** Alone it would be refused for every question, with `40104`, as a key that does not exist. */
function checkKeyKind({ apiKey, apigwKey }: ClovaConnection): void {
  if (isLegacyKey(apiKey) && apigwKey === undefined) {
    refuseSetting(
      'apiKey',
      'does not begin with nv-, as keys issued since 2025 do: an older one needs apigwKey beside it',
      'apigwKey',
    );
  }
}

/** Issued before 2025, for one app: it is sent in a header of its own, beside the key of the API Gateway. */
export function isLegacyKey(apiKey: string): boolean {
  return !apiKey.startsWith('nv-');
}

function checkApigwKey({ apigwKey }: ClovaConnection): void {
  if (apigwKey !== undefined) checkKey(UPSTREAM, 'apigwKey', apigwKey);
}

function checkPrefix({ pathPrefix }: ClovaConnection): void {
  if (!PREFIXES.includes(pathPrefix)) refuseSetting('pathPrefix', 'must be empty, /testapp or /serviceapp');
}

function checkAddress(baseUrl: string): void {
  const { hostname, pathname } = checkBaseUrl(UPSTREAM, baseUrl);
  if (hostname === LEGACY_HOST) {
    refuseSetting('baseUrl', 'is the legacy host, which cannot stream; use https://clovastudio.stream.ntruss.com');
  }
  if (/\/openai\/*$/.test(pathname)) {
    refuseSetting(
      'baseUrl',
      'must end before /v1/openai: the native API is called here; that address is for OPENAI_BASE_URL with ENGINE=openai',
    );
  }
}
