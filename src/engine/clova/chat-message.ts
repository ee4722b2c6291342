/** What a conversation with a model is made of, in our words, and how the service writes it. */

import { dataUrlOf } from '../../http-client/data-url.ts';
import type { EngineImage, ToolCall } from '../engine.ts';

/** Inline, or where the service finds it: public, and the path ends in a file extension. */
export type ChatImage = EngineImage | { readonly url: string };

/** Thinking is no part of a message: the service refuses to get it back. */
export type ChatMessage =
  | { readonly role: 'system'; readonly text: string }
  /** A second picture in one message is refused. */
  | { readonly role: 'user'; readonly text: string; readonly image?: ChatImage }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls?: readonly ToolCall[] }
  /** What a function gave back, usually JSON text. */
  | { readonly role: 'tool'; readonly toolCallId: string; readonly text: string };

/** One system message at most, before all others, and no empty text but beside tool calls: anything else is refused. */
export function toWireMessages(messages: readonly ChatMessage[]): readonly object[] {
  const system: string[] = [];
  const wire: object[] = [];
  for (const message of messages) {
    const isEmpty = message.text.trim() === '';
    if (message.role === 'system') {
      if (!isEmpty) system.push(message.text);
    } else if (!isEmpty || hasMoreThanText(message)) {
      wire.push(toWireMessage(message));
    }
  }
  return system.length === 0 ? wire : [{ role: 'system', content: system.join('\n\n') }, ...wire];
}

type SpokenMessage = Exclude<ChatMessage, { readonly role: 'system' }>;

function hasMoreThanText(message: SpokenMessage): boolean {
  switch (message.role) {
    case 'user':
      return message.image !== undefined;
    case 'assistant':
      return message.toolCalls !== undefined && message.toolCalls.length > 0;
    case 'tool':
      return true;
  }
}

function toWireMessage(message: SpokenMessage): object {
  const { role, text } = message;
  switch (role) {
    case 'tool':
      // A function that gives back nothing has worked; an empty text would be refused.
      return { role, toolCallId: message.toolCallId, content: text.trim() === '' ? 'null' : text };
    case 'assistant':
      return message.toolCalls === undefined || message.toolCalls.length === 0
        ? { role, content: text }
        : { role, content: text, toolCalls: message.toolCalls.map(toWireToolCall) };
    case 'user': {
      if (message.image === undefined) return { role, content: text };
      const picture = toWireImage(message.image);
      return { role, content: text.trim() === '' ? [picture] : [{ type: 'text', text }, picture] };
    }
  }
}

/** Arguments travel as an object here, not as JSON text as in OpenAI's API. */
function toWireToolCall({ id, name, arguments: args }: ToolCall): object {
  return { id, type: 'function', function: { name, arguments: args } };
}

function toWireImage(image: ChatImage): object {
  if ('url' in image) return { type: 'image_url', imageUrl: { url: image.url } };
  // Documented as base64 alone, refused without the prefix.
  return { type: 'image_url', dataUri: { data: dataUrlOf(image) } };
}
