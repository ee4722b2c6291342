/** How text fills a terminal: Hangul, CJK and emoji take two columns, combining marks none. */

const graphemes = new Intl.Segmenter('ko', { granularity: 'grapheme' });

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]*$/u;

function graphemeWidth(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/** Columns that one line takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** Lines of at most `columns`, broken at spaces where there are any: Korean may break anywhere. */
export function wrapText(text: string, columns: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, columns));
}

function wrapLine(line: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  let width = 0;
  for (const word of line.split(/(?<= )/)) {
    if (width > 0 && width + displayWidth(word.trimEnd()) > columns) {
      lines.push(current.trimEnd());
      current = '';
      width = 0;
    }
    for (const { segment } of graphemes.segment(word)) {
      const segmentWidth = graphemeWidth(segment);
      if (width > 0 && width + segmentWidth > columns) {
        // A space that no longer fits ends the line; it does not begin the next one.
        if (segment === ' ') continue;
        lines.push(current);
        current = '';
        width = 0;
      }
      current += segment;
      width += segmentWidth;
    }
  }
  return [...lines, current.trimEnd()];
}

export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** Foreign text must not move the cursor, colour the screen or turn the reading direction round. */
export function withoutControls(text: string): string {
  return text.replaceAll('\t', '  ').replaceAll(/(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, '');
}
