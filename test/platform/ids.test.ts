import { expect, it } from 'vitest';
import { randomId, timeOrderedIds } from '../../src/platform/ids.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const IDS = 2_000;

it.each([
  ['random', randomId],
  ['time-ordered', timeOrderedIds(new ManualClock())],
])('%s ids are of one length, of safe characters, and never the same', (_, newId) => {
  const ids = Array.from({ length: IDS }, newId);
  expect(ids.every((id) => /^[\w-]{22}$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(IDS);
});

it('time-ordered ids of one moment begin alike, those of another do not', () => {
  const clock = new ManualClock(1_800_000_000_000);
  const newId = timeOrderedIds(clock);
  const moment = () => newId().slice(0, 8);
  const first = moment();
  expect(moment()).toBe(first);
  clock.stall(1);
  expect(moment()).not.toBe(first);
  expect(Buffer.from(first, 'base64url').readUIntBE(0, 6)).toBe(1_800_000_000_000);
});

it('random ids tell nothing of their time', () => {
  expect(new Set(Array.from({ length: IDS }, () => randomId().slice(0, 8))).size).toBeGreaterThan(IDS - 10);
});
