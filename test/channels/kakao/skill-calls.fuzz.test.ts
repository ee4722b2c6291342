/** Whatever a skill call holds, the answer is HTTP 200 with something that Kakao takes. 20,000 calls through the channel, from bytes
 *  to bytes; what lies between, the core, is fuzzed over HTTP with fewer in test/http. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { skillPayloadForms } from '../../../simulator/kakao/payload-forms.ts';
import type { InboundOutcome, WebhookRequest, WebhookResponse } from '../../../src/channels/channel.ts';
import { createKakaoChannel } from '../../../src/channels/kakao/index.ts';
import { validateSkillResponse } from '../../../src/channels/kakao/validate.ts';
import { maskMessage } from '../../../src/conversation/arrival/mask-message.ts';
import { GatewayError } from '../../../src/errors.ts';
import { type InboundEvent, textReply } from '../../../src/message.ts';
import { countingIds, webhookRequest } from '../../helpers/channel-requests.ts';
import { mutations, payloadMutant } from '../../helpers/payload-mutants.ts';

const RUNS = 20_000;

const errors: unknown[] = [];
const channel = createKakaoChannel({
  botId: 'default',
  secrets: [],
  callbackOrigins: ['https://bot-api.kakao.com'],
  inlineBudgetMs: 4_000,
  callbackBudgetMs: 50_000,
  waitingText: '잠시만요.',
  contact: '고객센터 02-000-0000',
  newId: countingIds(),
  logger: { debug() {}, info() {}, warn() {}, error: (...said) => void errors.push(said) },
});

/** The answer of a core that repeats what it was told, and its pictures. */
function outcomeOf(event: InboundEvent): InboundOutcome {
  if (event.type !== 'message-received') return { kind: 'accepted' };
  const masked = maskMessage(event, () => {});
  const { scenario, images = [] } = masked;
  const reply = textReply([masked.text, ...(scenario?.platformAnswers ?? []).map(({ answer }) => answer)].join('\n'));
  const pictures = images.map((url) => ({ type: 'image' as const, url }));
  const whole = { ...reply, parts: [...pictures, ...reply.parts] };
  const { conversation, id } = event;
  const messages = channel.render(whole, { turnId: id, conversation, mode: 'inline', maxBubbles: 3 }).slice(0, 1);
  return { kind: 'answered', messages };
}

function answer(request: WebhookRequest): WebhookResponse {
  try {
    channel.verify(request);
    const checked = channel.checkValue?.(request);
    if (checked !== undefined) return checked;
    const event = channel.parse(request);
    expect(JSON.parse(JSON.stringify(event))).toEqual(event);
    return channel.respond(outcomeOf(event));
  } catch (thrown) {
    // Anything else would be a fault of ours, logged as an error.
    if (!(thrown instanceof GatewayError) || thrown.httpStatus >= 500) throw thrown;
    return channel.respond({ kind: 'refused', error: thrown });
  }
}

function judge({ status, body }: WebhookResponse): void {
  expect(status).toBe(200);
  const response = JSON.parse(body);
  if (response.status === 'SUCCESS') expect(typeof response.value).toBe('string');
  else if (response.status !== 'IGNORE') expect(validateSkillResponse(response).faults).toEqual([]);
}

const payloads = skillPayloadForms('fuzz').map(({ payload }) => payload);

describe('any skill call', () => {
  it(`of ${RUNS} has a valid answer`, { timeout: 120_000 }, () => {
    let taken = 0;
    const purposes = fc.constantFrom(undefined, undefined, undefined, 'value-check' as const);
    fc.assert(
      fc.property(mutations(payloads), purposes, (mutated, purpose) => {
        const body = payloadMutant(mutated);
        const response = answer(webhookRequest(body, purpose === undefined ? {} : { purpose }));
        judge(response);
        taken += 1;
      }),
      { numRuns: RUNS },
    );
    expect(taken).toBeGreaterThanOrEqual(RUNS);
    expect(errors).toEqual([]);
  });
});
