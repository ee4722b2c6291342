import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createKakaoChannel } from '../../src/channels/kakao/index.ts';
import { rehearse } from '../../src/conversation/rehearse.ts';
import type { Logger } from '../../src/platform/logger.ts';
import { GatewayRig } from '../helpers/gateway-rig.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  await rig.close();
});

it('shows an answer on every channel, asks no model and leaves nothing in the store', async () => {
  const shown = [...rig.channels.values()].map((channel) => vi.spyOn(channel, 'respond'));
  await rehearse(rig.bot, rig);
  for (const respond of shown) expect(respond).toHaveBeenCalled();
  expect(rig.engine.calls).toEqual([]);
  expect(await rig.store.counts()).toEqual({ openTurns: 0, waitingDeliveries: 0, heldDeliveries: 0 });
  expect((await rig.store.takeOver('another process', rig.clock.now())).turns).toEqual([]);
});

it.each(['warn', 'refuse'] as const)(
  'goes the whole way of a call of KakaoTalk, silently (%s)',
  async (onBotIdMismatch) => {
    const logged: unknown[] = [];
    const log = (...line: unknown[]) => void logged.push(line);
    const logger: Logger = { debug: log, info: log, warn: log, error: log };
    const kakao = createKakaoChannel({
      botId: rig.bot.id,
      secrets: ['nobody-knows-this-secret'],
      kakaoBotIds: ['667e91c'],
      onBotIdMismatch,
      callbackOrigins: [],
      inlineBudgetMs: 4_000,
      callbackBudgetMs: 50_000,
      waitingText: '',
      contact: '',
      newId: () => 'event',
      logger,
    });
    const shown = vi.spyOn(kakao, 'respond');
    const stored = [vi.spyOn(rig.store, 'acceptTurn'), vi.spyOn(rig.store, 'answerTurn')];
    const { waiting } = rig.clock;
    await rehearse({ ...rig.bot, channels: new Map([['kakao', kakao]]) }, rig);
    const outcomes = shown.mock.calls.map(([outcome]) => outcome);
    expect(outcomes.slice(-2)).toEqual([
      expect.objectContaining({ kind: 'answered', details: expect.objectContaining({ question: expect.any(String) }) }),
      expect.objectContaining({ kind: 'answered', details: expect.objectContaining({ question: expect.any(String) }) }),
    ]);
    for (const call of stored) expect(call).not.toHaveBeenCalled();
    expect([rig.engine.calls, rig.alerts, logged]).toEqual([[], [], []]);
    expect(rig.clock.waiting).toBe(waiting);
  },
);

it('never keeps a process from starting', async () => {
  vi.spyOn(rig.store, 'readMemory').mockRejectedValue(new Error('the disk is full'));
  vi.spyOn(rig.store, 'moveTurn').mockRejectedValue(new Error('the disk is full'));
  await expect(rehearse(rig.bot, rig)).resolves.toBeUndefined();
});
