/** Answers that need no knowledge and no model. */
import type { MessageReceived, Reply } from '../message.ts';
import { seeingEngines } from './answering/photos.ts';
import type { Answer } from './answering/respond.ts';
import { detectIntent } from './arrival/intent.ts';
import type { Bot } from './bot.ts';
import { personReply, photoProblemReply, resetReply, unsupportedInputReply } from './texts.ts';

/** @param wasAnswered false for apologies: the next turn then knows that this one failed */
export function systemAnswer(reply: Reply, wasAnswered: boolean): Answer {
  return {
    reply,
    source: { kind: 'system', engine: wasAnswered ? 'gateway' : 'none', entries: [] },
    wasAnswered,
    knowledgeMs: 0,
    engineMs: 0,
  };
}

/** A reset, a call for a person, a photo that nobody can look at: known before anybody is asked. */
export function fixedAnswer(bot: Bot, event: MessageReceived): Answer | undefined {
  const intent = detectIntent(event, bot);
  if (intent === 'reset') return systemAnswer(resetReply(), true);
  if (intent === 'person') return systemAnswer(personReply(bot.contact), true);
  // TalkTalk's own sentence stands in for a sticker: no words of the customer.
  if (event.text.trim() !== '' && event.input !== 'sticker') return undefined;
  // The question usually comes right behind the product.
  if (event.input === 'product' || event.input === 'consent') return undefined;
  // So may the words that belong to a photo, where messages are gathered.
  if (event.input === 'image' && event.replyWindows[0]?.mode === 'push') return undefined;
  if (event.input !== 'image' || seeingEngines(bot).length === 0) {
    return systemAnswer(unsupportedInputReply(event.input), true);
  }
  // The platform sent no address that could be read, or a restart came between.
  const isLost = event.images === undefined || event.images.length === 0;
  return isLost ? systemAnswer(photoProblemReply('lost', bot.contact), false) : undefined;
}

/** Words that somebody has to find an answer to. */
export function isQuestion(bot: Bot, event: MessageReceived): boolean {
  return event.action === undefined && fixedAnswer(bot, event) === undefined;
}
