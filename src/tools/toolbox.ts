/** What the operator's tools owe the core: something to offer to a model, and what comes of its calls. */
import type { ToolDefinition } from '../engine/engine.ts';
import type { ConversationRef, EpochMs } from '../message.ts';

/** `refused`: the other side answered with a no. `failed`: it gave no usable answer. */
export type ToolOutcome = 'done' | 'bad-arguments' | 'unknown-tool' | 'refused' | 'failed' | 'timeout';

/** Why a call came to nothing: more than its outcome says, and no value. `connection`: nobody there, or it broke off. */
export type ToolReason =
  | `http-${number}`
  | 'content-type'
  | 'packed'
  | 'not-json'
  | 'refused-address'
  | 'connection'
  | 'too-many-calls'
  | 'unknown-placeholder';

export interface ToolResult {
  readonly outcome: ToolOutcome;
  readonly reason?: ToolReason;
  /** For the model: what the tool said, or why it said nothing. Bounded in size, not masked yet. */
  readonly text: string;
}

export interface ToolCallContext {
  readonly conversation: ConversationRef;
  /** Equal for the same call of the same question, so that one that is repeated after a crash can be told. */
  readonly callKey: string;
  readonly closesAt: EpochMs;
  readonly signal: AbortSignal;
}

export interface Toolbox {
  /** The same list every time; not empty. */
  readonly definitions: readonly ToolDefinition[];
  /** What a customer may be told while this tool works. */
  waitingText(name: string): string | undefined;
  /** Failures are results. @throws GatewayError `TURN_CANCELLED` when the signal fires */
  call(name: string, args: Readonly<Record<string, unknown>>, context: ToolCallContext): Promise<ToolResult>;
  close(): Promise<void>;
}
