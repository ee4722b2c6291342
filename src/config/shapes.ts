/** Shapes that several settings share. Reasons are English, fit after "NAME: " and never hold the value. */
import { isIP } from 'node:net';
import Type, { type TSchemaOptions } from 'typebox';
import type { MenuItem } from '../message.ts';
import { isLoopback } from '../platform/clear-text.ts';
import { isMenu, menuProblem } from './menu-setting.ts';

/** What a setting may say about itself beside JSON Schema's own words. */
export interface SettingTraits {
  /** English; shown in README.en.md and .env.example. */
  readonly description: string;
  /** The same for Korean operators: README.md and .env.example. */
  readonly descriptionKo: string;
  /** The value is shown nowhere, and may stand in a file named by `NAME_FILE`. */
  readonly secret?: boolean;
  /** Not a secret, but long: may stand in a file named by `NAME_FILE`. */
  readonly fromFile?: boolean;
  /** Written as JSON: text of the environment is parsed, fields of BOTS_FILE are what they are. */
  readonly json?: boolean;
  /** Every character counts, so nothing is trimmed but the line end of a file. */
  readonly exact?: boolean;
  /** False: belongs to one account, so the environment does not hand it to every bot of BOTS_FILE. */
  readonly shared?: boolean;
  /** Stands in tables instead of the default: where it is long, or follows from other settings. */
  readonly defaultText?: string;
  readonly defaultTextKo?: string;
}

type Options = TSchemaOptions & SettingTraits;

export function onOff(options: Options & { readonly default: boolean }) {
  return Type.Boolean(options);
}

/** Numbers that are a count or a duration; the unit is in the setting's name. */
export function wholeNumber(
  options: Options & { readonly minimum: number; readonly maximum: number; readonly default: number },
) {
  return Type.Integer(options);
}

export function text(options: Options & { readonly maxLength?: number }) {
  return Type.String(options);
}

