/** Lets calls through as the quota of their account allows. */
import type { GatewayError } from '../errors.ts';
import type { EpochMs } from '../message.ts';

export interface GateCall {
  /** Estimated: the service counts them, and tells only afterwards. */
  readonly inputTokens: number;
  /** What is asked for at most. It counts as a whole, used or not. */
  readonly outputTokens: number;
  /** The bots that share an account take turns. */
  readonly botId: string;
  readonly closesAt: EpochMs;
  /** As in EngineRequest. */
  readonly wantedBy?: EpochMs;
  /** As in EngineRequest. */
  readonly firstTokenBy?: EpochMs;
  readonly signal: AbortSignal;
}

/** Told how the call went, for the next ones. */
export interface CallPass {
  /** @param promptTokens as counted by the service; `undefined` where it does not say */
  answered(promptTokens: number | undefined): void;
  failed(error: GatewayError): void;
}

export interface CallGate {
  /** `undefined` for a call that would have to wait, or can not. */
  tryEnter(call: GateCall): CallPass | undefined;
  /** Resolves when the call may be made.
   *  @throws GatewayError `ENGINE_NOT_ASKED` when that would be later than the call can wait; `TURN_CANCELLED` */
  enter(call: GateCall): Promise<CallPass>;
}
