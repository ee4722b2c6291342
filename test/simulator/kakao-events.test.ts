import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createKakaoSimulator, type KakaoSimulator } from '../../simulator/kakao.ts';
import type { EventSender } from '../../src/channels/event-sender.ts';
import { createEventApi } from '../../src/channels/kakao/event-api.ts';
import { sendJson, startStubGateway } from './simulate-stub-gateway.ts';

const never = new AbortController().signal;
const SKILL_ANSWER = { version: '2.0', template: { outputs: [{ simpleText: { text: '배송이 출발했습니다.' } }] } };

const opened: { close(): Promise<void> }[] = [];
beforeAll(() => nock.restore());
afterAll(() => nock.activate());
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

async function open(
  options: Partial<Parameters<typeof createKakaoSimulator>[0]> = {},
  restApiKey = 'rest-key',
): Promise<{ kakao: KakaoSimulator; api: EventSender; url: string }> {
  const events = [{ name: '배송출발' }, { name: '쿠폰', callsSkill: true }];
  const kakao = createKakaoSimulator({ seed: 1, restApiKey: 'rest-key', events, developmentChannel: true, ...options });
  const { url } = await kakao.start();
  const api = createEventApi({ baseUrl: url, kakaoBotId: kakao.botId, restApiKey });
  opened.push(kakao, api);
  return { kakao, api, url };
}

const toUser = (id = '') => [{ type: 'botUserKey', id }];

