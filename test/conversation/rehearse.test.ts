import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { rehearse } from '../../src/conversation/rehearse.ts';
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

it('never keeps a process from starting', async () => {
  vi.spyOn(rig.store, 'readMemory').mockRejectedValue(new Error('the disk is full'));
  vi.spyOn(rig.store, 'moveTurn').mockRejectedValue(new Error('the disk is full'));
  await expect(rehearse(rig.bot, rig)).resolves.toBeUndefined();
});
