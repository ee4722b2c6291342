/** Of an answer whose beginning was shown before its end: where the rest begins. */

import { blockAcross, closes, undividedBlocks } from './undivided-blocks.ts';

const sentences = new Intl.Segmenter('ko', { granularity: 'sentence' });

/** The end of a text, and what it needs above it to mean there what it means in the text. */
export interface Rest {
  readonly opening: string;
  readonly text: string;
}

interface Sentence {
  /** Without white space, of which the end of an answer leaves less. */
  readonly letters: string;
  readonly start: number;
  readonly end: number;
}

/** As {@link restAfter}; where a block of code or a table was cut in two, it begins anew. */
export function restOfMarkdown(markdown: string, shown: string): Rest {
  const text = restAfter(markdown, shown);
  const at = markdown.length - text.length;
  const block = blockAcross(undividedBlocks(markdown), at);
  if (text === '' || block === undefined) return { opening: '', text };
  const [line = ''] = text.split('\n', 1);
  if (block.fence !== undefined && closes(line, block.fence)) {
    return { opening: '', text: text.slice(line.length).trimStart() };
  }
  return { opening: block.opening, text };
}

/** What follows `shown` in `text`. The end of an answer may take sentences and blank lines out of what was shown; it puts none in there.
 *  All of `text` when it begins with something else. */
export function restAfter(text: string, shown: string): string {
  if (text.startsWith(shown)) return text.slice(shown.length).trimStart();
  return text.slice(endOfLetters(text, shown) ?? endOfShownSentences(text, shown)).trimStart();
}

/** Undefined where `text` does not begin with the letters of `shown`. */
function endOfLetters(text: string, shown: string): number | undefined {
  let at = 0;
  for (const letter of shown.replace(/\s+/g, '')) {
    while (/\s/.test(text.charAt(at))) at += 1;
    if (!text.startsWith(letter, at)) return undefined;
    at += letter.length;
  }
  return at;
}

/** Each sentence of `shown` stands for one of `text` at most: one that comes again behind it has not been seen yet. */
function endOfShownSentences(text: string, shown: string): number {
  const seen = sentencesOf(shown);
  let next = 0;
  let end = 0;
  for (const sentence of sentencesOf(text)) {
    const found = seen.findIndex(({ letters }, index) => index >= next && letters === sentence.letters);
    if (found === -1) {
      // Shown up to where its end seemed to be: "3." of "3.5kg".
      const last = next < seen.length ? seen.at(-1) : undefined;
      const isBegun = last !== undefined && sentence.letters.startsWith(last.letters);
      return isBegun
        ? sentence.start + (endOfLetters(text.slice(sentence.start, sentence.end), last.letters) ?? 0)
        : end;
    }
    next = found + 1;
    end = sentence.end;
  }
  return end;
}

function sentencesOf(text: string): readonly Sentence[] {
  return Array.from(sentences.segment(text), ({ index, segment }) => ({
    letters: segment.replace(/\s+/g, ''),
    start: index,
    end: index + segment.length,
  })).filter(({ letters }) => letters !== '');
}
