/** A link that stands on a button is not said a second time: the words keep their sentence, the button has the address. */
import type { CardPart, Choice, Reply, ReplyPart } from '../message.ts';
import { type Link, mentions, withoutLinks } from './addresses-in-words.ts';
import { isUsable } from './plain-parts.ts';
import { plainText } from './plain-text.ts';

interface ChatOptions {
  /** The longest address that the chat links in the texts of this reply; 0 where they may end up where it links nothing. What is linked
   *  and cannot be taken out of its sentence stays there, and its button goes. UTF-16 units. */
  readonly maxLinkedChars: number;
  /** Whether a card becomes one. Where it does not, its words are a text, which keeps its addresses. */
  readonly becomesCard?: (card: CardPart) => boolean;
  /** Also where the words cannot do without the address: for words that stand on a card with their button, where they are not linked. */
  readonly keepsButtons?: boolean;
}

export function withoutRepeatedLinks(
  reply: Reply,
  { maxLinkedChars, becomesCard = () => true, keepsButtons = false }: ChatOptions,
): Reply {
  const links = linksIn(reply);
  if (links.length === 0) return reply;
  const texts: string[] = [];
  const parts = reply.parts.map((part): ReplyPart => {
    if (part.type === 'text') {
      const text = withoutLinks(plainText(part), links);
      texts.push(text);
      return { ...part, text, format: 'plain' };
    }
    if (part.type !== 'card' || part.description === undefined) return part;
    const card = { ...part, description: withoutLinks(part.description, linksOf(part.buttons)) };
    if (becomesCard(card)) return card;
    texts.push(part.description);
    return part;
  });
  if (keepsButtons) return { ...reply, parts };
  const isNews = (choice: Choice) =>
    choice.type !== 'link' || choice.url.length > maxLinkedChars || !texts.some((text) => mentions(text, choice.url));
  return {
    ...reply,
    parts: parts.map((part) => (part.type === 'card' ? { ...part, buttons: part.buttons.filter(isNews) } : part)),
    quickReplies: reply.quickReplies.filter(isNews),
  };
}

/** On all its buttons. */
export function linksIn({ parts, quickReplies }: Reply): readonly Link[] {
  return linksOf([...parts.flatMap(choicesOf), ...quickReplies]);
}

function choicesOf(part: ReplyPart): readonly Choice[] {
  if (part.type === 'text' || part.type === 'image') return [];
  if (part.type === 'carousel') return part.cards.flatMap((card: ReplyPart) => choicesOf(card));
  return part.buttons;
}

/** Of links that are shown: whatever else there is of an address stays in the words. */
function linksOf(choices: readonly Choice[]): readonly Link[] {
  return choices.flatMap((choice): readonly Link[] => {
    if (choice.type === 'menu') return linksOf(choice.choices);
    return choice.type === 'link' && isUsable(choice) ? [choice] : [];
  });
}
