/** What somebody who enters a room is told: the words of the engine that will answer, where it has some, else the bot's own. */
import type { Channel } from '../../channels/channel.ts';
import type { GreetingRequest } from '../../engine/engine.ts';
import { toGatewayError } from '../../errors.ts';
import { type InboundEvent, type Reply, textReply } from '../../message.ts';
import { atMost } from '../../platform/clock.ts';
import { enginesNow } from '../answering/cost-limit.ts';
import type { Bot } from '../bot.ts';
import { sayUnasked, type Unasked, type UnaskedParts } from '../delivery/say-unasked.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { type Handled, respond, say } from '../handled.ts';

type ConversationOpened = Extract<InboundEvent, { type: 'conversation-opened' }>;

type GreeterParts = GreetingParts & UnaskedParts & Pick<GatewayParts, 'threads' | 'sendBudget'>;

type GreetingParts = Pick<GatewayParts, 'clock' | 'logger' | 'eventLoopDelayMs'>;

/** Left of the response's time for drawing and sending. */
const MARGIN_MS = 200;
/** Whoever enters a room asked for nothing: without the store there is no greeting. */
const GREETING_STORE_MS = 500;
/** Where no response waits. */
const UNHURRIED_MS = 3_000;

export class Greeter {
  readonly #parts: GreeterParts;

  constructor(parts: GreeterParts) {
    this.#parts = parts;
  }

  /** Not while human agents own the room, and where a channel asks so once in a while only. */
  async greet(bot: Bot, channel: Channel, event: ConversationOpened): Promise<Handled> {
    if (bot.lookUp !== undefined && event.isUnder14 !== undefined) {
      this.#parts.store
        .saveUnder14(event.conversation, event.isUnder14, event.receivedAt)
        .catch((err) => this.#parts.logger.error({ err, bot: bot.id }, 'the age of a customer could not be kept'));
    }
    await this.#parts.threads.catchUp(event.conversation);
    if (!this.#parts.threads.maySpeak(bot, event.conversation)) return respond({ kind: 'accepted' });
    if (channel.greetsOncePerCooldown && !(await this.#claimGreeting(bot, event))) return respond({ kind: 'accepted' });
    const reply = await greetingFor(bot, event, this.#parts);
    return {
      ...say(channel, event, reply),
      flushed: async (_at, written) => {
        if (!written && channel.greetsOncePerCooldown) await this.#greetLate({ channel, event, reply });
      },
    };
  }

  /** Nobody got the response, and the next entry is not greeted again. */
  async #greetLate(greeting: Omit<Unasked, 'mode'>): Promise<void> {
    const { sendBudget, logger } = this.#parts;
    const { event } = greeting;
    const { botId: bot } = event.conversation;
    const mode = event.replyWindows.some((window) => window.mode === 'push') ? 'push' : 'pickup';
    // A broadcast brings thousands of entries at once: their greetings must not stand before answers.
    if (mode === 'push' && !sendBudget.tryReserve(bot)) {
      logger.info({ bot }, 'a greeting came too late for its response and is left out: answers go first');
      return;
    }
    try {
      await sayUnasked({ ...greeting, mode }, this.#parts);
    } catch (err) {
      logger.warn({ err, bot }, 'a greeting came too late for its response, and the store does not take it');
    }
  }

  async #claimGreeting(bot: Bot, event: InboundEvent): Promise<boolean> {
    const { store, clock, logger } = this.#parts;
    const claim = store
      .claimGreeting(event.conversation, clock.now(), bot.greetingCooldownMs)
      .catch((thrown: unknown) => {
        logger.warn({ bot: bot.id, code: toGatewayError(thrown).code }, 'nobody was greeted: the store is not there');
        return false;
      });
    return (await atMost(clock, GREETING_STORE_MS, claim)) ?? false;
  }
}

/** Never rejects, and never takes longer than the response has. */
async function greetingFor(bot: Bot, event: InboundEvent, parts: GreetingParts): Promise<Reply> {
  const { clock, logger, eventLoopDelayMs } = parts;
  const own = textReply(bot.greeting);
  const [engine] = enginesNow(bot);
  if (engine?.greet === undefined) return own;
  const inline = event.replyWindows.find((window) => window.mode === 'inline');
  const closesAt = (inline?.closesAt ?? clock.now() + UNHURRIED_MS) - MARGIN_MS - eventLoopDelayMs();
  const leftMs = closesAt - clock.now();
  if (leftMs <= 0) return own;
  const { requestId, conversation } = event;
  const request: GreetingRequest = { requestId, conversation, closesAt };
  const over = new AbortController();
  const theirs = engine.greet(request, over.signal).catch((thrown: unknown) => {
    const { code, details } = toGatewayError(thrown);
    logger.warn(
      { bot: bot.id, engine: engine.name, code, ...details },
      'an engine did not greet; the bot greeted itself',
    );
    return undefined;
  });
  const greeting = await atMost(clock, leftMs, theirs);
  over.abort();
  return greeting ?? own;
}
