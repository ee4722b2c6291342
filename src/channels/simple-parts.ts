/** Rich parts in the words of a channel that knows only text, images and cards; nothing that a customer could read is lost. */
import {
  type CardImage,
  type CardPart,
  type Choice,
  type ImagePart,
  partText,
  priceText,
  type ReplyPart,
  type TextPart,
} from '../message.ts';

export type SimplePart = TextPart | ImagePart | CardPart;
export type SimpleChoice = Extract<Choice, { type: 'message' | 'link' | 'phone' }>;

export function simpleParts(part: ReplyPart): readonly SimplePart[] {
  switch (part.type) {
    case 'text':
    case 'image':
    case 'card':
      return [part];
    case 'list': {
      const choices = part.items.flatMap((item) => item.choice ?? []);
      const description = partText({ ...part, title: '' });
      return [{ type: 'card', title: part.title, description, buttons: [...choices, ...part.buttons] }];
    }
    case 'details':
      return [{ ...imageOf(part), type: 'card', description: partText(part), buttons: part.buttons }];
    case 'product': {
      const seller = part.seller === undefined ? undefined : `판매자: ${part.seller.name}`;
      const description = [priceText(part), part.description, seller].filter(Boolean).join('\n');
      const title = part.title === undefined ? {} : { title: part.title };
      return [{ ...imageOf(part), ...title, type: 'card', description, buttons: part.buttons }];
    }
    case 'carousel': {
      const cards = part.cards.flatMap(simpleParts);
      return part.header === undefined ? cards : [{ type: 'card', ...part.header, buttons: [] }, ...cards];
    }
  }
}

function imageOf({ imageUrl, imageAltText, imageShape, imageLinkUrl }: CardImage): CardImage {
  return {
    ...(imageUrl === undefined ? {} : { imageUrl }),
    ...(imageAltText === undefined ? {} : { imageAltText }),
    ...(imageShape === undefined ? {} : { imageShape }),
    ...(imageLinkUrl === undefined ? {} : { imageLinkUrl }),
  };
}

/** Without what only the platform that it was made for can do: whoever cannot pick a date types it. */
export function simpleChoices(choice: Choice): readonly SimpleChoice[] {
  switch (choice.type) {
    case 'message':
    case 'link':
    case 'phone':
      return [choice];
    case 'block': {
      const { label, text, action } = choice;
      return [
        {
          type: 'message',
          label,
          ...(text === undefined ? {} : { text }),
          ...(action === undefined ? {} : { action }),
        },
      ];
    }
    case 'menu':
      return choice.choices.flatMap(simpleChoices);
    case 'share':
    case 'person':
    case 'pick-date':
    case 'pick-time':
    case 'pick-time-slot':
    case 'payment':
      return [];
  }
}

/** Where nothing unfolds, what is in a menu stands beside the other choices. */
export function withoutMenus(choices: readonly Choice[]): readonly Exclude<Choice, { type: 'menu' }>[] {
  return choices.flatMap((choice) => (choice.type === 'menu' ? withoutMenus(choice.choices) : [choice]));
}
