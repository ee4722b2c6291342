import { describe, expect, it } from 'vitest';
import { createNaverChannel } from '../../../src/channels/naver/index.ts';
import { validateOutboundEvent } from '../../../src/channels/naver/validate.ts';
import { personReply } from '../../../src/conversation/texts.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { channelContract } from '../../helpers/channel-contract.ts';
import { fixtureBytes, fixtureNames, webhookRequest } from '../../helpers/channel-requests.ts';

const options = {
  botId: 'default',
  secrets: ['old-secret', 'new-secret'],
  baseUrl: 'https://gw.talk.naver.com',
  typing: true,
  synchronousBudgetMs: 900,
  newId: randomId,
  logger: silentLogger,
};
const channel = createNaverChannel({ ...options, authorization: 'key' });

it('offers an agent only where there is a key to call one with', () => {
  const conversation = { botId: 'default', channel: 'naver', user: 'u' } as const;
  const context = { turnId: 't', conversation, mode: 'inline', maxBubbles: 1 } as const;
  const reply = personReply('02-1234-5678');
  expect(JSON.stringify(channel.render(reply, context))).toContain('상담원 연결하기');
  const [message] = createNaverChannel(options).render(reply, context);
  expect(JSON.stringify(message?.wire)).not.toContain('상담원 연결하기');
  expect(message?.text).toContain('02-1234-5678');
});

describe('the TalkTalk channel', () => {
  channelContract({
    name: 'naver',
    channel,
    goodRequest: () => webhookRequest(fixtureBytes('naver/send-typing.json'), { pathSecret: 'old-secret' }),
    tampered: (good) => ({ ...good, pathSecret: 'old-secre' }),
    corpus: fixtureNames('naver').map(fixtureBytes),
    unknownFields: 'tolerated',
    modes: ['push', 'inline', 'pickup'],
    judgeMessage: (wire, context) => {
      const { faults, warnings } =
        context.mode === 'push'
          ? validateOutboundEvent({ ...(wire as object), user: 'AAECAwQFBgcICQoLDA0ODw' })
          : validateOutboundEvent(wire, { via: 'webhook-response' });
      return [...faults, ...warnings];
    },
    judgeResponse: (response, outcome) => {
      const expected = outcome.kind === 'payment-refused' ? 404 : 200;
      if (response.status !== expected) return [`not ${expected}`];
      if (response.body === '') return [];
      const { faults, warnings } = validateOutboundEvent(JSON.parse(response.body), { via: 'webhook-response' });
      return [...faults, ...warnings];
    },
  });
});
