import type { Choice, Reply } from '../message.ts';
import { cleanText } from '../platform/clean-text.ts';
import { plainText } from './plain-text.ts';
import { type SimpleChoice, simpleChoices, simpleParts } from './simple-parts.ts';

export type PlainPart =
  | { readonly type: 'image'; readonly url: string; readonly altText?: string }
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'card';
      readonly title: string;
      readonly description: string;
      readonly imageUrl?: string;
      readonly buttons: readonly SimpleChoice[];
    };

/** A reply for chats without markup: images first (they load while the text is read), neighbouring texts joined,
 *  what is empty or cannot be shown left out. */
export function plainParts(reply: Reply): readonly PlainPart[] {
  const images: PlainPart[] = [];
  const others: PlainPart[] = [];
  for (const part of reply.parts.flatMap(simpleParts)) {
    if (part.type === 'image') {
      if (isHttpUrl(part.url)) images.push(part);
    } else if (part.type === 'text') {
      const text = plainText(part);
      const last = others.at(-1);
      if (text === '') continue;
      if (last?.type === 'text') others[others.length - 1] = { type: 'text', text: `${last.text}\n\n${text}` };
      else others.push({ type: 'text', text });
    } else {
      const { imageUrl } = part;
      others.push({
        type: 'card',
        title: cleanText(part.title ?? '').trim(),
        description: cleanText(part.description ?? '').trim(),
        ...(imageUrl !== undefined && isHttpUrl(imageUrl) ? { imageUrl } : {}),
        buttons: usableChoices(part.buttons),
      });
    }
  }
  return [...images, ...others];
}

function usableChoices(choices: readonly Choice[]): readonly SimpleChoice[] {
  return choices.flatMap(simpleChoices).filter(isUsable);
}

/** Whether a choice can be shown at all: platforms refuse the whole message for one bad link. */
export function isUsable(choice: SimpleChoice): boolean {
  if (cleanText(choice.label).trim() === '') return false;
  if (choice.type === 'link') return isHttpUrl(choice.url);
  return choice.type === 'message' || /\d/.test(choice.phoneNumber);
}

/** Longer addresses are real (signed ones), but a message has room for few of them. */
const MAX_URL_BYTES = 2_000;

export function isHttpUrl(url: string): boolean {
  return (
    Buffer.byteLength(url) <= MAX_URL_BYTES &&
    url.isWellFormed() &&
    /^https?:\/\/[^\s]+$/i.test(url) &&
    URL.canParse(url)
  );
}

/** Only plain text bubbles turn addresses and phone numbers into links; cards do not. */
export function needsLinking(text: string): boolean {
  return /https?:\/\/|www\.|\d{2,4}[-.) ]{1,2}\d{3,4}/i.test(text);
}
