/** Functions that a model may call, as CLOVA Studio writes them natively and OpenAI does too. Where the two differ (results, streamed
 *  pieces), each engine has its own words. */

import { parseJson } from '../../../http-client/upstream-failure.ts';
import type { ToolCall, ToolDefinition } from '../../engine.ts';

/** Why no service would take these; fits after "tools" and holds no value. */
export function toolsProblem(tools: readonly ToolDefinition[]): string | undefined {
  if (tools.length === 0) return 'must name at least one';
  if (new Set(tools.map(({ name }) => name)).size < tools.length) return 'must not have a name twice';
  for (const { name, description, parameters } of tools) {
    if (!/^[A-Za-z0-9_-]+$/.test(name)) return 'must have names of letters, digits, _ and -';
    if (description.trim() === '') return 'must each have a description';
    if (parameters.type !== 'object') return 'must have parameters of the type object';
  }
  return undefined;
}

/** `tools` of a request. */
export function toWireFunctions(tools: readonly ToolDefinition[]): readonly object[] {
  return tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: { name, description, parameters },
  }));
}

/** An object natively, JSON text in OpenAI's words and in streamed pieces; each has been seen where the other is documented. A function
 *  without parameters may get nothing at all. `undefined` for what is none of it. */
export function readArguments(value: unknown): ToolCall['arguments'] | undefined {
  if (value === undefined || value === null || value === '') return {};
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  return parsed as ToolCall['arguments'];
}
