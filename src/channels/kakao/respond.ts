/** Outcome → the HTTP response of the skill call. Kakao shows the customer nothing at all for a status other than 200. */
import type { InboundOutcome, OutboundMessage, WebhookResponse } from '../channel.ts';
import { apologyFor } from './apology.ts';
import { MAX_OUTPUTS, MAX_QUICK_REPLIES, MAX_TEXT_CHARS } from './render.ts';
import type { SkillAction, SkillOutput, SkillResponse } from './schema.ts';

const MAX_RESPONSE_BYTES = 30_000;

/** Kakao rejects a response without a bubble. */
const NOTHING_TO_SAY_TEXT = '메시지를 잘 받았습니다. 궁금하신 점을 말씀해 주세요.';

/** @param waitingText for a promise that comes without words */
export function respondToSkill(outcome: InboundOutcome, waitingText: string): WebhookResponse {
  switch (outcome.kind) {
    case 'answered':
      return json(200, combineMessages(outcome.messages));
    case 'promised':
      // With `useCallback` a template is ignored: the text reaches the customer through {{#webhook.text}} in the console.
      return json(200, { version: '2.0', useCallback: true, data: { text: outcome.text || waitingText } });
    case 'accepted':
    case 'payment-refused':
      return json(200, textResponse(NOTHING_TO_SAY_TEXT));
    case 'refused':
      return outcome.error.code === 'INBOUND_UNVERIFIED'
        ? json(401, { error: { code: outcome.error.code, message: outcome.error.message } }) // the caller is not Kakao
        : json(200, textResponse(apologyFor(outcome.error)));
  }
}

/** Several messages as one response of at most three bubbles; one that is empty gets a polite bubble. */
export function combineMessages(messages: readonly OutboundMessage[]): SkillResponse {
  const responses = messages.map((message) => message.wire as SkillResponse);
  const outputs = fitOutputs(responses.flatMap((response) => response.template.outputs));
  if (outputs.length === 0) return textResponse(NOTHING_TO_SAY_TEXT);
  const quickReplies = mergeQuickReplies(responses.flatMap((response) => response.template.quickReplies ?? []));
  return { version: '2.0', template: { outputs, ...(quickReplies.length === 0 ? {} : { quickReplies }) } };
}

function textResponse(text: string): SkillResponse {
  return { version: '2.0', template: { outputs: [{ simpleText: { text } }] } };
}

/** The core leaves room, so this is the last resort: join neighbouring texts, then let the tail go rather than show nothing. */
function fitOutputs(all: readonly SkillOutput[]): readonly SkillOutput[] {
  const outputs = [...all];
  for (let i = 1; outputs.length > MAX_OUTPUTS && i < outputs.length; ) {
    const joined = joinTexts(outputs[i - 1], outputs[i]);
    if (joined === undefined) i += 1;
    else outputs.splice(i - 1, 2, joined);
  }
  const fitting = outputs.slice(0, MAX_OUTPUTS);
  while (fitting.length > 1 && Buffer.byteLength(JSON.stringify(fitting)) > MAX_RESPONSE_BYTES) fitting.pop();
  return fitting;
}

function joinTexts(first: SkillOutput | undefined, second: SkillOutput | undefined): SkillOutput | undefined {
  if (first === undefined || second === undefined || !('simpleText' in first && 'simpleText' in second))
    return undefined;
  const text = `${first.simpleText.text}\n\n${second.simpleText.text}`;
  return text.length <= MAX_TEXT_CHARS ? { simpleText: { text } } : undefined;
}

/** Our own taps first ("이어서 보기" is the only way to the rest of an answer); the same offer only once. */
function mergeQuickReplies(all: readonly SkillAction[]): readonly SkillAction[] {
  const isOwn = (action: SkillAction) =>
    action.action === 'message' && action.extra?.malgil.includes(':continue:') === true;
  const sorted = [...all.filter(isOwn), ...all.filter((action) => !isOwn(action))];
  const distinct = new Map(sorted.map((action) => [JSON.stringify(action), action]));
  return [...distinct.values()].slice(0, MAX_QUICK_REPLIES);
}

function json(status: number, body: unknown): WebhookResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}
