/** The first of everything is slow: code is compiled, statements read their pages. A rehearsal before the first customer takes that
 *  on itself: all of a message's way that leaves no trace, in store, log and metrics. */
import type { Reply } from '../message.ts';
import type { Clock } from '../platform/clock.ts';
import { maskPersonalData } from '../privacy/mask.ts';
import type { Store } from '../storage/store.ts';
import { buildEngineRequest } from './answering/prompt.ts';
import { searchKnowledge } from './answering/respond.ts';
import type { Bot } from './bot.ts';
import { createFactStream } from './facts/facts.ts';
import { rehearseTurn } from './rehearse-turn.ts';

/** Names no conversation, turn or delivery: the store looks for it in vain. */
const NOBODY = 'rehearsal';

export interface RehearsalParts {
  readonly store: Store;
  readonly clock: Clock;
}

/** Asks no model: that costs money. Never rejects; what is wrong here will be so for a customer too, and is reported there. */
export async function rehearse(bot: Bot, { store, clock }: RehearsalParts): Promise<void> {
  const now = clock.now();
  // Nobody waits for the write: a start must not hang on a store that is busy.
  store.moveTurn(NOBODY, [], 'answering', now).catch(() => {});
  try {
    const { text } = maskPersonalData(bot.greeting);
    const { request, facts } = buildEngineRequest({
      bot,
      requestId: NOBODY,
      conversation: { botId: bot.id, channel: 'test', user: NOBODY },
      question: text,
      knowledge: searchKnowledge(bot, { text }),
      memory: await store.readMemory(NOBODY, 1, bot.historyTurns),
      now,
      closesAt: now,
    });
    const stream = createFactStream(facts);
    const said = `${stream.push(text).text}${stream.end().text}`;
    const answered: Reply[] = [{ parts: [{ type: 'text', text: said, format: 'markdown' }], quickReplies: [] }];
    for await (const part of bot.approvedEngine.answer(request, new AbortController().signal)) {
      if (part.type === 'reply') answered.push({ parts: part.parts, quickReplies: part.quickReplies });
    }
    for (const reply of answered) show(bot, reply);
    await rehearseTurn(bot, clock);
  } catch {
    return;
  }
}

function show(bot: Bot, reply: Reply): void {
  for (const channel of bot.channels.values()) {
    const conversation = { botId: bot.id, channel: channel.name, user: NOBODY };
    const maxBubbles = channel.maxBubblesPerResponse;
    const messages = channel.render(reply, { turnId: NOBODY, conversation, mode: 'inline', maxBubbles });
    channel.respond({ kind: 'answered', messages });
  }
}
