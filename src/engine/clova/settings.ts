import { GatewayError } from '../../errors.ts';
import { capabilitiesOf, sightOf } from './capabilities.ts';

export type ThinkingEffort = 'none' | 'low' | 'medium' | 'high';

export interface ClovaEngineSettings {
  readonly apiKey: string;
  /** API Gateway key of an app issued before 2025; goes with an `apiKey` that does not start with `nv-`. */
  readonly apigwKey?: string;
  /** As the service writes it. A name that is not in our table is called like a v3 model. */
  readonly model: string;
  /** Takes the questions that come with pictures; absent: `model`, where that one can see. */
  readonly visionModel?: string;
  readonly baseUrl: string;
  /** Government accounts still have one; the commercial service has none since 2025-07. */
  readonly pathPrefix: '' | '/testapp' | '/serviceapp';
  /** Of the answer; counts toward the tokens-per-minute quota whether used or not. */
  readonly maxOutputTokens: number;
  /** Default `none`. Only for models that think. */
  readonly thinkingEffort?: ThinkingEffort;
  /** 0..1; absent leaves it to the service (0.5). */
  readonly temperature?: number;
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
const EFFORTS: readonly unknown[] = ['none', 'low', 'medium', 'high'];
const MODEL_NAME = /^[A-Za-z0-9._-]+$/;
const PREFIXES: readonly unknown[] = ['', '/testapp', '/serviceapp'];
/** `setTimeout` takes no more. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** Refuses at start-up what the service would refuse for every question. Values never appear in the message.
 *  @throws GatewayError `SETTINGS_INVALID` */
export function checkSettings(settings: ClovaEngineSettings): void {
  checkKeys(settings);
  checkBaseUrl(settings.baseUrl);
  if (!PREFIXES.includes(settings.pathPrefix)) refuse('pathPrefix', 'must be empty, /testapp or /serviceapp');
  checkModel(settings);
  checkVisionModel(settings);
  for (const field of ['connectTimeoutMs', 'firstTokenTimeoutMs', 'idleTimeoutMs'] as const) {
    if (!isWholeNumber(settings[field], 1, MAX_TIMEOUT_MS)) refuse(field, 'must be a number of milliseconds above 0');
  }
  if (!isWholeNumber(settings.connections, 1, 10_000)) refuse('connections', 'must be a whole number from 1 to 10000');
}

function checkKeys({ apiKey, apigwKey }: ClovaEngineSettings): void {
  const fitsHeader = /^[\x21-\x7e]+$/;
  if (!fitsHeader.test(apiKey)) refuse('apiKey', 'must be printable ASCII without blanks');
  if (apigwKey !== undefined && !fitsHeader.test(apigwKey)) {
    refuse('apigwKey', 'must be printable ASCII without blanks');
  }
}

function checkBaseUrl(baseUrl: string): void {
  if (!URL.canParse(baseUrl)) refuse('baseUrl', 'must be a URL');
  const url = new URL(baseUrl);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('baseUrl', 'must start with https:// or http://');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    refuse('baseUrl', 'must hold nothing but scheme, host, port and path');
  }
  if (url.hostname === LEGACY_HOST) {
    refuse('baseUrl', 'is the legacy host, which cannot stream; use https://clovastudio.stream.ntruss.com');
  }
}

function checkModel({ model, maxOutputTokens, thinkingEffort = 'none', temperature }: ClovaEngineSettings): void {
  if (!MODEL_NAME.test(model)) refuse('model', 'must be a model name such as HCX-007');
  const capabilities = capabilitiesOf(model);

  // Output fills no more than the context, and the question needs some of that.
  const most = Math.min(capabilities.maxOutputTokens, capabilities.contextTokens - 1);
  if (!isWholeNumber(maxOutputTokens, 1, most)) {
    refuse('maxOutputTokens', `must be a whole number from 1 to ${most} for this model`);
  }
  if (!EFFORTS.includes(thinkingEffort)) refuse('thinkingEffort', 'must be none, low, medium or high');
  if (thinkingEffort !== 'none' && !capabilities.thinking) refuse('thinkingEffort', 'must be none for this model');
  if (temperature === undefined) return;
  if (!(temperature >= 0 && temperature <= 1)) refuse('temperature', 'must be from 0 to 1');
  if (temperature === 0 && !capabilities.zeroTemperature) refuse('temperature', 'must be above 0 for this model');
}

function checkVisionModel({ visionModel }: ClovaEngineSettings): void {
  if (visionModel === undefined) return;
  if (!MODEL_NAME.test(visionModel) || sightOf(visionModel) === undefined) {
    refuse('visionModel', 'must be a model that can see, such as HCX-005');
  }
}

function isWholeNumber(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function refuse(field: keyof ClovaEngineSettings, rule: string): never {
  throw new GatewayError('SETTINGS_INVALID', `CLOVA Studio setting ${field} ${rule}`, { details: { field } });
}
