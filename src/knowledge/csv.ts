/** The operator's CSV as entries. Whatever a spreadsheet made of it: every good row is used, every bad one is named. */
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { GatewayError } from '../errors.ts';
import { decodeText } from '../platform/decode-text.ts';
import type { KnowledgeEntry } from './knowledge.ts';
import { compact, normalize } from './normalize.ts';

interface KnowledgeProblem {
  /** As the spreadsheet counts, the first row is 1. */
  readonly row: number;
  /** English, for the log; holds nothing of the row. */
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
/** Where the first line is an entry already, the columns stand in this order. */
const PLAIN_COLUMNS: readonly Column[] = ['question', 'answer', 'image'];

const DEFAULT_LINK_LABEL = '자세히 보기';
/** Each broken quote costs one more pass over the rest of the file. */
const MAX_BROKEN_QUOTES = 20;
const MAX_ID_CHARS = 64;
/** Of a ZIP archive (.xlsx) and of a compound file (.xls), in hexadecimal digits. */
const WORKBOOK_STARTS = ['504b0304', 'd0cf11e0'];
const SPREADSHEET_ERROR = /^#(N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NUM!|NULL!|SPILL!)$/i;

interface Row {
  readonly number: number;
  readonly cells: readonly string[];
}

/** @throws GatewayError `KNOWLEDGE_INVALID` when no row is usable; the message holds nothing of the file but the number of a row */
export function loadKnowledgeCsv(bytes: Uint8Array, options: LoadKnowledgeOptions = {}): LoadedKnowledge {
  const problems: KnowledgeProblem[] = [];
  refuseWorkbook(bytes);
  const rows = readRows(decodeText(bytes), problems);
  const { columns, first } = columnsOf(rows, problems);
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
      if (row.cells.some((text) => cleanCell(text) !== '')) report('skipped, question and answer are empty');
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
      report(`skipped, the same question as in row ${earlier}`);
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
      message: `images left out: ${relativeImages}, their paths are relative and no public address is set`,
    });
  }
  if (entries.length === 0) {
    throw unusable('the knowledge file has no usable row: question and answer are needed', problems, {
      rows: rows.length,
    });
  }
  return { entries, problems: problems.sort((left, right) => left.row - right.row) };

  function resolveImage(cell: string, report: (message: string) => void): string | typeof RELATIVE | undefined {
    if (cell === '') return undefined;
    const image = addressIn(cell);
    if (image === undefined) {
      report('image left out, there is more than one address');
      return undefined;
    }
    const path = image.replaceAll('\\', '/');
    if (/^[a-z][a-z\d+.-]*:/i.test(path)) {
      const url = httpUrl(image);
      if (url === undefined) report('image left out, its address is not an http:// or https:// address');
      return url;
    }
    if (!goesOnlyDown(path)) {
      report('image left out, a relative path may not begin with a slash or hold ".."');
      return undefined;
    }
    return options.imageBaseUrl === undefined ? RELATIVE : httpUrl(path, options.imageBaseUrl);
  }

  function chooseId(given: string, wording: string, row: number, report: (message: string) => void): string {
    let id = given === '' ? hashId(wording) : given;
    const taken = rowOfId.get(id);
    if (/[:\s]/.test(id) || id.length > MAX_ID_CHARS) {
      report(`id replaced, it may hold no colon, no blank and at most ${MAX_ID_CHARS} characters`);
      id = hashId(wording);
    } else if (taken !== undefined) {
      report(`id replaced, row ${taken} has the same`);
      id = hashId(wording);
    }
    rowOfId.set(id, row);
    return id;
  }
}

/** @throws GatewayError `KNOWLEDGE_INVALID` */
function refuseWorkbook(bytes: Uint8Array): void {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (!WORKBOOK_STARTS.includes(start)) return;
  const message = 'the knowledge file is an Excel workbook (or another packed file); save it in Excel as "CSV UTF-8"';
  throw new GatewayError('KNOWLEDGE_INVALID', message);
}

/** URLs take `%2e` for a dot. */
function goesOnlyDown(path: string): boolean {
  return !path.startsWith('/') && !path.split(/[/?#]/).some((step) => step.replaceAll(/%2e/gi, '.') === '..');
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
    problems.push({ row: number, message: 'skipped, a quote (") is not closed' });
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

/** Where each column stands, and the index of the first row with data. Any table has two columns: only one whose first cell asks
 *  something is taken for knowledge that lacks its column names.
 *  @throws GatewayError `KNOWLEDGE_INVALID` when nobody could tell the question from the answer */
function columnsOf(
  rows: readonly Row[],
  problems: readonly KnowledgeProblem[],
): { columns: ReadonlyMap<Column, number>; first: number } {
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
  const beginsWithQuestion = /[?？]$/.test(cleanCell(rows[0]?.cells[0] ?? ''));
  if (used < 2 || used > PLAIN_COLUMNS.length || named.size > 0 || !beginsWithQuestion) {
    if (/[\0\ufffd]/.test(rows[0]?.cells.join('') ?? '')) {
      const message =
        'the first line of the knowledge file holds broken characters: save the file as CSV in UTF-8 (Excel: "CSV UTF-8")';
      throw unusable(message, problems, { columns: used });
    }
    const missing = (['question', 'answer'] as const).filter((column) => !named.has(column));
    const known = missing.map((column) => `the ${column} (${COLUMN_NAMES[column].join(', ')})`);
    throw unusable(`the first line of the knowledge file must name a column for ${known.join(' and for ')}`, problems, {
      columns: used,
    });
  }
  return { columns: new Map(PLAIN_COLUMNS.map((column, index) => [column, index])), first: 0 };
}

/** With the first row that was given up: an open quote there explains what the rest of the file lacks. */
function unusable(
  message: string,
  problems: readonly KnowledgeProblem[],
  counts: Readonly<Record<string, number>>,
): GatewayError {
  const [first] = problems;
  const reason = first === undefined ? '' : `; row ${first.row}: ${first.message}`;
  return new GatewayError('KNOWLEDGE_INVALID', `${message}${reason}`, {
    details: { ...counts, problems: problems.length },
  });
}

function complaintAbout(question: string, answer: string): string | undefined {
  if (question === '') return 'skipped, the question is empty (merged cells: write it in every row)';
  if (answer === '') return 'skipped, the answer is empty';
  if (SPREADSHEET_ERROR.test(question) || SPREADSHEET_ERROR.test(answer)) {
    return 'skipped, it holds a spreadsheet error such as #N/A or #REF!';
  }
  if (question.includes('\ufffd') || answer.includes('\ufffd'))
    return 'skipped, it holds broken characters (another encoding than the other rows, perhaps)';
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
    if (label !== '') report('link left out, it has a label and no address');
    return [];
  }
  const url = addressIn(address); // the rest as written: links are sacred
  if (url === undefined || !/^https?:\/\//i.test(url) || httpUrl(url) === undefined) {
    report('link left out, its address is not one http:// or https:// address');
    return [];
  }
  return [{ label: label === '' ? DEFAULT_LINK_LABEL : label, url }];
}

/** An address as a browser reads it: line breaks and tabs inside are nothing, even between two dots, and a blank is `%20`, or the
 *  address would end there in a chat. Undefined where another address begins behind the blank. */
function addressIn(cell: string): string | undefined {
  if (/\shttps?:/i.test(cell)) return undefined;
  return cell.replace(/[\t\n\r]/g, '').replace(/\s/g, encodeURIComponent);
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
