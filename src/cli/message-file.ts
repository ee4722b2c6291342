/** Files of `--messages`: a conversation as the service writes it. */

import type { ChatMessage } from '../engine/clova/chat-message.ts';
import { readArguments } from '../engine/clova/facts/function-tools.ts';
import type { ToolCall } from '../engine/engine.ts';
import { fieldsOf, textOf } from '../http-client/answer-fields.ts';
import { readJsonFile } from './input.ts';
import type { Terminal } from './terminal.ts';
import { WrongUse } from './wrong-use.ts';

/** A JSON list of `{ "role", "content" }`; an assistant's may have `toolCalls`, and what a function gave back is
 *  `{ "role": "tool", "toolCallId", "content" }`.
 *  @throws WrongUse */
export function readMessages(terminal: Terminal, path: string): readonly ChatMessage[] {
  const value = readJsonFile(terminal, path);
  if (!Array.isArray(value)) throw new WrongUse(`메시지 목록이 아닙니다: ${path}`);
  return value.map((one: unknown, index) => {
    const message = messageOf(one);
    if (message === undefined) {
      throw new WrongUse(
        `${path}: ${index + 1}번째 메시지는 {"role": "system|user|assistant", "content": "글"} 모양이어야 합니다. ` +
          '함수를 부른 assistant에는 "toolCalls"를, 함수의 결과는 {"role": "tool", "toolCallId": "…", "content": "글"}로 적습니다.',
      );
    }
    return message;
  });
}

function messageOf(written: unknown): ChatMessage | undefined {
  const { role, content, toolCalls, toolCallId } = fieldsOf(written);
  const text = typeof content === 'string' ? content : undefined;
  switch (role) {
    case 'system':
    case 'user':
      return text === undefined ? undefined : { role, text };
    case 'assistant': {
      if (toolCalls === undefined) return text === undefined ? undefined : { role, text };
      const calls = Array.isArray(toolCalls) ? toolCalls.map(toolCallOf) : [undefined];
      const known = calls.filter((call) => call !== undefined);
      return known.length < calls.length ? undefined : { role, text: text ?? '', toolCalls: known };
    }
    case 'tool': {
      const id = textOf(toolCallId);
      return text === undefined || id === undefined ? undefined : { role, toolCallId: id, text };
    }
    default:
      return undefined;
  }
}

/** As the service writes one, or as `chat --json` prints it. */
function toolCallOf(written: unknown): ToolCall | undefined {
  const { id, function: called, ...bare } = fieldsOf(written);
  const { name, arguments: given } = called === undefined ? bare : fieldsOf(called);
  const args = readArguments(given);
  return typeof id === 'string' && typeof name === 'string' && args !== undefined
    ? { id, name, arguments: args }
    : undefined;
}
