import { describe, expect, it } from 'vitest';
import { createKakaoChannel, type KakaoChannelOptions } from '../../../src/channels/kakao/index.ts';
import { validateSkillResponse } from '../../../src/channels/kakao/validate.ts';
import { type Choice, type TapAction, textReply } from '../../../src/message.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { channelContract } from '../../helpers/channel-contract.ts';
import { fixtureBytes, fixtureNames, webhookRequest } from '../../helpers/channel-requests.ts';

const options: KakaoChannelOptions = {
  botId: 'default',
  secrets: ['old-secret', 'new-secret'],
  callbackOrigins: ['https://bot-api.kakao.com'],
  inlineBudgetMs: 4_000,
  callbackBudgetMs: 50_000,
  waitingText: '답변을 준비하고 있습니다.',
  contact: '고객센터 02-000-0000',
  newId: randomId,
  logger: silentLogger,
};
const channel = createKakaoChannel(options);

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

it.each([
  [undefined, 'channel', false],
  ['none', 'channel', false],
  ['operator', 'channel', true],
  ['operator', 'group', false],
  [{ blockId: '62654c249ac8ed78441532de' }, 'group', true],
] as const)('person button %j in a %s: is a person offered beside an apology? %s', (personButton, room, isOffered) => {
  const choose = (label: string, action: TapAction): Choice => ({ type: 'message', label, action });
  const reply = {
    ...textReply('지금은 답변을 드리기 어려워요.\n\n고객센터 02-000-0000'),
    quickReplies: [
      choose('상담원 연결', { kind: 'person' }),
      choose('배송 안내', { kind: 'ask', entryId: 'delivery' }),
    ],
  };
  const conversation = {
    botId: 'default',
    channel: 'kakao',
    user: 'u',
    ...(room === 'group' ? { room: 'r' } : {}),
  } as const;
  const { render } = createKakaoChannel({ ...options, ...(personButton === undefined ? {} : { personButton }) });
  const shown = JSON.stringify(render(reply, { turnId: 't', conversation, mode: 'inline', maxBubbles: 3 }));
  expect(shown).toContain('배송 안내');
  expect(shown.includes('상담원 연결')).toBe(isOffered);
});
