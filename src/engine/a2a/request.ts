import type { EngineRequest } from '../engine.ts';
import type { Dialect } from './dialect.ts';
import type { AgentSession } from './session.ts';

/** One question, as it stays over all attempts to ask it. */
export interface Question {
  /** Agents may know a repeated question by it. */
  readonly messageId: string;
  readonly request: Pick<EngineRequest, 'requestId' | 'question' | 'history'>;
}

/** A JSON-RPC request, as text. */
export function rpcBody(id: string, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

/** What goes behind `message/send` and its likes. A context is named only when the agent gave it: clients must not invent one. */
export function sendParams(dialect: Dialect, question: Question, session: AgentSession, toldAgain: boolean): object {
  const { contextId, chatSessionId, taskId } = session;
  const { messageId, request } = question;
  const text = toldAgain ? withHistory(request) : request.question;
  // GOV sends one or the other; a task is found only together with its context.
  const namesContext = contextId !== undefined && (chatSessionId === undefined || taskId !== undefined);
  return {
    message: {
      ...(dialect.namesKinds && { kind: 'message' }),
      role: dialect.userRole,
      messageId,
      parts: [dialect.namesKinds ? { kind: 'text', text } : { text }],
      ...(namesContext && { contextId }),
      ...(taskId !== undefined && { taskId }),
    },
    ...(chatSessionId !== undefined && { metadata: { chat_session_id: chatSessionId } }),
  };
}

const SPEAKERS = { user: '고객', assistant: '상담봇' } as const;

/** For agents that keep no conversation, or have none of this customer: what was said so far, in front of the question. */
function withHistory({ history, question }: Question['request']): string {
  if (history.length === 0) return question;
  const lines = history.map(({ role, text }) => `${SPEAKERS[role]}: ${text}`);
  return `[지금까지의 대화]\n${lines.join('\n')}\n\n[고객의 질문]\n${question}`;
}
