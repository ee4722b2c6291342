import { describe } from 'vitest';
import { createKakaoChannel } from '../../../src/channels/kakao/index.ts';
import { validateSkillResponse } from '../../../src/channels/kakao/validate.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { channelContract } from '../../helpers/channel-contract.ts';
import { fixtureBytes, fixtureNames, webhookRequest } from '../../helpers/channel-requests.ts';

const channel = createKakaoChannel({
  botId: 'default',
  secrets: ['old-secret', 'new-secret'],
  callbackOrigins: ['https://bot-api.kakao.com'],
  inlineBudgetMs: 4_000,
  callbackBudgetMs: 50_000,
  waitingText: '답변을 준비하고 있습니다.',
  contact: '고객센터 02-000-0000',
  newId: randomId,
  logger: silentLogger,
});

describe('the Kakao channel', () => {
  channelContract({
    name: 'kakao',
    channel,
    goodRequest: () =>
      webhookRequest(fixtureBytes('kakao/typed.json'), { headers: { 'x-malgil-secret': 'new-secret' } }),
    tampered: (good) => ({ ...good, headers: { 'x-malgil-secret': 'new-secret ' } }),
    corpus: fixtureNames('kakao').map(fixtureBytes),
    unknownFields: 'tolerated',
    modes: ['inline', 'callback', 'pickup'],
    judgeMessage: (wire, context) => {
      const room = context.conversation.room === undefined ? 'channel' : 'group';
      const { faults, warnings } = validateSkillResponse(wire, { room });
      const { outputs } = (wire as { template: { outputs: unknown[] } }).template;
      return [
        ...faults,
        ...warnings,
        ...(outputs.length > context.maxBubbles ? ['more bubbles than there is room'] : []),
      ];
    },
    judgeResponse: (response, outcome) => {
      if (outcome.kind === 'refused' && outcome.error.code === 'INBOUND_UNVERIFIED') {
        return response.status === 401 ? [] : ['not 401'];
      }
      if (response.status !== 200) return ['not 200'];
      const { faults, warnings } = validateSkillResponse(JSON.parse(response.body));
      return [...faults, ...warnings];
    },
  });
});
