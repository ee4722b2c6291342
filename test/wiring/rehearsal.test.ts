import { networkInterfaces } from 'node:os';
import fastify, { type FastifyInstance } from 'fastify';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChannelName } from '../../src/message.ts';
import { rehearseAll } from '../../src/wiring/rehearsal.ts';
import { GatewayRig } from '../helpers/gateway-rig.ts';

const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1');
const HOSTS = ['127.0.0.1', '0.0.0.0', ...(hasIPv6 ? ['::1', '::'] : [])];

const called: string[] = [];
let rig: GatewayRig;
let app: FastifyInstance;

beforeAll(() => {
  nock.restore(); // it would stand between us and our own socket
});
afterAll(() => nock.activate());

beforeEach(async () => {
  called.length = 0;
  rig = await GatewayRig.open();
  app = fastify();
  app.addHook('onRequest', async ({ method, url }) => void called.push(`${method} ${url}`));
});

afterEach(async () => {
  await app.close();
  await rig.close();
});

describe('before the process is ready', () => {
  it.each(HOSTS)('it calls itself once where it listens: %s', async (host) => {
    app.get('/healthz', async () => ({ status: 'ok' }));
    await app.listen({ host, port: 0 });
    await rehearseAll(rig.bots, app, rig);
    expect(called).toEqual(['GET /healthz']);
    expect(rig.engine.calls).toEqual([]);
  });

  it('one bot of each channel rehearses: the code of the others is warm then', async () => {
    const { bot } = rig;
    const only = (...names: readonly ChannelName[]) =>
      new Map([...bot.channels].filter(([name]) => names.includes(name)));
    const search = vi.fn(bot.knowledge.search);
    const knowledge = { ...bot.knowledge, search };
    const bots = new Map([
      ['first', { ...bot, id: 'first', channels: only('test', 'web') }],
      ['alike', { ...bot, id: 'alike', channels: only('web'), knowledge }],
    ]);
    await rehearseAll(bots, app, rig);
    expect(search).not.toHaveBeenCalled();
    bots.set('other', { ...bot, id: 'other', channels: only('web', 'kakao'), knowledge });
    await rehearseAll(bots, app, rig);
    expect(search).toHaveBeenCalled();
  });

  it('nothing of that keeps it from starting', async () => {
    const shown = [...rig.channels.values()].map((channel) => vi.spyOn(channel, 'respond'));
    await rehearseAll(rig.bots, app, rig);
    app.get('/healthz', (_request, reply) => void reply.raw.destroy());
    await app.listen({ host: '127.0.0.1', port: 0 });
    await rehearseAll(rig.bots, app, rig);
    for (const respond of shown) expect(respond).toHaveBeenCalled();
  });
});
