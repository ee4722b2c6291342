/** What a model said to somebody's first question, for the next one who asks the same. It belongs to one bot of this process, whose
 *  models and settings do not change as long as it is there; the prompt, with the knowledge that was found, is a part of the key. */
import { createHash } from 'node:crypto';
import type { EngineImage, EngineRequest } from '../../engine/engine.ts';
import type { AnswerSource, AskedProduct, EpochMs, Reply, Scenario, TapAction } from '../../message.ts';
import { PERSONAL_DATA_LABEL, placeholderOf } from '../../privacy/personal-data.ts';
import type { ConversationMemory } from '../../storage/store.ts';
import type { FactTable } from '../facts/facts.ts';

/** What of a question decides whether anybody could have asked it. */
interface Asked {
  readonly bot: { readonly tools?: unknown };
  /** Masked. */
  readonly text: string;
  readonly images?: readonly EngineImage[];
  readonly action?: TapAction;
  readonly scenario?: Scenario;
  readonly product?: AskedProduct;
  readonly memory: Pick<ConversationMemory, 'summary'>;
  readonly approvedOnly: boolean;
}

export interface CachedAnswer {
  readonly reply: Reply;
  readonly source: AnswerSource;
}

interface Kept extends CachedAnswer {
  readonly until: EpochMs;
}

const MAX_ANSWERS = 1_000;
const MASKED = (Object.keys(PERSONAL_DATA_LABEL) as (keyof typeof PERSONAL_DATA_LABEL)[]).map(placeholderOf);

export class AnswerCache {
  readonly #keepMs: number;
  readonly #kept = new Map<string, Kept>();

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** Another one that keeps as long: for a bot whose settings were changed. */
  emptied(): AnswerCache {
    return new AnswerCache(this.#keepMs);
  }

  read(key: string, now: EpochMs): CachedAnswer | undefined {
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > now) return { reply: kept.reply, source: kept.source };
    this.#kept.delete(key);
    return undefined;
  }

  write(key: string, { reply, source }: CachedAnswer, now: EpochMs): void {
    this.#kept.delete(key);
    const [oldest] = this.#kept.size >= MAX_ANSWERS ? this.#kept.keys() : [];
    if (oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, { reply, source, until: now + this.#keepMs });
  }
}

/** Equal for questions that may have one answer; `undefined` for those whose answer is for one customer alone.
 *  @param engine that is asked first */
export function cacheKey(
  question: Asked,
  engine: string,
  { systemPrompt, history, failuresInARow }: EngineRequest,
  { told: _, ...facts }: FactTable,
): string | undefined {
  const { bot, text, images, action, product, memory, approvedOnly } = question;
  const isAlone = images === undefined && action === undefined && product === undefined && !hasScenario(question);
  const isFirst = history.length === 0 && memory.summary === undefined && failuresInARow === 0;
  // What was masked may be the point of the question, and two customers' numbers look the same now.
  const isAnybodys = MASKED.every((placeholder) => !text.includes(placeholder));
  // A tool is asked for what holds at this moment.
  if (approvedOnly || bot.tools !== undefined || !isAlone || !isFirst || !isAnybodys) return undefined;
  const said = normalize(text);
  if (said === '') return undefined;
  return createHash('sha256')
    .update(JSON.stringify([engine, systemPrompt, facts, said]))
    .digest('base64');
}

/** The block alone only says where the customer stands. */
function hasScenario({ scenario }: Asked): boolean {
  const { params = {}, contexts = [], platformAnswers = [] } = scenario ?? {};
  return Object.keys(params).length + contexts.length + platformAnswers.length > 0;
}

/** Spelled otherwise, not said otherwise: no word is lost. */
function normalize(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/[\s.?!~…]+$/u, '')
    .trim();
}
