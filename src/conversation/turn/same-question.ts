import type { MessageReceived } from '../../message.ts';

/** Whether two messages of one conversation ask the same: words, button, pictures and what the platform made of them. Contexts do not
 *  count: their turns and seconds run down by themselves. */
export function isSameQuestion(one: MessageReceived, other: MessageReceived): boolean {
  return one.text === other.text && one.input === other.input && restOf(one) === restOf(other);
}

function restOf({ action, images, scenario }: MessageReceived): string {
  return JSON.stringify([action, images, scenario?.block?.id, scenario?.params]);
}
