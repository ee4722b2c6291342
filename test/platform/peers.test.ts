import { expect, it } from 'vitest';
import { ALONE } from '../../src/platform/peers.ts';
import { connectPeers, peersContract } from '../helpers/peers-contract.ts';

peersContract('in one process', async () => ({ all: connectPeers(3), close: async () => {} }));

it('a process that is alone may do all by itself, and hears nothing', () => {
  ALONE.onTold('weather', () => expect.unreachable());
  ALONE.tell('weather', '비');
  expect(ALONE.share).toEqual({ processes: 1, rank: 0 });
});
