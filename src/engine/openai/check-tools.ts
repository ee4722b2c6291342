import { refuseUpstreamSetting } from '../../http-client/upstream-settings.ts';
import { toolsProblem } from '../clova/facts/function-tools.ts';
import type { ModelCapabilities } from '../clova/facts/models.ts';
import type { ToolDefinition } from '../engine.ts';
import { dialectOf } from './dialect.ts';
import { chatParameters } from './request.ts';
import { knownCapabilities, type OpenAiEngineSettings } from './settings.ts';

/** @throws GatewayError `SETTINGS_INVALID` when the model, asked in this way, cannot be offered these */
export function checkTools(settings: OpenAiEngineSettings, tools: readonly ToolDefinition[]): void {
  const dialect = dialectOf(settings.dialect, settings.model, settings.models);
  const parameters = chatParameters(settings, dialect);
  const problem = toolsProblem(tools) ?? clovaToolsProblem(knownCapabilities(settings), parameters);
  if (problem !== undefined) refuseUpstreamSetting(dialect.title, 'tools', problem);
}

/** In OpenAI's words CLOVA Studio's models keep their own rules. */
function clovaToolsProblem(
  capabilities: ModelCapabilities | undefined,
  { reasoning_effort: effort, reasoning }: Readonly<Record<string, unknown>>,
): string | undefined {
  if (capabilities === undefined) return undefined;
  if (!capabilities.tools) return 'cannot be used with this model';
  const said = effort ?? (reasoning as { readonly effort?: unknown } | null | undefined)?.effort;
  const thinks = capabilities.thinking && said !== 'none';
  return thinks ? 'cannot be combined with reasoning_effort: the service refuses the two in one request' : undefined;
}
