/** What services that speak OpenAI's words take, each in its own way. Sources: NAVER Cloud API guide, CLOVA Studio, OpenAI compatibility
 *  (2026-08); docs.clovastudio.42maru.com, chat completions (2026); OpenAI API reference, chat completions (2026). */
import { MIN_TOKENS_WITH_TOOLS } from '../clova/facts/limits.ts';
import { capabilitiesOf, type ModelOverrides } from '../clova/facts/models.ts';

export type DialectName = 'clova' | 'gov' | 'openai' | 'compatible';

export interface Dialect {
  /** For errors and the log. */
  readonly title: string;
  readonly needsKey: boolean;
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Sent where the operator names none; absent: the service's own, because some models take no other. */
  readonly temperature?: number;
  readonly maxTemperature: number;
  /** Whether a stream tells its usage only when asked to, by a field that others refuse. */
  readonly asksForUsage: boolean;
  /** Fields that keep the model from thinking, which costs seconds that a customer waits. */
  readonly withoutThinking: Readonly<Record<string, unknown>>;
  /** Beside tools a smaller maximum is refused. */
  readonly minTokensWithTools: number;
  /** A second picture in a message is refused, or nobody says that it is not. Elsewhere models see them together with their question. */
  readonly onePictureEach: boolean;
  /** Fields that are refused, or silently do nothing. */
  readonly unsupported: readonly string[];
  readonly requestIdHeader?: string;
  readonly listsModels: boolean;
  /** On 429 these count first: the windows of the quota, or what the service computed for this very call. */
  readonly waitsFor: 'resets' | 'retry-after';
}

const UNSUPPORTED_BY_CLOVA = [
  'audio',
  'frequency_penalty',
  'presence_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'metadata',
  'modalities',
  'prediction',
  'prompt_cache_key',
  'safety_identifier',
  'service_tier',
  'store',
  'stream_options',
  'user',
  'web_search_options',
];

const COMPATIBLE: Dialect = {
  title: 'OpenAI-compatible service',
  needsKey: false,
  maxTokensField: 'max_tokens',
  maxTemperature: 2,
  asksForUsage: true,
  withoutThinking: {},
  minTokensWithTools: 1,
  onePictureEach: false,
  unsupported: [],
  requestIdHeader: 'x-request-id',
  listsModels: true,
  waitsFor: 'retry-after',
};

/** @param models what the operator knows of models of CLOVA Studio */
export function dialectOf(name: DialectName, model: string, models: ModelOverrides = {}): Dialect {
  switch (name) {
    case 'clova': {
      // Natively the model that thinks refuses `maxTokens`; here both names are documented, and each is the safe one for its models.
      const { maxTokensField, thinking, sampling } = capabilitiesOf(model, models);
      return {
        ...COMPATIBLE,
        title: 'CLOVA Studio (OpenAI-compatible)',
        needsKey: true,
        maxTokensField: maxTokensField === 'maxCompletionTokens' ? 'max_completion_tokens' : 'max_tokens',
        temperature: 0.3,
        maxTemperature: sampling.temperature.max,
        asksForUsage: false,
        withoutThinking: thinking ? { reasoning_effort: 'none' } : {},
        minTokensWithTools: MIN_TOKENS_WITH_TOOLS,
        onePictureEach: true,
        unsupported: UNSUPPORTED_BY_CLOVA,
        requestIdHeader: 'x-ncp-clovastudio-request-id',
        waitsFor: 'resets',
      };
    }
    case 'gov': {
      const { requestIdHeader: _none, ...rest } = COMPATIBLE;
      return {
        ...rest,
        title: 'CLOVA Studio GOV',
        needsKey: true,
        // Two pages of one site disagree about range and default.
        temperature: 0.3,
        maxTemperature: 1,
        asksForUsage: false,
        withoutThinking: model.startsWith('HCX-GOV') ? { chat_template_kwargs: { skip_reasoning: true } } : {},
        onePictureEach: true,
        listsModels: false,
      };
    }
    case 'openai':
      return {
        ...COMPATIBLE,
        title: 'OpenAI',
        needsKey: true,
        maxTokensField: 'max_completion_tokens',
        requestIdHeader: 'x-client-request-id',
      };
    case 'compatible':
      return COMPATIBLE;
  }
}

/** Of CLOVA Studio itself, the government's included; a proxy before it is none. */
export function isHostOfClova(baseUrl: string): boolean {
  return URL.canParse(baseUrl) && /(?:^|\.)(?:gov-)?ntruss\.com$/.test(new URL(baseUrl).hostname);
}

/** By the address, and behind a proxy by its path, which others have as well: the name of the model decides. What they do not tell is
 *  `compatible`. */
export function guessDialect(baseUrl: string, model: string): DialectName {
  const { hostname, pathname } = new URL(baseUrl);
  if (isHostOfClova(baseUrl)) return 'clova';
  if (/(?:^|\.)clovastudio\.go\.kr$|(?:^|\.)clova-studio-gov\.com$/.test(hostname)) return 'gov';
  if (hostname === 'api.openai.com') return 'openai';
  return /\/v1\/openai\/*$/.test(pathname) && /^(?:HCX-|LK-|ft:)/i.test(model) ? 'clova' : 'compatible';
}
