import { describe } from 'vitest';
import { createTestChannel } from '../../../src/channels/test/index.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { channelContract } from '../../helpers/channel-contract.ts';
import { fixtureBytes, fixtureNames, webhookRequest } from '../../helpers/channel-requests.ts';

describe('the TEST channel', () => {
  channelContract({
    name: 'test',
    channel: createTestChannel({ botId: 'default', testSecret: 'test-secret', secrets: [], newId: randomId }),
    goodRequest: () =>
      webhookRequest(fixtureBytes('test/query.json'), { headers: { authorization: 'Bearer test-secret' } }),
    tampered: (good) => ({ ...good, headers: { ...good.headers, authorization: 'Bearer test' } }),
    corpus: fixtureNames('test').map(fixtureBytes),
    unknownFields: 'refused',
    modes: ['inline'],
    judgeMessage: () => [],
    judgeResponse: (response, outcome) => {
      const expected =
        outcome.kind === 'refused' ? outcome.error.httpStatus : outcome.kind === 'payment-refused' ? 404 : 200;
      const body = JSON.parse(response.body);
      const keys = expected === 200 ? ['Query', 'Answer', 'AnswerImageUrl'] : ['error'];
      return [...(response.status === expected ? [] : ['status']), ...keys.filter((key) => !(key in body))];
    },
  });
});
