/** Answers with the operator's own wording, and otherwise says honestly what it can do. Asks nobody, so it never fails and never waits. */
import type { Choice, ReplyPart } from '../../message.ts';
import type { Engine, EnginePart, EngineRequest, Ground } from '../engine.ts';
import { offerEntries, PERSON_CHOICE } from './choices.ts';
import { foreignLanguageOf } from './language.ts';
import { detectSmallTalk } from './small-talk.ts';
import {
  CHOOSE_TEXTS,
  EXAMPLE_HINT,
  FOREIGN_PERSON_LABELS,
  FOREIGN_TEXTS,
  HAND_OVER_TEXTS,
  LATER_TEXTS,
  pickWording,
  REPHRASE_TEXTS,
  SMALL_TALK_TEXTS,
  topicsHint,
} from './texts.ts';

export interface FaqEngineOptions {
  /** Entries to offer to a customer whose question nothing fits: what most people ask. The first three are used. */
  readonly topics?: readonly { readonly id: string; readonly question: string }[];
}

type FaqReply = Extract<EnginePart, { type: 'reply' }>;

/** `answered` is false where the customer leaves without what was asked for. Offered choices count as an answer: the next
 *  tap gives it, and two rounds of choices in a row say different words. */
export function createFaqEngine(options: FaqEngineOptions = {}): Engine {
  const topics = options.topics ?? [];
  return {
    name: 'faq',
    async *answer(request, signal): AsyncGenerator<EnginePart> {
      if (signal.aborted) return;
      yield replyTo(request, topics);
      if (signal.aborted) return;
      yield { type: 'finished', reason: 'stop' };
    },
    async close() {},
  };
}

function replyTo(request: EngineRequest, topics: NonNullable<FaqEngineOptions['topics']>): FaqReply {
  const { question, confidence, grounds } = request;
  const [best] = grounds;
  const smallTalk = detectSmallTalk(question);
  // An operator may have an entry for "안녕하세요": then that wording is the greeting.
  const isAnswered = confidence === 'sure' && best !== undefined;
  if (isAnswered && (smallTalk === undefined || detectSmallTalk(best.question) !== undefined)) return answerFrom(best);
  if (smallTalk !== undefined) return talkBack(smallTalk, request);
  const language = foreignLanguageOf(question);
  if (language !== undefined) {
    return says([pickWording(FOREIGN_TEXTS[language], request.failuresInARow, lastSaid(request)), request.contact], {
      quickReplies: [{ ...PERSON_CHOICE, label: FOREIGN_PERSON_LABELS[language] }],
      answered: false,
    });
  }
  if (confidence !== 'none' && best !== undefined) return offerChoices(request);
  if (request.earlierFailed) return apologize(LATER_TEXTS, request.failuresInARow, request, topics);
  return request.failuresInARow === 0
    ? askToRephrase(request, topics)
    : apologize(HAND_OVER_TEXTS, request.failuresInARow - 1, request, topics);
}

function answerFrom(ground: Ground): FaqReply {
  const parts: ReplyPart[] = [];
  if (ground.imageUrl !== undefined) parts.push({ type: 'image', url: ground.imageUrl, altText: ground.question });
  parts.push({ type: 'text', text: ground.answer, format: 'plain' });
  if (ground.links.length > 0) {
    const buttons = ground.links.map(({ label, url }): Choice => ({ type: 'link', label, url }));
    // What TEST and the memory show of a card is its text; without the address there, they would not have it.
    const description = ground.links.map(({ label, url }) => `${label}: ${url}`).join('\n');
    parts.push({ type: 'card', description, buttons });
  }
  return { type: 'reply', parts, quickReplies: [], groundIds: [ground.id], answered: true };
}

function talkBack(kind: keyof typeof SMALL_TALK_TEXTS, request: EngineRequest): FaqReply {
  const text = pickWording(SMALL_TALK_TEXTS[kind], 0, lastSaid(request));
  const needsPerson = kind === 'upset' || kind === 'identity';
  return says(kind === 'upset' ? [text, request.contact] : [text], {
    quickReplies: needsPerson ? [PERSON_CHOICE] : [],
    answered: true,
  });
}

function offerChoices(request: EngineRequest): FaqReply {
  const choices = offerEntries(request.grounds);
  return says([pickWording(CHOOSE_TEXTS, 0, lastSaid(request))], {
    quickReplies: [...choices, PERSON_CHOICE],
    groundIds: request.grounds.slice(0, choices.length).map(({ id }) => id),
    answered: true,
  });
}

function askToRephrase(request: EngineRequest, topics: NonNullable<FaqEngineOptions['topics']>): FaqReply {
  const choices = offerEntries(topics);
  const hint = choices.length === 0 ? EXAMPLE_HINT : topicsHint(choices.map(({ label }) => label));
  return says([pickWording(REPHRASE_TEXTS, 0, lastSaid(request)), hint, request.contact], {
    quickReplies: [...choices, PERSON_CHOICE],
    answered: false,
  });
}

/** Beside the contact, what this engine does know may help. */
function apologize(
  wordings: readonly [string, ...string[]],
  turn: number,
  request: EngineRequest,
  topics: NonNullable<FaqEngineOptions['topics']>,
): FaqReply {
  const near = offerEntries(request.grounds);
  return says([pickWording(wordings, turn, lastSaid(request)), request.contact], {
    quickReplies: [...(near.length > 0 ? near : offerEntries(topics)), PERSON_CHOICE],
    answered: false,
  });
}

function lastSaid(request: EngineRequest): string {
  return request.history.findLast(({ role }) => role === 'assistant')?.text ?? '';
}

function says(
  paragraphs: readonly string[],
  rest: Pick<FaqReply, 'quickReplies' | 'answered'> & { readonly groundIds?: readonly string[] },
): FaqReply {
  const text = paragraphs.filter((paragraph) => paragraph.trim() !== '').join('\n\n');
  return { type: 'reply', parts: [{ type: 'text', text, format: 'plain' }], groundIds: [], ...rest };
}
