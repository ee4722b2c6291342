import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { GatewayError } from '../../src/errors.ts';
import { type ChannelName, type InboundEvent, textReply } from '../../src/message.ts';
import { GatewayRig, seen } from '../helpers/gateway-rig.ts';
import { ScriptedEngine } from '../helpers/scripted-engine.ts';

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
