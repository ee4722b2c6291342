/** What this account may call, as the service lists it. Source: NAVER Cloud API guide, clovastudio-openaicompatibility (2026-08); the
 *  shape of the answer is not published and taken to be OpenAI's. */

import { fieldsOf, textOf } from '../../../http-client/answer-fields.ts';
import type { AnswerCall } from '../../../http-client/attempts.ts';
import type { ClovaApi } from './api.ts';
import { requireList } from './field-rules.ts';

/** Names, in the service's order. */
export function listModels(api: ClovaApi, call: AnswerCall): Promise<readonly string[]> {
  return api.send(
    {
      method: 'GET',
      path: '/v1/openai/models',
      dialect: 'openai',
      read: (answer) => requireList(answer, 'data').flatMap((model) => textOf(fieldsOf(model).id) ?? []),
    },
    call,
  );
}
