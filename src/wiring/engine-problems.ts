/** What the services of a bot's engines would refuse, found before any of them is asked. */
import { type BotSettings, engineOf, modelOf } from '../config.ts';
import { leastPromptTokens } from '../conversation/prompt.ts';
import { settingChecks as clovaChecks, maxPromptTokens as clovaPromptTokens } from '../engine/clova/index.ts';
import { settingChecks as openAiChecks, maxPromptTokens as openAiPromptTokens } from '../engine/openai/index.ts';
import { problemsOf, type SettingCheck, type SettingProblem } from '../engine/upstream-settings.ts';
import { CLOVA_FIELDS, clovaEngineSettings } from './clova-engine.ts';
import type { SettingOfField } from './engine-settings.ts';
import { withModelOf } from './entry-model.ts';
import { OPENAI_FIELDS, openAiEngineSettings } from './openai-engine.ts';

export interface BotProblem {
  readonly field: keyof BotSettings;
  /** Fits after "NAME: " and holds no value. */
  readonly reason: string;
}

interface ProcessPart {
  readonly maxConcurrentTurns: number;
  readonly govCa?: string;
}

/** All at once. What a bot of such settings lacks altogether (a key, an address) is not told here. */
export function engineProblems(bot: BotSettings, process: ProcessPart): readonly BotProblem[] {
  const problems = bot.engine.flatMap((entry, index) => {
    const judged = judgeEntry(entry, bot, process);
    if (judged === undefined) return [];
    const { fields, found } = judged;
    return found.map(({ field, reason }): BotProblem => {
      const setting = fields[field] ?? 'engine';
      const namesModel = field === 'model' && modelOf(entry) !== undefined;
      return namesModel ? { field: 'engine', reason: `item ${index + 1} ${reason}` } : { field: setting, reason };
    });
  });
  // Entries that ask the same service in the same way have the same fault.
  return problems.filter(
    (one, index) => problems.findIndex(({ field, reason }) => field === one.field && reason === one.reason) === index,
  );
}

interface Judged {
  readonly fields: SettingOfField;
  readonly found: readonly SettingProblem[];
}

function judgeEntry(entry: BotSettings['engine'][number], bot: BotSettings, process: ProcessPart): Judged | undefined {
  const name = engineOf(entry);
  if (name === 'clova' && bot.clovaApiKey !== undefined) {
    const settings = () => clovaEngineSettings(withModelOf(entry, bot), process);
    return { fields: CLOVA_FIELDS, found: judge(bot, settings, clovaChecks, clovaPromptTokens) };
  }
  if (name === 'openai' && bot.openaiBaseUrl !== undefined && withModelOf(entry, bot).openaiModel !== undefined) {
    const settings = () => openAiEngineSettings(withModelOf(entry, bot), process);
    return { fields: OPENAI_FIELDS, found: judge(bot, settings, openAiChecks, openAiPromptTokens) };
  }
  return undefined;
}

function judge<EngineSettings>(
  bot: BotSettings,
  read: () => EngineSettings,
  checksOf: (settings: EngineSettings) => readonly SettingCheck[],
  promptTokensOf: (settings: EngineSettings) => number | undefined,
): readonly SettingProblem[] {
  const unreadable = problemsOf([() => void read()]);
  if (unreadable.length > 0) return unreadable;
  const settings = read();
  const problems = problemsOf(checksOf(settings));
  if (problems.some(({ field }) => field === 'model' || field === 'maxOutputTokens')) return problems;
  const room = promptTokensOf(settings);
  const needed = leastPromptTokens(bot);
  if (room === undefined || room >= needed) return problems;
  const reason = `leaves ${room} tokens of this model's context for a prompt, and the bot's own rules need about ${needed}`;
  return [...problems, { field: 'maxOutputTokens', reason }];
}
