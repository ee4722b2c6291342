import type { ChatMessage } from '../clova/chat-message.ts';
import type { EngineRequest, ToolExchange } from '../engine.ts';
import { onePictureEach } from '../question-images.ts';

/** A customer's question with all that belongs to it, as a conversation. */
export function toChatMessages({
  systemPrompt,
  history,
  question,
  images = [],
  toolRounds = [],
}: EngineRequest): readonly ChatMessage[] {
  return [
    { role: 'system', text: systemPrompt },
    ...history,
    ...onePictureEach(question, images).map((said) => ({ role: 'user', ...said }) as const),
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
