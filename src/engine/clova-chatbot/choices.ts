/** The chatbot's buttons as ours. Source: https://api.ncloud-docs.com/docs/en/ai-application-service-chatbot-action (read 2026-11-22) */

import { fieldsOf, listOf, textOf } from '../../http-client/answer-fields.ts';
import type { Choice } from '../../message.ts';
import { webAddress } from './link.ts';
import type { ChatbotQuestion } from './request.ts';
import type { TapData } from './tap-data.ts';
import { wordsOf } from './words.ts';

/** Name of the engine, as its taps carry it. */
export const ENGINE_NAME = 'clova-chatbot';

/** For a button of which nothing at all tells what it is for. */
const NAMELESS = '선택';

/** `undefined` for an action that nobody could follow here.
 *  @param title what is written on the button; buttons over a picture have nothing */
export function toChoice(action: unknown, title: string | undefined, taps: TapData): Choice | undefined {
  const { type, data: rawData } = fieldsOf(action);
  const data = fieldsOf(rawData);
  // The postback of an utterance is for the machine; of a postback, it is what the customer sees.
  const label = title ?? labelIn(type === 'utterance' ? { ...data, postback: undefined } : data);
  switch (type) {
    case 'postback': {
      const shown = wordsOf(data.postback);
      // Forms go on by the full one only.
      const payload = textOf(data.postbackFull) ?? textOf(data.postback);
      return say(label, shown, payload === undefined ? undefined : { event: 'send', text: payload }, taps);
    }
    case 'utterance': {
      const payload = textOf(data.postback) ?? textOf(data.text);
      return say(label, wordsOf(data.text), payload === undefined ? undefined : { event: 'send', text: payload }, taps);
    }
    case 'welcome': {
      const payload = textOf(data.postback);
      return say(label, undefined, payload === undefined ? { event: 'open' } : { event: 'open', text: payload }, taps);
    }
    case 'link':
      return linkTo(wordsOf(data.mobileUrl) ?? wordsOf(data.url), label);
    case 'phone': {
      const phoneNumber = wordsOf(data.number);
      return phoneNumber === undefined ? undefined : { type: 'phone', label, phoneNumber };
    }
    default:
      return undefined;
  }
}

/** A button component; `undefined` for anything else. */
export function toButton(component: unknown, taps: TapData): Choice | undefined {
  const { type, title, data } = fieldsOf(component);
  return type === 'button' ? toChoice(fieldsOf(data).action, wordsOf(title), taps) : undefined;
}

export function toButtons(components: unknown, taps: TapData): readonly Choice[] {
  return distinct(listOf(components).flatMap((component) => toButton(component, taps) ?? []));
}

/** A link line, or an action that opens something. */
export function linkTo(written: string | undefined, label: string | undefined): Choice | undefined {
  const phoneNumber = /^tel:(.+)$/i.exec(written ?? '')?.[1];
  if (phoneNumber !== undefined) return { type: 'phone', label: label ?? phoneNumber, phoneNumber };
  const url = webAddress(written);
  return url === undefined ? undefined : { type: 'link', label: label ?? new URL(url).hostname, url };
}

/** The same button once. */
export function distinct(choices: readonly Choice[]): readonly Choice[] {
  return [...new Map(choices.map((choice) => [JSON.stringify(choice), choice])).values()];
}

/** Whether a touch of both does the same, whatever is written on them. */
export function doesTheSame(one: Choice, other: Choice): boolean {
  return JSON.stringify({ ...one, label: '' }) === JSON.stringify({ ...other, label: '' });
}

function say(
  label: string,
  shown: string | undefined,
  question: Extract<ChatbotQuestion, { event: 'send' | 'open' }> | undefined,
  taps: TapData,
): Choice {
  const data = question === undefined ? undefined : taps.encode(question);
  return {
    type: 'message',
    label,
    ...(shown === undefined || shown === label ? {} : { text: shown }),
    ...(data === undefined ? {} : { action: { kind: 'engine', engine: ENGINE_NAME, data } }),
  };
}

/** `displayText` is what one public client reads; no document has it. */
function labelIn(data: Readonly<Record<string, unknown>>): string {
  const url = webAddress(wordsOf(data.mobileUrl) ?? wordsOf(data.url));
  return (
    wordsOf(data.displayText) ??
    wordsOf(data.postback) ??
    wordsOf(data.text) ??
    wordsOf(data.name) ??
    (url === undefined ? undefined : new URL(url).hostname) ??
    NAMELESS
  );
}
