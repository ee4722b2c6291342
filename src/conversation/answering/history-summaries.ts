/** What no longer fits into the window is summed up once, behind a turn, and kept with the conversation: a long talk keeps its thread for
 *  the price of a call now and then. */
import { toGatewayError } from '../../errors.ts';
import type { EpochMs } from '../../message.ts';
import { maskPersonalData } from '../../privacy/mask.ts';
import type { ConversationMemory, HistorySummary, RememberedTurn } from '../../storage/store.ts';
import { withoutContacts } from '../facts/without-contacts.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import type { ActiveTurn } from '../turn/active-turn.ts';
import type { HistorySummarizer } from './history-summarizer.ts';
import { type MemoryLimits, saidIn, turnsInMemory } from './memory.ts';
import { limitsOf, tokenCounter } from './prompt.ts';

const MAX_TRANSCRIPT_CHARS = 30_000;
/** It stands before every question that follows. */
const MAX_SUMMARY_CHARS = 1_500;
const SUMMARY_MS = 30_000;
/** Customers' questions have the quota first. Who is turned away here comes again with the next turn. */
const MAX_AT_ONCE = 4;
/** What stays word by word is half of what may: a call sums up many turns, instead of one call for each. */
const KEPT_SHARE = 0.5;

interface Running {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

export class HistorySummaries {
  readonly #parts: Pick<GatewayParts, 'store' | 'clock' | 'logger'>;
  readonly #running = new Map<string, Running>();

  constructor(parts: Pick<GatewayParts, 'store' | 'clock' | 'logger'>) {
    this.#parts = parts;
  }

  /** After an answer; in the background. */
  keepUp(turn: ActiveTurn): void {
    const key = turn.conversationKey;
    const { summarizer } = turn.bot;
    const isForgotten = turn.abort.signal.aborted;
    if (turn.bot.costLimit?.isReached() === true) return;
    const isBusy = this.#running.has(key) || this.#running.size >= MAX_AT_ONCE;
    if (summarizer === undefined || isForgotten || isBusy) return;
    const abort = new AbortController();
    const done = this.#sumUp(turn, summarizer, abort.signal).finally(() => this.#running.delete(key));
    this.#running.set(key, { abort, done });
  }

  /** The conversation is being forgotten. */
  cancel(conversationKey: string): void {
    this.#running.get(conversationKey)?.abort.abort();
  }

  /** Resolves when nothing about the conversation is written any more. */
  async ended(conversationKey: string): Promise<void> {
    await this.#running.get(conversationKey)?.done;
  }

  /** The process stops. */
  stop(): void {
    for (const { abort } of this.#running.values()) abort.abort();
  }

  /** Never rejects: without a summary the oldest turns are simply left out. */
  async #sumUp(turn: ActiveTurn, summarizer: HistorySummarizer, signal: AbortSignal): Promise<void> {
    const { store, clock, logger } = this.#parts;
    const { bot, conversationKey: key } = turn;
    try {
      const memory = await store.readMemory(key, Number.MAX_SAFE_INTEGER, bot.historyTurns);
      const work = planSummary(memory, clock.now(), limitsOf(bot), tokenCounter(bot));
      if (work === undefined || signal.aborted) return;
      const closesAt = clock.now() + SUMMARY_MS;
      const { conversation } = turn.event;
      const call = { requestId: `${turn.id}-summary`, conversation, closesAt, signal };
      const said = await summarizer.summarize(work.transcript, call);
      const text = withoutContacts(maskPersonalData(said).text).trim().slice(0, MAX_SUMMARY_CHARS).toWellFormed();
      if (signal.aborted || text === '') return;
      await store.saveSummary(key, { text, ...work.through });
    } catch (thrown) {
      if (signal.aborted) return;
      const { code } = toGatewayError(thrown);
      logger.warn({ turn: turn.id, bot: bot.id, code }, 'a long conversation could not be summed up');
    }
  }
}

interface SummaryWork {
  readonly transcript: string;
  readonly through: Omit<HistorySummary, 'text'>;
}

/** Undefined while everything since the last summary still fits. */
function planSummary(
  memory: ConversationMemory,
  now: EpochMs,
  limits: MemoryLimits,
  countTokens: (text: string) => number,
): SummaryWork | undefined {
  if (limits.maxTokens === 0 || limits.maxTurns === 0) return undefined;
  const { turns, summary } = turnsInMemory(memory, now, limits.idleMs);
  const sizes = turns.map((turn) => saidIn(turn).reduce((sum, { text }) => sum + countTokens(text), 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= limits.maxTokens && turns.length < limits.maxTurns) return undefined;
  let kept = 0;
  let keptTokens = 0;
  for (const size of sizes) {
    keptTokens += size;
    if (keptTokens > limits.maxTokens * KEPT_SHARE || kept + 1 > limits.maxTurns * KEPT_SHARE) break;
    kept += 1;
  }
  const [youngest] = turns.slice(kept);
  if (youngest === undefined) return undefined;
  return {
    transcript: transcriptOf(turns.slice(kept).reverse(), summary),
    through: { throughSequence: youngest.sequence, throughAt: youngest.receivedAt },
  };
}

/** Oldest first; of what is too long the end. */
function transcriptOf(turns: readonly RememberedTurn[], earlier: HistorySummary | undefined): string {
  const lines = turns
    .flatMap(saidIn)
    .map(({ role, text }) => `${role === 'user' ? '고객' : '상담'}: ${withoutContacts(text)}`);
  const before = earlier === undefined ? '' : `지금까지의 요약: ${earlier.text}\n\n`;
  return `${before}${lines.join('\n').slice(-(MAX_TRANSCRIPT_CHARS - before.length))}`.toWellFormed();
}
