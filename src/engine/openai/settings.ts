/** Where to ask, whom, and how. */
import { checkBaseUrl, checkKey, checkPatience, type Patience, refuseUpstreamSetting } from '../upstream-settings.ts';
import { type Dialect, type DialectName, dialectOf } from './dialect.ts';

export interface OpenAiEngineSettings extends Patience {
  /** What stands before `/chat/completions`. */
  readonly baseUrl: string;
  readonly dialect: DialectName;
  /** Absent: the service asks for none, as many on one's own machine. */
  readonly apiKey?: string;
  /** Case-sensitive, and never one of a list: every service has its own. */
  readonly model: string;
  readonly maxOutputTokens: number;
  /** Absent: the dialect's. */
  readonly temperature?: number;
  /** Fields for the body as they are; `null` takes one out that would be sent. */
  readonly extraBody?: Readonly<Record<string, unknown>>;
  /** PEM certificates to trust besides those of public authorities. */
  readonly ca?: string;
}

/** What the engine itself decides: a second answer, or one in another form, would be lost. */
const OURS = ['model', 'messages', 'stream', 'n', 'tools', 'tool_choice', 'response_format'];
/** The host that knows no bearer keys. */
const LEGACY_CLOVA_HOST = 'clovastudio.apigw.ntruss.com';

/** Refuses at start-up what the service would refuse for every question. Values never appear in the message.
 *  @throws GatewayError `SETTINGS_INVALID` naming the field */
export function checkSettings(settings: OpenAiEngineSettings): Dialect {
  const dialect = dialectOf(settings.dialect, settings.model);
  const refuse = (field: string, reason: string): never => refuseUpstreamSetting(dialect.title, field, reason);
  checkAddress(settings, dialect);
  if (settings.apiKey !== undefined) checkKey(dialect.title, 'apiKey', settings.apiKey);
  else if (dialect.needsKey) refuse('apiKey', 'must be set: this service answers nobody without a key');
  if (settings.model.trim() === '') refuse('model', 'must not be empty');
  if (!Number.isInteger(settings.maxOutputTokens) || settings.maxOutputTokens < 1) {
    refuse('maxOutputTokens', 'must be a whole number above 0');
  }
  const { temperature } = settings;
  if (temperature !== undefined && !(temperature >= 0 && temperature <= dialect.maxTemperature)) {
    refuse('temperature', `must be a number from 0 to ${dialect.maxTemperature}`);
  }
  for (const field of Object.keys(settings.extraBody ?? {})) {
    if (OURS.includes(field)) refuse('extraBody', `must not hold ${field}, which the gateway writes itself`);
    if (dialect.unsupported.includes(field) && settings.extraBody?.[field] !== null) {
      refuse('extraBody', `must not hold ${field}, which this service refuses`);
    }
  }
  checkPatience(dialect.title, settings);
  return dialect;
}

function checkAddress({ baseUrl, dialect: name }: OpenAiEngineSettings, { title }: Dialect): void {
  const { hostname, pathname } = checkBaseUrl(title, baseUrl);
  if (/\/(?:chat\/)?completions\/*$/.test(pathname)) {
    refuseUpstreamSetting(title, 'baseUrl', 'must end before /chat/completions, which is added to it');
  }
  if (hostname === LEGACY_CLOVA_HOST) {
    refuseUpstreamSetting(title, 'baseUrl', 'is the legacy host; use https://clovastudio.stream.ntruss.com/v1/openai');
  }
  if (name === 'clova' && !/\/v1\/openai\/*$/.test(pathname)) {
    refuseUpstreamSetting(title, 'baseUrl', 'must end in /v1/openai');
  }
  if (name === 'gov' && !/\/v1\/*$/.test(pathname)) {
    refuseUpstreamSetting(title, 'baseUrl', 'must end in /api/v1, or in /v1 where the console says so');
  }
}
