const sentences = new Intl.Segmenter('ko', { granularity: 'sentence' });
const ENDS_A_SENTENCE = /[.!?。…][)\]"'”’」』]*\s*$|\n\s*$/u;

/** The complete sentences at the start of a text that is still growing; empty when not even one is complete. */
export function firstSentences(growing: string): string {
  let end = 0;
  for (const { segment, index } of sentences.segment(growing)) {
    if (ENDS_A_SENTENCE.test(segment)) end = index + segment.length;
  }
  return growing.slice(0, end).trim();
}
