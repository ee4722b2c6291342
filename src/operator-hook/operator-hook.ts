/** What the gateway asks the operator's own systems, and tells them: payments, look-ups, consent that was taken back. */
import type {
  ConversationRef,
  EpochMs,
  NamelessConversation,
  PaymentResult,
  Profile,
  ProfileField,
} from '../message.ts';

export type HookCall = {
  /** Equal ids are the same call again, whose first answer was lost. */
  readonly id: string;
  readonly at: EpochMs;
} & (
  | {
      /** A text in the answer goes to the customer. */
      readonly type: 'payment-settled';
      /** Nameless when the customer took consent back since; `payment` then says no more than which one and whether. */
      readonly conversation: ConversationRef | NamelessConversation;
      readonly payment: PaymentResult;
    }
  | ({ readonly conversation: ConversationRef } & (
      | { readonly type: 'payment-requested'; readonly payment: PaymentResult }
      /** `profile` is what the customer agreed to hand over. */
      | { readonly type: 'look-up'; readonly question: string; readonly profile: Profile }
      | { readonly type: 'profile-withdrawn'; readonly fields: readonly ProfileField[] }
    ))
);

export interface HookAnswer {
  /** Anything but `true` is a no. */
  readonly approve: boolean;
  /** For the customer; not masked yet. Empty when there is nothing to say. */
  readonly text: string;
  /** Why it was perhaps not meant as a no. For the log. */
  readonly unclear?: string;
}

/** The reason of a failure for want of time. */
export const TOO_LONG = 'it took too long';

export interface OperatorHook {
  /** @throws GatewayError `OPERATOR_HOOK_FAILED` for whatever is no clear answer in time; `details.reason` says what was wrong with what came */
  call(call: HookCall, timeoutMs: number): Promise<HookAnswer>;
  close(): Promise<void>;
}
