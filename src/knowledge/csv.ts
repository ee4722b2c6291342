/** The operator's CSV as entries. Whatever a spreadsheet made of it: every good row is used, every bad one is named. */
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { GatewayError } from '../errors.ts';
import { decodeText } from './encoding.ts';
import type { KnowledgeEntry } from './knowledge.ts';
import { compact, normalize } from './normalize.ts';

interface KnowledgeProblem {
  /** As the spreadsheet counts, the first row is 1. */
  readonly row: number;
  /** Korean, for the operator. */
  readonly message: string;
}

export interface LoadedKnowledge {
  readonly entries: KnowledgeEntry[];
  readonly problems: KnowledgeProblem[];
}

export interface LoadKnowledgeOptions {
  /** Where the images of relative paths are served; ends with `/`. Without it such images are left out. */
  readonly imageBaseUrl?: string;
}

type Column = 'question' | 'answer' | 'image' | 'id' | 'aliases' | 'linkLabel' | 'linkUrl';

/** Header names without spaces, `_` and `-`, in lower case. */
const COLUMN_NAMES: Readonly<Record<Column, readonly string[]>> = {
  question: ['question', 'q', '질문', '질문내용', '문의', '문의내용', '대표질문', '발화'],
  answer: ['answer', 'a', '답변', '답변내용', '답', '응답', '대답'],
  image: ['image', 'imageurl', '이미지', '이미지url', '이미지주소', '사진', '그림'],
  id: ['id', '아이디', '식별자'],
  aliases: ['aliases', 'alias', '유사질문', '다른표현', '비슷한질문', '예상질문'],
  linkLabel: ['linklabel', '링크이름', '링크명', '버튼이름', '버튼명'],
  linkUrl: ['linkurl', 'link', 'url', '링크', '링크주소', '링크url', '랜딩url', '버튼링크'],
};
/** Without a header the columns stand in this order. */
const PLAIN_COLUMNS: readonly Column[] = ['question', 'answer', 'image'];

const DEFAULT_LINK_LABEL = '자세히 보기';
/** Each broken quote costs one more pass over the rest of the file. */
const MAX_BROKEN_QUOTES = 20;
const MAX_ID_CHARS = 64;
const SPREADSHEET_ERROR = /^#(N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NUM!|NULL!|SPILL!)$/i;

interface Row {
  readonly number: number;
  readonly cells: readonly string[];
}

