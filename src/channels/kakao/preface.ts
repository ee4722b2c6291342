/** Words before a message that is rendered and stored already. */
import type { OutboundMessage } from '../channel.ts';
import { MAX_TEXT_CHARS } from './limits.ts';
import type { SkillResponse } from './schema.ts';

/** In the first bubble where that is text and has room for them, else in a bubble of their own while `spareBubbles` are left. */
export function prefaceMessage(message: OutboundMessage, text: string, spareBubbles: number): OutboundMessage {
  const wire = message.wire as SkillResponse;
  const [first, ...rest] = wire.template.outputs;
  const said = { ...message, text: `${text}\n\n${message.text}` };
  const joined = first !== undefined && 'simpleText' in first ? `${text}\n\n${first.simpleText.text}` : undefined;
  if (first !== undefined && 'simpleText' in first && joined !== undefined && joined.length <= MAX_TEXT_CHARS) {
    const outputs = [{ simpleText: { ...first.simpleText, text: joined } }, ...rest];
    return { ...said, wire: { ...wire, template: { ...wire.template, outputs } } };
  }
  if (spareBubbles < 1) return message;
  const outputs = [{ simpleText: { text } }, ...wire.template.outputs];
  return { ...said, wire: { ...wire, template: { ...wire.template, outputs } }, bubbles: message.bubbles + 1 };
}
