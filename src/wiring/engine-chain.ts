/** The engines of a bot in the order of ENGINE, each on the call path that it shares with others who ask the same upstream. */
import { type BotSettings, engineOf, type Settings } from '../config.ts';
import type { CallPath } from '../engine/call-path/index.ts';
import { cleanAnswers } from '../engine/clean-answer.ts';
import type { Engine } from '../engine/engine.ts';
import { fitPrompts } from '../engine/fit-prompt.ts';
import { withFields } from '../platform/bound-logger.ts';
import { systemClock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { createMeter, meterEngine } from '../usage/meter.ts';
import { readModelPrices } from '../usage/model-prices.ts';
import type { SpendingBook } from '../usage/spending-book.ts';
import { createUpstreamEngine } from './engines.ts';
import { withModelOf } from './entry-model.ts';
import { upstreamName } from './upstream-name.ts';

export interface EngineChainParts {
  readonly settings: Settings;
  readonly callPath: CallPath;
  /** Stands for `faq`. */
  readonly approvedEngine: Engine;
  /** Where it is written down what they use. */
  readonly spendingBook: SpendingBook;
  readonly logger: Logger;
}

/** @throws GatewayError `SETTINGS_INVALID` with the names of the bot and the setting, never a value */
export function createEngineChain(bot: BotSettings, parts: EngineChainParts): readonly Engine[] {
  const { settings, callPath, approvedEngine, spendingBook } = parts;
  const logger = withFields(parts.logger, { bot: bot.id });
  const prices = readModelPrices(bot.modelPrices);
  return bot.engine.map((entry) => {
    const name = engineOf(entry);
    if (name === 'faq') return approvedEngine;
    const asked = withModelOf(entry, bot);
    const engine = fitPrompts(cleanAnswers(createUpstreamEngine(name, asked, settings, callPath, logger)), {
      now: systemClock.now,
      onCalibrationFailed: ({ code }) =>
        logger.warn({ code }, 'the tokens of the prompt could not be counted; they are learned from answers'),
    });
    const model = name === 'openai' ? asked.openaiModel : undefined;
    // Whatever changes parts stands together, on one side of the call path: then it is one stream.
    const metered = meterEngine(engine, createMeter(bot.id, prices, spendingBook, model));
    return callPath.guard(metered, upstreamName(name, asked));
  });
}
