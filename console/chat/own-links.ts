import { withoutLinks } from '../../src/channels/addresses-in-words.ts';
import type { CardPart } from '../../src/message.ts';
import { safeHref } from './links.ts';

/** The card as it is read: an address that a button of its own opens is not said above that button as well. */
export function withoutOwnLinks(card: CardPart): CardPart {
  if (card.description === undefined) return card;
  const links = card.buttons.flatMap((choice) => {
    const isShown = choice.type === 'link' && choice.label.trim() !== '' && safeHref(choice.url) !== undefined;
    return isShown ? [choice] : [];
  });
  return { ...card, description: withoutLinks(card.description, links) };
}
