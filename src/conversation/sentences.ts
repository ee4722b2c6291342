const sentences = new Intl.Segmenter('ko', { granularity: 'sentence' });
const ENDS_A_SENTENCE = /[.!?。…][)\]"'”’」』]*\s*$|\n\s*$/u;

/** The complete sentences at the start of a text that is still growing; empty when not even one is complete. */
export function firstSentences(growing: string): string {
  const segments = sentences.segment(growing);
  // From the end: what was complete before makes no difference, and a long text is segmented only there.
  for (let at = growing.length; at > 0; ) {
    const last = segments.containing(at - 1);
    if (last === undefined) break;
    if (ENDS_A_SENTENCE.test(last.segment)) return growing.slice(0, last.index + last.segment.length).trim();
    at = last.index;
  }
  return '';
}
