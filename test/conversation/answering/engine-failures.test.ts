import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rig.close();
});

async function logOf(failure: Error): Promise<[fields: Record<string, unknown>, words: string]> {
  const warn = vi.spyOn(silentLogger, 'warn');
  const handling = rig.send(rig.message('test', '오늘 서울 날씨에 어울리는 옷은?'));
  (await rig.engine.nextCall()).fail(failure);
  await handling;
  const lines = warn.mock.calls as unknown as [Record<string, unknown>, string][];
  const line = lines.find(([, words]) => words.startsWith('an engine failed'));
  if (line === undefined) throw new Error('nothing was logged');
  return line;
}

describe('the line about an engine that failed', () => {
  it('names bot, turn, engine, model and reason, and no stack of ours', async () => {
    Object.assign(rig.bot, { engines: [rig.engine, rig.bot.approvedEngine] });
    Object.assign(rig.engine, { model: 'HCX-007' });
    const details = { networkCode: 'ECONNREFUSED' };
    const [fields, words] = await logOf(new GatewayError('ENGINE_UNREACHABLE', 'gone', { details }));
    expect(fields).toEqual({
      bot: 'default',
      turn: expect.any(String),
      engine: 'scripted',
      model: 'HCX-007',
      code: 'ENGINE_UNREACHABLE',
      reason: 'gone',
      ...details,
    });
    expect(words).toBe('an engine failed; the next one of the chain answers');
  });

  it('promises no other engine where there is none', async () => {
    Object.assign(rig.bot, { engines: [rig.engine] });
    const [, words] = await logOf(new GatewayError('ENGINE_OVERLOADED', 'full'));
    expect(words).toBe('an engine failed; no other is left to answer');
  });

  it('shows where it came from when nobody foresaw it', async () => {
    const [fields] = await logOf(new TypeError('x is not a function'));
    expect(fields).toMatchObject({ code: 'INTERNAL', err: { cause: expect.any(TypeError) } });
  });
});
