/** Several messages as one, for the webhook response, which can carry only one. */
import { splitText } from '../split-text.ts';
import { compositeText, quickRepliesOf, withQuickReply } from './content.ts';
import {
  CHOOSE_TEXT,
  MAX_COMPOSITES,
  MAX_DESCRIPTION_CHARS,
  MAX_QUICK_REPLIES,
  MAX_QUICK_TITLE_CHARS,
  MAX_TEXT_CHARS,
} from './limits.ts';
import type { Button, Composite, SendContent } from './schema.ts';

/** As cards where they hold all of it, else as one text with the addresses of the images in it. The last quick replies win. */
export function mergeContents(contents: readonly SendContent[]): SendContent {
  const [only] = contents;
  if (only !== undefined && contents.length === 1) return only;
  const imageUrls: string[] = [];
  const texts: string[] = [];
  const cards: Composite[] = [];
  for (const content of contents) {
    if ('imageContent' in content) imageUrls.push(content.imageContent.imageUrl);
    else if ('compositeContent' in content) cards.push(...content.compositeContent.compositeList);
    else if (content.textContent.text !== '') texts.push(content.textContent.text);
  }
  const quick = contents.map(quickRepliesOf).findLast((buttons) => buttons.length > 0) ?? [];
  const text = texts.join('\n\n');
  if (imageUrls.length === 0 && cards.length === 0) return withQuickReply(textContent(text), quick);
  const compositeList = asCards(text, imageUrls, cards);
  if (compositeList !== undefined) return withQuickReply({ compositeContent: { compositeList } }, quick);
  return asText([...imageUrls, text, ...cards.map(cardAsText)], [...quick, ...cards.flatMap(shortButtons)]);
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
  const own = compositeText(first);
  const description = [text, text !== '' && own === CHOOSE_TEXT ? '' : own].filter(Boolean).join('\n\n');
  if (description === '' || description.length > MAX_DESCRIPTION_CHARS) return undefined;
  const image = imageUrl === undefined ? first.image : { imageUrl };
  const { buttonList } = first;
  const merged: Composite =
    text === '' && imageUrl === undefined
      ? first
      : { description, ...(image === undefined ? {} : { image }), ...(buttonList === undefined ? {} : { buttonList }) };
  return [merged, ...others];
}

function asText(blocks: readonly string[], quick: readonly Button[]): SendContent {
  return withQuickReply(textContent(blocks.filter(Boolean).join('\n\n')), quick.slice(0, MAX_QUICK_REPLIES));
}

function textContent(text: string): SendContent {
  const [fitting = ''] = splitText(text, { preferredChars: MAX_TEXT_CHARS, maxChars: MAX_TEXT_CHARS });
  return { textContent: { text: fitting } };
}

function cardAsText(card: Composite): string {
  const links = (card.buttonList ?? []).map((button) =>
    button.type === 'LINK' ? `${button.data.title}: ${button.data.url}` : '',
  );
  const text = compositeText(card);
  return [text === CHOOSE_TEXT ? '' : text, card.image?.imageUrl ?? '', ...links].filter(Boolean).join('\n');
}

function shortButtons(card: Composite): readonly Button[] {
  return (card.buttonList ?? []).filter(
    (button) => button.type === 'TEXT' && button.data.title.length <= MAX_QUICK_TITLE_CHARS,
  );
}
