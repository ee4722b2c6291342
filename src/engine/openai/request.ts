/** Path, headers, and the body without its messages. */

import { requestIdHeader } from '../../http-client/request-id-header.ts';
import { toWireFunctions } from '../clova/facts/function-tools.ts';
import type { ToolDefinition } from '../engine.ts';
import type { Dialect } from './dialect.ts';
import type { OpenAiEngineSettings } from './settings.ts';

const UNLIMITED_TOKENS = 32_768;

/** Path of a call below the origin, such as `/v1/models` for `models`. */
export function pathOf(baseUrl: string, call: 'chat/completions' | 'models'): string {
  return `${new URL(baseUrl).pathname.replace(/\/+$/, '')}/${call}`;
}

export function keyHeaders(apiKey: string | undefined): Readonly<Record<string, string>> {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}

/** Name and value alternate, as undici takes them without copying. */
export function chatHeaders(apiKey: string | undefined, dialect: Dialect, requestId: string): string[] {
  return Object.entries({
    'content-type': 'application/json',
    accept: 'text/event-stream',
    ...keyHeaders(apiKey),
    ...(dialect.requestIdHeader !== undefined && { [dialect.requestIdHeader]: requestIdHeader(requestId) }),
  }).flat();
}

/** All of the body but the messages. The maximum is always named: the service's own may be a cut answer (CLOVA Studio's is 512). */
export function chatParameters(settings: OpenAiEngineSettings, dialect: Dialect): Readonly<Record<string, unknown>> {
  const temperature = settings.temperature ?? dialect.temperature;
  const parameters = {
    model: settings.model,
    stream: true,
    ...(dialect.asksForUsage && { stream_options: { include_usage: true } }),
    [dialect.maxTokensField]: settings.maxOutputTokens,
    ...(temperature !== undefined && { temperature }),
    ...dialect.withoutThinking,
    ...settings.extraBody,
  };
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== null));
}

/** Output that the service may send at most; the operator's own fields count, and none at all means the most that is usual. */
export function requestedTokens(parameters: Readonly<Record<string, unknown>>): number {
  const named = [parameters.max_tokens, parameters.max_completion_tokens].filter((value) => typeof value === 'number');
  return named.length === 0 ? UNLIMITED_TOKENS : Math.max(...named);
}

/** The same with the functions that the model may call. */
export function withTools(
  parameters: Readonly<Record<string, unknown>>,
  tools: readonly ToolDefinition[],
  { maxTokensField, minTokensWithTools }: Dialect,
): Readonly<Record<string, unknown>> {
  const maxTokens = parameters[maxTokensField];
  return {
    ...parameters,
    ...(typeof maxTokens === 'number' && { [maxTokensField]: Math.max(maxTokens, minTokensWithTools) }),
    tools: toWireFunctions(tools),
  };
}
