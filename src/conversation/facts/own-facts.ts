/** For engines that bring facts of their own: what they say goes out as it is, and they see the conversation as it was. */
import type { EngineRequest } from '../../engine/engine.ts';
import { type FactStream, type FactTable, restoreFacts } from './facts.ts';

export const unchangedStream: FactStream = {
  push: (delta) => ({ text: delta, instead: false }),
  end: () => ({ text: '', instead: false, removed: 0 }),
};

/** What the bot said earlier, without placeholders: nobody would put the wording back into the answer. */
export function withOwnWording(request: EngineRequest, facts: FactTable): EngineRequest {
  const history = request.history.map((message) =>
    message.role === 'assistant' ? { ...message, text: restoreFacts(message.text, facts).text } : message,
  );
  return { ...request, history };
}
