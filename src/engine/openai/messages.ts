/** A question with all that belongs to it, as a conversation. */

import { dataUrlOf } from '../../http-client/data-url.ts';
import type { EngineImage, EngineRequest, ToolExchange } from '../engine.ts';
import { onePictureEach } from '../question-images.ts';
import type { Dialect } from './dialect.ts';

type WirePart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

type WireMessage =
  | { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }
  | { readonly role: 'user'; readonly content: readonly WirePart[] }
  | { readonly role: 'assistant'; readonly content: string; readonly tool_calls: readonly object[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

/** One system message at most, before all others, and none without text or pictures: `null` and empty texts are refused by some. */
export function chatMessages(request: EngineRequest, dialect: Dialect): readonly WireMessage[] {
  const { systemPrompt, history, question, images = [], toolRounds = [] } = request;
  const said = dialect.onePictureEach
    ? onePictureEach(question, images).map(({ text, image }) => userMessage(text, image === undefined ? [] : [image]))
    : [userMessage(question, images)];
  const messages: readonly WireMessage[] = [
    { role: 'system', content: systemPrompt },
    ...history.map(({ role, text }) => ({ role, content: text })),
    ...said,
  ];
  const spoken = messages.filter(({ content }) => typeof content !== 'string' || content.trim() !== '');
  return [...spoken, ...toolRounds.flatMap(toolMessages)];
}

function userMessage(text: string, images: readonly EngineImage[]): WireMessage {
  if (images.length === 0) return { role: 'user', content: text };
  const pictures = images.map((image) => ({ type: 'image_url', image_url: { url: dataUrlOf(image) } }) as const);
  return { role: 'user', content: text.trim() === '' ? pictures : [{ type: 'text', text }, ...pictures] };
}

/** What the model asked for, as it said it, and a message for each result. */
function toolMessages(round: readonly ToolExchange[]): readonly WireMessage[] {
  return [
    {
      role: 'assistant',
      // `null`, which OpenAI itself writes here, was refused by CLOVA Studio.
      content: '',
      tool_calls: round.map(({ call: { id, name, arguments: args } }) => {
        return { id, type: 'function', function: { name, arguments: JSON.stringify(args) } };
      }),
    },
    ...round.map(
      ({ call, result }): WireMessage => ({
        role: 'tool',
        tool_call_id: call.id,
        // A function that gives back nothing has worked; an empty text would be refused.
        content: result.trim() === '' ? 'null' : result,
      }),
    ),
  ];
}
