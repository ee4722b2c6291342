import { describe, expect, it } from 'vitest';
import { createClovaSimulator } from '../../../simulator/clova/server.ts';
import { createCallPath } from '../../../src/engine/call-path/index.ts';
import { createClovaEngine } from '../../../src/engine/clova-studio/index.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { GatewayError } from '../../../src/errors.ts';
import { textReply } from '../../../src/message.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import type { Peers } from '../../../src/platform/peers.ts';
import { collectParts, engineContract, engineRequest, thrownBy } from '../../helpers/engine-contract.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { connectPeers } from '../../helpers/peers-contract.ts';
import { ScriptedEngine } from '../../helpers/scripted-engine.ts';
import { clovaSettings } from '../clova-settings.ts';

function callPathOn(clock = systemClock, states: string[] = []) {
  const metrics = { circuitChanged: (upstream: string, state: string) => void states.push(`${upstream} ${state}`) };
  return createCallPath({ clock, logger: silentLogger, metrics });
}

engineContract('an engine on the call path', async () => {
  const simulator = createClovaSimulator();
  const { url } = await simulator.start();
  const engine = createClovaEngine(clovaSettings({ baseUrl: url }), { logger: silentLogger });
  return {
    engine: callPathOn().guard(engine, 'clova'),
    request: engineRequest(),
    hangUpstream: () => simulator.failNext(100, { kind: 'hang', afterTokens: 'before-headers' }),
    breakUpstream: () => simulator.failNext(100, { httpStatus: 500, code: '50000' }),
    upstreamRequests: () => simulator.requests.length,
    upstreamSawCut: () => simulator.whenCancelled(),
    tearDown: () => simulator.close(),
  };
});

