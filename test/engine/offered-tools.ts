/** What of tools is the same natively and in OpenAI's words: which of CLOVA Studio's models can be offered some, and how calls are told. */
import type { ModelOverrides } from '../../src/engine/clova/facts/models.ts';
import type { EnginePart, ToolCall, ToolDefinition } from '../../src/engine/engine.ts';

export const ORDER_STATUS: ToolDefinition = {
  name: 'order_status',
  description: '주문 상태를 조회합니다.',
  parameters: { type: 'object', properties: { orderNumber: { type: 'string' } }, required: ['orderNumber'] },
};

/** The beginning of the refusal; `undefined` where there is none. */
export const TOOLS_BY_MODEL: readonly [
  settings: { readonly model: string; readonly models?: ModelOverrides },
  refusal: string | undefined,
][] = [
  [{ model: 'HCX-007' }, undefined],
  [{ model: 'HCX-005' }, undefined],
  [{ model: 'HCX-DASH-002' }, undefined],
  [{ model: 'HCX-009' }, undefined], // nobody knows it yet
  [{ model: 'HCX-003' }, 'cannot be used with this'],
  [{ model: 'HCX-DASH-001' }, 'cannot be used with this'],
  [{ model: 'ft:abc123' }, 'cannot be used with this'],
  [{ model: 'HCX-007', models: { 'HCX-007': { tools: false } } }, 'cannot be used with this'],
];

export function callsIn(parts: readonly EnginePart[]): readonly ToolCall[] {
  return parts.flatMap((part) => (part.type === 'tool-calls' ? part.calls : []));
}
