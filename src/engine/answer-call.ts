import type { AnswerCall, EngineRequest } from './engine.ts';

/** What the attempts at one answer need to know of its question. */
export function answerCall(
  { requestId, closesAt, wantedBy, firstTokenBy, conversation }: EngineRequest,
  signal: AbortSignal,
): AnswerCall & { readonly botId: string } {
  return {
    requestId,
    closesAt,
    signal,
    botId: conversation.botId,
    ...(wantedBy !== undefined && { wantedBy }),
    ...(firstTokenBy !== undefined && { firstTokenBy }),
  };
}
