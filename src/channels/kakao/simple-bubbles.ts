import { shorten } from '../shorten.ts';
import { type SplitOptions, splitText } from '../split-text.ts';
import { tidy } from './card-draft.ts';
import type { Bubble } from './content.ts';
import { MAX_ALT_TEXT_CHARS } from './limits.ts';

/** What a screen reader says of a picture that came without words. */
const DEFAULT_ALT_TEXT = '안내 이미지';

/** @param text clean; in as many bubbles as it takes */
export function textBubbles(text: string, options: SplitOptions, isForwardable = false): readonly Bubble[] {
  return splitText(text, options).map((piece) => ({
    content: { type: 'simpleText', body: { text: piece, ...(isForwardable ? { forwardable: true } : {}) } },
    text: piece,
  }));
}

/** @param imageUrl checked */
export function imageBubble(imageUrl: string, altText: string | undefined, isForwardable = false): Bubble {
  const alt = shorten(tidy(altText), MAX_ALT_TEXT_CHARS);
  const forwardable = isForwardable ? { forwardable: true as const } : {};
  return {
    content: { type: 'simpleImage', body: { imageUrl, altText: alt || DEFAULT_ALT_TEXT, ...forwardable } },
    text: alt,
  };
}
