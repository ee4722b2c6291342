/** Picks the documents that answer a question, and answers from them. Not a reranker that scores: there are no scores.
 *  Source: NAVER Cloud API guide, clovastudio-reranker (2026-04). */

import { fieldsOf, present, textOf, textsOf } from '../../../http-client/answer-fields.ts';
import type { AnswerCall } from '../../../http-client/attempts.ts';
import type { TokenUsage } from '../../engine.ts';
import { brokenStream } from '../errors.ts';
import { usageOf } from '../result.ts';
import type { ClovaApi } from './api.ts';
import { checkText, checkWhole, refuseInput, requireList, requireText } from './field-rules.ts';

export interface SearchDocument {
  readonly id: string;
  readonly doc: string;
}

export interface RerankRequest {
  readonly query: string;
  /** 128,000 tokens together with the question. */
  readonly documents: readonly SearchDocument[];
  /** Of the answer; default 1,024. */
  readonly maxOutputTokens?: number;
}

export interface RerankAnswer {
  /** With tags: {@link stripCitationTags}. No answer at all when nothing is cited. */
  readonly text: string;
  /** Empty: the documents do not answer the question. */
  readonly citedDocuments: readonly SearchDocument[];
  /** Searches that may find more; filled when nothing was cited. */
  readonly suggestedQueries: readonly string[];
  readonly usage?: TokenUsage;
}

const MAX_OUTPUT_TOKENS = 4_095;

export function rerank(api: ClovaApi, request: RerankRequest, call: AnswerCall): Promise<RerankAnswer> {
  const { query, documents, maxOutputTokens } = request;
  checkText('query', query);
  checkDocuments(documents);
  checkWhole('maxTokens', maxOutputTokens, 1, MAX_OUTPUT_TOKENS);
  return api.send(
    {
      method: 'POST',
      path: '/v1/api-tools/reranker',
      body: {
        query,
        documents: documents.map(({ id, doc }) => ({ id, doc })),
        ...present('maxTokens', maxOutputTokens),
      },
      read: (result) => ({
        text: requireText(result, 'result'),
        citedDocuments: requireList(result, 'citedDocuments').map(readDocument),
        suggestedQueries: textsOf(result.suggestedQueries),
        ...present('usage', usageOf(result)),
      }),
    },
    call,
  );
}

function checkDocuments(documents: readonly SearchDocument[]): void {
  if (documents.length === 0) refuseInput('documents', 'at least one document');
  if (documents.some(({ id, doc }) => id === '' || doc.trim() === '')) {
    refuseInput('documents', 'documents with an id and a text');
  }
}

function readDocument(value: unknown): SearchDocument {
  const { id, doc } = fieldsOf(value);
  const name = textOf(id);
  if (name === undefined) throw brokenStream('cites a document without id');
  return { id: name, doc: textOf(doc) ?? '' };
}
