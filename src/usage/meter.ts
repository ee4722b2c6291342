/** Stands between a bot and its models, and counts what every answer uses: of questions, tools and summaries alike. */
import type { Engine, EnginePart, TokenUsage } from '../engine/engine.ts';
import { mapParts } from '../engine/map-parts.ts';
import { costMicroWon, type ModelPrices, priceOf } from './model-prices.ts';
import type { SpendingBook } from './spending-book.ts';

/** Writes down what a model used, and says it again with its cost where that is known. */
export type Meter = (model: string, usage: TokenUsage) => TokenUsage;

/** @param asked the model that was asked for: services answer with names of their own, such as one with a date behind it */
export function createMeter(
  botId: string,
  prices: ModelPrices,
  book: Pick<SpendingBook, 'record'>,
  asked?: string,
): Meter {
  const priceOfAsked = asked === undefined ? undefined : priceOf(prices, asked);
  return (model, usage) => {
    const price = priceOf(prices, model) ?? priceOfAsked;
    const priced = price === undefined ? usage : { ...usage, costMicroWon: costMicroWon(usage, price) };
    book.record(botId, model, priced);
    return priced;
  };
}

/** The same engine. What its service does not tell, or what is cut off before it does, is not counted. */
export function meterEngine(engine: Engine, meter: Meter): Engine {
  const metered = (part: EnginePart): EnginePart =>
    part.type === 'finished' && part.usage !== undefined
      ? { ...part, usage: meter(part.model ?? engine.name, part.usage) }
      : part;
  return {
    ...engine,
    answer: (request, signal) => mapParts(engine.answer(request, signal), metered),
    close: () => engine.close(),
  };
}
