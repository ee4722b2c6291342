/** What somebody who enters a room is told: the words of the engine that will answer, where it has some, else the bot's own. */
import type { GreetingRequest } from '../engine/engine.ts';
import { toGatewayError } from '../errors.ts';
import { type InboundEvent, type Reply, textReply } from '../message.ts';
import { type Clock, delay } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Bot } from './bot.ts';
import { enginesNow } from './cost-limit.ts';

export interface GreetingParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly eventLoopDelayMs: () => number;
}

/** Left of the response's time for drawing and sending. */
const MARGIN_MS = 200;
/** Where no response waits. */
const UNHURRIED_MS = 3_000;

/** Never rejects, and never takes longer than the response has. */
export async function greetingFor(bot: Bot, event: InboundEvent, parts: GreetingParts): Promise<Reply> {
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
  const greeting = await Promise.race([theirs, delay(clock, leftMs, over.signal)]);
  over.abort();
  return greeting ?? own;
}
