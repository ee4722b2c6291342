/** What a command works on: words, a file, or what is piped in. */

import type { SearchDocument } from '../engine/clova/apis/reranker.ts';
import { fieldsOf, textOf } from '../http-client/answer-fields.ts';
import { decodeText } from '../platform/decode-text.ts';
import type { Terminal } from './terminal.ts';
import { WrongUse } from './wrong-use.ts';

/** @throws WrongUse when there is none */
export async function readText(
  terminal: Terminal,
  words: readonly string[],
  file: string | undefined,
): Promise<string> {
  const text = await readTextIfAny(terminal, words, file);
  if (text === undefined) {
    if (terminal.inputIsTerminal) {
      throw new WrongUse('물어보거나 다룰 글을 적거나, --file로 파일을 고르거나, 파이프로 넣어 주세요.');
    }
    throw new WrongUse('글이 비어 있습니다.');
  }
  return text;
}

/** @returns `undefined` when nothing was written, named or piped in
 *  @throws WrongUse */
export async function readTextIfAny(
  terminal: Terminal,
  words: readonly string[],
  file: string | undefined,
): Promise<string | undefined> {
  if (file !== undefined) {
    if (words.length > 0) throw new WrongUse('글과 --file 가운데 하나만 적어 주세요.');
    return required(file === '-' ? await readPiped(terminal) : readTextFile(terminal, file));
  }
  if (words.length === 1 && words[0] === '-') return required(await readPiped(terminal));
  if (words.length > 0) return required(words.join(' '));
  if (terminal.inputIsTerminal) return undefined;
  const piped = trimmed(await readPiped(terminal));
  return piped === '' ? undefined : piped;
}

async function readPiped(terminal: Terminal): Promise<string> {
  return asText(await terminal.readInput(), '표준 입력');
}

/** A picture or a document of an office program would be sent as noise, and billed.
 *  @throws WrongUse */
function asText(text: string, source: string): string {
  if (/[\0\uFFFD]/.test(text)) throw new WrongUse(`글이 아니거나 인코딩을 알 수 없습니다: ${source}`);
  return text;
}

function required(text: string): string {
  const kept = trimmed(text);
  if (kept === '') throw new WrongUse('글이 비어 있습니다.');
  return kept;
}

function trimmed(text: string): string {
  return text.replace(/^\uFEFF/, '').trim();
}

/** UTF-8, UTF-16 or CP949, as KNOWLEDGE_FILE.
 *  @throws WrongUse */
function readTextFile(terminal: Terminal, path: string): string {
  return asText(decodeText(readBytes(terminal, path)), path);
}

/** @throws WrongUse */
export function readBytes(terminal: Terminal, path: string): Uint8Array {
  try {
    return terminal.readFile(path);
  } catch (error) {
    throw new WrongUse(`파일을 읽을 수 없습니다: ${path} (${(error as NodeJS.ErrnoException).code ?? '오류'})`);
  }
}

/** @throws WrongUse */
export function readJsonFile(terminal: Terminal, path: string): unknown {
  try {
    return JSON.parse(readTextFile(terminal, path).replace(/^\uFEFF/, '')) as unknown;
  } catch (error) {
    if (error instanceof WrongUse) throw error;
    throw new WrongUse(`JSON이 아닙니다: ${path}`);
  }
}

/** A JSON list of `{ "id", "doc" }`, the same one a line (`.jsonl`), or text whose paragraphs are the documents.
 *  @throws WrongUse */
export function readDocuments(terminal: Terminal, path: string): readonly SearchDocument[] {
  const documents = path.endsWith('.json')
    ? documentsOf(readJsonFile(terminal, path), path)
    : path.endsWith('.jsonl')
      ? documentsOf(
          linesOf(readTextFile(terminal, path)).map((line) => parseLine(line, path)),
          path,
        )
      : paragraphsOf(readTextFile(terminal, path)).map((doc, index) => ({ id: `doc-${index + 1}`, doc }));
  if (documents.length === 0) throw new WrongUse(`문서가 없습니다: ${path}`);
  return documents;
}

function documentsOf(value: unknown, path: string): readonly SearchDocument[] {
  if (!Array.isArray(value)) throw new WrongUse(`문서 목록이 아닙니다: ${path}`);
  return value.map((one: unknown, index) => {
    const { id, doc } = fieldsOf(one);
    const text = textOf(doc);
    if (text === undefined) throw new WrongUse(`${path}: ${index + 1}번째 문서에 doc이 없습니다.`);
    return { id: textOf(id) ?? `doc-${index + 1}`, doc: text };
  });
}

function parseLine(line: string, path: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw new WrongUse(`JSON이 아닌 줄이 있습니다: ${path}`);
  }
}

export function linesOf(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function paragraphsOf(text: string): readonly string[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '');
}
