/** Which functions the simulated model asks for, and how it says so. */
import { exampleOf } from './example-value.ts';
import type { ChatCall } from './rules.ts';

export interface SimulatedToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What the script says, after a user as after a result. Without one: the first tool that is offered, as soon as a user has spoken, and
 *  words after its result. */
export function chooseToolCalls(
  call: ChatCall,
  scripted: readonly { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }[] | undefined,
): readonly SimulatedToolCall[] {
  const [tool] = call.tools;
  const last = call.messages.at(-1);
  if (tool === undefined || !call.mayCallTools || last === undefined) return [];
  if (scripted === undefined && last.role !== 'user') return [];
  const chosen = scripted ?? [{ name: tool.name, arguments: argumentsOf(tool.parameters, last.text) }];
  return chosen.map((one, index) => ({ ...one, id: `call_${call.messages.length}${'abcdefgh'[index] ?? index}` }));
}

function argumentsOf(parameters: unknown, text: string): Readonly<Record<string, unknown>> {
  const value = exampleOf(parameters, text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** `message.toolCalls` of the complete answer. */
export function completeToolCall({ id, name, arguments: args }: SimulatedToolCall): object {
  return { id, type: 'function', function: { name, arguments: args } };
}

interface ToolCallPiece {
  readonly id?: string;
  readonly type: 'function';
  readonly function: { readonly name?: string; readonly partialJson?: string };
}

/** `message.toolCalls` of the stream, a frame each: only the first has id and name, and none has an index. */
export function toolCallPieces({ id, name, arguments: args }: SimulatedToolCall): readonly ToolCallPiece[] {
  const text = JSON.stringify(args);
  const pieces = text.match(/[{}:,]|"[^"]{0,2}|[^{}:,"]{1,3}/g) ?? [];
  return [
    { id, type: 'function', function: { name } },
    ...pieces.map((partialJson) => ({ type: 'function', function: { partialJson } }) as const),
  ];
}
