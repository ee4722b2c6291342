import type { EpochMs } from '../../message.ts';
import type { ThreadRules } from './thread.ts';

/** Why a conversation is given to human agents. */
export type HandoverReason = 'request' | 'failures' | 'low-confidence';

/** When agents are at work. */
interface AgentHours {
  isOpen(at: EpochMs): boolean;
  /** In words, for customers; empty when always open. */
  readonly text: string;
}

/** What the operator wants of handovers. */
export interface HandoverPolicy {
  readonly reasons: ReadonlySet<HandoverReason>;
  /** Outside of them nobody is given to agents. */
  readonly hours: AgentHours;
  /** What customers hear who want a person then; the hours are added. */
  readonly awayText: string;
  /** What they hear when one is called. */
  readonly waitingText: string;
  readonly rules: ThreadRules;
}
