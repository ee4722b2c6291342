/** Embedding v1 and v2, the latter in OpenAI's dialect too, and the calculator of v2's tokens.
 *  Source: NAVER Cloud API guide, clovastudio-embedding (2026-07), -embeddingv2 (2026-08), -tokenizerembedding (2026-09). */
import { createHash } from 'node:crypto';
import { ApiError } from '../api-error.ts';
import { estimateTokens, type Json } from '../rules.ts';
import { type ApiAnswer, type ApiEndpoint, optionalWholeNumber, pairsOf, requiredText } from './endpoint.ts';

const DIMENSIONS = 1_024;
const V1_MODELS = ['clir-emb-dolphin', 'clir-sts-dolphin'];
const MAX_TOKENS_V1 = 500;
const MAX_TOKENS_V2 = 8_192;
const MAX_CALCULATED_CHARACTERS = 10_000;

export const EMBEDDING_ENDPOINTS: readonly ApiEndpoint[] = [
  {
    method: 'POST',
    path: /^\/v1\/api-tools\/embedding\/v2$/,
    answer: ({ body }) => embed(requiredText(body, 'text'), 'bge-m3', MAX_TOKENS_V2),
  },
  {
    method: 'POST',
    path: /^\/v1\/api-tools\/embedding\/v2\/tokenize$/,
    answer: ({ body }) => {
      const text = requiredText(body, 'text');
      if (text.length > MAX_CALCULATED_CHARACTERS) throw ApiError.invalidParameter('text');
      return { result: { numTokens: estimateTokens(text) }, tokens: 0 };
    },
  },
  {
    method: 'POST',
    path: /^\/v1\/api-tools\/embedding\/([^/]+)$/,
    answer: ({ params: [model = ''], body }) => {
      if (!V1_MODELS.includes(model)) throw new ApiError('40080', 'Model not found');
      return embed(requiredText(body, 'text'), model, MAX_TOKENS_V1);
    },
  },
  { method: 'POST', path: /^\/v1\/openai\/embeddings$/, answer: ({ body }) => embedForOpenAi(body) },
];

/** The same vectors in OpenAI's shape. */
function embedForOpenAi(body: Json): ApiAnswer {
  if (body.user !== undefined) throw new ApiError('40002', 'Unsupported parameter: user');
  if (body.model !== 'bge-m3') throw new ApiError('40080', 'Model not found');
  const input = requiredText(body, 'input');
  if (body.encoding_format !== undefined && body.encoding_format !== 'float') {
    throw ApiError.invalidParameter('encoding_format');
  }
  optionalWholeNumber(body, 'dimensions', (value) => value === DIMENSIONS);
  const { result, tokens } = embed(input, 'bge-m3', MAX_TOKENS_V2);
  const plain = {
    object: 'list',
    data: [{ object: 'embedding', embedding: result.embedding, index: 0 }],
    model: 'bge-m3',
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
  return { plain, tokens };
}

function embed(text: string, model: string, maxTokens: number) {
  const inputTokens = estimateTokens(text);
  if (inputTokens > maxTokens) throw new ApiError('40003', 'Context length exceeded');
  return { result: { embedding: vectorOf(text, model), inputTokens }, tokens: inputTokens };
}

/** Texts that share pairs of letters point the same way; vectors of two models have nothing in common. As at the real service the
 *  length is not 1. */
function vectorOf(text: string, model: string): readonly number[] {
  const vector = new Array<number>(DIMENSIONS).fill(0);
  for (const pair of [text, ...pairsOf(text)]) {
    const hash = createHash('sha256').update(`${model}\n${pair}`).digest();
    for (let at = 0; at < 8; at += 2) {
      const dimension = hash.readUInt16BE(at) % DIMENSIONS;
      vector[dimension] = (vector[dimension] ?? 0) + (((hash[16 + at] ?? 0) % 2) * 2 - 1);
    }
  }
  return vector.map((value) => value * 0.5532);
}
