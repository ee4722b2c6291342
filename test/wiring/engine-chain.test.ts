import { expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';
import { createCallPath } from '../../src/engine/call-path/index.ts';
import { createFaqEngine } from '../../src/engine/faq/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { SpendingBook } from '../../src/usage/spending-book.ts';
import { createEngineChain } from '../../src/wiring/engine-chain.ts';

it('has every engine say in the log which bot it answers for', async () => {
  const bots = [
    { id: 'shop', clovaModel: 'HCX-998' },
    { id: 'school', clovaModel: 'HCX-999' },
  ];
  const env = { BOTS_FILE: 'bots.json', CLOVA_API_KEY: 'nv-test' };
  const settings = loadSettings(env, () => JSON.stringify(bots));
  const logged: object[] = [];
  const logger = { ...silentLogger, warn: (fields: object) => void logged.push(fields) };
  const metrics = { circuitChanged: () => {}, modelUsed: () => {} };
  const parts = {
    settings,
    callPath: createCallPath({ clock: systemClock, logger, metrics }),
    approvedEngine: createFaqEngine({ topics: [] }),
    spendingBook: new SpendingBook({ clock: systemClock, logger, metrics }),
    logger,
  };
  const engines = settings.bots.flatMap((bot) => createEngineChain(bot, parts));
  expect(logged).toEqual([
    { bot: 'shop', model: 'HCX-998' },
    { bot: 'school', model: 'HCX-999' },
  ]);
  await Promise.all(engines.map((engine) => engine.close()));
});
