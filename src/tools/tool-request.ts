/** From arguments that a model made up to the one request that the operator declared. */
import { type DeclaredTool, hasBody, placeholdersOf, type ToolMethod } from './declaration.ts';

export interface ToolRequest {
  readonly method: ToolMethod;
  /** With its query. */
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
}

type Arguments = Readonly<Record<string, unknown>>;

/** `args` have passed the tool's schema. `undefined` when one of them would lead to another address. */
export function buildToolRequest(tool: DeclaredTool, args: Arguments): ToolRequest | undefined {
  const inPath = placeholdersOf(tool.pathTemplate);
  if (inPath.some((name) => !fitsPath(String(args[name])))) return undefined;
  const path = tool.pathTemplate.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(args[name])));
  // Two harmless arguments side by side may be one step up.
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) return undefined;
  const rest = Object.entries(args).filter(([name]) => !inPath.includes(name));
  const { method, search } = tool;
  if (hasBody(method)) return { method, path: `${path}${search}`, body: JSON.stringify(Object.fromEntries(rest)) };
  const query = new URLSearchParams(search);
  for (const [name, value] of rest) {
    for (const item of Array.isArray(value) ? value : [value]) query.append(name, String(item));
  }
  const text = query.toString();
  return { method, path: text === '' ? path : `${path}?${text}` };
}

/** Encoded, a slash is still a slash to many servers behind proxies. Half a character cannot be encoded at all. */
function fitsPath(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return value.trim() !== '' && value.isWellFormed() && !/[/\\\u0000-\u001f\u007f]/.test(value);
}
