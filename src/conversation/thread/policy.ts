import type { BusinessHours } from '../../platform/business-hours.ts';
import type { ThreadRules } from './thread.ts';

/** Why a conversation is given to human agents. */
export type HandoverReason = 'request' | 'failures' | 'low-confidence';

/** What the operator wants of handovers. */
export interface HandoverPolicy {
  readonly reasons: ReadonlySet<HandoverReason>;
  /** When agents are at work: outside of it nobody is given to them. */
  readonly hours: BusinessHours;
  /** What customers hear who want a person then; the hours are added. */
  readonly awayText: string;
  /** What they hear when one is called. */
  readonly waitingText: string;
  readonly rules: ThreadRules;
}
