/** Long text in pieces that read well: between paragraphs, else lines, else sentences, else words. */

export interface SplitOptions {
  /** A piece is at most this long where it can be cut there. UTF-16 units. */
  readonly preferredChars: number;
  /** As much shorter is the first piece, where it can be cut there. UTF-16 units; must leave something. */
  readonly spareChars?: number;
  /** No piece is longer. UTF-16 units. */
  readonly maxChars: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const sentences = new Intl.Segmenter('ko', { granularity: 'sentence' });
const graphemes = new Intl.Segmenter('ko', { granularity: 'grapheme' });

/** How far before the cut a sentence is looked for: segmenting the whole text would cost more than all the rest. */
const SENTENCE_REACH_CHARS = 300;

/** What must stay in one piece: addresses, phone numbers, a number with its unit ("3만 5천 원", "30 일"). */
const UNBREAKABLE = new RegExp(
  [
    /(?:https?:\/\/|www\.)(?:(?!https?:\/\/)[^\s<>"])+/, // URL
    /(?<![\w.%+-])[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/, // mail
    // One separator between groups, spaces around a dash or dot allowed: two spaces stand between two numbers.
    /\+?\(?\d{1,4}(?:\)[ -]?|(?: ?[.-] ?| )\(?)\d{2,4}(?:(?: ?[.-] ?| )\d{2,4}){0,2}\d*/, // phone
    /[₩$€¥#]?\d+(?:[.,:/-]\d+)*(?:[ \u00A0]?(?:[A-Za-z가-힣]{1,4}|[%‰℃°㎏㎝㎡]))?(?:[ \u00A0]\d+[가-힣]{1,4})*(?:[ \u00A0][가-힣]{1,4})?/, // number and unit
  ]
    .map((pattern) => pattern.source)
    .join('|'),
  'gi',
);

/** Every character but white space at the cuts is kept, in order; never an empty piece. A URL, phone number, number with unit or
 *  grapheme is cut only when it alone is longer than `maxChars`. */
export function splitText(text: string, options: SplitOptions): string[] {
  const pieces: string[] = [];
  let preferredChars = options.preferredChars - (options.spareChars ?? 0);
  const spans = text.length > preferredChars ? unbreakableSpans(text) : [];
  let start = 0;
  while (start < text.length) {
    const isLast = text.length - start <= preferredChars;
    const end = isLast ? text.length : findCut(text, start, spans, { ...options, preferredChars });
    const piece = text.slice(start, end).trimEnd();
    if (piece !== '') pieces.push(piece);
    start = skipWhiteSpace(text, end);
    preferredChars = options.preferredChars;
  }
  return pieces;
}

function unbreakableSpans(text: string): readonly Span[] {
  return Array.from(text.matchAll(UNBREAKABLE), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function findCut(
  text: string,
  start: number,
  spans: readonly Span[],
  { preferredChars, maxChars }: SplitOptions,
): number {
  const limit = start + preferredChars;
  const hardLimit = Math.min(start + maxChars, text.length);
  const segments = graphemes.segment(text.slice(start, hardLimit + 64));
  const graphemeAt = (at: number): Span => {
    const found = segments.containing(at - start);
    if (found === undefined) return { start: at, end: at }; // the end of the text
    return { start: start + found.index, end: start + found.index + found.segment.length };
  };
  /** What a cut at `at` would break, if anything. */
  const brokenBy = (at: number): Span | undefined => {
    const span = spanAround(spans, at);
    if (span !== undefined) return span;
    const grapheme = graphemeAt(at);
    return grapheme.start < at ? grapheme : undefined;
  };

  for (const cut of candidates(text, start, limit, preferredChars)) {
    if (brokenBy(cut) === undefined) return cut;
  }
  for (let at = limit; at > start; ) {
    const broken = brokenBy(at);
    if (broken === undefined) return at;
    at = broken.start;
  }
  for (let at = limit; at <= hardLimit; ) {
    const broken = brokenBy(at);
    if (broken === undefined) return at;
    at = broken.end;
  }
  // Something alone is longer than the limit: cut it, but not inside a grapheme, or at least not inside a surrogate pair.
  const grapheme = graphemeAt(hardLimit);
  if (grapheme.start > start) return grapheme.start;
  const low = text.charCodeAt(hardLimit);
  return low >= 0xdc00 && low <= 0xdfff && hardLimit - 1 > start ? hardLimit - 1 : hardLimit;
}

/** Places to cut, best first. Shares of the preferred length keep a piece from becoming a stub. */
function* candidates(text: string, start: number, limit: number, preferredChars: number): Generator<number> {
  const paragraph = text.lastIndexOf('\n\n', limit);
  if (paragraph > start + preferredChars * 0.4) yield paragraph;
  const line = text.lastIndexOf('\n', limit);
  if (line > start + preferredChars * 0.5) yield line;

  const from = Math.max(start, limit - SENTENCE_REACH_CHARS);
  const near = sentences.segment(text.slice(from, limit + 20));
  for (let at = limit; ; ) {
    const sentenceStart = from + (near.containing(at - from)?.index ?? 0);
    if (sentenceStart <= from || sentenceStart <= start + preferredChars * 0.3) break;
    // "1. 배송": the number of a list item is no sentence.
    if (!/(?:^|\n)\s{0,8}\d{1,3}\.\s?$/.test(text.slice(Math.max(start, sentenceStart - 14), sentenceStart)))
      yield sentenceStart;
    at = sentenceStart - 1;
  }
  for (let at = limit; at > start; at -= 1) {
    if (WHITE_SPACE.test(text.charAt(at))) yield at;
  }
}

const WHITE_SPACE = /\s/;

function spanAround(spans: readonly Span[], at: number): Span | undefined {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    if (span === undefined) return undefined;
    if (span.end <= at) low = middle + 1;
    else if (span.start >= at) high = middle;
    else return span;
  }
  return undefined;
}

/** To the next character that shows, but keeps the indentation of a line and a space that carries a combining mark. */
function skipWhiteSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && WHITE_SPACE.test(text.charAt(at))) at += 1;
  if (at >= text.length) return at;
  const line = text.lastIndexOf('\n', at - 1) + 1;
  if (line > from) return line;
  return at > from && /^\p{M}/u.test(text.slice(at, at + 2)) ? at - 1 : at;
}
