/** What comes back from a model, piece by piece. */
import type { EpochMs } from '../../message.ts';
import type { TokenUsage, ToolCall } from '../engine.ts';
import type { FilterVerdict } from './ai-filter.ts';

/** In order: any number of pieces, then exactly one `result`. */
export type ChatFrame =
  /** To append to the answer; never empty. */
  | { readonly type: 'text'; readonly text: string }
  /** To append to what the model thinks; may quote the prompt, so it is not for customers. Only for who asks for it. */
  | { readonly type: 'thinking'; readonly text: string }
  /** A call in the making, to show that something happens: the complete one stands in `result`. `argumentsText` is a piece of JSON
   *  and may be empty; `id` and `name` come with the first piece. */
  | {
      readonly type: 'tool-call-piece';
      readonly id?: string;
      readonly name?: string;
      readonly argumentsText: string;
    }
  | ChatResult;

/** The whole answer. */
export interface ChatResult {
  readonly type: 'result';
  readonly model: string;
  /** All text pieces together; never to be appended to them. Empty when thinking used up the maximum, or beside tool calls. */
  readonly text: string;
  readonly thinking?: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: {
    /** `filtered`: complete, and unfit by the threshold that was asked for. */
    readonly reason: 'stop' | 'length' | 'tool-calls' | 'filtered';
    /** In the service's words, which differ by version and now and then by case; absent when it said nothing. */
    readonly raw?: string;
  };
  readonly usage?: TokenUsage;
  /** Gives the same answer again, as far as the service can. */
  readonly seed?: number;
  readonly createdAt?: EpochMs;
  /** Empty unless it was asked for. */
  readonly aiFilter: readonly FilterVerdict[];
}
