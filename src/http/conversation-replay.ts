/** The conversation of a browser that came back: what it has not seen, then what still runs, in whatever process. */
import type { Bot } from '../conversation/bot.ts';
import { toGatewayError } from '../errors.ts';
import { conversationKey } from '../message.ts';
import type { Turn } from '../storage/store.ts';
import type { AppParts } from './app-parts.ts';
import type { EventStream, StreamedTurn } from './server-sent-events.ts';

/** Turns of one read of the store, and reads of one replay: a conversation of 500 turns is shown whole. */
const PAGE_TURNS = 50;
const MAX_PAGES = 10;

export interface SeenEvent {
  readonly sequence: number;
  readonly shown: number | 'end';
}

const SEEN_NOTHING: SeenEvent = { sequence: 0, shown: 'end' };

/** `Last-Event-ID`. Anything that we did not write counts as "has seen nothing". */
export function parseEventId(header: string | readonly string[] | undefined): SeenEvent {
  const match = /^(\d{1,9})\.(\d{1,9}|end)$/.exec(typeof header === 'string' ? header : '');
  if (match === null) return SEEN_NOTHING;
  return { sequence: Number(match[1]), shown: match[2] === 'end' ? 'end' : Number(match[2]) };
}

export class ConversationReplay {
  readonly #parts: Pick<AppParts, 'gateway' | 'store' | 'logger'>;
  readonly #bot: Bot;
  readonly #key: string;
  readonly #stream: EventStream;
  readonly #gone = new AbortController();
  readonly #shown = new Set<string>();
  readonly #awaited: string[] = [];

  /** @param user the id that the cookie carries */
  constructor(parts: Pick<AppParts, 'gateway' | 'store' | 'logger'>, bot: Bot, user: string, stream: EventStream) {
    this.#parts = parts;
    this.#bot = bot;
    this.#key = conversationKey({ botId: bot.id, channel: 'web', user });
    this.#stream = stream;
    stream.onClose(() => this.#gone.abort());
  }

  /** Ends the stream: in good order when all is said, early when something is still to come. Never rejects. */
  async run(seen: SeenEvent): Promise<void> {
    let isWhole = false;
    try {
      isWhole = await this.#replay(await this.#keptOf(seen));
    } catch (thrown) {
      // The head is out, so there is no status left to tell it with.
      const { code } = toGatewayError(thrown);
      this.#parts.logger.warn({ err: thrown, code, bot: this.#bot.id }, 'a conversation could not be shown again');
    }
    if (isWhole) this.#stream.end();
    else this.#stream.endEarly();
    await this.#parts.gateway.answersShown({
      conversationKey: this.#key,
      turnIds: this.#shown,
      awaited: this.#awaited,
    });
  }

  /** After a reset, in another tab perhaps, the turns that the browser shows are gone, and all that there is now is new to it. */
  async #keptOf(seen: SeenEvent): Promise<SeenEvent> {
    if (seen.sequence === 0) return seen;
    const [last] = await this.#parts.store.readTurns(this.#key, seen.sequence - 1, 1);
    if (last?.sequence === seen.sequence) return seen;
    this.#stream.forgotten(seen.sequence);
    return SEEN_NOTHING;
  }

  /** False when a turn is left that is still open. */
  async #replay(seen: SeenEvent): Promise<boolean> {
    let after = seen.shown === 'end' ? seen.sequence : seen.sequence - 1;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const turns = await this.#parts.store.readTurns(this.#key, after, PAGE_TURNS);
      for (const turn of turns) {
        if (!(await this.#replayTurn(turn, turn.sequence === seen.sequence ? seen.shown : 'end'))) return false;
        after = turn.sequence;
      }
      if (turns.length < PAGE_TURNS) break;
    }
    return true;
  }

  async #replayTurn(turn: Turn, shown: SeenEvent['shown']): Promise<boolean> {
    if (!this.#stream.isOpen) return false;
    if (turn.event.type !== 'message-received') return true;
    const described: StreamedTurn = {
      turnId: turn.id,
      sequence: turn.sequence,
      question: turn.event.text,
      receivedAt: turn.receivedAt,
    };
    if (shown === 'end') this.#stream.accepted(described);
    if (turn.reply !== undefined) {
      this.#sendAnswer(described, turn);
      return true;
    }
    const watched = await this.#parts.gateway.watchTurn(this.#bot, turn.id, this.#key, this.#gone.signal);
    if (watched.kind === 'open') return false;
    if (watched.kind === 'ended') {
      this.#sendAnswer(described, watched.turn);
    } else {
      const end = await this.#stream.follow(described, watched.feed, shown === 'end' ? 0 : shown);
      if (end === 'answered') this.#noteShown(turn.id);
      else if (end !== 'ended') return false;
    }
    if (this.#shown.has(turn.id)) this.#awaited.push(turn.id);
    return true;
  }

  #sendAnswer(described: StreamedTurn, turn: Turn | undefined): void {
    if (turn?.reply === undefined || turn.source === undefined || turn.answeredAt === undefined) return;
    this.#stream.answer(described, { reply: turn.reply, source: turn.source, answeredAt: turn.answeredAt });
    this.#noteShown(turn.id);
  }

  #noteShown(turnId: string): void {
    if (this.#stream.isOpen) this.#shown.add(turnId);
  }
}
