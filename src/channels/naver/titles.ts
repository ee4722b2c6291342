/** Lengths as people count them. */

const graphemes = new Intl.Segmenter('ko', { granularity: 'grapheme' });

/** Of one grapheme, on the average: a family of four is 11 UTF-16 units, and a letter under a hundred accents is no title. */
const MAX_UNITS_PER_GRAPHEME = 12;

/** Whether the text has at most so many graphemes. */
export function fitsTitle(text: string, maxGraphemes: number): boolean {
  return endOf(text, maxGraphemes) === text.length;
}

/** One line of at most `maxGraphemes`, cut between graphemes, with an ellipsis when something is missing. Composed first:
 *  file names of a Mac come with their syllables taken apart. */
export function fitTitle(text: string, maxGraphemes: number): string {
  const line = oneLine(text);
  if (fitsTitle(line, maxGraphemes)) return line;
  return `${line.slice(0, endOf(line, maxGraphemes - 1)).trimEnd()}…`;
}

/** As a title stands where it is not cut. */
export function oneLine(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** Where the first graphemes end, or the text. */
function endOf(text: string, maxGraphemes: number): number {
  if (text.length <= maxGraphemes) return text.length;
  const maxUnits = maxGraphemes * MAX_UNITS_PER_GRAPHEME;
  let count = 0;
  for (const { index, segment } of graphemes.segment(text.slice(0, maxUnits + MAX_UNITS_PER_GRAPHEME))) {
    const end = index + segment.length;
    if (count === maxGraphemes || end > maxUnits) return index;
    count += 1;
  }
  return text.length;
}