/** Read without its trailing slashes, so that paths can be appended. */
export function httpUrl(options: Options) {
  return Type.Refine(
    Type.String({ ...options, format: 'http-url' }),
    (value) => isHttpUrl(value) && !/[?#]/.test(value),
    () => 'must be a URL that begins with http:// or https://, without user name, query or fragment',
  );
}

/** A whole address to call, as it is: some servers tell a path with a final slash from one without. */
export function endpointUrl(options: Options) {
  return Type.Refine(
    Type.String(options),
    (value) => isHttpUrl(value),
    () => 'must be a URL that begins with http:// or https://, without user name or fragment',
  );
}

/** A whole address to call, query included: webhooks carry their key there, so nothing between us and them may read it. */
export function webhookUrl(options: Options) {
  return Type.Refine(
    Type.String(options),
    (value) => isHttpUrl(value) && (/^https:/i.test(value) || isLoopback(new URL(value).hostname)),
    () => 'must be a URL that begins with https:// (http:// on this machine only), without user name or fragment',
  );
}

export function originList(options: Options & { readonly default: string[] }) {
  const origin = Type.Refine(
    Type.String(),
    (value) => isHttpUrl(value) && new URL(value).origin === value,
    () =>
      'must be an origin such as https://bot-api.kakao.com: lower case, without path, final slash or the default port',
  );
  return Type.Array(origin, { minItems: 1, ...options });
}

/** Where pictures may be fetched from: hosts, suffixes that begin with a dot, and origins for whatever is not https on port 443. */
export function imageHostList(options: Options & { readonly default: string[] }) {
  const host = Type.Refine(
    Type.String(),
    (value) =>
      value.includes('://')
        ? isHttpUrl(value) && new URL(value).origin === value
        : /^\.?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(value),
    () =>
      'must be a host such as cdn.example.com, a suffix such as .example.com or an origin such as http://127.0.0.1:8700, in lower case',
  );
  return Type.Array(host, { minItems: 1, ...options });
}

export function modelName(options: Options & { readonly default?: string }) {
  return Type.Refine(
    Type.String(options),
    (value) => /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/.test(value),
    () => 'must be a model name of letters, digits, dots, colons, dashes and underscores',
  );
}

/** Ids of blocks are 24 hexadecimal digits in every published request; others have been letters and digits. */
export function personButton(options: Options & { readonly default: string }) {
  return Type.Refine(
    Type.String(options),
    (value) => value === 'none' || value === 'operator' || /^[A-Za-z0-9]{20,40}$/.test(value),
    () => 'must be none, operator or the id of a block (24 letters and digits)',
  );
}

/** Secrets that we invented and others show to us; several at once, so that they can be exchanged without an outage. */
export function gateSecrets(options: Options) {
  return Type.Array(gateSecret(), { default: [], ...options, secret: true });
}

export function gateSecret(options: Partial<Options> = {}) {
  return Type.Refine(
    Type.String({ ...options, secret: true }),
    (value) => /^[\x21-\x7e]+$/.test(value),
    () => 'may hold only letters, digits and marks that an HTTP header can carry, no spaces',
  );
}

/** Gate secrets that also stand as the last part of a URL. What RFC 3986 (section 3.3) does not let stand in a path as it is would
 *  have to be encoded, and platforms do not agree on how. */
export function pathSecrets(options: Options) {
  const secret = Type.Refine(
    gateSecret(),
    (value) => /^[A-Za-z0-9._~!$&'()*+;=:@/-]*$/.test(value),
    () => 'may hold only letters, digits and the marks that a path of a URL can carry: no ? # % and the like',
  );
  return Type.Array(secret, { default: [], ...options, secret: true });
}

/** Keys that a provider issued: they are what they are, but a space or a Hangul letter in one is a slip of copying. */
export function providerKey(options: Options) {
  return Type.Refine(
    Type.String({ ...options, secret: true }),
    (value) => /^[\x21-\x7e]+$/.test(value) && !isQuoted(value),
    (value) =>
      isQuoted(value)
        ? 'must be the key alone, without the quotation marks around it'
        : 'must be the key as it was issued: no spaces, line breaks or letters outside ASCII',
  );
}

/** Env files of containers and service managers keep the quotes that a shell takes away. */
function isQuoted(value: unknown): boolean {
  return /^["'`]|["'`]$/.test(String(value));
}

/** What always stands in a chat, in JSON; long enough to stand in a file of its own. */
export function chatMenu(options: Options) {
  return Type.Unsafe<readonly MenuItem[]>(
    Type.Refine(Type.Unknown({ ...options, json: true, fromFile: true }), isMenu, (value) => menuProblem(value) ?? ''),
  );
}

/** An object in JSON whose content is judged by the part of the program that it is for. */
export function jsonObject(options: Options) {
  return Type.Unsafe<Readonly<Record<string, unknown>>>(
    Type.Refine(
      Type.Unknown({ ...options, json: true, fromFile: true }),
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      () => 'must be a JSON object',
    ),
  );
}

/** Names that Fastify understands for networks which cannot be reached from outside. */
const PROXY_NETWORKS: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

export function proxyList(options: Options & { readonly default: string[] }) {
  const proxy = Type.Refine(
    Type.String(),
    (value) => PROXY_NETWORKS.includes(value) || isNetwork(value),
    () => `must be an IP address, a network such as 10.0.0.0/8, or one of ${PROXY_NETWORKS.join(', ')}`,
  );
  return Type.Array(proxy, options);
}

export function networkList(options: Options & { readonly default: string[] }) {
  const network = Type.Refine(
    Type.String(),
    isNetwork,
    () => 'must be an IP address or a network such as 219.249.231.40/30',
  );
  return Type.Array(network, options);
}

/** Ids of Kakao bots: 24 hexadecimal digits, with `!` on the development channel. */
export function kakaoBotIds(options: Options) {
  const id = Type.Refine(
    Type.String(),
    (value) => /^[A-Za-z0-9]{8,64}!?$/.test(value),
    () => 'must be the id of a bot: 8 to 64 letters and digits, as in the address of the admin centre',
  );
  return Type.Array(id, { default: [], ...options });
}

function isHttpUrl(value: string): boolean {
  // The URL parser forgives what a person would not see: `http:host`, tabs and line breaks inside.
  if (!/^https?:\/\/[^\s\\]+$/i.test(value) || !URL.canParse(value)) return false;
  const url = new URL(value);
  return url.username === '' && url.password === '' && url.hash === '';
}

function isNetwork(value: string): boolean {
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}
