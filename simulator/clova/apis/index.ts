/** The APIs of CLOVA Studio beside chat. */

import { ApiError } from '../api-error.ts';
import type { MutableRecord } from '../recorder.ts';
import { isJson } from '../rules.ts';
import { EMBEDDING_ENDPOINTS } from './embedding.ts';
import type { ApiAnswer, ApiEndpoint } from './endpoint.ts';
import { RAG_ENDPOINTS } from './rag.ts';
import { ROUTER_ENDPOINTS } from './router.ts';
import { TEXT_ENDPOINTS } from './text.ts';
import { TOKEN_ENDPOINTS } from './tokens.ts';
import { tuningEndpoints } from './tuning.ts';

const PREFIX = /^\/(?:testapp|serviceapp)(?=\/)/;

export class ApiDesk {
  readonly #endpoints: readonly ApiEndpoint[] = [
    ...EMBEDDING_ENDPOINTS,
    ...TOKEN_ENDPOINTS,
    ...RAG_ENDPOINTS,
    ...TEXT_ENDPOINTS,
    ...ROUTER_ENDPOINTS,
    ...tuningEndpoints(),
  ];

  /** What answers this request, and the name of its quota; `undefined` where there is no such API. */
  find({ method, path, headers, body, receivedAt }: MutableRecord): FoundApi | undefined {
    const { pathname, searchParams } = new URL(path, 'http://localhost');
    const plain = pathname.replace(PREFIX, '');
    for (const endpoint of this.#endpoints) {
      const match = endpoint.method === method ? endpoint.path.exec(plain) : null;
      if (match === null) continue;
      return {
        quotaName: plain,
        hasBody: method === 'POST',
        answer: () => {
          if (method === 'POST' && !isJson(body)) throw new ApiError('40000', 'Bad request');
          return endpoint.answer({
            params: match.slice(1).map(decodeURIComponent),
            query: searchParams,
            body: isJson(body) ? body : {},
            wantsStream: headers.accept?.includes('text/event-stream') === true,
            now: receivedAt,
          });
        },
      };
    }
    return undefined;
  }
}

export interface FoundApi {
  readonly quotaName: string;
  readonly hasBody: boolean;
  /** @throws ApiError */
  answer(): ApiAnswer;
}
