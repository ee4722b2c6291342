const graphemes = new Intl.Segmenter('ko', { granularity: 'grapheme' });

/** At most `maxChars` UTF-16 units, cut between graphemes, with an ellipsis when something is missing. One line. */
export function shorten(text: string, maxChars: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= maxChars) return line;
  return `${cutAtGrapheme(line, maxChars - 1).trimEnd()}…`;
}

/** The longest beginning of at most `maxChars` UTF-16 units that ends between graphemes. */
function cutAtGrapheme(text: string, maxChars: number): string {
  const head = text.slice(0, maxChars + 64); // enough to see whether the grapheme at the cut goes on
  return head.slice(0, graphemes.segment(head).containing(maxChars)?.index ?? head.length);
}
