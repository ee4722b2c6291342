/** RAG42: collections of documents, their chunks, and search. The calls about one collection, uploads and chunks are documented; making
 *  and listing collections are known from a cookbook and from other clients, and of the search little more than its address: see
 *  rag42-search.ts. Source: docs.clovastudio.42maru.com/docs/rag42 and its cookbook. */
import { FormData } from 'undici';
import { type Fields, fieldsOf, listOf, numberOf, present, textOf } from '../http-client/answer-fields.ts';
import type { AnswerCall } from '../http-client/attempts.ts';
import { brokenAnswer } from '../http-client/upstream-failure.ts';
import { checkText, checkWhole, type GovApi, pathPart, refuseInput, requireText, UPSTREAM } from './api.ts';
import { fileOf, type GovFile } from './file.ts';

export interface RagCollection {
  readonly id: string;
  readonly name: string;
  readonly documentCount?: number;
  readonly chunkCount?: number;
}

export interface RagChunk {
  readonly id: string;
  readonly title: string;
  readonly content: string;
  readonly order?: number;
}

export interface RagChunkPage {
  readonly chunks: readonly RagChunk[];
  readonly totalCount: number;
}

/** Where a chunk belongs. */
export interface RagDocumentAddress {
  readonly collectionId: string;
  readonly documentId: string;
}

export interface RagUpload {
  readonly collectionId: string;
  readonly file: GovFile;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Up to ten names of metadata to search by. */
  readonly indexedFields?: readonly string[];
  /** The operator's own id of this document. */
  readonly externalId?: string;
}

/** Endings of the files that become documents. Source: the platform's FAQ. */
export const RAG_FILE_TYPES = ['pdf', 'docx', 'hwp', 'hwpx', 'txt', 'md', 'xlsx', 'csv', 'pptx', 'html'];

const BASE = '/v1/rag42';
const MAX_TITLE_CHARACTERS = 1_000;
const MAX_CONTENT_CHARACTERS = 50_000;
const MAX_INDEXED_FIELDS = 10;

export function getCollection(api: GovApi, collectionId: string, call: AnswerCall): Promise<RagCollection> {
  const path = collectionPath(collectionId);
  return api.send({ method: 'GET', path, read: (answer) => readCollection(resultOf(answer)) }, call);
}

/** Unconfirmed: only the address is known. */
export function listCollections(api: GovApi, call: AnswerCall): Promise<readonly RagCollection[]> {
  return api.send(
    {
      method: 'GET',
      path: `${BASE}/collections`,
      read: (answer) => {
        const { result } = answer;
        const list = Array.isArray(result) ? result : listOf(fieldsOf(result).collections);
        return list.map((collection) => readCollection(fieldsOf(collection)));
      },
    },
    call,
  );
}

/** Unconfirmed: the cookbook reads the id outside the envelope that all other calls have.
 *  @returns the id */
export function createCollection(
  api: GovApi,
  { name, description }: { readonly name: string; readonly description?: string },
  call: AnswerCall,
): Promise<string> {
  checkText('name', name);
  return api.send(
    {
      method: 'POST',
      path: `${BASE}/collections`,
      body: { name, ...present('description', description) },
      read: (answer) => idOf(resultOf(answer), 'collection_id'),
      onlyOnce: true,
    },
    call,
  );
}

/** @returns the id of the document; its chunks are made later */
export function uploadDocument(api: GovApi, upload: RagUpload, call: AnswerCall): Promise<string> {
  const { collectionId, file, metadata, indexedFields = [], externalId } = upload;
  if (indexedFields.length > MAX_INDEXED_FIELDS) refuseInput('indexed_fields', `up to ${MAX_INDEXED_FIELDS} names`);
  const form = new FormData();
  form.append('file', fileOf(file));
  if (metadata !== undefined) form.append('metadata', JSON.stringify(metadata));
  if (indexedFields.length > 0) form.append('indexed_fields', indexedFields.join(','));
  if (externalId !== undefined) form.append('external_id', externalId);
  return api.send(
    {
      method: 'POST',
      path: `${collectionPath(collectionId)}/documents/upload`,
      body: form,
      read: (answer) => idOf(resultOf(answer), 'document_id'),
      onlyOnce: true,
    },
    call,
  );
}

