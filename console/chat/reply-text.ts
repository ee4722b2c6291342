/** Replies as plain text. */
import { type Choice, partText, type Reply, type ReplyPart } from '../../src/message.ts';
import { safeImageUrl } from './links.ts';
import { plainTextOf } from './markdown.ts';
import { withoutOwnLinks } from './own-links.ts';

/** For the clipboard and for screen readers: every word, and every address and number that can be touched. */
export function readableText(reply: Reply): string {
  return joined(reply.parts.map(readablePart), '\n\n');
}

export function readablePart(part: ReplyPart): string {
  switch (part.type) {
    case 'text':
      return part.format === 'markdown' ? plainTextOf(part.text) : part.text;
    case 'image':
      return part.altText ?? '';
    case 'carousel': {
      const header = part.header === undefined ? '' : joined([part.header.title, part.header.description], '\n');
      return joined([header, ...part.cards.map(readablePart)], '\n\n');
    }
    case 'card':
      return joined([part.imageAltText, partText(withoutOwnLinks(part)), ...part.buttons.map(goalOf)], '\n');
    case 'details':
      return joined([part.imageAltText, partText(part), ...part.buttons.map(goalOf)], '\n');
    case 'product':
      return joined([part.seller?.name, partText(part), ...part.buttons.map(goalOf)], '\n');
    case 'list': {
      const rows = part.items.map(({ title, choice }) => (choice?.type === 'link' ? `${title}: ${choice.url}` : ''));
      return joined([partText(part), ...rows, ...part.buttons.map(goalOf)], '\n');
    }
  }
}

/** What is passed on: a picture goes as its address, which may be relative to `baseUrl`. */
export function sharedText(part: ReplyPart, baseUrl: string): string {
  const text = readablePart(part);
  const address = part.type === 'image' ? safeImageUrl(part.url) : undefined;
  return address === undefined ? text : joined([text, new URL(address, baseUrl).href], '\n');
}

function goalOf(choice: Choice): string {
  if (choice.type === 'link') return `${choice.label}: ${choice.url}`;
  return choice.type === 'phone' ? `${choice.label}: ${choice.phoneNumber}` : '';
}

function joined(lines: readonly (string | undefined)[], separator: string): string {
  return lines.filter(Boolean).join(separator);
}
