/** `/v1/openai`: the same models in the words of OpenAI. Source: NAVER Cloud API guide, CLOVA Studio, OpenAI compatibility (2026-08). */
import { checkAccess } from '../access.ts';
import { ApiError } from '../api-error.ts';
import type { ChatApi } from '../chat-api.ts';
import type { Framing } from '../frames.ts';
import { modelNames } from '../models.ts';
import { ChunkWriter, chatCompletion, type UnconfirmedShapes } from './chunks.ts';
import { checkOpenAiRequest } from './rules.ts';

const BASE_PATH = '/v1/openai/';

const traits = {
  idPrefix: '',
  // Documented in seconds, seen in milliseconds.
  createdUnitsPerSecond: 1_000,
  thinkingField: 'thinking_content',
} as const;

export function createOpenAiApi(framing: Framing, shapes: UnconfirmedShapes): ChatApi {
  return {
    serves: (path) => path.startsWith(BASE_PATH),
    lookUp: (path) => (path === `${BASE_PATH}models` && shapes.models !== false ? modelList() : undefined),
    checkAccess(headers, options) {
      // New keys only: the pair of older apps means nothing here.
      if (headers.authorization === undefined) throw new ApiError('40100', 'Unauthorized');
      checkAccess(headers, options);
    },
    wantsStream: ({ body }) => (body as { readonly stream?: unknown } | null)?.stream === true,
    readCall({ path, body }, tunedTasks) {
      if (path !== `${BASE_PATH}chat/completions`) throw new ApiError('40400', 'Not found');
      return checkOpenAiRequest(body, tunedTasks);
    },
    refusal: openAiRefusal,
    whole: (generation) => chatCompletion(generation, traits),
    stream: () => new ChunkWriter(framing, shapes, traits, openAiRefusal),
  };
}

function openAiRefusal(code: string, message: string): string {
  return JSON.stringify({ error: { message, type: null, param: null, code } });
}

/** The list's shape is not published: OpenAI's own. */
function modelList(): string {
  return JSON.stringify({
    object: 'list',
    data: modelNames().map((id) => ({ id, object: 'model', created: 1_745_000_000, owned_by: 'naver' })),
  });
}
