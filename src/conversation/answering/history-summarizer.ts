import type { ConversationRef, EpochMs } from '../../message.ts';

export interface SummaryCall {
  readonly requestId: string;
  readonly conversation: ConversationRef;
  readonly closesAt: EpochMs;
  readonly signal: AbortSignal;
}

export interface HistorySummarizer {
  /** @param transcript masked, a line for each thing that was said; CLOVA Studio's summarisation would take a little more of it
   *  @throws GatewayError */
  summarize(transcript: string, call: SummaryCall): Promise<string>;
  close(): Promise<void>;
}
