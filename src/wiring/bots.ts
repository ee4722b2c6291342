/** A bot and all that belongs to it alone, from its settings. */
import type { BotSettings, Settings } from '../config.ts';
import { AnswerCache } from '../conversation/answering/answer-cache.ts';
import type { Bot } from '../conversation/bot.ts';
import type { CallPath } from '../engine/call-path/index.ts';
import type { Engine } from '../engine/engine.ts';
import { createFaqEngine } from '../engine/faq/index.ts';
import { createImageSource } from '../images/fetch-image.ts';
import type { ImageSource } from '../images/image-source.ts';
import { createKnowledge } from '../knowledge/index.ts';
import { createSignedPost } from '../operator-hook/signed-post.ts';
import { systemClock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { type BotContent, readContent } from './bot-content.ts';
import { type ChannelHooks, createChannel } from './channels.ts';
import { createEngineChain } from './engine-chain.ts';
import { openSummarizer } from './history-summary.ts';
import { openCostLimit, type Spending } from './spending.ts';
import { openTools } from './tools.ts';

/** A platform's image host answers in a fraction of it; the customer waits. */
const PHOTO_TIMEOUT_MS = 8_000;

export type UnindexedBot = Omit<Bot, 'knowledge'> & Pick<BotContent, 'entries'>;

export function indexKnowledge({ entries, ...bot }: UnindexedBot): Bot {
  return { ...bot, knowledge: createKnowledge(entries) };
}

/** The same bot with other words, rules and knowledge; what was connected stays so.
 *  @param isIndexed again: 10,000 entries take some 0.4 s, in which nobody is answered */
export function withContent(bot: Bot, { entries, ...content }: BotContent, isIndexed: boolean): Bot {
  const approvedEngine = createFaqEngine({ topics: content.topics });
  const inPlace = (engine: Engine) => (engine === bot.approvedEngine ? approvedEngine : engine);
  const { costLimit, answerCache } = bot;
  return {
    ...bot,
    ...content,
    knowledge: isIndexed ? createKnowledge(entries) : bot.knowledge,
    approvedEngine,
    engines: bot.engines.map(inPlace),
    ...(costLimit === undefined
      ? {}
      : { costLimit: { ...costLimit, freeEngines: costLimit.freeEngines.map(inPlace) } }),
    ...(answerCache === undefined ? {} : { answerCache: answerCache.emptied() }),
  };
}

/** All that can be wrong with a bot is found here, before anything is touched.
 *  @throws GatewayError `KNOWLEDGE_INVALID`, `SETTINGS_INVALID` */
export function createUnindexedBot(
  bot: BotSettings,
  settings: Settings,
  sampleDirectory: string,
  log: Logger,
  callPath: CallPath,
  spending: Spending,
  hooks: ChannelHooks,
): UnindexedBot {
  const content = readContent(bot, settings, sampleDirectory, log);
  const approvedEngine = createFaqEngine({ topics: content.topics });
  const engines = createEngineChain(bot, {
    settings,
    callPath,
    approvedEngine,
    spendingBook: spending.book,
    logger: log,
  });
  return {
    ...content,
    id: bot.id,
    channels: new Map(bot.channels.map((name) => [name, createChannel(name, bot, log, hooks)])),
    engines,
    approvedEngine,
    ...openTools(bot),
    ...(bot.answerCacheMinutes === 0 ? {} : { answerCache: new AnswerCache(bot.answerCacheMinutes * 60_000) }),
    ...openCostLimit(bot, engines, approvedEngine, spending.limits),
    ...openSummarizer(bot, engines, spending.book),
    ...(bot.photos ? { photos: openPhotos(bot) } : {}),
    engineTotalMs: bot.engineTotalMs,
    ...openHook(bot),
  };
}

function openHook(bot: BotSettings): Pick<Bot, 'hook' | 'lookUp'> {
  const { operatorHookUrl: url, operatorHookSecret: secret } = bot;
  if (url === undefined || secret === undefined) return {};
  const hook = createSignedPost({ url, secret, clock: systemClock });
  const fromUnder14 = bot.childData === 'collect';
  return { hook, lookUp: { words: bot.orderLookupWords, fields: bot.orderLookupFields, fromUnder14 } };
}

function openPhotos(bot: BotSettings): ImageSource {
  return createImageSource({ hosts: bot.photoHosts, maxSizeBytes: bot.photoMaxBytes, timeoutMs: PHOTO_TIMEOUT_MS });
}
