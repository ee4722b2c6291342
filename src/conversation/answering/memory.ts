import type { HistoryMessage } from '../../engine/engine.ts';
import type { EpochMs } from '../../message.ts';
import { estimateTokens } from '../../platform/token-scale.ts';
import type { ConversationMemory, HistorySummary, RememberedTurn } from '../../storage/store.ts';

export interface MemoryLimits {
  readonly maxTokens: number;
  readonly maxTurns: number;
  /** A pause longer than this starts a new conversation. */
  readonly idleMs: number;
}

/** The youngest answered turns that fit the window, oldest first. `newestFirst` comes from the store. */
export function selectHistory(
  newestFirst: readonly RememberedTurn[],
  now: EpochMs,
  limits: MemoryLimits,
  countTokens: (text: string) => number = estimateTokens,
): HistoryMessage[] {
  const pairs: HistoryMessage[][] = [];
  let tokens = 0;
  let laterAt = now;
  for (const turn of newestFirst.slice(0, limits.maxTurns)) {
    const said = saidIn(turn);
    if (said.length === 0) continue;
    if (laterAt - turn.receivedAt > limits.idleMs) break;
    for (const { text } of said) tokens += countTokens(text);
    if (tokens > limits.maxTokens) break;
    pairs.push(said);
    laterAt = turn.receivedAt;
  }
  return pairs.reverse().flat();
}

/** What is remembered word by word since the last summary, newest first, and that summary; neither when a pause longer than `idleMs` lies
 *  between them. */
export function turnsInMemory(
  { recentTurns, summary }: ConversationMemory,
  now: EpochMs,
  idleMs: number,
): { readonly turns: readonly RememberedTurn[]; readonly summary?: HistorySummary } {
  const turns: RememberedTurn[] = [];
  let laterAt = now;
  for (const turn of recentTurns) {
    if (summary !== undefined && turn.sequence <= summary.throughSequence) break;
    if (laterAt - turn.receivedAt > idleMs) return { turns };
    turns.push(turn);
    laterAt = turn.receivedAt;
  }
  return summary === undefined || laterAt - summary.throughAt > idleMs ? { turns } : { turns, summary };
}

/** A question and its answer; one of them alone where human agents were at work, and where nothing was asked. */
export function saidIn({ event, answer }: RememberedTurn): HistoryMessage[] {
  if (event.type === 'message-echoed') {
    return event.text === undefined ? [] : [{ role: 'assistant', text: `(상담원) ${event.text}` }];
  }
  const answered: HistoryMessage[] = answer === undefined ? [] : [{ role: 'assistant', text: answer }];
  return event.type === 'message-received' ? [{ role: 'user', text: wordsOf(event) }, ...answered] : answered;
}

type RememberedMessage = Extract<RememberedTurn['event'], { type: 'message-received' }>;

/** A photo or a product has no words; without any it would fall out of the history, and its answer would stand alone. */
function wordsOf({ input, text, product, consent }: RememberedMessage): string {
  if (input === 'consent') return consent === 'declined' ? '(정보 제공에 동의하지 않음)' : '(정보 제공에 동의함)';
  if (input === 'product') return `(상품 문의) ${product?.name ?? ''}`.trimEnd();
  return input === 'image' ? `(사진) ${text}`.trimEnd() : text;
}

/** What the customer last said in words, unless the conversation has started anew since. */
export function lastWords(newestFirst: readonly RememberedTurn[], now: EpochMs, idleMs: number): string | undefined {
  let laterAt = now;
  for (const { event, receivedAt } of newestFirst) {
    if (laterAt - receivedAt > idleMs) return undefined;
    const isWords = event.type === 'message-received' && (event.input === 'typed' || event.input === 'tap');
    if (isWords && event.text.trim() !== '') return event.text;
    laterAt = receivedAt;
  }
  return undefined;
}

/** How many of the latest turns in a row ended without an answer. */
export function failuresInARow(newestFirst: readonly RememberedTurn[]): number {
  const firstAnswered = newestFirst.findIndex((turn) => turn.wasAnswered !== false);
  return firstAnswered === -1 ? newestFirst.length : firstAnswered;
}
