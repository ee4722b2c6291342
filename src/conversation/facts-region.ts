/** Cuts a stream of text into regions that can be judged one by one: no fact reaches from one region into the next.
 *  A cut depends on the text alone and never on how it arrived, so a stream and a whole text are cut alike. */
import { findContactDetails } from '../privacy/contact-details.ts';

/** A region is cut by force at this length, so that no more than this is ever held back. */
const MAX_REGION_LENGTH = 300;
/** A forced cut falls this far before the end: longer than any number, so that one across the cut is still seen whole. */
const CUT_MARGIN = 40;
/** A placeholder that a model has spread out: `[ [ 전화 1 ] ]`. */
const LONGEST_PLACEHOLDER = 24;
/** "010 - 1234" */
const LONGEST_NUMBER_GAP = 5;
const PARTICLE_WORD =
  /^(?:으로|로|을|를|은|는|이|가|에서|에|와|과|도|의|까지|부터|이나|나|입니다|이에요|예요|이고|이며)(?=[\s.,!?)]|$)/;
/** The longest particle and the character behind it. */
const PARTICLE_LOOKAHEAD = 4;

const OPENING = '[［【〔⟦〚';
const CLOSING = ']］】〕⟧〛';
const COLD_PUNCTUATION = new Set('.,!?:;\'"…~·‘’“”、。！？「」『』)');

function isBlank(character: string): boolean {
  return /\s/.test(character);
}

function isHangul(character: string): boolean {
  return character >= '가' && character <= '힣';
}

/** Characters that no fact begins with: Hangul and what stands between words. */
function isCold(character: string): boolean {
  return isHangul(character) || COLD_PUNCTUATION.has(character);
}

/** A number may go on after the blank that follows, or have begun before it. */
function isNumberEnd(character: string): boolean {
  return !isHangul(character) && !/[A-Za-z!?:;'"…·\]]/.test(character);
}

function isNumberStart(character: string): boolean {
  return !isCold(character) && !/[A-Za-z[]/.test(character);
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charAt(at))) at += 1;
  return at;
}

/** Where to cut a region that will not end by itself: not inside anything that has been found in it. */
function forcedCut(window: string): number {
  let cut = MAX_REGION_LENGTH - CUT_MARGIN;
  const across = findContactDetails(window).find(({ start, end }) => start < cut && end > cut);
  if (across !== undefined) cut = across.start > 0 ? across.start : across.end;
  const splitsPair = /[\uDC00-\uDFFF]/.test(window.charAt(cut)) && /[\uD800-\uDBFF]/.test(window.charAt(cut - 1));
  return splitsPair && cut > 1 ? cut - 1 : cut;
}

/** Length of the region at the head of `text`, with the blanks before it.
 *  @param ended no more text will follow
 *  @returns `undefined` while what follows may still change the answer; never 0 for a text that is not empty */
export function nextRegionLength(text: string, ended: boolean): number | undefined {
  const open = ended && text.length > 0 ? text.length : undefined;
  let at = skipBlanks(text, 0);
  if (at >= MAX_REGION_LENGTH) return MAX_REGION_LENGTH;
  if (at === text.length) return open;
  if (isCold(text.charAt(at))) {
    while (at < text.length && at < MAX_REGION_LENGTH && isCold(text.charAt(at))) at += 1;
    return at;
  }
  let depth = 0;
  let openedAt = 0;
  for (;;) {
    if (at >= MAX_REGION_LENGTH) return forcedCut(text.slice(0, MAX_REGION_LENGTH));
    if (at === text.length) return open;
    const character = text.charAt(at);
    if (!isBlank(character)) {
      if (OPENING.includes(character)) {
        openedAt = at;
        depth += 1;
      } else if (CLOSING.includes(character)) {
        depth -= 1;
      }
      at += 1;
      continue;
    }
    const next = skipBlanks(text, at);
    const inPlaceholder = depth > 0 && at - openedAt <= LONGEST_PLACEHOLDER;
    if (!inPlaceholder && (next - at > LONGEST_NUMBER_GAP || isHangul(text.charAt(at - 1)))) return at;
    if (next >= MAX_REGION_LENGTH) return forcedCut(text.slice(0, MAX_REGION_LENGTH));
    if (next === text.length) return ended ? at : undefined;
    if (inPlaceholder || (isNumberEnd(text.charAt(at - 1)) && isNumberStart(text.charAt(next)))) {
      at = next;
      continue;
    }
    if (!ended && text.length < next + PARTICLE_LOOKAHEAD) return undefined;
    const particle = PARTICLE_WORD.exec(text.slice(next, next + PARTICLE_LOOKAHEAD))?.[0];
    return particle !== undefined && next === at + 1 ? next + particle.length : at;
  }
}
