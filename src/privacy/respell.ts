/** A normalised text with some of its pieces in plainer spelling, the way back to the original kept. */
import { type NormalisedText, NormalisedTextBuilder } from './normalise.ts';

/** Characters `start` to `end` (exclusive) are to be read as `plain`. */
export interface Respelling {
  readonly start: number;
  readonly end: number;
  readonly plain: string;
}

/** Of respellings that overlap the first one counts. @returns the same object when there are none */
export function respell(source: NormalisedText, respellings: readonly Respelling[]): NormalisedText {
  if (respellings.length === 0) return source;
  const result = new NormalisedTextBuilder();
  let at = 0;
  for (const { start, end, plain } of respellings.toSorted((a, b) => a.start - b.start)) {
    if (start < at) continue;
    result.copy(source, at, start);
    const span = source.originalSpan(start, end);
    result.append(plain, span.start, span.end);
    at = end;
  }
  result.copy(source, at, source.text.length);
  return result;
}
