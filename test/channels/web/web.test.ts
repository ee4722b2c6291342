import { describe } from 'vitest';
import { createWebChannel } from '../../../src/channels/web/index.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { channelContract } from '../../helpers/channel-contract.ts';
import { fixtureBytes, fixtureNames, webhookRequest } from '../../helpers/channel-requests.ts';

const cookie = 'theme=dark; malgil_web_default=AAECAwQFBgcICQoLDA0ODw';

describe('the WEB channel', () => {
  channelContract({
    name: 'web',
    channel: createWebChannel({ botId: 'default', secrets: ['page-secret'], newId: randomId }),
    goodRequest: () =>
      webhookRequest(fixtureBytes('web/query.json'), { headers: { cookie, 'x-malgil-secret': 'page-secret' } }),
    tampered: (good) => ({ ...good, headers: { ...good.headers, 'x-malgil-secret': 'page' } }),
    corpus: fixtureNames('web').map(fixtureBytes),
    unknownFields: 'refused',
    modes: ['inline', 'stream'],
    judgeMessage: () => [],
    judgeResponse: (response, outcome) => {
      const expected =
        outcome.kind === 'refused' ? outcome.error.httpStatus : outcome.kind === 'payment-refused' ? 404 : 200;
      const body = JSON.parse(response.body);
      const keys = expected === 200 ? ['Answer', 'AnswerImageUrl'] : ['error'];
      return [...(response.status === expected ? [] : ['status']), ...keys.filter((key) => !(key in body))];
    },
  });
});
