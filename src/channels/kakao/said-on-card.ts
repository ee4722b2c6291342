/** A card that has only buttons says the text before it: one bubble instead of two. */
import type { CardPart, ReplyPart, TextPart } from '../../message.ts';
import { withoutAddresses } from '../addresses-in-words.ts';
import { needsLinking } from '../plain-parts.ts';
import { tidy } from './card-draft.ts';

/** @param parts in reading order, texts clean
 *  @param fits whether a card keeps the limits of the platform */
export function sayTextsOnCards(parts: readonly ReplyPart[], fits: (card: CardPart) => boolean): readonly ReplyPart[] {
  const said: ReplyPart[] = [];
  for (const part of parts) {
    const text = said.at(-1);
    const joint = text?.type === 'text' && part.type === 'card' ? saidOnCard(text, part) : undefined;
    if (joint !== undefined && fits(joint)) said[said.length - 1] = joint;
    else said.push(part);
  }
  return said;
}

export function hasWords({ title, description }: CardPart): boolean {
  return tidy(title) !== '' || tidy(description) !== '';
}

/** Not what is passed on, which nothing beside buttons can be, nor what holds a number or an address: on cards they are not linked, and only
 *  an address of a button need not be. */
function saidOnCard({ text, forwardable }: TextPart, card: CardPart): CardPart | undefined {
  if (card.buttons.length === 0 || hasWords(card) || forwardable === true) return undefined;
  const urls = card.buttons.flatMap((button) => (button.type === 'link' ? [button.url] : []));
  if (needsLinking(withoutAddresses(text, urls))) return undefined;
  return { ...card, description: text };
}
