/** Of an answer that is still being made: what is written so far, cut at a sentence, as a page of it with "이어서 보기". */
import type { OutboundMessage } from '../../channels/channel.ts';
import type { Reply, ReplyMode } from '../../message.ts';
import type { NewDelivery } from '../../storage/store.ts';
import { firstSentences, longestBeginning } from '../answering/sentences.ts';
import { enqueueDeliveries } from '../delivery/enqueue-deliveries.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { continueChoice, waitingReply } from '../texts.ts';
import type { ActiveTurn } from '../turn/active-turn.ts';
import { callbackDelivery, renderAnswer, unseenOf } from '../turn/finish-turn.ts';
import { WAITING_TEXT_POSITION } from './answer-pages.ts';
import { blockAcross, undividedBlocks } from './undivided-blocks.ts';

interface EarlyPage {
  readonly message: OutboundMessage;
  /** All that the customer has been shown of the answer with this page. */
  readonly shown: Shown;
}

type Shown = Pick<ActiveTurn, 'shownEarly' | 'shownAfterRestarts'>;

/** A heading, or a line that announces what is to come: nobody knows yet whether anything does. */
const LEAD_IN = /^\s*#{1,6}\s|[:：][*_]*$/;

export class EarlyPages {
  readonly #parts: Pick<GatewayParts, 'store' | 'queue' | 'clock' | 'newId'>;

  constructor(parts: Pick<GatewayParts, 'store' | 'queue' | 'clock' | 'newId'>) {
    this.#parts = parts;
  }

  /** The one callback: the first page, or the waiting text while no sentence is complete. What follows is held. */
  async post(turn: ActiveTurn): Promise<void> {
    const page = cutPage(turn, 'callback');
    const position = page === undefined ? WAITING_TEXT_POSITION : 0;
    const message = page?.message ?? renderAnswer(turn, waitingReply(turn.bot.waitingText, turn.id), 'callback')[0];
    const delivery = message === undefined ? undefined : callbackDelivery(turn, message, position, this.#parts);
    if (delivery === undefined || !(await this.#add(turn, delivery, page?.shown ?? turn))) return;
    await enqueueDeliveries(turn, this.#parts.clock.now(), this.#parts.queue);
  }

  /** The page at `position`, for a tap that cannot wait for the end of the answer: held, until the tap takes it. Nothing is done when
   *  there is such a page, or no new sentence for it. */
  async hold(turn: ActiveTurn, position: number): Promise<void> {
    while (turn.pageAdded !== undefined) await turn.pageAdded;
    // Whoever waits for a callback sees the answer there.
    if (turn.mode !== 'pickup' || turn.nextPosition !== position) return;
    if (turn.rendered !== undefined) {
      // The answer is there: only its commit is under way.
      await turn.settled;
      return;
    }
    const page = cutPage(turn, 'pickup');
    if (page === undefined) return;
    const { message, shown } = page;
    await this.#add(turn, { id: this.#parts.newId(), position, message, mode: 'pickup', state: 'held' }, shown);
  }

  /** Shown counts only what the store has: the answer, which waits for this, says the rest. */
  async #add(turn: ActiveTurn, delivery: NewDelivery, shown: Shown): Promise<boolean> {
    const { promise, resolve: added } = Promise.withResolvers<void>();
    turn.pageAdded = promise;
    try {
      const isAdded = await this.#parts.store.addDelivery(turn.id, delivery);
      if (isAdded) {
        turn.shownEarly = shown.shownEarly;
        turn.shownAfterRestarts = shown.shownAfterRestarts;
        turn.nextPosition = delivery.position + 1;
      }
      return isAdded;
    } finally {
      turn.pageAdded = undefined;
      added();
    }
  }
}

/** The longest beginning of what was not shown yet that one message has room for. Undefined while there is no new sentence, or only
 *  some of a block that may still fit as a whole. */
function cutPage(turn: ActiveTurn, mode: ReplyMode): EarlyPage | undefined {
  const written = turn.feed.text.trimStart();
  const { opening, text: fresh } = unseenOf(turn, written);
  const shownChars = written.length - fresh.length;
  const render = (text: string) => renderAnswer(turn, partialReply(turn, opening + text), mode);
  const fits = (beginning: string) => render(beginning).length === 1;
  const complete = firstSentences(fresh);
  const blocks = undividedBlocks(written);
  const isDivided = (length: number) => blockAcross(blocks, shownChars + length) !== undefined;
  const mayEndAt = (length: number) => !isDivided(length) && !LEAD_IN.test(lastLine(fresh.slice(0, length)));
  const isLineEnd = (length: number) => !isDivided(length) || fresh.charAt(length) === '\n';
  const whole = longestBeginning(complete, fits, mayEndAt);
  const text = whole !== '' || complete === '' || fits(complete) ? whole : longestBeginning(complete, fits, isLineEnd);
  const [message] = text === '' ? [] : render(text);
  if (message === undefined) return undefined;
  const shownEarly = written.slice(0, shownChars + text.length);
  return { message, shown: { shownEarly, shownAfterRestarts: turn.feed.restarts } };
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1);
}

function partialReply(turn: ActiveTurn, text: string): Reply {
  return {
    parts: [{ type: 'text', text, format: 'markdown' }],
    quickReplies: [continueChoice(turn.id, turn.nextPosition + 1)],
  };
}
