/** Drops the oldest turns of a conversation until it fits beside the answer. For v1 models only: the others have room for what a
 *  chat needs, and are trimmed here, without a call. Source: NAVER Cloud API guide, clovastudio-sliding (2026-07). */

import { fieldsOf } from '../../../http-client/answer-fields.ts';
import type { AnswerCall } from '../../../http-client/attempts.ts';
import { type ChatMessage, toWireMessages } from '../chat-message.ts';
import { brokenStream } from '../errors.ts';
import { capabilitiesOf, type ModelOverrides } from '../facts/models.ts';
import type { ClovaApi } from './api.ts';
import { checkWhole, pathPart, refuseInput, requireList, requireText } from './field-rules.ts';

export interface SlidingRequest {
  /** The model and the maximum of the chat call that follows; with others the result does not fit. */
  readonly model: string;
  readonly models?: ModelOverrides;
  readonly maxOutputTokens: number;
  readonly messages: readonly ChatMessage[];
}

const MAX_TOKENS = 4_096;

/** @returns the messages that are left, the system message among them */
export function slideWindow(
  api: ClovaApi,
  { model, models, maxOutputTokens, messages }: SlidingRequest,
  call: AnswerCall,
): Promise<readonly ChatMessage[]> {
  if (capabilitiesOf(model, models).apiVersion === 'v3')
    refuseInput('model', 'HCX-003, HCX-DASH-001 and other v1 models');
  checkWhole('maxTokens', maxOutputTokens, 1, MAX_TOKENS);
  const wire = toWireMessages(messages);
  if (wire.length === 0) refuseInput('messages', 'at least one message');
  return api.send(
    {
      method: 'POST',
      path: `/v1/api-tools/sliding/chat-messages/${pathPart('model', model)}`,
      body: { maxTokens: maxOutputTokens, messages: wire },
      read: (result) => requireList(result, 'messages').map(readMessage),
    },
    call,
  );
}

function readMessage(value: unknown): ChatMessage {
  const fields = fieldsOf(value);
  const role = requireText(fields, 'role');
  if (role !== 'system' && role !== 'user' && role !== 'assistant') throw brokenStream('has a message of nobody');
  return { role, text: requireText(fields, 'content') };
}
