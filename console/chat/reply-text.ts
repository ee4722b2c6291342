import { partText, type Reply } from '../../src/message.ts';
import { plainTextOf } from './markdown.ts';

/** The reply as plain text, for the clipboard and for screen readers. */
export function readableText(reply: Reply): string {
  return reply.parts
    .map((part) => {
      if (part.type === 'text') return part.format === 'markdown' ? plainTextOf(part.text) : part.text;
      if (part.type === 'image') return part.altText ?? '';
      const buttons = (part.type === 'carousel' ? [] : part.buttons).flatMap((button) => {
        if (button.type === 'link') return [`${button.label}: ${button.url}`];
        if (button.type === 'phone') return [`${button.label}: ${button.phoneNumber}`];
        return [];
      });
      return [partText(part), ...buttons].filter(Boolean).join('\n');
    })
    .filter((text) => text !== '')
    .join('\n\n');
}
