/** What an agent wants back with the next question of a conversation. */
import { objectOf } from './agent-event.ts';

export interface AgentSession {
  readonly contextId?: string;
  /** GOV's own: a number by its documents. */
  readonly chatSessionId?: number | string;
  /** A task that waits for the customer's next words. */
  readonly taskId?: string;
}

export const NO_SESSION: AgentSession = {};

export function isEmpty(session: AgentSession): boolean {
  return Object.keys(session).length === 0;
}

/** `undefined` when there is nothing to keep. */
export function encodeSession(session: AgentSession): string | undefined {
  return isEmpty(session) ? undefined : JSON.stringify(session);
}

/** What an earlier version wrote, and cannot be read any more, is no session. */
export function decodeSession(text: string | undefined): AgentSession {
  if (text === undefined) return NO_SESSION;
  let fields: Readonly<Record<string, unknown>> | undefined;
  try {
    fields = objectOf(JSON.parse(text));
  } catch {
    return NO_SESSION;
  }
  const { contextId, chatSessionId, taskId } = fields ?? {};
  return {
    ...(typeof contextId === 'string' && { contextId }),
    ...((typeof chatSessionId === 'number' || typeof chatSessionId === 'string') && { chatSessionId }),
    ...(typeof taskId === 'string' && { taskId }),
  };
}

const CHAT_SESSION_KEY = 'chat_session_id';
/** No answer of an agent hides it deeper; what looks into all of a large one costs more than the answer. */
const MAX_DEPTH = 5;
const MAX_LOOKED_AT = 2_000;

/** GOV does not say where in a response its session stands, so it is looked for level by level: the first one counts. */
export function findChatSessionId(response: unknown): number | string | undefined {
  let level: unknown[] = [response];
  let lookedAt = 0;
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      lookedAt += 1;
      if (lookedAt > MAX_LOOKED_AT) return undefined;
      const id = Array.isArray(value) ? undefined : readId((value as Record<string, unknown>)[CHAT_SESSION_KEY]);
      if (id !== undefined) return id;
      next.push(...Object.values(value));
    }
    level = next;
  }
  return undefined;
}

/** A number that came as text goes back as the number that the documents ask for, unless it would lose digits. */
function readId(value: unknown): number | string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'string' || !/^\d{1,40}$/.test(value)) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
