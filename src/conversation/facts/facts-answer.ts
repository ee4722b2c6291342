/** An answer as it grows, sentence by sentence. A sentence is shown as it comes; when an invention turns up in it, it is judged at
 *  its end and what was shown is put right. */
import { type Mark, withoutInventions } from './facts-sentence.ts';
import { withheldNotice } from './withheld-notice.ts';

export interface FactUpdate {
  readonly text: string;
  /** The text stands in for all that was shown so far; else it follows it. */
  readonly instead: boolean;
}

/** Blanks belong to the sentence before them. */
const BOUNDARY = /\n\s*|[.!?。…]+["')\]”’」』*_]*[ \t]+\s*/g;
/** A number or a letter that a dot follows is none: "1. ", "No. 3", "A. ". */
const NO_SENTENCE =
  /(?:^|\n)\s*(?:[-*•·]|\(?\d{1,2})\.?\s*$|(?:^|\s)(?:No|no|vs|Mr|Ms|Dr|St|[Tt]el|TEL|[Ff]ax|FAX|[A-Za-z])\.\s*$/;
/** Announces what follows it, and says nothing without. */
const LEAD_IN =
  /(?:[:：]|(?:다음|아래)(?:과|와)? 같(?:습니다|아요|이 안내(?:해 드릴게요|드립니다))[.:]?)[*_]*\s*$|^\s*#{1,6}\s[^\n]*\n\s*$/;
const ITEM = /^\s*(?:[-*•·]|\(?\d{1,2}[.)])\s/;
const ROW = /^\s*\|/;
/** Between the head of a table and its rows. */
const TABLE_RULE = /^\s*\|(?:\s*:?-+:?\s*\|)+\s*$/;
/** A text without full stops is judged in pieces of about this length. */
const LONGEST_SENTENCE_CHARS = 600;
const HANGUL = /[가-힣]/;

interface Said {
  readonly text: string;
  readonly dropped: boolean;
}

export class FactAnswer {
  readonly #contact: string;
  readonly #said: Said[] = [];
  /** Of all sentences that have ended. */
  #settled = '';
  #sentence = '';
  #marks: Mark[] = [];
  #shown = '';
  #withheld = 0;
  #hasLost = false;

  constructor(contact: string) {
    this.#contact = contact;
  }

  /** @param marks places in `text` */
  append(text: string, marks: readonly Mark[]): void {
    const offset = this.#sentence.length;
    this.#sentence += text;
    for (const mark of marks) this.#marks.push({ ...mark, start: mark.start + offset, end: mark.end + offset });
    for (let end = this.#sentenceEnd(offset); end !== undefined; end = this.#sentenceEnd(0)) this.#settle(end);
    if (this.#sentence.length > LONGEST_SENTENCE_CHARS) this.#settle(this.#sentence.length);
  }

  /** What may be shown since the last call. */
  show(): FactUpdate {
    const isBroken = this.#marks.some(({ what }) => what === 'invented');
    const known = this.#shown;
    const text = isBroken ? this.#settled : this.#settled + this.#sentence;
    // What was shown of a broken sentence stays until it is known what becomes of it.
    if (isBroken && known.startsWith(text)) return { text: '', instead: false };
    return this.#update(text);
  }

  end(): FactUpdate {
    if (this.#sentence !== '') this.#settle(this.#sentence.length);
    return this.#update(this.#withheld === 0 ? this.#settled : this.#withNotice(this.#withoutDanglingLeadIns()));
  }

  /** How many inventions were left out. */
  get withheld(): number {
    return this.#withheld;
  }

  #update(text: string): FactUpdate {
    const known = this.#shown;
    this.#shown = text;
    return text.startsWith(known) ? { text: text.slice(known.length), instead: false } : { text, instead: true };
  }

  /** Where the first sentence ends whose end is known; never inside a mark. */
  #sentenceEnd(from: number): number | undefined {
    // A full stop may have come before, and only its blank now.
    BOUNDARY.lastIndex = Math.max(0, from - 8);
    for (let match = BOUNDARY.exec(this.#sentence); match !== null; match = BOUNDARY.exec(this.#sentence)) {
      const end = match.index + match[0].length;
      const isInside = this.#marks.some((mark) => mark.start < end && mark.end > match.index);
      if (!isInside && !NO_SENTENCE.test(this.#sentence.slice(0, end))) return end;
    }
    return undefined;
  }

  #settle(end: number): void {
    const text = this.#sentence.slice(0, end);
    const marks = this.#marks.filter((mark) => mark.end <= end);
    this.#marks = this.#marks
      .filter((mark) => mark.end > end)
      .map((mark) => ({ ...mark, start: mark.start - end, end: mark.end - end }));
    this.#sentence = this.#sentence.slice(end);
    const inventions = marks.filter(({ what }) => what === 'invented').length;
    this.#withheld += inventions;
    const mended = inventions > 0 ? withoutInventions(text, marks) : { text, lost: false };
    this.#hasLost ||= mended.lost;
    const dropped = inventions > 0 && mended.text.trim() === '';
    const kept = dropped ? this.#breakBehind(text) : mended.text;
    this.#said.push({ text: kept, dropped });
    this.#settled += kept;
  }

  /** Of the sentence that is dropped: where it was not the first one of its line, the line ends here all the same, and so does a paragraph. */
  #breakBehind(text: string): string {
    const end = /\n\s*$/.exec(text)?.[0] ?? '';
    const isInLine = this.#settled !== '' && !/\n[ \t]*$/.test(this.#settled);
    if (isInLine) return end;
    const isParagraph = /\n[ \t]*\n/.test(end) && this.#settled !== '' && !/\n[ \t]*\n\s*$/.test(this.#settled);
    return isParagraph ? '\n' : '';
  }

  /** The contact once, at the end, and not where the model had put its own. */
  #withNotice(text: string): string {
    const kept = text.trimEnd();
    if (this.#contact === '') return this.#hasLost ? joined(kept, withheldNotice('')) : kept;
    if (kept.includes(this.#contact)) return kept;
    // To customers who were answered in another language it speaks for itself.
    const isForeign = kept !== '' && !HANGUL.test(kept);
    return joined(kept, isForeign ? this.#contact : withheldNotice(this.#contact));
  }

  /** A heading whose every line was dropped has nothing to announce. */
  #withoutDanglingLeadIns(): string {
    const kept: string[] = [];
    let following = '';
    let next: Said = { text: '', dropped: false };
    // From the end: a heading may announce the head of a table, of which no row is left.
    for (const { text, dropped } of this.#said.toReversed()) {
      const isRule = TABLE_RULE.test(text);
      const isHead = ROW.test(text) && TABLE_RULE.test(next.text);
      const isFollowed = (isRule ? ROW : ITEM).test(following);
      const dangles = next.dropped && (isHead || ((isRule || LEAD_IN.test(text)) && !isFollowed));
      if (!dangles) kept.push(text);
      if (!dangles && !dropped) following = text;
      next = { text, dropped: dropped || dangles };
    }
    return kept
      .toReversed()
      .join('')
      .replace(/\n{3,}/g, '\n\n');
  }
}

function joined(text: string, notice: string): string {
  return text === '' ? notice : `${text}\n\n${notice}`;
}
