/** RAG42. What no page describes is answered in one of its likely shapes.
 *  Source: docs.clovastudio.42maru.com/docs/rag42 and its cookbook (undated). */
import { createHash } from 'node:crypto';
import { fileIn, GovFailure, textIn } from './failure.ts';

type Json = Readonly<Record<string, unknown>>;

interface Chunk {
  readonly chunk_id: string;
  title: string;
  content: string;
  readonly order: number;
  readonly metadata: unknown;
}

interface Collection {
  readonly collection_id: string;
  readonly collection_name: string;
  readonly documents: Map<string, Chunk[]>;
}

const MAX_TITLE = 1_000;
const MAX_CONTENT = 50_000;
const FILE_TYPES = /\.(?:pdf|docx|hwpx?|txt|md|xlsx|csv|pptx|html)$/i;

export class Rag42 {
  readonly #collections = new Map<string, Collection>();
  #made = 0;

  /** @returns the answer, or `undefined` where no such call is known */
  async serve(method: string, path: string, query: URLSearchParams, body: Json, form?: FormData): Promise<unknown> {
    const [kind, collectionId, documents, documentId, chunks, chunkId] = path.split('/');
    if (kind === 'search' && method === 'POST') return this.#search(body);
    if (kind !== 'collections') return undefined;
    if (collectionId === undefined) {
      if (method === 'POST') return this.#create(body);
      return method === 'GET' ? ok({ collections: [...this.#collections.values()].map(describe) }) : undefined;
    }
    const collection = this.#collections.get(collectionId);
    if (collection === undefined) throw new GovFailure(404, 'Unknown collection');
    if (documents === undefined) return method === 'GET' ? ok(describe(collection)) : undefined;
    if (documents === 'documents' && documentId === 'upload' && method === 'POST' && form !== undefined) {
      return this.#upload(collection, form);
    }
    if (chunks !== 'chunks' || documentId === undefined) return undefined;
    const list = collection.documents.get(documentId);
    if (list === undefined) throw new GovFailure(404, 'Unknown document');
    if (chunkId === undefined) return method === 'GET' ? page(list, query) : this.#addChunk(list, body);
    const chunk = list.find((one) => one.chunk_id === chunkId);
    if (chunk === undefined) throw new GovFailure(404, 'Unknown chunk');
    if (method === 'PATCH') return change(chunk, body);
    return ok(chunk);
  }

  #newId(): string {
    this.#made += 1;
    return createHash('sha256').update(String(this.#made)).digest('hex').slice(0, 32);
  }

  /** The cookbook reads the id outside the envelope. */
  #create(body: Json): object {
    const id = this.#newId();
    const name = textIn(body, 'name');
    this.#collections.set(id, { collection_id: id, collection_name: name, documents: new Map() });
    return { id, name };
  }

  async #upload(collection: Collection, form: FormData): Promise<object> {
    const file = fileIn(form);
    if (!FILE_TYPES.test(file.name)) throw new GovFailure(422, 'Validation failed: file');
    const fields = String(form.get('indexed_fields') ?? '').split(',');
    if (fields.length > 10) throw new GovFailure(422, 'Validation failed: indexed_fields');
    const metadata: unknown = JSON.parse(String(form.get('metadata') ?? '{}'));
    const text = await file.text();
    const id = this.#newId();
    const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== '');
    const list = paragraphs.map((content, order) => ({
      chunk_id: this.#newId(),
      title: file.name,
      content,
      order,
      metadata,
    }));
    collection.documents.set(id, list);
    return ok({ document_id: id, operation: 'upload', created_at: new Date(0).toISOString() });
  }

  #addChunk(list: Chunk[], body: Json): object {
    const chunk = {
      chunk_id: this.#newId(),
      title: textIn(body, 'title', MAX_TITLE),
      content: textIn(body, 'content', MAX_CONTENT),
      order: list.length,
      metadata: {},
    };
    list.push(chunk);
    return ok({ chunk_id: chunk.chunk_id, operation: 'create' });
  }

  #search(body: Json): object {
    const query = textIn(body, 'query');
    const collection = this.#collections.get(textIn(body, 'collection_id'));
    if (collection === undefined) throw new GovFailure(404, 'Unknown collection');
    const words = query.split(/\s+/).map((word) => word.slice(0, 2));
    const hits = [...collection.documents].flatMap(([id, chunks]) =>
      chunks.map(({ title, content }) => ({
        document_id: id,
        title,
        content,
        score: words.filter((word) => content.includes(word)).length / words.length,
      })),
    );
    const found = hits.filter(({ score }) => score > 0).sort((one, other) => other.score - one.score);
    const topK = typeof body.top_k === 'number' ? body.top_k : 5;
    return {
      ...ok({ results: found.slice(0, topK) }),
      usage: { embedding_tokens: 8, rerank_tokens: 0, total_tokens: 8 },
    };
  }
}

function ok(result: unknown): object {
  return { status: { code: '20000', message: 'OK' }, result };
}

function describe({ documents, ...collection }: Collection): object {
  return {
    ...collection,
    visibility: 'PRIVATE',
    is_owner: true,
    search_config: { mode: 'hybrid', alpha: 0.5 },
    document_count: documents.size,
    chunk_count: [...documents.values()].flat().length,
  };
}

function page(chunks: readonly Chunk[], query: URLSearchParams): object {
  const size = Number(query.get('size') ?? 20);
  const from = Number(query.get('from') ?? 0);
  if (!(Number.isInteger(size) && size >= 1 && size <= 100)) throw new GovFailure(422, 'Validation failed: size');
  if (!(Number.isInteger(from) && from >= 0)) throw new GovFailure(422, 'Validation failed: from');
  return ok({ chunks: chunks.slice(from, from + size), total_count: chunks.length });
}

function change(chunk: Chunk, body: Json): object {
  if (Object.keys(body).some((name) => name !== 'title' && name !== 'content')) {
    throw new GovFailure(422, 'Validation failed: body');
  }
  if (body.title !== undefined) chunk.title = textIn(body, 'title', MAX_TITLE);
  if (body.content !== undefined) chunk.content = textIn(body, 'content', MAX_CONTENT);
  return ok({ chunk_id: chunk.chunk_id, operation: 'update' });
}
