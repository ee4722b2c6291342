/** Cards and pictures where there are only words. */
import { splitText } from '../split-text.ts';
import { compositeAsText, pictureUrl } from './content.ts';
import { MAX_TEXT_CHARS } from './limits.ts';
import type { Composite, SendContent } from './schema.ts';

/** As one text, with the addresses of pictures and links in it where there is room. */
export function inWords(imageUrls: readonly string[], text: string, cards: readonly Composite[]): SendContent {
  const withAddresses = allInWords(imageUrls, text, cards);
  // Of what is too long for one message the words count more than where its pictures are.
  const fitting =
    withAddresses.length <= MAX_TEXT_CHARS
      ? withAddresses
      : paragraphs([text, ...cards.map((card) => compositeAsText(card, false))]);
  return cutText(fitting);
}

export function allInWords(imageUrls: readonly string[], text: string, cards: readonly Composite[]): string {
  return paragraphs([...imageUrls, text, ...cards.map((card) => compositeAsText(card, true))]);
}

export function cutText(text: string): SendContent {
  const [fitting = ''] = splitText(text, { preferredChars: MAX_TEXT_CHARS, maxChars: MAX_TEXT_CHARS });
  return { textContent: { text: fitting } };
}

/** What can still be said of a message that the platform refused: the words, without quick replies, which may be what was wrong.
 *  Undefined for a text, which has no plainer form, and for a picture whose address is not known. */
export function plainestForm(content: SendContent): SendContent | undefined {
  if ('textContent' in content) return undefined;
  if ('compositeContent' in content) return inWords([], '', content.compositeContent.compositeList);
  const imageUrl = pictureUrl(content.imageContent);
  return imageUrl === undefined ? undefined : inWords([imageUrl], '', []);
}

function paragraphs(blocks: readonly string[]): string {
  return blocks.filter(Boolean).join('\n\n');
}
