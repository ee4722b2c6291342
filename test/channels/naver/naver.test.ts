import { describe } from 'vitest';
import { createNaverChannel } from '../../../src/channels/naver/index.ts';
import { validateOutboundEvent } from '../../../src/channels/naver/validate.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { channelContract } from '../../helpers/channel-contract.ts';
import { fixtureBytes, fixtureNames, webhookRequest } from '../../helpers/channel-requests.ts';

const channel = createNaverChannel({
  botId: 'default',
  secrets: ['old-secret', 'new-secret'],
  authorization: 'key',
  baseUrl: 'https://gw.talk.naver.com',
  typing: true,
  synchronousBudgetMs: 900,
  newId: randomId,
  logger: silentLogger,
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
