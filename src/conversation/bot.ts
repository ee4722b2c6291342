import type { Channel } from '../channels/channel.ts';
import type { Engine } from '../engine/engine.ts';
import type { ImageSource } from '../images/image-source.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import type { ChannelName } from '../message.ts';
import type { OperatorHook } from '../operator-hook/operator-hook.ts';
import type { AnswerCache } from './answering/answer-cache.ts';
import type { CostLimit } from './answering/cost-limit.ts';
import type { HistorySummarizer } from './answering/history-summarizer.ts';
import type { LookUpPolicy } from './answering/look-up-policy.ts';
import type { ToolUse } from './answering/tool-session.ts';
import type { HandoverPolicy } from './thread/policy.ts';
import type { QuietTime } from './turn/lane.ts';

/** One bot as the core sees it: settings as plain values, and its parts behind their ports. */
export interface Bot {
  readonly id: string;
  readonly name: string;
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  readonly knowledge: Knowledge;
  /** What most people ask: offered before the first question, and where nothing was found. */
  readonly topics: readonly { readonly id: string; readonly question: string }[];
  /** True while the bundled sample answers: said at start-up and on the chat page. */
  readonly usesSampleKnowledge: boolean;
  /** Tried in order; the last one is the safest. Never empty. */
  readonly engines: readonly Engine[];
  /** Absent: models may cost what they cost. */
  readonly costLimit?: CostLimit;
  /** Absent: every question is asked. */
  readonly answerCache?: AnswerCache;
  /** Gives the operator's own wording; used for `approved` and for questions that overtake. */
  readonly approvedEngine: Engine;
  /** Absent: photos of customers are not looked at. */
  readonly photos?: ImageSource;
  readonly answerMode: 'approved' | 'grounded' | 'free';
  readonly systemPrompt: string;
  readonly greeting: string;
  /** For pages that are read in English; empty: there is none. */
  readonly englishGreeting: string;
  /** Phone number and hours as the operator wrote them; may be empty. */
  readonly contact: string;
  readonly waitingText: string;
  readonly resetWords: readonly string[];
  readonly engineTotalMs: number;
  readonly historyTokens: number;
  readonly historyTurns: number;
  readonly conversationIdleMs: number;
  /** Absent: what no longer fits into the history is left out. */
  readonly summarizer?: HistorySummarizer;
  readonly greetingCooldownMs: number;
  /** Where messages that still wait may become one turn. */
  readonly quiet: QuietTime;
  readonly handover: HandoverPolicy;
  /** The operator's own systems. Absent: nobody approves payments or looks up orders. */
  readonly hook?: OperatorHook;
  /** Absent: models answer from what they are told. */
  readonly tools?: ToolUse;
  /** Absent: nothing is looked up. */
  readonly lookUp?: LookUpPolicy;
}
