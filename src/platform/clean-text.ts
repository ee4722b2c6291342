/** Text that every store and platform takes: no control characters but newline and tab, no half surrogates, and none of the
 *  noncharacters that the Markdown renderer uses as marks. */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return UNWANTED.test(wellFormed) ? wellFormed.replace(/\r\n?/g, '\n').replace(EVERY_UNWANTED, '') : wellFormed;
}

/** The same of a piece of a text, whose next piece may bring the other half of a pair. */
export function withoutControls(piece: string): string {
  return UNWANTED.test(piece) ? piece.replace(EVERY_UNWANTED, '') : piece;
}

const UNWANTED = /[^\P{Cc}\n\t]|[\uFDD0-\uFDEF]/u;
const EVERY_UNWANTED = /[^\P{Cc}\n\t]|[\uFDD0-\uFDEF]/gu;
