/** What will not be answered any more: for operators, who may want to write to the customer themselves. */
import type { ConversationRef, EpochMs } from '../message.ts';

export interface DeadTurn {
  readonly turnId: string;
  readonly conversation: ConversationRef;
  readonly requestId: string;
  /** The number that a customer was given to name the question by. */
  readonly supportId?: string;
  readonly receivedAt: EpochMs;
  /** `failed`: there is not even an apology. `refused`: there is an answer, and the platform did not take all of it. */
  readonly reason: 'failed' | 'refused';
  /** Our error, or what the platform said. */
  readonly code?: string;
}

export interface DeadTurns {
  /** Of one bot, latest first. @param beforeTurnId goes on behind this one; nothing follows a turn that is not there any more */
  readDeadTurns(botId: string, limit: number, beforeTurnId?: string): Promise<readonly DeadTurn[]>;
}
