/** A bot and all that belongs to it alone, from its settings. */
import { type BotSettings, SAMPLE_KNOWLEDGE, type Settings } from '../config.ts';
import { AnswerCache } from '../conversation/answer-cache.ts';
import type { Bot } from '../conversation/bot.ts';
import type { HandoverPolicy } from '../conversation/thread/policy.ts';
import type { CallPath } from '../engine/call-path/index.ts';
import { createFaqEngine } from '../engine/faq/index.ts';
import { createImageSource } from '../images/fetch-image.ts';
import type { ImageSource } from '../images/image-source.ts';
import { createKnowledge } from '../knowledge/index.ts';
import type { KnowledgeEntry } from '../knowledge/knowledge.ts';
import { createSignedPost } from '../operator-hook/signed-post.ts';
import { createBusinessHours } from '../platform/business-hours.ts';
import { systemClock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { type ChannelHooks, createChannel } from './channels.ts';
import { createEngineChain } from './engine-chain.ts';
import { loadEntries } from './entries.ts';
import { openSummarizer } from './history-summary.ts';
import { openCostLimit, type Spending } from './spending.ts';
import { openTools } from './tools.ts';

/** A platform's image host answers in a fraction of it; the customer waits. */
const PHOTO_TIMEOUT_MS = 8_000;
const OFFERED_TOPICS = 3;

export type UnindexedBot = Omit<Bot, 'knowledge'> & { readonly entries: readonly KnowledgeEntry[] };

export function indexKnowledge({ entries, ...bot }: UnindexedBot): Bot {
  return { ...bot, knowledge: createKnowledge(entries) };
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
  const entries = loadEntries(bot, settings, sampleDirectory, log);
  // Operators put what most people ask on top of their file.
  const topics = entries.slice(0, OFFERED_TOPICS);
  const approvedEngine = createFaqEngine({ topics });
  const engines = createEngineChain(bot, {
    settings,
    callPath,
    approvedEngine,
    spendingBook: spending.book,
    logger: log,
  });
  return {
    id: bot.id,
    name: bot.name,
    channels: new Map(bot.channels.map((name) => [name, createChannel(name, bot, log, hooks)])),
    entries,
    topics,
    usesSampleKnowledge: bot.knowledgeFile === SAMPLE_KNOWLEDGE,
    engines,
    approvedEngine,
    ...openTools(bot, engines),
    ...(bot.answerCacheMinutes === 0 ? {} : { answerCache: new AnswerCache(bot.answerCacheMinutes * 60_000) }),
    ...openCostLimit(bot, engines, approvedEngine, spending.limits),
    ...openSummarizer(bot, engines, spending.book),
    ...(bot.photos ? { photos: openPhotos(bot) } : {}),
    answerMode: bot.answerMode,
    systemPrompt: bot.systemPrompt,
    greeting: bot.greeting,
    contact: bot.contact,
    waitingText: bot.waitingText,
    resetWords: bot.resetWords,
    engineTotalMs: bot.engineTotalMs,
    historyTokens: bot.historyTokens,
    historyTurns: bot.historyTurns,
    conversationIdleMs: bot.conversationIdleMinutes * 60_000,
    greetingCooldownMs: bot.greetingCooldownMinutes * 60_000,
    quiet: { quietMs: bot.naverQuietMs, longestMs: bot.naverQuietMaxMs },
    handover: createHandoverPolicy(bot),
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

function createHandoverPolicy(bot: BotSettings): HandoverPolicy {
  return {
    reasons: new Set(bot.handoverOn.filter((reason) => reason !== 'never')),
    hours: createBusinessHours({
      hours: bot.businessHours,
      lunch: bot.lunchBreak,
      closedOnPublicHolidays: bot.closedOnHolidays,
      daysOff: bot.daysOff,
    }),
    awayText: bot.awayText,
    waitingText: bot.handoverText,
    rules: {
      waitingMs: bot.agentWaitMinutes * 60_000,
      agentMs: bot.agentIdleMinutes * 60_000,
      agentsFirstMs: bot.agentsFirstSeconds * 1_000,
      answersOldButtons: bot.answerOldButtons,
    },
  };
}

function openPhotos(bot: BotSettings): ImageSource {
  return createImageSource({ hosts: bot.photoHosts, maxSizeBytes: bot.photoMaxBytes, timeoutMs: PHOTO_TIMEOUT_MS });
}
