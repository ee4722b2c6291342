/** What a model owes the gateway: a stream of parts for one question. */
import type { Choice, ConversationRef, EpochMs, Reply, ReplyPart } from '../message.ts';

export interface HistoryMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** A knowledge entry offered as grounds; score 0..1, best first. */
export interface Ground {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly imageUrl?: string;
  readonly links: readonly { readonly label: string; readonly url: string }[];
  readonly score: number;
}

export type ImageMediaType = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/bmp';

/** A picture that a customer sent. Lives in memory only: never stored, never logged. */
export interface EngineImage {
  readonly mediaType: ImageMediaType;
  readonly bytes: Uint8Array;
}

/** Which pictures a model takes. */
export interface ImageLimits {
  readonly mediaTypes: readonly ImageMediaType[];
  /** With one question. */
  readonly maxCount: number;
  /** One picture. */
  readonly maxSizeBytes: number;
  /** All pictures of one question together. */
  readonly maxTotalBytes: number;
  readonly maxLongEdgePx: number;
  readonly minShortEdgePx: number;
  /** Long edge to short edge. */
  readonly maxAspectRatio: number;
}

/** A function that the operator offers to a model. */
export interface ToolDefinition {
  /** Letters, digits, `_` and `-`. */
  readonly name: string;
  /** The model chooses by it. */
  readonly description: string;
  /** JSON Schema of an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A model wants a function called. */
export interface ToolCall {
  /** The model's own name for this call. */
  readonly id: string;
  readonly name: string;
  /** As the model made them up: nobody has checked them. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** A call, and the text that came of it. */
export interface ToolExchange {
  readonly call: ToolCall;
  /** Masked, and bounded in size. */
  readonly result: string;
}

export interface EngineRequest {
  /** Sent upstream where the upstream takes one (`X-NCP-CLOVASTUDIO-REQUEST-ID`). */
  readonly requestId: string;
  /** Whose question it is, for engines that keep a session of their own. A customer's id never goes upstream as it is. */
  readonly conversation: ConversationRef;
  /** What this engine handed over with its latest answer in the conversation; absent when there is none, or it is forgotten. */
  readonly session?: string;
  /** Complete: persona, rules and grounds are already in it. */
  readonly systemPrompt: string;
  /** Oldest first, ends before the question, already trimmed to the token window. */
  readonly history: readonly HistoryMessage[];
  /** Masked. */
  readonly question: string;
  /** A button of this very engine was tapped: what the engine had put into it (`TapAction` of kind `engine`), byte for byte. `question`
   *  is what the tap shows as the customer's words. */
  readonly tapData?: string;
  /** Belong to the question, in the order in which they were sent; only for engines with `seesImages`, and within it. */
  readonly images?: readonly EngineImage[];
  /** What the model may call in this answer; only for engines with {@link Engine.callsTools}. Absent: it is to answer in words. */
  readonly tools?: readonly ToolDefinition[];
  /** What it has called for this question, oldest round first; the calls of a round were made together. */
  readonly toolRounds?: readonly (readonly ToolExchange[])[];
  readonly grounds: readonly Ground[];
  /** How sure retrieval is: `sure` = the first ground answers; `possible` = offer choices; `none`. */
  readonly confidence: 'sure' | 'possible' | 'none';
  /** How many turns in a row before this one ended without an answer. */
  readonly failuresInARow: number;
  /** An engine before this one failed or could not be asked: a little later it may know what this one does not. */
  readonly earlierFailed?: true;
  /** What a customer can always be given: phone number and hours, as the operator wrote them; may be empty. */
  readonly contact: string;
  /** End of this engine's share of the work, not of a reply window. */
  readonly closesAt: EpochMs;
  /** Later answers have to be fetched by the customer, so nothing is worth waiting for that would bring them later than this. Absent:
   *  they arrive by themselves all the same. */
  readonly wantedBy?: EpochMs;
  /** Another engine is asked instead when this one has not begun by then: its tries all together. Absent: nobody comes after it. Only
   *  an engine whose first token says that it is at work can keep to it. */
  readonly firstTokenBy?: EpochMs;
}

/** Who has entered a room, and until when a greeting is of use. */
export type GreetingRequest = Pick<EngineRequest, 'requestId' | 'conversation' | 'closesAt'>;

export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** A part of the completion. */
  readonly thinkingTokens?: number;
  /** Millionths of a won: engines know no prices, whoever stands before them may. */
  readonly costMicroWon?: number;
}

/** In order: any number of text deltas, at most one `reply`, which takes their place; `tool-calls` when the model wants something done
 *  before it answers; then exactly one `finished`. A stream that just ends is broken. */
export type EnginePart =
  /** A piece of Markdown-ish text to append. */
  | { readonly type: 'text-delta'; readonly text: string }
  /** A ready-made reply (FAQ); `groundIds` names the entries that it really used. */
  | {
      readonly type: 'reply';
      readonly parts: readonly ReplyPart[];
      readonly quickReplies: readonly Choice[];
      readonly groundIds: readonly string[];
      /** False for "I could not find it": counts as a failure for the next turn. */
      readonly answered: boolean;
      /** What else the engine says about its answer, as JSON values: shown to developers (TEST), never to customers. */
      readonly extra?: Readonly<Record<string, unknown>>;
    }
  /** Not empty. Text that came before it is no answer. */
  | { readonly type: 'tool-calls'; readonly calls: readonly ToolCall[] }
  | {
      readonly type: 'finished';
      readonly reason: 'stop' | 'length' | 'filtered' | 'tool-calls';
      readonly model?: string;
      readonly usage?: TokenUsage;
      /** Why it was filtered, or why there is nothing in it: for the log, with nothing personal. */
      readonly details?: Readonly<Record<string, string>>;
      /** Comes back as {@link EngineRequest.session} with the next question of the conversation, and expires with its memory. Nothing
       *  personal, at most {@link MAX_SESSION_CHARS}. */
      readonly session?: string;
    };

export interface AnswerCall {
  /** Sent along, so that the service's people can find it. */
  readonly requestId: string;
  /** End of all attempts together. */
  readonly closesAt: EpochMs;
  /** Cancelling it reaches the socket. */
  readonly signal: AbortSignal;
  /** As in {@link EngineRequest}. */
  readonly wantedBy?: EpochMs;
  /** As in {@link EngineRequest}. */
  readonly firstTokenBy?: EpochMs;
  /** Who asks, where several share a quota. */
  readonly botId?: string;
}

export const MAX_SESSION_CHARS = 2_000;

/** Everything but the methods is plain fields of its own, which wrappers copy. */
export interface Engine {
  readonly name: string;
  /** Whom it asks, for the log: two of one name may stand in a chain. Absent: it has no choice of models. */
  readonly model?: string;
  /** Absent: this engine cannot see. */
  readonly seesImages?: ImageLimits;
  /** The operator's own agent, with knowledge that the gateway does not see: its phone numbers and links are no inventions. */
  readonly bringsOwnFacts?: true;
  /** In how many ms most answers have been complete lately; `undefined` while that is not known. Absent: it calls nobody and answers at
   *  once. */
  readonly usualMs?: () => number | undefined;
  /** In how many ms most answers have begun lately; as {@link usualMs}. */
  readonly usualFirstTokenMs?: () => number | undefined;
  /** What a request may hold at most beside the room for the answer, in tokens. Absent: not known. */
  readonly window?: { readonly maxPromptTokens: number };
  /** Exact, of all texts together; a call of its own. Absent: nobody counts.
   *  @throws GatewayError `ENGINE_*` or `TURN_CANCELLED` */
  readonly countTokens?: (texts: readonly string[], call: AnswerCall) => Promise<number>;
  /** As near as is known what its model would count. */
  readonly estimateTokens?: (text: string) => number;
  /** Has texts counted that are like those to come, so that the estimates are right from the first question on. Never rejects. */
  readonly calibrate?: (texts: readonly string[], signal: AbortSignal) => Promise<void>;
  /** Absent: this engine calls no tools. */
  readonly callsTools?: true;
  /** Cancelling the signal must reach the socket.
   *  @throws GatewayError with an `ENGINE_*` code, at once or while iterating */
  answer(request: EngineRequest, signal: AbortSignal): AsyncIterable<EnginePart>;
  /** Its own words for somebody who enters a room, `undefined` when it has none set. Absent: an engine that only answers.
   *  @throws GatewayError with an `ENGINE_*` code */
  greet?(request: GreetingRequest, signal: AbortSignal): Promise<Pick<Reply, 'parts' | 'quickReplies'> | undefined>;
  close(): Promise<void>;
}
