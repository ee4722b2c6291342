/** What of a bot is words, rules and knowledge: it may change while the bot works, since nothing is connected to it. */
import type { BotSettings, Settings } from '../config.ts';
import { SAMPLE_KNOWLEDGE } from '../config.ts';
import type { Bot } from '../conversation/bot.ts';
import type { HandoverPolicy } from '../conversation/thread/policy.ts';
import type { KnowledgeEntry } from '../knowledge/knowledge.ts';
import { createBusinessHours } from '../platform/business-hours.ts';
import type { Logger } from '../platform/logger.ts';
import { loadEntries } from './entries.ts';

export const CONTENT_SETTINGS = [
  'name',
  'knowledgeFile',
  'answerMode',
  'systemPrompt',
  'greeting',
  'greetingEn',
  'contact',
  'waitingText',
  'resetWords',
  'historyTokens',
  'historyTurns',
  'conversationIdleMinutes',
  'greetingCooldownMinutes',
  'naverQuietMs',
  'naverQuietMaxMs',
  'handoverOn',
  'businessHours',
  'lunchBreak',
  'closedOnHolidays',
  'daysOff',
  'awayText',
  'handoverText',
  'agentWaitMinutes',
  'agentIdleMinutes',
  'agentsFirstSeconds',
  'answerOldButtons',
] as const satisfies readonly (keyof BotSettings)[];

export type ContentSettings = Pick<BotSettings, 'id' | (typeof CONTENT_SETTINGS)[number]>;

export type BotContent = Pick<
  Bot,
  | 'name'
  | 'topics'
  | 'usesSampleKnowledge'
  | 'answerMode'
  | 'systemPrompt'
  | 'greeting'
  | 'englishGreeting'
  | 'contact'
  | 'waitingText'
  | 'resetWords'
  | 'historyTokens'
  | 'historyTurns'
  | 'conversationIdleMs'
  | 'greetingCooldownMs'
  | 'quiet'
  | 'handover'
> & { readonly entries: readonly KnowledgeEntry[] };

const OFFERED_TOPICS = 3;

/** @throws GatewayError `KNOWLEDGE_INVALID` */
export function readContent(
  bot: ContentSettings,
  settings: Pick<Settings, 'publicUrl' | 'port'>,
  sampleDirectory: string,
  log: Logger,
): BotContent {
  const entries = loadEntries(bot, settings, sampleDirectory, log);
  return {
    name: bot.name,
    entries,
    // Operators put what most people ask on top of their file.
    topics: entries.slice(0, OFFERED_TOPICS),
    usesSampleKnowledge: bot.knowledgeFile === SAMPLE_KNOWLEDGE,
    answerMode: bot.answerMode,
    systemPrompt: bot.systemPrompt,
    greeting: bot.greeting,
    englishGreeting: bot.greetingEn,
    contact: bot.contact,
    waitingText: bot.waitingText,
    resetWords: bot.resetWords,
    historyTokens: bot.historyTokens,
    historyTurns: bot.historyTurns,
    conversationIdleMs: bot.conversationIdleMinutes * 60_000,
    greetingCooldownMs: bot.greetingCooldownMinutes * 60_000,
    quiet: { quietMs: bot.naverQuietMs, longestMs: bot.naverQuietMaxMs },
    handover: createHandoverPolicy(bot),
  };
}

function createHandoverPolicy(bot: ContentSettings): HandoverPolicy {
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
