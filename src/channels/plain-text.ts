/** What models write (Markdown, more or less) as text for chats that show no markup. */
import type { MarkedToken, Token, Tokens } from 'marked';
import type { TextPart } from '../message.ts';
import { cleanText } from '../platform/clean-text.ts';
import { lexMarkdown } from './markdown-lexer.ts';
import { cutIntoSections, lexingCost } from './markdown-sections.ts';
import { decodeEntities, link, literal, spellLiterals, withoutLostReferences, withoutTags } from './markup-text.ts';
import { isDunder, isWrittenOn, repairEmphasis, withoutOpenCode } from './repair-emphasis.ts';
import { stripMarkdown } from './strip-markdown.ts';

/** In one go at most, in marks times characters: lexing time grows with their product, up to some 25 ns for each. */
const LEXING_BUDGET = 500_000;
/** Nested lists and quotes take quadratic time without many marks. */
const MAX_LEXED_CHARS = 4_000;

/** Without one of these there is no Markdown in it. */
const MARKUP = /[*_`#[\]|~<>&\\=]|^[^\S\n]*(?:[-+] |\d+[.)] |-{3,})|^ {4}/m;

/** Without one of these a tilde is the one of "3~5일", which strikes nothing out. Stricter about the beginnings of lines than {@link MARKUP}:
 *  there the lexer decides alone what is a list, a heading or code. */
const MARKUP_BESIDES_RANGES = /[*_`#[\]|<>&\\=\t]|~~|^(?: |[-+:]|\d+[.)])/m;

/** As it is shown. */
export function plainText({ text, format }: TextPart): string {
  return format === 'markdown' ? markdownToPlainText(text) : cleanText(text).trim();
}

/** Links as "text (url)" or the bare URL, tables and lists as lines; every word of the text is kept. */
export function markdownToPlainText(markdown: string): string {
  const text = cleanText(markdown);
  if (!MARKUP.test(text)) return text.trim();
  if (!MARKUP_BESIDES_RANGES.test(text)) return tidy(text);
  return tidy(spellLiterals(withoutOpenCode(repairEmphasis(render(text)))));
}

function render(text: string): string {
  // No footnote survives as a link to its own text.
  const prepared = withoutEmptyBold(text)
    .replace(/^\[\^([\w가-힣]{1,20})\]:/gm, '[$1]')
    .replace(/\[\^([\w가-힣]{1,20})\]/g, '[$1]');
  if (prepared.length <= MAX_LEXED_CHARS && lexingCost(prepared) <= LEXING_BUDGET) return lexed(prepared);
  let budget = LEXING_BUDGET;
  return cutIntoSections(prepared)
    .map((section) => {
      if (section.length > MAX_LEXED_CHARS) return stripMarkdown(section);
      const cost = lexingCost(section);
      if (cost > budget) return stripMarkdown(section);
      budget -= cost;
      return lexed(section);
    })
    .join('\n\n');
}

/** A bold phrase right behind another one, and one that is bold twice. */
const BOLD_BEHIND_BOLD = /(\*\*[^*\n]{1,200}(?<=[가-힣]{2}|\p{P}))\*{4}(?=(?!\*)[가-힣\p{P}][^*\n]{0,200}\*\*(?!\*))/gu;
const TWICE_BOLD =
  /(?<![\p{L}\p{N}*-])\*{4}(?![\s*])([^*\n]{0,200}[가-힣][^*\n]{0,200})(?<![\s,])\*{4}(?![0-9A-Za-z*-])/gu;

/** Bold of nothing (`****`) goes where it is sure to be none; a starred-out number (010-****-1234) is no emphasis at all. */
function withoutEmptyBold(text: string): string {
  if (!text.includes('****')) return text;
  return text
    .replace(/^[ \t]*\*{4,}[ \t]*$/gm, '')
    .replace(BOLD_BEHIND_BOLD, '$1')
    .replace(TWICE_BOLD, '**$1**')
    .replace(/\*{4,}/g, literal);
}

function lexed(markdown: string): string {
  try {
    return blocks(lexMarkdown(markdown), 0, false);
  } catch {
    // Nested deeper than the stack, or a list in a quote in a list that the lexer loses track of ("1. |\n\t>2)\n|"): an answer goes out all the same.
    return stripMarkdown(markdown);
  }
}

/** `tight` joins with one newline whatever stood in the source: inside list items and table cells. */
function blocks(tokens: readonly Token[], depth: number, tight: boolean): string {
  let out = '';
  let gap = '';
  for (const token of tokens) {
    const rendered = block(token as MarkedToken, depth);
    if (rendered !== '') {
      out += (out === '' ? '' : gap) + rendered;
      gap = token.type === 'checkbox' ? '' : '\n';
    }
    if (!tight && (token.type === 'space' || /\n[ \t]*\n\s*$/.test(token.raw.slice(-20)))) gap = '\n\n';
  }
  return out;
}

function block(token: MarkedToken, depth: number): string {
  switch (token.type) {
    case 'heading':
      return withoutCutLink(inline(token.tokens));
    case 'paragraph':
      return withoutCutTable(withoutCutLink(inline(token.tokens)));
    case 'text':
      return withoutCutLink(token.tokens === undefined ? decodeEntities(token.text) : inline(token.tokens));
    case 'list':
      return list(token, depth);
    case 'table':
      return table(token);
    case 'blockquote':
      return blocks(token.tokens, depth, false);
    case 'code':
      return literal(token.text);
    case 'html':
      return withoutTags(token.text);
    case 'space':
    case 'hr':
    case 'def':
      return '';
    default:
      return inline([token]);
  }
}

/** An answer that was cut ends in half a link, which the lexer takes for words. */
function withoutCutLink(text: string): string {
  return text.includes('](') ? text.replace(/!?\[([^[\]\n]+)\]\(([^()\s]*)$/, '$1 $2').trimEnd() : text;
}

/** Or in the head of a table. */
function withoutCutTable(text: string): string {
  if (!text.startsWith('|')) return text;
  const lines = text.split('\n');
  const isTable = lines.every((line, index) => /^\|.*\|$/.test(line) || (index > 0 && /^\|[-|: ]*$/.test(line)));
  if (!isTable) return text;
  const rows = lines.filter((line) => !/^[-|: ]+$/.test(line));
  return rows
    .map((row) =>
      row
        .split('|')
        .map((cell) => cell.trim())
        .filter(Boolean)
        .join(' / '),
    )
    .join('\n');
}

function list(token: Tokens.List, depth: number): string {
  const numbers = token.items.map((item) => /^\s*(\d{1,9})([.)])/.exec(item.raw));
  const written = numbers.map((number) => number?.[1]);
  // "1. 1. 1." is a habit of models; any other numbers are theirs (and "2024. 3. 5." is a date, not a list).
  const renumber = written.length > 1 && written.every((number) => number === '1');
  return token.items
    .map((item, index) => {
      const number = renumber ? String(index + 1) : written[index];
      const marker = token.ordered && number !== undefined ? `${number}${numbers[index]?.[2] ?? '.'}` : '•';
      const content = blocks(item.tokens, depth + 1, true).trimStart();
      return `${'  '.repeat(depth)}${marker} ${content}`.trimEnd();
    })
    .join('\n');
}

/** A phone is too narrow for columns: one line a row, each value with the name of its column. */
function table(token: Tokens.Table): string {
  const head = token.header.map((cell) => inline(cell.tokens).trim());
  const rows = token.rows.map((row) => row.map((cell) => inline(cell.tokens).replaceAll('\n', ' ').trim()));
  if (head.length < 2) return [head[0] ?? '', ...rows.map((row) => `• ${row[0] ?? ''}`)].filter(Boolean).join('\n');
  const lines = rows.map((row) => {
    const [name = '', ...values] = row;
    if (head.length === 2) return `• ${[name, values[0] ?? ''].filter(Boolean).join(': ')}`;
    const named = values.map((value, index) => [head[index + 1] ?? '', value].filter(Boolean).join(' '));
    return `• ${[name, named.join(' / ')].filter(Boolean).join(': ')}`;
  });
  const caption = head.length === 2 ? head.filter(Boolean).join(' / ') : (head[0] ?? '');
  return [caption, ...lines].filter(Boolean).join('\n');
}

/** As much of the neighbours as tells whether a mark is one. */
const BESIDE_CHARS = 12;

function inline(tokens: readonly Token[]): string {
  let out = '';
  for (const [index, generic] of tokens.entries()) {
    const token = generic as MarkedToken;
    const after = tokens[index + 1]?.raw.slice(0, BESIDE_CHARS) ?? '';
    switch (token.type) {
      case 'text':
        out += token.tokens === undefined ? decodeEntities(withoutLostReferences(token.text)) : inline(token.tokens);
        break;
      case 'escape':
      case 'codespan':
        out += literal(token.text);
        break;
      case 'strong': {
        const inner = inline(token.tokens);
        const mark = token.raw.slice(0, 2);
        out += isLiteralStrong(mark, inner, out.slice(-2), after) ? literal(`${mark}${inner}${mark}`) : inner;
        break;
      }
      case 'em': {
        const inner = inline(token.tokens);
        const mark = token.raw.slice(0, 1);
        out += isLiteralEm(mark, inner, out.slice(-BESIDE_CHARS), after) ? literal(`${mark}${inner}${mark}`) : inner;
        break;
      }
      case 'del':
        // Koreans write ranges with one tilde: "9시~18시 (점심 12시~13시)" strikes nothing out.
        out += token.raw.startsWith('~~') ? inline(token.tokens) : `~${inline(token.tokens)}~`;
        break;
      case 'br':
        out += '\n';
        break;
      case 'link':
        out += link(inline(token.tokens), token.href, token.autolink === true);
        break;
      case 'image':
        out += link(token.text, token.href, false);
        break;
      case 'html':
        out += withoutTags(token.text);
        break;
      case 'checkbox':
        out += token.checked ? '☑ ' : '☐ ';
        break;
      default:
        out += token.raw;
    }
  }
  return out;
}

/** `_my_name_`, 2*3*4, 가로*세로, 홍*동: a single asterisk after a letter or digit is one. */
function isLiteralEm(mark: string, inner: string, before: string, after: string): boolean {
  if (mark === '_') return /^\w+_\w+$/.test(inner);
  return /[\p{L}\p{N}]$/u.test(before) && !isWrittenOn(mark, before, inner, after);
}

/** `__init__`, 2**3**2, and names masked by the house: "김**님과 이**님". */
function isLiteralStrong(mark: string, inner: string, before: string, after: string): boolean {
  if (isDunder(mark, inner)) return true;
  if (/[0-9A-Za-z]$/.test(before) && /^[0-9A-Za-z]/.test(after)) return true;
  return /(^|\s)[가-힣]$/.test(before) && /\s[가-힣]$/.test(inner.slice(-2));
}

function tidy(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
