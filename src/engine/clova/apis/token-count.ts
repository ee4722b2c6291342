/** How many tokens something has, as the service counts. Takes a call of its own: for calibration and texts that change rarely, not
 *  for every message. Source: NAVER Cloud API guide, clovastudio-tokenizerhcx, -tokenizerhcxv3, -tokenizerembedding (2026-08, 2026-09). */

import { type Fields, fieldsOf, listOf, numberOf, present, textOf } from '../../../http-client/answer-fields.ts';
import type { AnswerCall } from '../../../http-client/attempts.ts';
import { type ChatMessage, toWireMessages } from '../chat-message.ts';
import { type ChatOptions, checkChatOptions, toWireTools } from '../chat-options.ts';
import { capabilitiesOf } from '../facts/models.ts';
import { toStructuredSchema } from '../structured-schema.ts';
import type { ClovaApi } from './api.ts';
import { checkText, pathPart, refuseInput, requireList, requireNumber } from './field-rules.ts';

export interface ChatTokenCount {
  readonly total: number;
  readonly messages: readonly { readonly role: string; readonly tokens: number }[];
  readonly toolTokens?: number;
  readonly schemaTokens?: number;
}

const MAX_EMBEDDED_CHARACTERS = 10_000;

/** Of a chat call with these options; pictures included where the model can see. */
export function countChatTokens(
  api: ClovaApi,
  options: Pick<ChatOptions, 'model' | 'models' | 'tools' | 'schema'>,
  messages: readonly ChatMessage[],
  call: AnswerCall,
): Promise<ChatTokenCount> {
  checkChatOptions(options);
  const wire = toWireMessages(messages);
  if (wire.length === 0) refuseInput('messages', 'at least one message');
  const { model, models, schema } = options;
  const { apiVersion } = capabilitiesOf(model, models);
  return api.send(
    {
      method: 'POST',
      path: `/${apiVersion === 'v3' ? 'v3' : 'v1'}/api-tools/chat-tokenize/${pathPart('model', model)}`,
      body: {
        messages: wire,
        ...toWireTools(options),
        ...(schema !== undefined && { responseFormat: { type: 'json', schema: toStructuredSchema(schema) } }),
      },
      read: readChatCount,
    },
    call,
  );
}

/** Up to 10,000 characters; of embedding v2. */
export function countEmbeddingTokens(api: ClovaApi, text: string, call: AnswerCall): Promise<number> {
  checkText('text', text, MAX_EMBEDDED_CHARACTERS);
  return api.send(
    {
      method: 'POST',
      path: '/v1/api-tools/embedding/v2/tokenize',
      body: { text },
      read: (result) => requireNumber(result, 'numTokens'),
    },
    call,
  );
}

/** The texts that come back are never read: the calculator of v1 changes their blanks. */
function readChatCount(result: Fields): ChatTokenCount {
  const messages = requireList(result, 'messages').map((message) => {
    const { role, content, count } = fieldsOf(message);
    // v1 counts messages. v3 counts parts, and one published sample has a single part instead of a list.
    const parts = Array.isArray(content) ? listOf(content) : [content];
    const counts = [count, ...parts.map((part) => fieldsOf(part).count)];
    return { role: textOf(role) ?? '', tokens: counts.reduce<number>((sum, one) => sum + (numberOf(one) ?? 0), 0) };
  });
  const toolTokens = numberOf(fieldsOf(result.tools).count);
  const schemaTokens = numberOf(fieldsOf(result.responseFormat).count);
  return {
    total: messages.reduce((sum, { tokens }) => sum + tokens, (toolTokens ?? 0) + (schemaTokens ?? 0)),
    messages,
    ...present('toolTokens', toolTokens),
    ...present('schemaTokens', schemaTokens),
  };
}
