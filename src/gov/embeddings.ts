/** Texts as vectors, many in one call. Source: docs.clovastudio.42maru.com/docs/tools, embeddings. */

import { fieldsOf, listOf, numberOf, present } from '../http-client/answer-fields.ts';
import type { AnswerCall } from '../http-client/attempts.ts';
import { brokenAnswer } from '../http-client/upstream-failure.ts';
import { checkText, type GovApi, refuseInput, requireList, UPSTREAM } from './api.ts';

export interface GovEmbeddings {
  readonly model: string;
  /** In the order of the texts. */
  readonly vectors: readonly (readonly number[])[];
  readonly inputTokens?: number;
}

export const GOV_EMBEDDING_MODELS = ['bge-m3', 'rag42-embed-v1'] as const;

export function embedGovTexts(
  api: GovApi,
  { texts, model = GOV_EMBEDDING_MODELS[0] }: { readonly texts: readonly string[]; readonly model?: string },
  call: AnswerCall,
): Promise<GovEmbeddings> {
  if (texts.length === 0) refuseInput('input', 'at least one text');
  for (const text of texts) checkText('input', text);
  return api.send(
    {
      method: 'POST',
      path: '/v1/text/embeddings',
      body: { input: texts, model, encoding_format: 'float' },
      read: (answer) => {
        const entries = requireList(answer, 'data').map((entry, position) => {
          const { index, embedding } = fieldsOf(entry);
          return {
            index: numberOf(index) ?? position,
            vector: listOf(embedding).flatMap((one) => numberOf(one) ?? []),
          };
        });
        const vectors = entries.sort((one, other) => one.index - other.index).map(({ vector }) => vector);
        if (vectors.length !== texts.length || vectors.some((vector) => vector.length === 0)) {
          throw brokenAnswer(UPSTREAM, 'lacks a vector');
        }
        return { model, vectors, ...present('inputTokens', numberOf(fieldsOf(answer.usage).prompt_tokens)) };
      },
    },
    call,
  );
}
