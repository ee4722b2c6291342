import { afterEach, describe, expect, it, vi } from 'vitest';
import { A2aSimulator } from '../../../simulator/a2a.ts';
import { judgeCard, readCard } from '../../../src/engine/a2a/agent-card.ts';
import { waysToAsk } from '../../../src/engine/a2a/dialect.ts';
import { createA2aEngine } from '../../../src/engine/a2a/index.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { collectParts, engineRequest } from '../../helpers/engine-contract.ts';
import { WAIT } from '../../helpers/wait.ts';
import { a2aSettings } from './open-agent.ts';

const CARD_03 = {
  protocolVersion: '0.3.0',
  name: '민원 안내',
  url: 'https://agent.example/a2a',
  preferredTransport: 'JSONRPC',
  capabilities: { streaming: false },
};
const CARD_10 = {
  name: '민원 안내',
  supportedInterfaces: [
    { url: 'https://agent.example/grpc', protocolBinding: 'GRPC', protocolVersion: '1.0' },
    { url: 'https://agent.example/a2a', protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
  ],
  capabilities: { streaming: true },
};

describe('a card', () => {
  it.each<[string, unknown, ReturnType<typeof readCard>]>([
    ['of 0.3', CARD_03, { versions: ['0.3'], streams: false }],
    ['of 1.0', CARD_10, { versions: ['1.0'], streams: true }],
    ['with the fields of both', { ...CARD_03, ...CARD_10 }, { versions: ['1.0'], streams: true }],
    ['without JSON-RPC', { ...CARD_03, preferredTransport: 'GRPC' }, { versions: [], streams: false }],
    [
      'with JSON-RPC in the second place',
      { ...CARD_03, preferredTransport: 'GRPC', additionalInterfaces: [{ transport: 'JSONRPC' }] },
      { versions: ['0.3'], streams: false },
    ],
    ['that says next to nothing', { name: 'x' }, { versions: [] }],
    ['that is none', { error: 'not found' }, undefined],
    ['that is a list', [], undefined],
  ])('%s is read', (_, value, card) => {
    expect(readCard(value)).toEqual(card);
  });

  const way = (dialect: 'v0.3' | 'v1.0') => {
    const [first] = waysToAsk(new URL('https://agent.example/a2a'), dialect, true);
    if (first === undefined) throw new Error('no way');
    return first;
  };

  it('is compared with what the operator has set', () => {
    expect(judgeCard({ versions: ['1.0'], streams: true }, way('v1.0'), 'v1.0')).toEqual([]);
    expect(judgeCard({ versions: ['1.0'] }, way('v0.3'), 'auto')).toEqual([]);
    expect(judgeCard({ versions: ['1.0'] }, way('v0.3'), 'v0.3')).toEqual([
      expect.stringContaining('A2A_DIALECT is v0.3'),
    ]);
    expect(judgeCard({ versions: [] }, way('v0.3'), 'auto')).toEqual([expect.stringContaining('no JSON-RPC')]);
    expect(judgeCard({ versions: ['0.3'], streams: false }, way('v0.3'), 'v0.3')).toEqual([
      expect.stringContaining('A2A_STREAM=off'),
    ]);
  });
});

describe('at the start', () => {
  let engine: Engine;
  let simulator: A2aSimulator | undefined;

  afterEach(async () => {
    await engine.close();
    await simulator?.close();
    simulator = undefined;
  });

  function open(url: string) {
    const logger = { ...silentLogger, warn: vi.fn(), info: vi.fn() };
    engine = createA2aEngine(a2aSettings(url, { dialect: 'v0.3' }), { logger });
    return logger;
  }

  it('a card that does not fit is a warning, and nothing waits for it', async () => {
    simulator = new A2aSimulator({ dialect: 'v0.3', card: CARD_10 });
    const logger = open(await simulator.start());
    await vi.waitFor(() => expect(logger.warn).toHaveBeenCalledTimes(1), WAIT);
    expect(logger.warn.mock.calls[0]?.[1]).toContain('A2A_DIALECT is v0.3');
    expect(await collectParts(engine, engineRequest())).not.toEqual([]);
  });

  it('an agent without a card is none of anybody’s business', async () => {
    simulator = new A2aSimulator({ dialect: 'v0.3' });
    const logger = open(await simulator.start());
    await vi.waitFor(() => expect(logger.info).toHaveBeenCalledTimes(1), WAIT);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('an agent that is not there is a warning with the code alone', async () => {
    simulator = new A2aSimulator({ dialect: 'v0.3' });
    const url = await simulator.start();
    await simulator.close();
    const logger = open(url);
    await vi.waitFor(() => expect(logger.warn).toHaveBeenCalledTimes(1), WAIT);
    expect(logger.warn.mock.calls[0]?.[0]).toEqual({ networkCode: 'ECONNREFUSED' });
  });

  it('closing does not wait for a card that hangs', async () => {
    simulator = new A2aSimulator({ dialect: 'v0.3', card: 'hangs' });
    const logger = open(await simulator.start());
    await engine.close();
    expect(logger.warn).not.toHaveBeenCalled();
  });
});
