/** Text that every store, platform and reader takes: no control characters but newline and tab, no half surrogates, nothing that turns
 *  the direction of what follows ("(U+202E)gpj.exe" reads as a picture), and none of the noncharacters that the Markdown renderer uses as marks. */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return UNWANTED.test(wellFormed) ? wellFormed.replace(/\r\n?/g, '\n').replace(EVERY_UNWANTED, '') : wellFormed;
}

/** The same of one text that comes in pieces, in their order, except that the next piece may bring the other half of a pair. */
export class PieceCleaner {
  #endsInReturn = false;

  clean(piece: string): string {
    if (piece === '') return '';
    const rest = this.#endsInReturn && piece.startsWith('\n') ? piece.slice(1) : piece;
    this.#endsInReturn = piece.endsWith('\r');
    return UNWANTED.test(rest) ? rest.replace(/\r\n?/g, '\n').replace(EVERY_UNWANTED, '') : rest;
  }
}

/** Embeddings, overrides and isolates of Unicode's bidirectional algorithm; the marks of one character (U+200E, U+200F) turn nothing else. */
const DIRECTIONS = '\\u202A-\\u202E\\u2066-\\u2069';
const UNWANTED = new RegExp(`[^\\P{Cc}\\n\\t]|[${DIRECTIONS}\\uFDD0-\\uFDEF]`, 'u');
const EVERY_UNWANTED = new RegExp(UNWANTED, 'gu');
