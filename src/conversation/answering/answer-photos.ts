/** A question that came with photos: seen and answered, or said kindly why not. */
import { GatewayError } from '../../errors.ts';
import type { Reply } from '../../message.ts';
import { systemAnswer } from '../fixed-answer.ts';
import { photoNotice, photoProblemReply, photoQuestion, somePhotosNotice } from '../texts.ts';
import type { TurnFeed } from '../turn/turn-feed.ts';
import { lastWords } from './memory.ts';
import { fetchPhotos, seeingEngines } from './photos.ts';
import { type Answer, answerQuestion, askEngines, type Question, type ResponderParts } from './respond.ts';

/** Words that came along are answered in any case.
 *  @throws GatewayError `TURN_CANCELLED` when the signal fires */
export async function answerPhotos(
  question: Question,
  addresses: readonly string[],
  feed: TurnFeed,
  signal: AbortSignal,
  parts: ResponderParts,
): Promise<Answer> {
  const { bot, turnId } = question;
  const { images, problem } = await fetchPhotos(bot, turnId, addresses, signal, parts.logger);
  if (signal.aborted) throw new GatewayError('TURN_CANCELLED', 'The turn was cancelled', { cause: signal.reason });
  if (images.length > 0) {
    const asked = { ...withWords(question, parts.clock.now()), images };
    const answer = await askEngines(seeingEngines(bot), asked, feed, signal, parts);
    if (answer !== undefined) {
      const missed = addresses.length - images.length;
      return missed > 0 ? withNotice(answer, somePhotosNotice(images.length, addresses.length)) : answer;
    }
  }
  const reason = images.length > 0 ? 'no-answer' : problem;
  if (question.text.trim() === '') {
    return systemAnswer(photoProblemReply(reason, bot.contact), reason === 'cannot-see');
  }
  return withNotice(await answerQuestion(question, feed, signal, parts), photoNotice(reason));
}

/** A photo alone mostly belongs to what was talked about last. */
function withWords(question: Question, now: number): Question {
  if (question.text.trim() !== '') return question;
  const { bot, memory } = question;
  const words = lastWords(memory.recentTurns, now, bot.conversationIdleMs);
  return { ...question, text: photoQuestion(words), searchText: words ?? '' };
}

function withNotice(answer: Answer, text: string): Answer {
  const { parts, ...rest } = answer.reply;
  const reply: Reply = { ...rest, parts: [{ type: 'text', text, format: 'plain' }, ...parts] };
  return { ...answer, reply };
}
