/** What the first customer would wait for is done before the process is ready. */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Bot } from '../conversation/bot.ts';
import { type RehearsalParts, rehearse } from '../conversation/rehearse.ts';
import type { ChannelName } from '../message.ts';
import { openUpstream } from '../platform/upstream.ts';

const PATIENCE_MS = 1_000;

/** Never rejects. */
export async function rehearseAll(
  bots: ReadonlyMap<string, Bot>,
  app: FastifyInstance,
  parts: RehearsalParts,
): Promise<void> {
  await callOurselves(app.server.address());
  // Code is compiled for the process: another bot's turn on a channel that was rehearsed would find it warm.
  const channels = new Set<ChannelName>();
  for (const bot of bots.values()) {
    const hasNewChannel = [...bot.channels.keys()].some((name) => !channels.has(name));
    if (hasNewChannel) await rehearse(bot, parts);
    for (const name of bot.channels.keys()) channels.add(name);
  }
}

/** Over a socket of our own: the server reads and writes HTTP for the first time, and so does the client that will ask the model. No
 *  engine is called, and /healthz is neither counted nor logged. */
async function callOurselves(address: AddressInfo | string | null): Promise<void> {
  if (address === null || typeof address === 'string') return;
  const pool = openUpstream({
    origin: `http://${reachable(address)}:${address.port}`,
    connectTimeoutMs: PATIENCE_MS,
    headersTimeoutMs: PATIENCE_MS,
    bodyTimeoutMs: PATIENCE_MS,
    connections: 1,
  });
  try {
    const { body } = await pool.request({ method: 'GET', path: '/healthz' });
    await body.dump();
  } catch {
    // A host that may not call itself: the first customer waits those milliseconds.
  } finally {
    await pool.close();
  }
}

/** Where a server that listens everywhere can be called. */
function reachable({ address, family }: AddressInfo): string {
  if (family === 'IPv6') return address === '::' ? '[::1]' : `[${address}]`;
  return address === '0.0.0.0' ? '127.0.0.1' : address;
}
