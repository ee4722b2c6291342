/** Blocks of Markdown that mean something else in parts: code, tables and quotes. */

export interface UndividedBlock {
  readonly start: number;
  /** Infinity while it may go on. */
  readonly end: number;
  /** What stands above its later lines when they stand alone: the fence, or the head of the table. */
  readonly opening: string;
  /** Of code. */
  readonly fence?: string;
}

const FENCE = /^\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?(`{3,}|~{3,})([^`]*)$/;
const ROW = /^\s*\|/;
/** Or a line of blanks. */
const RULE_MARKS = /^[|:\-\s]*$/;
const QUOTE = /^\s{0,3}>/;

type Open = Omit<UndividedBlock, 'end'> & { readonly kind: 'code' | 'table' | 'quote' };

/** In order, of a text that may still be growing. */
export function undividedBlocks(markdown: string): readonly UndividedBlock[] {
  const blocks: UndividedBlock[] = [];
  let open: Open | undefined;
  let before = { line: '', start: 0 };
  let start = 0;
  const closeAt = (end: number) => {
    if (open !== undefined) blocks.push({ ...open, end });
    open = undefined;
  };
  for (const line of markdown.split('\n')) {
    const end = start + line.length;
    const isUnknown = end === markdown.length && line.trim() === '';
    if (open?.fence !== undefined) {
      if (closes(line, open.fence)) closeAt(end);
    } else if (!isUnknown) {
      const fence = FENCE.exec(line);
      const hasRule = isTableRule(line) && before.line.includes('|');
      const isRow = hasRule || ROW.test(line) || (open?.kind === 'table' && line.includes('|'));
      const kind = fence !== null ? 'code' : QUOTE.test(line) ? 'quote' : isRow ? 'table' : undefined;
      if (open?.kind !== kind) closeAt(start - 1);
      if (fence?.[1] !== undefined) {
        open = { kind: 'code', start, opening: `${fence[1]}${fence[2] ?? ''}\n`, fence: fence[1] };
      } else if (kind === 'table' && hasRule && (open === undefined || open.opening === '')) {
        open = { kind, start: open?.start ?? before.start, opening: `${before.line}\n${line}\n` };
      } else if (kind !== undefined) open ??= { kind, start, opening: '' };
    }
    before = { line, start };
    start = end + 1;
  }
  closeAt(Number.POSITIVE_INFINITY);
  return blocks;
}

/** The one that a cut at `at` would divide. */
export function blockAcross(blocks: readonly UndividedBlock[], at: number): UndividedBlock | undefined {
  return blocks.find(({ start, end }) => start < at && at < end);
}

function isTableRule(line: string): boolean {
  return RULE_MARKS.test(line) && line.includes('-') && line.includes('|');
}

export function closes(line: string, fence: string): boolean {
  const mark = line.trim();
  return mark.length >= fence.length && mark === fence.charAt(0).repeat(mark.length);
}
