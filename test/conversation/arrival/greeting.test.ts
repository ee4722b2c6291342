import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { GatewayError } from '../../../src/errors.ts';
import { type ChannelName, type InboundEvent, textReply } from '../../../src/message.ts';
import { flush, GatewayRig, seen } from '../../helpers/gateway-rig.ts';
import { ScriptedEngine } from '../../helpers/scripted-engine.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(() => rig.close());

const OWN = '안녕하세요';
const THEIRS = '어서 오세요, 챗봇이에요.';

function greetsWith(greet: NonNullable<Engine['greet']>): void {
  const engine = Object.assign(new ScriptedEngine('clova-chatbot'), { greet });
  Object.assign(rig.bot, { engines: [engine, rig.engine] });
}

async function enter(channel: ChannelName = 'kakao'): Promise<readonly string[]> {
  const { text: _, input: __, type: ___, ...base } = rig.message(channel, '');
  const event: InboundEvent = { ...base, type: 'conversation-opened' };
  return seen(await rig.gateway.handle(rig.bot, rig.channel(channel), event)).texts;
}

describe('who enters a room', () => {
  it('is greeted by the first engine, in its own words', async () => {
    let asked: unknown;
    greetsWith(async (request) => {
      asked = request;
      return textReply(THEIRS);
    });
    expect(await enter()).toEqual([THEIRS]);
    expect(asked).toMatchObject({ conversation: { channel: 'kakao' }, requestId: expect.any(String) });
  });

  it('is greeted by the bot where the engine has no words, fails, or only a later engine has some', async () => {
    greetsWith(async () => undefined);
    expect(await enter()).toEqual([OWN]);
    greetsWith(async () => {
      throw new GatewayError('ENGINE_UNREACHABLE', 'nobody there');
    });
    expect(await enter()).toEqual([OWN]);
    greetsWith(async () => textReply(THEIRS));
    Object.assign(rig.bot, { engines: [...rig.bot.engines].reverse() });
    expect(await enter()).toEqual([OWN]);
  });

  it('is greeted by the bot where the engine would never be asked', async () => {
    greetsWith(async () => textReply(THEIRS));
    Object.assign(rig.bot, { answerMode: 'approved' });
    expect(await enter()).toEqual([OWN]);
  });

  it('does not wait longer than the response can, and lets go of the engine', async () => {
    const cut = Promise.withResolvers<void>();
    greetsWith((_, signal) => {
      signal.addEventListener('abort', () => cut.resolve());
      return new Promise(() => {});
    });
    const entering = enter();
    await rig.clock.advance(3_800);
    expect(await entering).toEqual([OWN]);
    await cut.promise;
  });

  it('does not wait at all where no time is left', async () => {
    greetsWith(async () => textReply(THEIRS));
    rig.loopDelayMs = 4_000;
    expect(await enter()).toEqual([OWN]);
  });
});

describe('a greeting whose response nobody got', () => {
  const opened = (channel: ChannelName, rest: Partial<InboundEvent> = {}): InboundEvent => {
    const { text: _, input: __, type: ___, ...base } = rig.message(channel, '');
    return { ...base, ...rest, type: 'conversation-opened' } as InboundEvent;
  };
  const inline = () => ({ mode: 'inline', closesAt: rig.clock.now() + 500 }) as const;
  const enterInVain = async (channel: ChannelName, event: InboundEvent) => {
    const handled = await rig.gateway.handle(rig.bot, rig.channel(channel), event);
    await flush(rig, handled, false);
    await rig.settle();
    return handled;
  };
  const sent = () => rig.channel('naver').sent.map(({ message }) => message.text);

  it('goes out by itself where it can, once', async () => {
    const event = () => opened('naver', { replyWindows: [inline(), { mode: 'push' }] });
    await enterInVain('naver', event());
    await enterInVain('naver', event());
    expect(sent()).toEqual([OWN]);
  });

  it('comes with what is said next where the customer has to come back for it', async () => {
    const replyWindows = () => [inline(), { mode: 'pickup' } as const];
    await enterInVain('naver', opened('naver', { replyWindows: replyWindows() }));
    const asking = rig.send(rig.message('naver', '어제 산 니트가 저에게 어울릴까요', { replyWindows: replyWindows() }));
    const call = await rig.engine.nextCall();
    call.say('잘 어울려요.');
    call.finish();
    await rig.settle();
    expect(seen(await asking).texts).toEqual([OWN, '잘 어울려요.']);
    expect(sent()).toEqual([]);
  });

  it('is left out where answers need every call that the platform bears', async () => {
    rig.sendBudget.tryReserve = () => false;
    await enterInVain('naver', opened('naver', { replyWindows: [inline(), { mode: 'push' }] }));
    expect(sent()).toEqual([]);
  });

  it('is left out where every entry is greeted anyway', async () => {
    await enterInVain('kakao', opened('kakao'));
    expect((await rig.store.counts()).heldDeliveries).toBe(0);
  });

  it('is left out where an agent has come meanwhile', async () => {
    const event = opened('naver', { replyWindows: [inline(), { mode: 'push' }] });
    const handled = await rig.gateway.handle(rig.bot, rig.channel('naver'), event);
    await rig.send(rig.message('naver', '상담원님?', { standby: true }));
    await flush(rig, handled, false);
    await rig.settle();
    expect(sent()).toEqual([]);
  });

  it('is no failure where the store is away', async () => {
    const event = opened('naver', { replyWindows: [inline(), { mode: 'push' }] });
    const handled = await rig.gateway.handle(rig.bot, rig.channel('naver'), event);
    rig.store.acceptTurn = async () => {
      throw new GatewayError('STORE_BUSY', 'locked');
    };
    await expect(flush(rig, handled, false)).resolves.toBeUndefined();
  });
});
