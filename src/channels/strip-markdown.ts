import { link, literal, withoutLostReferences, withoutTags } from './markup-text.ts';
import { isDunder } from './repair-emphasis.ts';

const FENCE = /^ {0,3}(?:```|~~~)/;
/** Rules, and the line below the head of a table. */
const RULE = /^(?=.{0,100}[-*_])(?:[-|: \t]+|[* \t]+|[_ \t]+)$/;

/** Markdown without its marks, line by line, in time that grows with the length alone: for text that the lexer would take too
 *  long for. Marks that CommonMark would leave stay; their repair comes later. Every search below ends at the next mark of its kind. */
export function stripMarkdown(markdown: string): string {
  const lines: string[] = [];
  let isCode = false;
  let isTable = false;
  for (const line of markdown.split('\n')) {
    if (FENCE.test(line)) isCode = !isCode;
    else if (isCode) lines.push(literal(line));
    else if (RULE.test(line)) {
      const head = lines.pop();
      isTable = line.includes('|') && head?.includes('|') === true;
      if (head !== undefined) lines.push(isTable ? cells(head) : head);
    } else {
      isTable &&= line.includes('|');
      const text = withoutInlineMarks(withoutBlockMarks(line));
      lines.push(isTable ? cells(text) : text);
    }
  }
  return lines.join('\n');
}

function withoutBlockMarks(line: string): string {
  const text = line.replace(/^[ \t>]*> ?/, '');
  if (/^[ \t]*\|/.test(text)) return cells(text);
  return text.replace(/^[ \t]*#{1,6} +/, '').replace(/^([ \t]*)[-*+] +(?=\S)/, '$1• ');
}

function cells(row: string): string {
  return row
    .split('|')
    .map((cell) => cell.trim())
    .filter(Boolean)
    .join(' / ');
}

function withoutInlineMarks(line: string): string {
  const text = line
    .replace(/\\([\\`*_[\]()#+\-.!~|<>])/g, (_, mark: string) => literal(mark))
    .replace(/`{1,3}([^`]{1,500})`{1,3}/g, (_, code: string) => literal(code))
    .replace(/<(https?:\/\/[^<>\s]{1,2000})>/g, '$1')
    .replace(LINK, (_, label: string, href: string) => link(label, href, false))
    .replace(/\*\*\*(?!\s)([^*]{1,500})\*\*\*/g, '$1')
    .replace(/(?<![\p{L}\p{N}*])\*(?![\s*])([^*]{1,500})(?<!\s)\*(?!\*)/gu, '$1')
    .replace(/(?<![\p{L}\p{N}_])__(?!\s)([^_]{1,500})__(?![0-9A-Za-z_])/gu, (whole, words: string) =>
      isDunder('__', words) ? whole : words,
    )
    .replace(/~~(?!\s)([^~]{1,500})~~/g, '$1');
  return withoutTags(withoutLostReferences(text));
}

/** With a title or without; an address may hold one pair of parentheses in another. */
const LINK = /!?\[([^[\]]{0,500})\]\(<?((?:[^()\s<>]|\([^()\s<>]{0,200}\)){1,2000})>?(?:[ \t]"[^"]{0,200}")?\)/g;
