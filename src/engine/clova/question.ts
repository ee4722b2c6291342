import type { EngineRequest, ToolExchange } from '../engine.ts';
import type { ChatMessage } from './chat-message.ts';

/** A customer's question with all that belongs to it, as a conversation. */
export function toChatMessages({
  systemPrompt,
  history,
  question,
  images = [],
  toolRounds = [],
}: EngineRequest): readonly ChatMessage[] {
  const lastImage = images.at(-1);
  return [
    { role: 'system', text: systemPrompt },
    ...history,
    // A second picture in a message is refused: every one but the last gets a message of its own, before the question.
    ...images.slice(0, -1).map((image, index) => {
      return { role: 'user', text: `(사진 ${index + 1}/${images.length})`, image } as const;
    }),
    { role: 'user', text: question, ...(lastImage !== undefined && { image: lastImage }) },
    ...toolRounds.flatMap(toMessages),
  ];
}

/** What the model asked for, as it said it, and a message for each result. */
function toMessages(round: readonly ToolExchange[]): readonly ChatMessage[] {
  return [
    { role: 'assistant', text: '', toolCalls: round.map(({ call }) => call) },
    ...round.map(({ call, result }) => ({ role: 'tool', toolCallId: call.id, text: result }) as const),
  ];
}
