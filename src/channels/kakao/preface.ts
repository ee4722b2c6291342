/** Words before a message that is rendered and stored already. */
import type { OutboundMessage } from '../channel.ts';
import { jsonSizeBytes } from './content.ts';
import { MAX_BUBBLE_BYTES, MAX_TEXT_CARD_CHARS, MAX_TEXT_CHARS, PREFERRED_TEXT_CHARS } from './limits.ts';
import type { SkillOutput, SkillResponse } from './schema.ts';

const BETWEEN = '\n\n';

/** To be left free in a first bubble of text, for words that may be put there later. */
export function spareCharsFor(preface: string | undefined): number {
  return preface === undefined ? 0 : preface.length + BETWEEN.length;
}

/** In the first bubble where that begins with text and has room for them, else in a bubble of their own while `spareBubbles` are left,
 *  else in a first text that is folded for it. */
export function prefaceMessage(message: OutboundMessage, text: string, spareBubbles: number): OutboundMessage {
  const wire = message.wire as SkillResponse;
  const [first, ...rest] = wire.template.outputs;
  const said = { ...message, text: `${text}${BETWEEN}${message.text}` };
  const maxChars = spareBubbles < 1 ? MAX_TEXT_CHARS : PREFERRED_TEXT_CHARS;
  const joined = first === undefined ? undefined : withTextBefore(first, text, maxChars);
  if (joined !== undefined) {
    return { ...said, wire: { ...wire, template: { ...wire.template, outputs: [joined, ...rest] } } };
  }
  if (spareBubbles < 1) return message;
  const outputs = [{ simpleText: { text } }, ...wire.template.outputs];
  return { ...said, wire: { ...wire, template: { ...wire.template, outputs } }, bubbles: message.bubbles + 1 };
}

/** @param maxChars of a text; a card has less room than that */
function withTextBefore(output: SkillOutput, text: string, maxChars: number): SkillOutput | undefined {
  if ('simpleText' in output) {
    const joined = `${text}${BETWEEN}${output.simpleText.text}`;
    return joined.length <= maxChars ? { simpleText: { ...output.simpleText, text: joined } } : undefined;
  }
  if (!('textCard' in output)) return undefined;
  const { title, description: own } = output.textCard;
  if (title !== undefined || own === undefined) return undefined;
  const description = `${text}${BETWEEN}${own}`;
  const textCard = { ...output.textCard, description };
  return description.length <= MAX_TEXT_CARD_CHARS && jsonSizeBytes(textCard) <= MAX_BUBBLE_BYTES
    ? { textCard }
    : undefined;
}
