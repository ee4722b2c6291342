/** A webhook response has room for one event: what does not fit into it waits behind "이어서 보기". */
import type { RenderContext } from '../channel.ts';
import { splitText } from '../split-text.ts';
import { drawQuickReply } from './buttons.ts';
import { quickRepliesOf, withQuickReply } from './content.ts';
import { allInWords } from './in-words.ts';
import { BUBBLE_CHARS, MAX_BUBBLES, MAX_TEXT_CHARS } from './limits.ts';
import { gather, mergeContents } from './merge.ts';
import type { Button, SendContent } from './schema.ts';

type Sizes = Pick<RenderContext, 'turnId' | 'maxBubbles' | 'maxBubblesLater' | 'firstPosition'>;

/** One event a page; never empty. Only texts are divided: cards fit, or are told in words. */
export function paginate(contents: readonly SendContent[], sizes: Sizes): readonly SendContent[] {
  const { turnId, maxBubbles, maxBubblesLater = maxBubbles, firstPosition = 0 } = sizes;
  const whole = mergeContents(contents);
  if (!('textContent' in whole)) return [whole];
  const preferredChars = Math.max(1, maxBubblesLater) * BUBBLE_CHARS;
  const spareChars = preferredChars - Math.max(1, maxBubbles) * BUBBLE_CHARS;
  const texts = splitText(wordsOf(contents), { preferredChars, spareChars, maxChars: MAX_TEXT_CHARS });
  if (texts.length <= 1) return [whole];
  return texts.map((text, index) =>
    withQuickReply(
      { textContent: { text } },
      index === texts.length - 1 ? quickRepliesOf(whole) : continueButton(turnId, firstPosition + index + 1),
    ),
  );
}

/** What it takes of a response in which it may be put beside others, all of them told in words. */
export function roomOf(content: SendContent): number {
  return Math.min(MAX_BUBBLES, Math.ceil(wordsOf([content]).length / BUBBLE_CHARS));
}

function wordsOf(contents: readonly SendContent[]): string {
  const { imageUrls, texts, cards } = gather(contents);
  return allInWords(imageUrls, texts.join('\n\n'), cards);
}

function continueButton(turnId: string, position: number): readonly Button[] {
  const action = { kind: 'continue', turnId, position } as const;
  const button = drawQuickReply({ type: 'message', label: '이어서 보기', action });
  return button === undefined ? [] : [button];
}
