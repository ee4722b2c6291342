/** Files of `--tools`: functions that a model may call. */

import type { ToolDefinition } from '../engine/engine.ts';
import { fieldsOf } from '../http-client/answer-fields.ts';
import { readJsonFile } from './input.ts';
import type { Terminal } from './terminal.ts';
import { WrongUse } from './wrong-use.ts';

/** A JSON list of `{ "name", "description", "parameters" }`, alone (as in TOOLS, whose other fields are not looked at) or under
 *  `function`, as the service writes it.
 *  @throws WrongUse */
export function readToolFile(terminal: Terminal, path: string): readonly ToolDefinition[] {
  const value = readJsonFile(terminal, path);
  if (!Array.isArray(value)) throw new WrongUse(`함수 목록이 아닙니다: ${path}`);
  return value.map((one: unknown, index) => {
    const written = fieldsOf(one);
    const { name, description, parameters } = written.function === undefined ? written : fieldsOf(written.function);
    if (typeof name !== 'string' || typeof description !== 'string' || !isObject(parameters)) {
      throw new WrongUse(
        `${path}: ${index + 1}번째 함수는 {"name": "이름", "description": "설명", "parameters": {"type": "object", …}} 모양이어야 합니다.`,
      );
    }
    return { name, description, parameters };
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
