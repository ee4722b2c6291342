/** A skill call of nobody, for a start that wants to be warm before the first one of somebody. */
import type { EpochMs } from '../../message.ts';
import type { WebhookRequest } from '../channel.ts';

const NOBODY = 'rehearsal';

/** @param kakaoBotId one that is expected, where any is */
export function rehearsalCall(utterance: string, receivedAt: EpochMs, kakaoBotId: string | undefined): WebhookRequest {
  const block = { id: NOBODY, name: NOBODY };
  const payload = {
    bot: { id: kakaoBotId ?? NOBODY, name: NOBODY },
    intent: block,
    action: { id: NOBODY, name: NOBODY, params: {}, detailParams: {}, clientExtra: {} },
    userRequest: {
      utterance,
      block,
      user: { id: NOBODY, type: 'botUserKey', properties: { botUserKey: NOBODY } },
      params: { surface: 'Kakaotalk.plusfriend' },
      timezone: 'Asia/Seoul',
      lang: 'ko',
    },
    contexts: [],
    flow: { trigger: { type: 'TEXT_INPUT' } },
  };
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(payload)),
    remoteAddress: '127.0.0.1',
    isLocal: true,
    receivedAt,
    requestId: NOBODY,
  };
}
