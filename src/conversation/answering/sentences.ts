const sentences = new Intl.Segmenter('ko', { granularity: 'sentence' });
const ENDS_A_SENTENCE = /[.!?。…][)\]"'”’」』]*\s*$|\n\s*$/u;

/** The number of an item, which says nothing without it: "2. ", "**3. ". */
const ITEM_NUMBER = /^[\s>*_(-]*(?:\d{1,3}|[가나다라마바사아자차카타파하])[.)]\s*$/;
/** As long as nothing follows, its digits may. */
const ENDS_IN_A_NUMBER = /\d\.$/;

function endsASentence(segment: string): boolean {
  return ENDS_A_SENTENCE.test(segment) && !ITEM_NUMBER.test(segment);
}

const PAIRS: readonly (readonly [string, string])[] = [
  ['“', '”'],
  ['‘', '’'],
  ['「', '」'],
  ['『', '』'],
  ['(', ')'],
  ['[', ']'],
  ['"', '"'],
  ['**', '**'],
];

/** A quotation or a bracket of `text` that has not been closed. */
function isOpen(text: string): boolean {
  return PAIRS.some(([opening, closing]) => {
    const opened = text.split(opening).length - 1;
    return opening === closing ? opened % 2 === 1 : opened > text.split(closing).length - 1;
  });
}

/** The complete sentences at the start of a text that is still growing, up to where no quotation or bracket is cut in two if that can
 *  be; empty when not even one is complete. */
export function firstSentences(growing: string): string {
  const segments = sentences.segment(growing);
  let longest = '';
  // From the end: what was complete before makes no difference, and a long text is segmented only there.
  for (let at = growing.length; at > 0; ) {
    const last = segments.containing(at - 1);
    if (last === undefined) break;
    const complete = growing.slice(0, last.index + last.segment.length).trim();
    const mayGoOn = at === growing.length && ENDS_IN_A_NUMBER.test(growing);
    if (endsASentence(last.segment) && !mayGoOn) {
      if (!isOpen(complete)) return complete;
      longest ||= complete;
    }
    at = last.index;
  }
  // One that nobody ever closes, such as the mark for inches, does not keep everything back.
  return longest;
}

/** The longest beginning of whole sentences that `fits`, all of the text if it does; empty when not even the first sentence fits.
 *  @param fits false for all that are longer than one that does not fit
 *  @param mayEndAt whether a beginning of that length stands for itself */
export function longestBeginning(
  text: string,
  fits: (beginning: string) => boolean,
  mayEndAt: (length: number) => boolean = () => true,
): string {
  if (text === '' || (mayEndAt(text.length) && fits(text))) return text;
  const beginnings: string[] = [];
  for (const { index, segment } of sentences.segment(text)) {
    const beginning = text.slice(0, index + segment.length).trimEnd();
    if (endsASentence(segment) && mayEndAt(beginning.length) && !isOpen(beginning)) beginnings.push(beginning);
  }
  let [fitting, tooLong] = [-1, beginnings.length];
  while (tooLong - fitting > 1) {
    const middle = (fitting + tooLong) >> 1;
    if (fits(beginnings[middle] ?? '')) fitting = middle;
    else tooLong = middle;
  }
  return beginnings[fitting] ?? '';
}