describe('the Event API', () => {
  it('takes a call and tells later whom it reached, by any of their keys', async () => {
    const { kakao, api } = await open();
    const minji = kakao.addChannel('민지', '1234');
    const jun = kakao.addChannel('준');
    kakao.blockChannel('준');
    const recipients = [
      ...Object.entries(minji).map(([type, id]) => ({ type, id })),
      ...toUser(jun.botUserKey),
      ...toUser(kakao.userKey('누구')),
    ];
    const receipt = await api.send({ event: '배송출발', recipients }, never);
    expect(receipt).toMatchObject({ outcome: 'accepted', taskId: expect.any(String) });
    await kakao.eventsSettled();
    expect(await api.lookUp(receipt.taskId ?? '', never)).toMatchObject({
      task: { recipients: 5, delivered: 3, unresolved: 2, failed: 0, isFinal: true },
    });
    expect(kakao.eventCostWon).toBe(45);
  });

  it('does not know the result at once', async () => {
    const gate = Promise.withResolvers<void>();
    const gateway = await startStubGateway(async (_request, response) => {
      await gate.promise;
      sendJson(response, SKILL_ANSWER);
    });
    opened.push(gateway);
    const { kakao, api } = await open({ skillUrl: gateway.url });
    const { taskId = '' } = await api.send(
      { event: '쿠폰', recipients: toUser(kakao.addChannel('민지').botUserKey) },
      never,
    );
    expect(await api.lookUp(taskId, never)).toMatchObject({ task: { recipients: 1, delivered: 0, isFinal: false } });
    gate.resolve();
    await kakao.eventsSettled();
    expect(await api.lookUp(taskId, never)).toMatchObject({ task: { delivered: 1, isFinal: true } });
    expect(await api.lookUp('nobody-knows', never)).toMatchObject({ outcome: 'not-found' });
  });

  it('runs the skill of the block, with the params, and fails with 201 where that fails', async () => {
    let status = 200;
    const gateway = await startStubGateway((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(SKILL_ANSWER));
    });
    opened.push(gateway);
    const { kakao, api } = await open({ skillUrl: `${gateway.url}/query/KAKAO` });
    const recipients = toUser(kakao.addChannel('민지').botUserKey);
    const push = { event: '쿠폰', recipients, params: { coupon: 'A1' } };
    await api.send(push, never);
    await kakao.eventsSettled();
    expect(kakao.eventExchanges).toMatchObject([
      {
        request: {
          intent: { name: '쿠폰' },
          userRequest: { user: { id: recipients[0]?.id }, params: { coupon: 'A1' } },
        },
        bubbles: [{ text: '배송이 출발했습니다.' }],
      },
    ]);
    status = 500;
    const { taskId = '' } = await api.send(push, never);
    await kakao.eventsSettled();
    expect(await api.lookUp(taskId, never)).toMatchObject({
      task: { delivered: 0, failed: 1, failures: [{ recipient: recipients[0], code: '201' }] },
    });
  });

  it('reaches rooms that the bot is in, at their own address', async () => {
    const { kakao, api } = await open();
    const recipients = [kakao.inviteBot('가족'), kakao.roomKey('남의 방')].map((id) => ({ type: 'botGroupKey', id }));
    const { taskId = '' } = await api.send({ event: '배송출발', recipients }, never);
    await kakao.eventsSettled();
    expect(kakao.eventCalls[0]?.path).toMatch(/!\/group$/);
    expect(await api.lookUp(taskId, never)).toMatchObject({ task: { delivered: 1, unresolved: 1 } });
  });

  it('lets nobody in without the key, and takes another bot for another bot', async () => {
    const { kakao, api, url } = await open({}, 'wrong-key');
    const push = { event: '배송출발', recipients: toUser('a') };
    expect(await api.send(push, never)).toMatchObject({ outcome: 'refused', code: 'KEY_REFUSED' });
    expect(await api.lookUp('t', never)).toMatchObject({ outcome: 'failed', code: 'KEY_REFUSED' });
    const ofGroupBot = createEventApi({
      baseUrl: url,
      kakaoBotId: kakao.botId,
      restApiKey: 'rest-key',
      keyKind: 'group-bot',
    });
    opened.push(ofGroupBot);
    expect(await ofGroupBot.send(push, never)).toMatchObject({ outcome: 'refused', code: 'KEY_REFUSED' });
    const toRoom = { ...push, recipients: [{ type: 'botGroupKey', id: 'room' }] };
    expect(await ofGroupBot.send(toRoom, never)).not.toMatchObject({ code: 'KEY_REFUSED' });
    const keyless = await open({ restApiKey: undefined as unknown as string }, 'undefined');
    expect(await keyless.api.send(push, never)).toMatchObject({ code: 'KEY_REFUSED' });
    const markless = createEventApi({ baseUrl: url, kakaoBotId: kakao.botId.slice(0, -1), restApiKey: 'rest-key' });
    opened.push(markless);
    expect(await markless.send(push, never)).toMatchObject({ outcome: 'refused', code: 'BOT_REFUSED' });
  });

  it.each([
    [{ event: { name: '없는이벤트' }, user: toUser('a') }, 'Invalid event name.'],
    [{ event: '배송출발', user: toUser('a') }, 'Invalid event name.'],
    [{ event: { name: '배송출발' }, user: [] }, 'Invalid user.'],
    [{ event: { name: '배송출발' }, user: [{ type: 'phone', id: 'a' }] }, 'Invalid user.'],
    [{ event: { name: '배송출발' }, user: [{ type: 'botGroupKey', id: 'a' }] }, 'Invalid user.'],
    [{ event: { name: '배송출발' }, user: toUser('a'), chat: [] }, 'Invalid request body. chat is not for this API.'],
    [{ event: { name: '배송출발' }, user: [...toUser('a'), ...toUser('a')] }, 'Duplicate user.'],
    [
      {
        event: { name: '배송출발' },
        user: Array.from({ length: 101 }, (_, index) => ({ type: 'botUserKey', id: `a${index}` })),
      },
      'Too many user.',
    ],
  ])('refuses %j', async (body, message) => {
    const { kakao, url } = await open();
    const response = await fetch(`${url}/v2/bots/${kakao.botId}/talk`, {
      method: 'POST',
      headers: { authorization: 'KakaoAK rest-key', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([response.status, await response.json()]).toMatchObject([200, { status: 'FAIL', message }]);
    expect(kakao.eventCalls).toMatchObject([{ accepted: false }]);
  });

  it('fails as it is told to', async () => {
    const { kakao, api } = await open();
    const push = { event: '배송출발', recipients: toUser(kakao.addChannel('민지').botUserKey) };
    kakao.injectEventFault({ kind: 'refuse', message: 'Internal server error occured.', httpStatus: 500 });
    kakao.injectEventFault({ kind: 'cut', accepted: true });
    kakao.injectEventFault({ kind: 'cut', accepted: false });
    const outcomes = [];
    for (let i = 0; i < 3; i += 1) outcomes.push((await api.send(push, never)).outcome);
    expect(outcomes).toEqual(['refused', 'unknown', 'unknown']);
    await kakao.eventsSettled();
    expect(kakao.eventCostWon).toBe(15);
  });
});
