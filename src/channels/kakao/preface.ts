/** Words before a message that is rendered and stored already. */
import type { OutboundMessage } from '../channel.ts';
import { jsonSizeBytes } from './content.ts';
import { MAX_BUBBLE_BYTES, MAX_TEXT_CARD_CHARS, MAX_TEXT_CHARS } from './limits.ts';
import type { SkillOutput, SkillResponse } from './schema.ts';

/** In the first bubble where that begins with text and has room for them, else in a bubble of their own while `spareBubbles` are left. */
export function prefaceMessage(message: OutboundMessage, text: string, spareBubbles: number): OutboundMessage {
  const wire = message.wire as SkillResponse;
  const [first, ...rest] = wire.template.outputs;
  const said = { ...message, text: `${text}\n\n${message.text}` };
  const joined = first === undefined ? undefined : withTextBefore(first, text);
  if (joined !== undefined) {
    return { ...said, wire: { ...wire, template: { ...wire.template, outputs: [joined, ...rest] } } };
  }
  if (spareBubbles < 1) return message;
  const outputs = [{ simpleText: { text } }, ...wire.template.outputs];
  return { ...said, wire: { ...wire, template: { ...wire.template, outputs } }, bubbles: message.bubbles + 1 };
}

function withTextBefore(output: SkillOutput, text: string): SkillOutput | undefined {
  if ('simpleText' in output) {
    const joined = `${text}\n\n${output.simpleText.text}`;
    return joined.length <= MAX_TEXT_CHARS ? { simpleText: { ...output.simpleText, text: joined } } : undefined;
  }
  if (!('textCard' in output)) return undefined;
  const { title, description: own } = output.textCard;
  if (title !== undefined || own === undefined) return undefined;
  const description = `${text}\n\n${own}`;
  const textCard = { ...output.textCard, description };
  return description.length <= MAX_TEXT_CARD_CHARS && jsonSizeBytes(textCard) <= MAX_BUBBLE_BYTES
    ? { textCard }
    : undefined;
}