describe('the call path', () => {
  it('leaves an engine all that it can', () => {
    const engine: Engine = Object.assign(new ScriptedEngine('agent'), {
      bringsOwnFacts: true as const,
      mayComeLater: 1,
    });
    expect(callPathOn().guard(engine, 'agent')).toMatchObject({ name: 'agent', bringsOwnFacts: true, mayComeLater: 1 });
  });

  it('greets through the same circuit as it answers', async () => {
    let isDown = true;
    let calls = 0;
    const engine: Engine = Object.assign(new ScriptedEngine('agent'), {
      greet: async () => {
        calls += 1;
        if (isDown) throw new GatewayError('ENGINE_UNREACHABLE', 'nobody there');
        return textReply('어서 오세요');
      },
    });
    const signal = new AbortController().signal;
    const greet = (guarded: Engine) => guarded.greet?.(engineRequest(), signal);
    const callPath = callPathOn();
    const guarded = callPath.guard(engine, 'agent');
    for (let i = 0; i < 5; i += 1) expect(await thrownBy(async () => greet(guarded))).toBeInstanceOf(GatewayError);
    isDown = false;
    expect(await thrownBy(async () => greet(guarded))).toMatchObject({ code: 'ENGINE_NOT_ASKED' });
    expect(calls).toBe(5);
    expect(await greet(callPath.guard(engine, 'another'))).toEqual(textReply('어서 오세요'));
    expect(callPath.guard(new ScriptedEngine('mute'), 'mute')).not.toHaveProperty('greet');
  });

  it('knows an upstream by its name, whoever asks it', async () => {
    const states: string[] = [];
    const callPath = callPathOn(new ManualClock(), states);
    const down: Engine = {
      name: 'clova',
      async *answer() {
        yield* [];
        throw new GatewayError('ENGINE_UNREACHABLE', 'nobody there');
      },
      close: async () => {},
    };
    const [first, second, other] = [callPath.guard(down, 'a'), callPath.guard(down, 'a'), callPath.guard(down, 'b')];
    const codeOf = async (engine: Engine) =>
      ((await thrownBy(() => collectParts(engine, engineRequest()))) as GatewayError).code;
    for (let i = 0; i < 5; i += 1) await codeOf(first);
    expect(await codeOf(second)).toBe('ENGINE_NOT_ASKED');
    expect(await codeOf(other)).toBe('ENGINE_UNREACHABLE');
    expect(states).toEqual(['a closed', 'b closed', 'a open']);
  });

  it('hears from other processes of circuits that open, not of tries that fail, and opens with its first failure', async () => {
    const [here, there] = connectPeers(2);
    if (here === undefined || there === undefined) throw new Error('two are needed');
    const told: unknown[] = [];
    const clock = new ManualClock();
    const states: string[] = [];
    const callPath = callPathOn(clock, states);
    callPath.shareWith(here);
    const other = callPathOn(clock);
    const tell: Peers['tell'] = (topic, words) => {
      told.push([topic, words]);
      there.tell(topic, words);
    };
    other.shareWith({ ...there, tell });
    const down: Engine = {
      name: 'clova',
      async *answer() {
        yield* [];
        throw new GatewayError('ENGINE_UNREACHABLE', 'nobody there');
      },
      close: async () => {},
    };
    const [ownEngine, otherEngine] = [callPath.guard(down, 'a'), other.guard(down, 'a')];
    const ask = (engine: Engine) => thrownBy(() => collectParts(engine, engineRequest()));
    for (let i = 0; i < 4; i += 1) await ask(otherEngine);
    expect(told).toEqual([]);
    await ask(otherEngine);
    expect(told).toEqual([['circuit-opened', { upstream: 'a' }]]);
    expect(states).toEqual(['a closed']);
    await ask(ownEngine);
    expect(states).toEqual(['a closed', 'a open']);
    expect(told).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['words', '그만'],
    ['no upstream', { share: 0.1, pauseMs: 60_000 }],
    ['no numbers', { upstream: 'a', share: '0.1', pauseMs: 60_000 }],
    ['no real numbers', { upstream: 'a', share: Number.NaN, pauseMs: 60_000 }],
    ['an upstream that nobody asks', { upstream: 'z', share: 0.1, pauseMs: 60_000 }],
  ])('is not led astray by hints that hold %s', async (_, told) => {
    const [here, there] = connectPeers(2);
    if (here === undefined || there === undefined) throw new Error('two are needed');
    const clock = new ManualClock();
    const callPath = callPathOn(clock);
    const gate = callPath.gate('a', { requestsPerMinute: 60, tokensPerMinute: 60_000 }, 0);
    callPath.shareWith(here);
    for (const topic of ['call-refused', 'circuit-opened']) there.tell(topic, told);
    const call = { inputTokens: 1, outputTokens: 1, botId: 'shop', closesAt: clock.now() + 60_000 };
    expect(await gate.enter({ ...call, signal: new AbortController().signal })).toBeDefined();
  });

  it('divides quotas with the others as soon as it knows of them, and tells them of refusals', async () => {
    const [here, there] = connectPeers(2);
    if (here === undefined || there === undefined) throw new Error('two are needed');
    const clock = new ManualClock();
    const callPath = callPathOn(clock);
    const limits = { requestsPerMinute: 2, tokensPerMinute: 60_000 };
    const gate = callPath.gate('a', limits, 0);
    callPath.shareWith(here);
    const told: unknown[] = [];
    there.onTold('call-refused', (words) => told.push(words));
    const call = { inputTokens: 1, outputTokens: 1, botId: 'shop', closesAt: clock.now() + 60_000 };
    const enter = () => gate.enter({ ...call, signal: new AbortController().signal });
    const pass = await enter();
    expect(await thrownBy(enter)).toMatchObject({ code: 'ENGINE_NOT_ASKED' });
    pass.failed(new GatewayError('ENGINE_RATE_LIMITED', 'no', { retryAfterMs: 3_000 }));
    expect(told).toEqual([{ upstream: 'a', share: expect.any(Number), pauseMs: 3_000 }]);
  });

  it('learns how long answers take, and that those which were cut off took longer', async () => {
    const clock = new ManualClock();
    const scripted = new ScriptedEngine('model');
    const engine = callPathOn(clock).guard(scripted, 'model');
    const answerAfter = async (ms: number, failsWith?: GatewayError) => {
      const answer = thrownBy(() => collectParts(engine, engineRequest({ closesAt: clock.now() + 60_000 })));
      const call = await scripted.nextCall();
      await clock.advance(ms);
      if (failsWith === undefined) {
        call.say('네');
        call.finish();
      } else call.fail(failsWith);
      await answer;
    };
    for (const ms of [1_000, 2_000, 3_000]) await answerAfter(ms);
    expect(engine.usualMs?.()).toBe(3_000);
    await answerAfter(9_000, new GatewayError('ENGINE_TIMEOUT', 'late'));
    await answerAfter(9_000, new GatewayError('ENGINE_TIMEOUT', 'late'));
    await answerAfter(1, new GatewayError('ENGINE_FAILED', 'at once'));
    expect(engine.usualMs?.()).toBe(9_000);
  });
});