/** @throws GatewayError `KNOWLEDGE_INVALID` when no row is usable */
export function loadKnowledgeCsv(bytes: Uint8Array, options: LoadKnowledgeOptions = {}): LoadedKnowledge {
  const problems: KnowledgeProblem[] = [];
  const rows = readRows(decodeText(bytes), problems);
  const { columns, first } = columnsOf(rows);
  const entries: KnowledgeEntry[] = [];
  const rowOfQuestion = new Map<string, number>();
  const rowOfId = new Map<string, number>();
  let relativeImages = 0;
  let firstRelativeRow = 0;

  for (const row of rows.slice(first)) {
    const cell = (column: Column) => cleanCell(row.cells[columns.get(column) ?? -1] ?? '');
    const report = (message: string) => problems.push({ row: row.number, message });
    const question = cell('question').replace(/\s+/g, ' ');
    const answer = cell('answer');
    if (question === '' && answer === '') {
      if (row.cells.some((text) => cleanCell(text) !== '')) report('질문과 답변이 비어 있어 건너뛰었습니다.');
      continue;
    }
    const complaint = complaintAbout(question, answer);
    if (complaint !== undefined) {
      report(complaint);
      continue;
    }
    const wording = compact(normalize(question)) || question;
    const earlier = rowOfQuestion.get(wording);
    if (earlier !== undefined) {
      report(`${earlier}행과 같은 질문이라 건너뛰었습니다.`);
      continue;
    }
    rowOfQuestion.set(wording, row.number);
    const imageUrl = resolveImage(cell('image'), report);
    if (imageUrl === RELATIVE) {
      relativeImages += 1;
      if (firstRelativeRow === 0) firstRelativeRow = row.number;
    }
    entries.push({
      id: chooseId(cell('id'), wording, row.number, report),
      question,
      aliases: aliasesOf(cell('aliases')),
      answer,
      ...(imageUrl === undefined || imageUrl === RELATIVE ? {} : { imageUrl }),
      links: linksOf(cell('linkLabel'), cell('linkUrl'), report),
    });
  }

  if (relativeImages > 0) {
    problems.push({
      row: firstRelativeRow,
      message: `공개 주소가 정해지지 않아 상대 경로로 적힌 이미지 ${relativeImages}개를 빼고 불러왔습니다.`,
    });
  }
  if (entries.length === 0) {
    throw new GatewayError(
      'KNOWLEDGE_INVALID',
      'The knowledge file has no usable row: question and answer are needed',
      {
        details: { rows: rows.length, problems: problems.length },
      },
    );
  }
  return { entries, problems: problems.sort((left, right) => left.row - right.row) };

  function resolveImage(image: string, report: (message: string) => void): string | typeof RELATIVE | undefined {
    if (image === '') return undefined;
    const isAbsolute = /^[a-z][a-z\d+.-]*:/i.test(image);
    if (!isAbsolute && options.imageBaseUrl === undefined) return RELATIVE;
    const url = httpUrl(image.replaceAll('\\', '/'), isAbsolute ? undefined : options.imageBaseUrl);
    if (url === undefined) report('이미지 주소를 읽을 수 없어 이미지 없이 불러왔습니다.');
    return url;
  }

  function chooseId(given: string, wording: string, row: number, report: (message: string) => void): string {
    let id = given === '' ? hashId(wording) : given;
    const taken = rowOfId.get(id);
    if (/[:\s]/.test(id) || id.length > MAX_ID_CHARS) {
      report('id에는 콜론(:)과 빈칸을 쓸 수 없고 64자까지라서 새 id를 붙였습니다.');
      id = hashId(wording);
    } else if (taken !== undefined) {
      report(`${taken}행과 id가 같아 새 id를 붙였습니다.`);
      id = hashId(wording);
    }
    rowOfId.set(id, row);
    return id;
  }
}

const RELATIVE = Symbol('an image path without a base');

/** Rows that hold something, numbered as in the spreadsheet. A quote that is never closed would swallow the rest of the file:
 *  its row is given up and reading goes on with the next line. */
function readRows(text: string, problems: KnowledgeProblem[]): Row[] {
  const hint = /^sep=(.)\n/i.exec(text); // Excel writes it, obeys it and does not count it as a row
  let rest = Buffer.from(hint === null ? text : text.slice(hint[0].length));
  const delimiter = hint?.[1] ?? delimiterOf(text);
  const rows: Row[] = [];
  let number = 1;
  for (let broken = 0; ; broken += 1) {
    const { records, goodBytes } = parseRecords(rest, delimiter, broken < MAX_BROKEN_QUOTES);
    for (const cells of records) {
      if (cells.some((cell) => cell.trim() !== '')) rows.push({ number, cells });
      number += 1;
    }
    if (goodBytes >= rest.length) return rows;
    problems.push({ row: number, message: '따옴표(")가 닫히지 않아 이 행을 건너뛰었습니다.' });
    number += 1;
    const lineEnd = rest.indexOf('\n', goodBytes);
    if (lineEnd === -1) return rows;
    rest = rest.subarray(lineEnd + 1);
  }
}

/** The records before the first one with a broken quote, and where they end. Without `mindQuotes` quotes are plain characters. */
function parseRecords(
  bytes: Buffer,
  delimiter: string,
  mindQuotes: boolean,
): { records: string[][]; goodBytes: number } {
  const parsed = parse(bytes, {
    delimiter,
    quote: mindQuotes ? '"' : null,
    relax_quotes: true,
    relax_column_count: true,
    skip_records_with_error: true,
    record_delimiter: '\n',
    info: true,
  }) as unknown as { record: string[]; info: { bytes: number } }[];
  const records: string[][] = [];
  let goodBytes = 0;
  for (const { record, info } of parsed) {
    // Relaxed, the parser keeps the quotes of a cell whose closing quote was found in some other row.
    if (record.some((cell) => cell.startsWith('"') && cell.includes('\n'))) break;
    records.push(record);
    goodBytes = info.bytes;
  }
  const rest = bytes.subarray(goodBytes).toString().trim();
  return { records, goodBytes: rest === '' ? bytes.length : goodBytes };
}

