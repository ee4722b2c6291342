/** More questions than the engines can answer: what needs no model does not wait for one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { delay } from '../../src/platform/clock.ts';
import { flush, GatewayRig, seen } from '../helpers/gateway-rig.ts';

/** As in the rig. */
const ENGINE_SLOTS = 10;
const MAX_OPEN_TURNS = 1_000;

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  await rig.close();
});

const from = (user: string, channel: 'kakao' | 'naver' = 'kakao', botId = 'default') =>
  ({ conversation: { botId, channel, user } }) as const;

/** Each from another customer, none answered. */
async function ask(count: number) {
  const handling = Array.from({ length: count }, (_, n) =>
    rig.send(rig.message('kakao', '오늘 서울 날씨에 어울리는 옷은?', from(`customer ${n}`))),
  );
  await rig.settle();
  return handling;
}

const known = (user: string) => rig.send(rig.message('kakao', '반품 배송비는 얼마인가요?', from(user)));

it('after a long stall what needs no model is answered all the same', async () => {
  rig.loopDelayMs = 4_500;
  rig.engine.answer = async function* () {
    await delay(rig.clock, 5);
    yield { type: 'text-delta', text: '바로 드리는 답' };
    yield { type: 'finished', reason: 'stop', model: 'echo' };
  };
  const handling = known('patient');
  await rig.settle();
  await rig.clock.advance(5);
  expect(seen(await handling).texts).toEqual(['바로 드리는 답']);
});

describe('when every engine slot is taken', () => {
  it('what the knowledge surely knows is answered at once', async () => {
    await ask(ENGINE_SLOTS);
    const handled = await known('newest');
    expect(seen(handled)).toEqual({ texts: ['반품 배송비는 편도 3,000원입니다.'], choices: [] });
    expect(rig.engine.calls).toHaveLength(ENGINE_SLOTS);
  });

  it('a question of a busy conversation overtakes all the same', async () => {
    await ask(ENGINE_SLOTS);
    const handled = await known('customer 0');
    expect(seen(handled).texts).toEqual([
      '“반품 배송비는 얼마인가요?” 질문에 먼저 답변드릴게요.',
      '반품 배송비는 편도 3,000원입니다.',
    ]);
  });

  it('every other one gets its waiting bubble in time', async () => {
    const handling = await ask(3 * ENGINE_SLOTS);
    await rig.clock.advance(4_000);
    for (const handled of await Promise.all(handling)) {
      expect(seen(handled)).toEqual({ texts: ['답변을 준비하고 있어요.'], choices: ['답변 보기'] });
      await flush(rig, handled);
    }
  });
});

it('a free slot is for the model: it words what the knowledge knows', async () => {
  await ask(ENGINE_SLOTS - 1);
  void known('newest');
  await rig.settle();
  expect(rig.engine.calls.at(-1)?.request.question).toBe('반품 배송비는 얼마인가요?');
});

describe('with as many open questions as there may be', () => {
  beforeEach(async () => {
    await ask(MAX_OPEN_TURNS);
  });

  it('answers what needs no model, and turns the others away', async () => {
    expect(seen(await known('newest')).texts).toEqual(['반품 배송비는 편도 3,000원입니다.']);
    const person = rig.message('kakao', '상담원 연결', { ...from('in need'), action: { kind: 'person' } });
    expect(seen(await rig.send(person)).texts[0]).toContain('상담원');
    const other = rig.message('kakao', '그럼 내일은요?', from('newest'));
    await expect(rig.send(other)).rejects.toMatchObject({ code: 'OVERLOADED' });
  });
});

describe('with few places', () => {
  const LIMITS = { maxConcurrentTurns: 2, maxOpenTurns: 3 };
  const OTHER = 'other';
  let customers = 0;

  beforeEach(async () => {
    await rig.close();
    rig = await GatewayRig.open(LIMITS);
  });

  /** What nobody knows, from as many customers; their errors, where they were turned away. */
  async function fill(channel: 'kakao' | 'naver', count: number, botId = 'default') {
    const refused: unknown[] = [];
    for (let n = 0; n < count; n += 1) {
      const event = rig.message(
        channel,
        '오늘 서울 날씨에 어울리는 옷은?',
        from(`customer ${customers++}`, channel, botId),
      );
      const bot = { ...rig.bot, id: botId };
      rig.gateway.handle(bot, rig.channel(channel), event).catch((error: unknown) => refused.push(error));
      await rig.settle();
    }
    return refused;
  }

  it('a backlog of pushed answers takes none from those whose response waits', async () => {
    expect(await fill('naver', 8)).toEqual([]);
    expect(await fill('kakao', 3)).toEqual([]);
    expect(seen(await known('newest')).texts).toEqual(['반품 배송비는 편도 3,000원입니다.']);
    expect(await fill('kakao', 1)).toMatchObject([{ code: 'OVERLOADED' }]);
  });

  it('a question whose response waits is not behind all of a backlog of the same bot', async () => {
    await fill('naver', 8);
    await fill('kakao', 1);
    for (const call of rig.engine.calls.slice()) {
      call.say('시원하게 입으세요.');
      call.finish();
    }
    await rig.settle();
    const channels = rig.engine.calls.slice(0, 4).map(({ request }) => request.conversation.channel);
    expect(channels).toEqual(['naver', 'naver', 'naver', 'kakao']);
  });

  it('nor do they turn a pushed one away; each kind has its own end, of which the balancer hears', async () => {
    await fill('kakao', 3);
    expect(rig.gateway.isFull).toBe(true);
    expect(await fill('naver', 14)).toMatchObject([{ code: 'OVERLOADED' }, { code: 'OVERLOADED' }]);
  });

  it('a backlog alone is no reason to take the traffic away, until it is full', async () => {
    await fill('naver', 11);
    expect(rig.gateway.isFull).toBe(false);
    await fill('naver', 1);
    expect(rig.gateway.isFull).toBe(true);
  });

  it.each(['kakao', 'naver'] as const)(
    'a bot whose customers fill everything leaves another its share: %s',
    async (channel) => {
      await fill(channel, 20);
      const before = rig.gateway.openTurns;
      const refused = await fill(channel, before, OTHER);
      expect(refused.length).toBeGreaterThan(0);
      expect(before - refused.length).toBe(Math.ceil(before / 2));
      expect(await fill(channel, 1)).toMatchObject([{ code: 'OVERLOADED' }]);
    },
  );
});
