import { expect, it } from 'vitest';
import { skillPayloadForms } from '../../simulator/kakao/payload-forms.ts';
import { createKakaoChannel } from '../../src/channels/kakao/index.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { countingIds, webhookRequest } from '../helpers/channel-requests.ts';

const channel = createKakaoChannel({
  botId: 'default',
  secrets: [],
  callbackOrigins: ['https://bot-api.kakao.com'],
  inlineBudgetMs: 4_000,
  callbackBudgetMs: 50_000,
  waitingText: '잠시만요.',
  contact: '고객센터 02-000-0000',
  newId: countingIds(),
  logger: silentLogger,
});
const forms = new Map(skillPayloadForms('a').map(({ name, payload }) => [name, payload]));

it.each([
  ['typed', { type: 'message-received', input: 'typed', scenario: { block: { name: '폴백 블록' } } }],
  ['typed with callback', { replyWindows: [{ mode: 'inline' }, { mode: 'callback' }, { mode: 'pickup' }] }],
  ['typed, as older tools write it', { input: 'typed' }],
  ['development channel', { scenario: { platformBotId: expect.stringMatching(/^[0-9a-f]{24}!$/) } }],
  ['welcome', { type: 'conversation-opened' }],
  ['group room', { text: '반품 배송비는?', conversation: { room: expect.any(String) } }],
  ['photo', { input: 'image', images: [expect.stringContaining('i_1.jpg')] }],
  ['photo by its address alone', { input: 'image', images: [expect.stringContaining('i_1.jpg')] }],
  ['photos', { input: 'image', images: [expect.any(String), expect.any(String)] }],
  ['video', { input: 'video' }],
  ['secure images', { input: 'image', images: [expect.stringContaining('/1/'), expect.stringContaining('/2/')] }],
  [
    'parameters',
    {
      scenario: {
        params: { amount: { amount: '3' }, item: '신발' },
        contexts: [{ name: 'order', params: { id: 'A-1' } }],
      },
    },
  ],
  ['knowledge', { scenario: { platformAnswers: [{ answer: '편도 3,000원입니다.' }] } }],
  ['knowledges', { scenario: { platformAnswers: [{ answer: '편도 3,000원입니다.' }] } }],
  ['event of the operator', { type: 'conversation-opened' }],
  ['tap on a quick reply', { input: 'tap', action: { kind: 'continue' } }],
  ['tap on a card', { action: { kind: 'pickup' } }],
  ['tap on a row', { action: { kind: 'ask' } }],
  ['tap on a block button', { input: 'tap', text: '이어서 보기' }],
  ['tap whose extra was wrapped', { action: { kind: 'again' } }],
  ['tap for a person', { action: { kind: 'person' } }],
  ['tap for a fresh start', { action: { kind: 'reset' } }],
  ['봇테스트', { text: '반품 배송비는 얼마예요?', input: 'typed' }],
  ['스킬 테스트', { type: 'connection-tested' }],
])('%s', (name, expected) => {
  const request = webhookRequest(forms.get(name));
  expect(channel.checkValue?.(request)).toBeUndefined();
  expect(channel.parse(request)).toMatchObject(expected);
});

it('parameter validation is no message', () => {
  const request = webhookRequest(forms.get('parameter validation'), { purpose: 'value-check' });
  expect(channel.checkValue?.(request)?.body).toBe('{"status":"SUCCESS","value":"3"}');
});

it('the same seed gives the same payloads', () => {
  expect(skillPayloadForms('a')).toEqual(skillPayloadForms('a'));
  expect(skillPayloadForms('b')).not.toEqual(skillPayloadForms('a'));
});