/** The one that the first line has most of: comma, tab ("Unicode text"), semicolon (Excel with a European locale). */
function delimiterOf(text: string): string {
  const firstLine = /[^\n]*\S[^\n]*/.exec(text)?.[0] ?? '';
  const counts = [',', '\t', ';'].map((delimiter) => ({ delimiter, count: firstLine.split(delimiter).length }));
  return counts.reduce((best, other) => (other.count > best.count ? other : best)).delimiter;
}

/** Where each column stands, and the index of the first row with data.
 *  @throws GatewayError `KNOWLEDGE_INVALID` when nobody could tell the question from the answer */
function columnsOf(rows: readonly Row[]): { columns: ReadonlyMap<Column, number>; first: number } {
  const named = new Map<Column, number>();
  rows[0]?.cells.forEach((cell, index) => {
    const name = cleanCell(cell)
      .toLowerCase()
      .replace(/[\s_-]/g, '');
    for (const [column, names] of Object.entries(COLUMN_NAMES)) {
      if (names.includes(name) && !named.has(column as Column)) named.set(column as Column, index);
    }
  });
  if (named.has('question') && named.has('answer')) return { columns: named, first: 1 };
  // Excel leaves empty columns behind what was once used.
  const used = Math.max(0, ...rows.map(({ cells }) => cells.findLastIndex((cell) => cell.trim() !== '') + 1));
  if (used < 2 || used > PLAIN_COLUMNS.length || named.size > 0) {
    throw new GatewayError(
      'KNOWLEDGE_INVALID',
      'The knowledge file needs a header with the columns question and answer',
      {
        details: { columns: used },
      },
    );
  }
  return { columns: new Map(PLAIN_COLUMNS.map((column, index) => [column, index])), first: 0 };
}

function complaintAbout(question: string, answer: string): string | undefined {
  if (question === '') return '질문이 비어 있어 건너뛰었습니다. 병합된 셀이라면 풀어서 행마다 질문을 적어 주세요.';
  if (answer === '') return '답변이 비어 있어 건너뛰었습니다.';
  if (SPREADSHEET_ERROR.test(question) || SPREADSHEET_ERROR.test(answer)) {
    return '엑셀 오류 값(#N/A, #REF! 등)이 들어 있어 건너뛰었습니다.';
  }
  if (question.includes('\ufffd') || answer.includes('\ufffd')) return '글자가 깨져 있어 건너뛰었습니다.';
  return undefined;
}

/** What spreadsheets leave around a text: `="…"`, the apostrophe that forces text, `_x000D_`, no-break and zero-width spaces. */
function cleanCell(cell: string): string {
  return cell
    .replace(/_x000D_/gi, '\n')
    .replace(/[\u200b\u200e\u200f\u2060\ufeff]/g, '')
    .replaceAll('\u00a0', ' ')
    .trim()
    .replace(/^="([\s\S]*)"$/, '$1')
    .replace(/^'(?=[\d=+@-])/, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function aliasesOf(cell: string): string[] {
  const aliases = cell.split(/[|\n]/).map((alias) => alias.trim());
  return [...new Set(aliases.filter((alias) => alias !== ''))];
}

function linksOf(label: string, address: string, report: (message: string) => void): KnowledgeEntry['links'] {
  if (address === '') {
    if (label !== '') report('링크 이름만 있고 주소가 없어 링크 없이 불러왔습니다.');
    return [];
  }
  if (httpUrl(address) === undefined) {
    report('링크 주소가 http:// 또는 https://로 시작하지 않아 링크 없이 불러왔습니다.');
    return [];
  }
  return [{ label: label === '' ? DEFAULT_LINK_LABEL : label, url: address }]; // as written: links are sacred
}

/** Nothing but http and https: a `javascript:` link in a customer's chat would be ours. */
function httpUrl(text: string, base?: string): string | undefined {
  if (!URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
}

/** Of the question without spaces and punctuation, so that a retouched row keeps its id. */
function hashId(wording: string): string {
  return createHash('sha256').update(wording).digest('base64url').slice(0, 12);
}
