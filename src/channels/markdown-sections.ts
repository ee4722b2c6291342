/** Cutting long Markdown where every part means alone what it means in its place. */

/** Parts are joined up to this length, so that many short paragraphs do not become many calls. */
const SECTION_CHARS = 1_500;

const FENCE = /^ {0,3}(?:```|~~~)/;
/** Lists, quotes and tables go on after a blank line, and so does what is indented below an item. */
const CONTINUES = /^(?:\s|[-*+] |[>|]|\d{1,9}[.)] )/;

/** Cuts only at blank lines, outside code, and before text that belongs to nothing above it. */
export function cutIntoSections(markdown: string): readonly string[] {
  const sections: string[] = [];
  let lines: string[] = [];
  let sizeChars = 0;
  let isCode = false;
  let afterBlank = false;
  for (const line of markdown.split('\n')) {
    if (sizeChars > SECTION_CHARS && afterBlank && !isCode && line !== '' && !CONTINUES.test(line)) {
      sections.push(lines.join('\n'));
      lines = [];
      sizeChars = 0;
    }
    if (FENCE.test(line)) isCode = !isCode;
    lines.push(line);
    sizeChars += line.length + 1;
    afterBlank = line.trim() === '';
  }
  sections.push(lines.join('\n'));
  return sections;
}

/** Marks times characters, paragraph by paragraph: for every mark the lexer may look through the rest of its paragraph. */
export function lexingCost(markdown: string): number {
  let cost = 0;
  for (const paragraph of markdown.split(/\n[^\S\n]*\n/)) {
    cost += paragraph.length * (paragraph.match(/[*_~[\]<`\\]/g)?.length ?? 0);
  }
  return cost;
}
