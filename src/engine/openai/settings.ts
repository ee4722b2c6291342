/** Where to ask, whom, and how. */

import {
  checkBaseUrl,
  checkKey,
  checkPatience,
  type Patience,
  refuseUpstreamSetting,
  runChecks,
  type SettingCheck,
} from '../../http-client/upstream-settings.ts';
import { modelProblem, outputProblem } from '../clova/facts/limits.ts';
import { capabilitiesOf, type ModelCapabilities, type ModelOverrides, sightOf } from '../clova/facts/models.ts';
import type { ImageLimits } from '../engine.ts';
import { type Dialect, type DialectName, dialectOf, isHostOfClova } from './dialect.ts';

export interface OpenAiEngineSettings extends Patience {
  /** What stands before `/chat/completions`. */
  readonly baseUrl: string;
  readonly dialect: DialectName;
  /** Absent: the service asks for none, as many on one's own machine. */
  readonly apiKey?: string;
  /** Case-sensitive, and never one of a list: every service has its own. */
  readonly model: string;
  /** What the operator knows of models of CLOVA Studio, for its dialect. */
  readonly models?: ModelOverrides;
  readonly maxOutputTokens: number;
  /** Its model can see, and is shown pictures. */
  readonly vision?: boolean;
  /** Its model is offered tools. Default true. */
  readonly callsTools?: boolean;
  /** Absent: the dialect's. */
  readonly temperature?: number;
  /** Fields for the body as they are; `null` takes one out that would be sent. */
  readonly extraBody?: Readonly<Record<string, unknown>>;
  /** PEM certificates to trust besides those of public authorities. */
  readonly ca?: string;
}

/** What the engine itself decides: a second answer, or one in another form, would be lost. */
const OURS = ['model', 'messages', 'stream', 'n', 'tools', 'tool_choice', 'response_format'];
/** Services differ, scale pictures themselves, and seldom say what they take; every one of them takes so much. GIF is left out, because
 *  it may move. Source: OpenAI API guide, images and vision (2026). */
const IMAGE_LIMITS: ImageLimits = {
  mediaTypes: ['image/jpeg', 'image/png', 'image/webp'],
  maxCount: 5,
  maxSizeBytes: 20_000_000,
  maxTotalBytes: 36_000_000,
  maxLongEdgePx: 8_000,
  minShortEdgePx: 4,
  maxAspectRatio: 20,
};
/** The host that knows no bearer keys. */
const LEGACY_CLOVA_HOST = 'clovastudio.apigw.ntruss.com';

/** Refuses at start-up what the service would refuse for every question. Values never appear in the message.
 *  @throws GatewayError `SETTINGS_INVALID` naming the field */
export function checkSettings(settings: OpenAiEngineSettings): Dialect {
  runChecks(settingChecks(settings));
  return dialectOf(settings.dialect, settings.model, settings.models);
}

/** The same one by one, each throwing for itself. */
export function settingChecks(settings: OpenAiEngineSettings): readonly SettingCheck[] {
  const dialect = dialectOf(settings.dialect, settings.model, settings.models);
  const refuse = (field: string, reason: string): never => refuseUpstreamSetting(dialect.title, field, reason);
  return [
    () => checkAddress(settings, dialect),
    () => checkPresentKey(settings, dialect),
    () => {
      const problem = modelProblemOf(settings);
      if (problem !== undefined) refuse('model', problem);
    },
    () => {
      const problem = outputProblemOf(settings);
      if (problem !== undefined) refuse('maxOutputTokens', problem);
    },
    () => {
      const { temperature } = settings;
      if (temperature !== undefined && !(temperature >= 0 && temperature <= dialect.maxTemperature)) {
        refuse('temperature', `must be a number from 0 to ${dialect.maxTemperature}`);
      }
    },
    () => {
      if (settings.vision === true && imageLimits(settings) === undefined) {
        refuse('vision', 'must be off: this model cannot see');
      }
    },
    () => checkExtraBody(settings, dialect),
    () => checkPatience(dialect.title, settings),
  ];
}

/** Of services whose models we know; `undefined` for all others. */
export function knownCapabilities({ dialect, model, models }: OpenAiEngineSettings): ModelCapabilities | undefined {
  return dialect === 'clova' ? capabilitiesOf(model, models) : undefined;
}

/** What its model may be shown; `undefined` when nothing. */
export function imageLimits({ dialect, model, models, vision = false }: OpenAiEngineSettings): ImageLimits | undefined {
  if (!vision) return undefined;
  return dialect === 'clova' ? sightOf(model, models) : IMAGE_LIMITS;
}

function checkPresentKey({ apiKey, baseUrl, dialect }: OpenAiEngineSettings, { title, needsKey }: Dialect): void {
  if (apiKey === undefined) {
    if (needsKey) refuseUpstreamSetting(title, 'apiKey', 'must be set: this service answers nobody without a key');
    return;
  }
  checkKey(title, 'apiKey', apiKey);
  // A proxy may have keys of its own.
  if (dialect === 'clova' && isHostOfClova(baseUrl) && !apiKey.startsWith('nv-')) {
    const reason = 'does not begin with nv-, as keys issued since 2025 do: older ones work with ENGINE=clova only';
    refuseUpstreamSetting(title, 'apiKey', reason);
  }
}

function modelProblemOf({ dialect, model, models }: OpenAiEngineSettings): string | undefined {
  if (model.trim() === '') return 'must not be empty';
  return dialect === 'clova' ? modelProblem(model, models) : undefined;
}

function outputProblemOf(settings: OpenAiEngineSettings): string | undefined {
  const { maxOutputTokens } = settings;
  const capabilities = knownCapabilities(settings);
  if (capabilities !== undefined) return outputProblem(maxOutputTokens, capabilities);
  return Number.isInteger(maxOutputTokens) && maxOutputTokens >= 1 ? undefined : 'must be a whole number above 0';
}

function checkExtraBody({ extraBody = {} }: OpenAiEngineSettings, { title, unsupported }: Dialect): void {
  const fields = Object.keys(extraBody);
  const ours = fields.filter((field) => OURS.includes(field));
  const refused = fields.filter((field) => unsupported.includes(field) && extraBody[field] !== null);
  const reasons = [
    ...(ours.length > 0 ? [`must not hold ${ours.join(', ')}, which the gateway writes itself`] : []),
    ...(refused.length > 0 ? [`must not hold ${refused.join(', ')}, which this service refuses`] : []),
  ];
  if (reasons.length > 0) refuseUpstreamSetting(title, 'extraBody', reasons.join('; '));
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
