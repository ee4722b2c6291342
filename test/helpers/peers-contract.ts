/** What every way of telling other processes something has to keep, and one for tests that needs no database. */
import { describe, expect, it, vi } from 'vitest';
import type { Peers } from '../../src/platform/peers.ts';
import type { Share } from '../../src/platform/share.ts';
import { WAIT } from './wait.ts';

/** @param open three processes that know of each other */
export function peersContract(
  name: string,
  open: () => Promise<{ readonly all: readonly Peers[]; readonly close: () => Promise<void> }>,
): void {
  describe(`${name}: processes that tell each other something`, () => {
    it('hear what others tell, about what they asked for, and never themselves', async () => {
      const { all, close } = await open();
      const [first, second, third] = all;
      if (first === undefined || second === undefined || third === undefined) throw new Error('three are needed');
      const heard: string[] = [];
      for (const [index, peers] of all.entries()) {
        peers.onTold('weather', (told) => heard.push(`${index} ${JSON.stringify(told)}`));
      }
      second.tell('nobody asked', '…');
      second.tell('weather', { 서울: ['비', 12.5, null] });
      third.tell('weather', '끝');
      const words = JSON.stringify({ 서울: ['비', 12.5, null] });
      await vi.waitFor(() => expect(heard).toHaveLength(4), WAIT);
      expect(heard.sort()).toEqual([`0 "끝"`, `0 ${words}`, `1 "끝"`, `2 ${words}`]);
      await close();
    });

    it('have parts that make up the whole', async () => {
      const { all, close } = await open();
      await vi.waitFor(() => expect(all.map(({ share }) => share.processes)).toEqual([3, 3, 3]), WAIT);
      expect(all.map(({ share }) => share.rank).sort()).toEqual([0, 1, 2]);
      await close();
    });

    it('tell nobody anything, and fail nobody, once they have left', async () => {
      const { all, close } = await open();
      await close();
      for (const peers of all) expect(() => peers.tell('weather', '맑음')).not.toThrow();
    });
  });
}

/** Processes in one: what is told is heard at once. */
export function connectPeers(count: number): Peers[] {
  const hearers = Array.from({ length: count }, () => new Map<string, (told: unknown) => void>());
  return hearers.map((own, rank): Peers => {
    const share: Share = { processes: count, rank };
    return {
      share,
      tell(topic, told) {
        for (const other of hearers) if (other !== own) other.get(topic)?.(structuredClone(told));
      },
      onTold: (topic, hear) => void own.set(topic, hear),
    };
  });
}
