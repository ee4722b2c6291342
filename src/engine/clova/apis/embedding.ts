/** Texts as vectors. Source: NAVER Cloud API guide, clovastudio-embedding, -embeddingv2 and -openaicompatibility (2026-07, 2026-08). */

import { type Fields, fieldsOf, numberOf, present } from '../../../http-client/answer-fields.ts';
import type { AnswerCall } from '../../../http-client/attempts.ts';
import { brokenStream } from '../errors.ts';
import type { ClovaApi } from './api.ts';
import { checkText, pathPart, requireList } from './field-rules.ts';

export interface Embedding {
  /** Vectors of two models have nothing in common although all have the same number of dimensions: keep the name beside the vector. */
  readonly model: string;
  /** 1,024 numbers. Not of length 1: compare with {@link cosineSimilarity}, or store {@link toUnitVector}. */
  readonly vector: readonly number[];
  readonly inputTokens?: number;
}

/** The model behind v2 and behind OpenAI's dialect. */
const EMBEDDING_MODEL = 'bge-m3';
/** `dolphin` for search in general, `sts` for how much two sentences mean the same. */
export const EMBEDDING_MODELS_V1 = ['clir-emb-dolphin', 'clir-sts-dolphin'] as const;

/** Up to 8,192 tokens, one text a call. */
export function embedText(api: ClovaApi, text: string, call: AnswerCall): Promise<Embedding> {
  checkText('text', text);
  return api.send(
    {
      method: 'POST',
      path: '/v1/api-tools/embedding/v2',
      body: { text },
      read: (result) => readEmbedding(result, EMBEDDING_MODEL),
    },
    call,
  );
}

/** Up to 500 tokens; for indexes that were made with these models. */
export function embedTextV1(
  api: ClovaApi,
  { text, model }: { readonly text: string; readonly model: string },
  call: AnswerCall,
): Promise<Embedding> {
  checkText('text', text);
  return api.send(
    {
      method: 'POST',
      path: `/v1/api-tools/embedding/${pathPart('model', model)}`,
      body: { text },
      read: (result) => readEmbedding(result, model),
    },
    call,
  );
}

/** The same vectors as {@link embedText}, in OpenAI's dialect. */
export function embedTextOpenAi(api: ClovaApi, text: string, call: AnswerCall): Promise<Embedding> {
  checkText('input', text);
  return api.send(
    {
      method: 'POST',
      path: '/v1/openai/embeddings',
      dialect: 'openai',
      // OpenAI's own default is base64, which is refused here.
      body: { model: EMBEDDING_MODEL, input: text, encoding_format: 'float' },
      read: (answer) => {
        const usage = fieldsOf(answer.usage);
        const first = fieldsOf(requireList(answer, 'data')[0]);
        return readEmbedding({ ...first, inputTokens: usage.prompt_tokens }, EMBEDDING_MODEL);
      },
    },
    call,
  );
}

function readEmbedding(result: Fields, model: string): Embedding {
  const vector = requireList(result, 'embedding').map((value) => {
    if (typeof value !== 'number') throw brokenStream('has an embedding that is no list of numbers');
    return value;
  });
  return { model, vector, ...present('inputTokens', numberOf(result.inputTokens)) };
}

/** -1..1; 0 for a vector without length. */
export function cosineSimilarity(one: readonly number[], other: readonly number[]): number {
  const product = one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
  return product / (lengthOf(one) * lengthOf(other) || 1);
}

/** Of length 1, so that a plain product compares. */
export function toUnitVector(vector: readonly number[]): readonly number[] {
  const length = lengthOf(vector) || 1;
  return vector.map((value) => value / length);
}

export function lengthOf(vector: readonly number[]): number {
  return Math.hypot(...vector);
}
