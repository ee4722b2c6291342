/** Several messages as one, for the webhook response, which can carry only one. */
import { decodeTap, type TapAction } from '../../message.ts';
import { behindFiller } from '../fillers.ts';
import { asQuickReplies, buttonTitles } from './buttons.ts';
import { buttonsOf, pictureUrl, quickRepliesOf, withQuickReply } from './content.ts';
import { cutText, inWords } from './in-words.ts';
import { MAX_COMPOSITES, MAX_DESCRIPTION_CHARS, MAX_QUICK_REPLIES } from './limits.ts';
import type { Button, Composite, SendContent } from './schema.ts';

/** As cards where they hold all of it, else as one text with the addresses of the images in it. */
export function mergeContents(contents: readonly SendContent[]): SendContent {
  const [only] = contents;
  if (only !== undefined && contents.length === 1) return only;
  const { imageUrls, texts, cards } = gather(contents);
  const quick = mergeQuickReplies(contents.map(quickRepliesOf));
  const text = texts.join('\n\n');
  if (imageUrls.length === 0 && cards.length === 0) return withQuickReply(cutText(text), quick);
  const compositeList = asCards(text, imageUrls, cards);
  if (compositeList !== undefined) return withQuickReply({ compositeContent: { compositeList } }, quick);
  const more = cards.flatMap(buttonsOf).flatMap(asQuickReplies).filter(isNews(quick));
  return withQuickReply(inWords(imageUrls, text, cards), [...quick, ...more].slice(0, MAX_QUICK_REPLIES));
}

export function gather(contents: readonly SendContent[]) {
  const imageUrls: string[] = [];
  const texts: string[] = [];
  const cards: Composite[] = [];
  for (const content of contents) {
    if ('imageContent' in content) imageUrls.push(pictureUrl(content.imageContent) ?? '');
    else if ('compositeContent' in content) cards.push(...content.compositeContent.compositeList);
    else if (content.textContent.text !== '') texts.push(content.textContent.text);
  }
  return { imageUrls, texts, cards };
}

/** The ways to answers first (they are the only ones to it), and of all that is to be read on the first: nobody could tell them apart,
 *  and where one answer ends the next is offered. Of other offers the last ones win. */
function mergeQuickReplies(lists: readonly (readonly Button[])[]): readonly Button[] {
  const ways = new Map<string, Button>();
  for (const button of lists.flat()) {
    const tap = wayOf(button);
    const way = tap?.kind === 'continue' ? 'continue' : JSON.stringify(tap);
    if (tap !== undefined && !ways.has(way)) ways.set(way, button);
  }
  const others = lists.map((buttons) => buttons.filter((button) => wayOf(button) === undefined));
  return [...ways.values(), ...(others.findLast((buttons) => buttons.length > 0) ?? [])].slice(0, MAX_QUICK_REPLIES);
}

function wayOf(button: Button): TapAction | undefined {
  const tap = button.type === 'TEXT' ? decodeTap(button.data.code) : undefined;
  return tap !== undefined && 'turnId' in tap ? tap : undefined;
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
