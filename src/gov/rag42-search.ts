/** Search in RAG42. Only its address is known: what is sent is a guess from the cookbook and the fields of a collection, and what comes
 *  back is read wherever it may stand. Everything about it is in this file, so that the page, once published, changes nothing else. */

import { type Fields, fieldsOf, numberOf, present, textOf } from '../http-client/answer-fields.ts';
import type { AnswerCall } from '../http-client/attempts.ts';
import { brokenAnswer } from '../http-client/upstream-failure.ts';
import { checkText, checkWhole, type GovApi, pathPart, UPSTREAM } from './api.ts';

export interface RagHit {
  readonly text: string;
  readonly title?: string;
  readonly documentId?: string;
  readonly score?: number;
}

export interface RagQuery {
  readonly query: string;
  readonly collectionId: string;
  /** Default 5. */
  readonly topK?: number;
}

const LISTS = ['results', 'chunks', 'documents', 'hits'];

export function searchCollection(
  api: GovApi,
  { query, collectionId, topK = 5 }: RagQuery,
  call: AnswerCall,
): Promise<readonly RagHit[]> {
  checkText('query', query);
  checkWhole('top_k', topK, 1, 100);
  return api.send(
    {
      method: 'POST',
      path: '/v1/rag42/search',
      body: {
        query,
        collection_id: pathPart('collection_id', collectionId),
        top_k: topK,
        search_type: 'hybrid',
        rerank: true,
      },
      read: (answer) => {
        const list = hitsIn(answer);
        if (list === undefined) throw brokenAnswer(UPSTREAM, 'has no list of what was found');
        return list.flatMap((hit) => readHit(fieldsOf(hit)));
      },
    },
    call,
  );
}

function hitsIn({ result, ...answer }: Fields): readonly unknown[] | undefined {
  if (Array.isArray(result)) return result;
  const holders = [fieldsOf(result), answer];
  return holders.flatMap((holder) => LISTS.map((name) => holder[name])).find((value) => Array.isArray(value));
}

function readHit(hit: Fields): readonly RagHit[] {
  const text = textOf(hit.content) ?? textOf(hit.text);
  if (text === undefined) return [];
  return [
    {
      text,
      ...present('title', textOf(hit.title)),
      ...present('documentId', textOf(hit.document_id)),
      ...present('score', numberOf(hit.score)),
    },
  ];
}
