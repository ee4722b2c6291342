/** Several messages as one, for the webhook response, which can carry only one. */
import { behindFiller } from '../fillers.ts';
import { asQuickReplies, buttonTitles } from './buttons.ts';
import { buttonsOf, pictureUrl, quickRepliesOf, withQuickReply } from './content.ts';
import { cutText, inWords } from './in-words.ts';
import { MAX_COMPOSITES, MAX_DESCRIPTION_CHARS, MAX_QUICK_REPLIES } from './limits.ts';
import type { Button, Composite, SendContent } from './schema.ts';

/** As cards where they hold all of it, else as one text with the addresses of the images in it. The last quick replies win. */
export function mergeContents(contents: readonly SendContent[]): SendContent {
  const [only] = contents;
  if (only !== undefined && contents.length === 1) return only;
  const imageUrls: string[] = [];
  const texts: string[] = [];
  const cards: Composite[] = [];
  for (const content of contents) {
    if ('imageContent' in content) imageUrls.push(pictureUrl(content.imageContent) ?? '');
    else if ('compositeContent' in content) cards.push(...content.compositeContent.compositeList);
    else if (content.textContent.text !== '') texts.push(content.textContent.text);
  }
  const quick = contents.map(quickRepliesOf).findLast((buttons) => buttons.length > 0) ?? [];
  const text = texts.join('\n\n');
  if (imageUrls.length === 0 && cards.length === 0) return withQuickReply(cutText(text), quick);
  const compositeList = asCards(text, imageUrls, cards);
  if (compositeList !== undefined) return withQuickReply({ compositeContent: { compositeList } }, quick);
  const more = cards.flatMap(buttonsOf).flatMap(asQuickReplies).filter(isNews(quick));
  return withQuickReply(inWords(imageUrls, text, cards), [...quick, ...more].slice(0, MAX_QUICK_REPLIES));
}

/** Text and image go into the first card (every card has an image or buttons, so text never stands alone in one, which TalkTalk refuses); undefined when they do not fit there. */
function asCards(
  text: string,
  imageUrls: readonly string[],
  cards: readonly Composite[],
): readonly Composite[] | undefined {
  const [imageUrl] = imageUrls;
  const [first = {}, ...others] = cards;
  if (imageUrls.length > 1 || cards.length > MAX_COMPOSITES) return undefined;
  if (imageUrl !== undefined && first.image !== undefined) return undefined;
  if (text === '' && imageUrl === undefined) return cards;
  const { title, description: own, image, ...rest } = first;
  const words = [title, text === '' ? own : (behindFiller(own) ?? own)].filter(Boolean).join('\n');
  const description = [text, words].filter(Boolean).join('\n\n');
  if (description === '' || description.length > MAX_DESCRIPTION_CHARS) return undefined;
  const shown = imageUrl === undefined ? image : { imageUrl };
  // Title and description were two fields, and are one now.
  if (shown === undefined && Object.keys(rest).length === 0) return undefined;
  return [{ description, ...(shown === undefined ? {} : { image: shown }), ...rest }, ...others];
}

function isNews(shown: readonly Button[]): (button: Button) => boolean {
  const titles = new Set(shown.flatMap(buttonTitles));
  // An address is in the text already, where it can be touched.
  return (button) => button.type !== 'LINK' && !buttonTitles(button).some((title) => titles.has(title));
}