/** `size` 1..100, default 20; `from` counts chunks. */
export function listChunks(
  api: GovApi,
  { size = 20, from = 0, ...address }: RagDocumentAddress & { readonly size?: number; readonly from?: number },
  call: AnswerCall,
): Promise<RagChunkPage> {
  checkWhole('size', size, 1, 100);
  checkWhole('from', from, 0, Number.MAX_SAFE_INTEGER);
  return api.send(
    {
      method: 'GET',
      path: `${chunksPath(address)}?size=${size}&from=${from}`,
      read: (answer) => {
        const result = resultOf(answer);
        const chunks = listOf(result.chunks).map((chunk) => readChunk(fieldsOf(chunk)));
        return { chunks, totalCount: numberOf(result.total_count) ?? chunks.length };
      },
    },
    call,
  );
}

/** @returns the id of the chunk */
export function addChunk(
  api: GovApi,
  { title, content, ...address }: RagDocumentAddress & { readonly title: string; readonly content: string },
  call: AnswerCall,
): Promise<string> {
  checkText('title', title, MAX_TITLE_CHARACTERS);
  checkText('content', content, MAX_CONTENT_CHARACTERS);
  return api.send(
    {
      method: 'POST',
      path: chunksPath(address),
      body: { title, content },
      read: (answer) => idOf(resultOf(answer), 'chunk_id'),
      onlyOnce: true,
    },
    call,
  );
}

export function getChunk(
  api: GovApi,
  address: RagDocumentAddress,
  chunkId: string,
  call: AnswerCall,
): Promise<RagChunk> {
  const path = `${chunksPath(address)}/${pathPart('chunk_id', chunkId)}`;
  return api.send({ method: 'GET', path, read: (answer) => readChunk(resultOf(answer)) }, call);
}

export function changeChunk(
  api: GovApi,
  {
    chunkId,
    title,
    content,
    ...address
  }: RagDocumentAddress & { readonly chunkId: string; readonly title?: string; readonly content?: string },
  call: AnswerCall,
): Promise<void> {
  if (title === undefined && content === undefined) refuseInput('title', 'a new title or a new content');
  if (title !== undefined) checkText('title', title, MAX_TITLE_CHARACTERS);
  if (content !== undefined) checkText('content', content, MAX_CONTENT_CHARACTERS);
  return api.send(
    {
      method: 'PATCH',
      path: `${chunksPath(address)}/${pathPart('chunk_id', chunkId)}`,
      body: { ...present('title', title), ...present('content', content) },
      read: () => undefined,
    },
    call,
  );
}

function collectionPath(collectionId: string): string {
  return `${BASE}/collections/${pathPart('collection_id', collectionId)}`;
}

function chunksPath({ collectionId, documentId }: RagDocumentAddress): string {
  return `${collectionPath(collectionId)}/documents/${pathPart('document_id', documentId)}/chunks`;
}

/** Under `result`, or without any envelope. */
function resultOf(answer: Fields): Fields {
  return answer.result === undefined ? answer : fieldsOf(answer.result);
}

function idOf(fields: Fields, name: string): string {
  const id = textOf(fields[name]) ?? textOf(fields.id);
  if (id === undefined) throw brokenAnswer(UPSTREAM, `lacks ${name}`);
  return id;
}

function readCollection(fields: Fields): RagCollection {
  return {
    id: idOf(fields, 'collection_id'),
    name: textOf(fields.collection_name) ?? textOf(fields.name) ?? '',
    ...present('documentCount', numberOf(fields.document_count)),
    ...present('chunkCount', numberOf(fields.chunk_count)),
  };
}

function readChunk(fields: Fields): RagChunk {
  return {
    id: idOf(fields, 'chunk_id'),
    title: textOf(fields.title) ?? '',
    content: requireText(fields, 'content'),
    ...present('order', numberOf(fields.order)),
  };
}
