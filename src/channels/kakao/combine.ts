/** Messages that go out in one response: a held answer, the new one, the way to more. */
import { decodeTap, type TapAction } from '../../message.ts';
import type { OutboundMessage } from '../channel.ts';
import { behindFiller, fillerText } from '../fillers.ts';
import { asCard, withButtons } from './buttons.ts';
import { contentOf, jsonSizeBytes, toOutput } from './content.ts';
import {
  MAX_BUTTONS,
  MAX_GROUP_BUTTONS,
  MAX_OUTPUTS,
  MAX_QUICK_REPLIES,
  MAX_QUICK_REPLIES_BYTES,
  MAX_RESPONSE_BYTES,
  MAX_TEXT_CHARS,
  MAX_VALUES_BYTES,
} from './limits.ts';
import type { SkillAction, SkillOutput, SkillResponse } from './schema.ts';
import { fitValues } from './values.ts';

/** Kakao rejects a response without a bubble. */
export const NOTHING_TO_SAY_TEXT = '메시지를 잘 받았습니다. 궁금하신 점을 말씀해 주세요.';

/** At most three bubbles and 30 KB; when nothing is in the messages, a polite bubble. */
export function combineMessages(messages: readonly OutboundMessage[]): SkillResponse {
  const responses = messages.map((message) => message.wire as SkillResponse);
  const outputs = fitOutputs(responses.flatMap((response) => response.template.outputs));
  const quickReplies = mergeQuickReplies(responses.flatMap((response) => response.template.quickReplies ?? []));
  const shown =
    outputs.length > 0 ? outputs : textOutputs(quickReplies.length > 0 ? fillerText(false) : NOTHING_TO_SAY_TEXT);
  return {
    version: '2.0',
    template: { outputs: shown, ...(quickReplies.length === 0 ? {} : { quickReplies }) },
    ...mergeValues(responses),
  };
}

export function textResponse(text: string, quickReplies: readonly SkillAction[] = []): SkillResponse {
  const template = { outputs: textOutputs(text), ...(quickReplies.length === 0 ? {} : { quickReplies }) };
  return { version: '2.0', template };
}

function textOutputs(text: string): readonly SkillOutput[] {
  return [{ simpleText: { text } }];
}

/** Room for the quick replies, the values and the frame around them. */
const MAX_OUTPUTS_BYTES = MAX_RESPONSE_BYTES - MAX_QUICK_REPLIES_BYTES - MAX_VALUES_BYTES - 200;

/** The core leaves room, so this is the last resort: buttons move up, neighbouring texts join, then the tail goes, rather than
 *  that nothing is shown. */
function fitOutputs(all: readonly SkillOutput[]): readonly SkillOutput[] {
  const outputs = [...all];
  for (const join of [hangButtons, joinTexts]) {
    for (let i = 1; outputs.length > MAX_OUTPUTS && i < outputs.length; ) {
      const [first, second] = outputs.slice(i - 1, i + 1);
      const joined = first === undefined || second === undefined ? undefined : join(first, second);
      if (joined === undefined) i += 1;
      else outputs.splice(i - 1, 2, joined);
    }
  }
  const fitting = outputs.slice(0, MAX_OUTPUTS);
  while (fitting.length > 1 && jsonSizeBytes(fitting) > MAX_OUTPUTS_BYTES) fitting.pop();
  return fitting;
}

/** Where the second is a card that only offers ways on. */
function hangButtons(first: SkillOutput, second: SkillOutput): SkillOutput | undefined {
  if (!('textCard' in second) || behindFiller(second.textCard.description) !== '') return undefined;
  const card = asCard(contentOf(first));
  if (card === undefined) return undefined;
  const buttons = second.textCard.buttons ?? [];
  // Messages do not say in which room they are shown; more than three buttons are made for group rooms only.
  const isGroup = Math.max(buttons.length, card.body.buttons?.length ?? 0) > MAX_BUTTONS;
  const { content, rest } = withButtons(card, buttons, { maxButtons: isGroup ? MAX_GROUP_BUTTONS : MAX_BUTTONS });
  return rest.length === 0 ? toOutput(content) : undefined;
}

function joinTexts(first: SkillOutput, second: SkillOutput): SkillOutput | undefined {
  if (!('simpleText' in first && 'simpleText' in second)) return undefined;
  const text = `${first.simpleText.text}\n\n${second.simpleText.text}`;
  return text.length <= MAX_TEXT_CHARS ? { simpleText: { text } } : undefined;
}

/** The ways to an answer first (they are the only ones to it); the same offer only once, and of all that is to be read on the first:
 *  nobody could tell them apart, and where one answer ends the next is offered. */
function mergeQuickReplies(all: readonly SkillAction[]): readonly SkillAction[] {
  const sorted = [...all.filter(leadsToAnswer), ...all.filter((action) => !leadsToAnswer(action))];
  const distinct = new Map(sorted.map((action) => [JSON.stringify(action), action]));
  const merged: SkillAction[] = [];
  let sizeBytes = 0;
  let hasContinue = false;
  for (const [json, action] of distinct) {
    if (readsOn(action)) {
      if (hasContinue) continue;
      hasContinue = true;
    }
    sizeBytes += Buffer.byteLength(json) + 1;
    if (merged.length === MAX_QUICK_REPLIES || sizeBytes > MAX_QUICK_REPLIES_BYTES) break;
    merged.push(action);
  }
  return merged;
}

function readsOn(action: SkillAction): boolean {
  return tapOf(action)?.kind === 'continue';
}

function leadsToAnswer(action: SkillAction): boolean {
  const tap = tapOf(action);
  return tap !== undefined && 'turnId' in tap;
}

function tapOf(action: SkillAction): TapAction | undefined {
  return 'extra' in action ? decodeTap(action.extra?.malgil) : undefined;
}

/** The later message has the last word on a name. */
function mergeValues(responses: readonly SkillResponse[]): Pick<SkillResponse, 'context' | 'data'> {
  const named = responses
    .flatMap((response) => response.context?.values ?? [])
    .map((value) => [value.name, value] as const);
  const data = responses.flatMap((response) => response.data ?? []);
  if (named.length === 0 && data.length === 0) return {};
  // What is too much together has no turn to be logged with; each message alone fitted.
  return fitValues([...new Map(named).values()], Object.assign({}, ...data), () => {});
}
