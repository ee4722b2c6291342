/** What the services of a bot's engines would refuse, found before any of them is asked. */
import { type BotSettings, engineOf, modelOf } from '../config.ts';
import { leastPromptTokens } from '../conversation/prompt.ts';
import {
  checkTools as checkClovaTools,
  settingChecks as clovaChecks,
  maxPromptTokens as clovaPromptTokens,
} from '../engine/clova/index.ts';
import type { ToolDefinition } from '../engine/engine.ts';
import {
  checkTools as checkOpenAiTools,
  settingChecks as openAiChecks,
  maxPromptTokens as openAiPromptTokens,
} from '../engine/openai/index.ts';
import { problemsOf, type SettingCheck, type SettingProblem } from '../engine/upstream-settings.ts';
import { readTools } from '../tools/declaration.ts';
import { CLOVA_FIELDS, clovaEngineSettings } from './clova-engine.ts';
import type { SettingOfField } from './engine-settings.ts';
import { withModelOf } from './entry-model.ts';
import { OPENAI_FIELDS, openAiEngineSettings } from './openai-engine.ts';

export interface BotProblem {
  readonly field: keyof BotSettings;
  /** Fits after "NAME: " and holds no value. */
  readonly reason: string;
}

export interface ProcessPart {
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
      if (field === 'tools')
        return { field, reason: `cannot be called by item ${index + 1} of ENGINE: they ${reason}` };
      const setting = fields[field] ?? 'engine';
      const namesModel = field === 'model' && modelOf(entry) !== undefined;
      return namesModel ? { field: 'engine', reason: `item ${index + 1} ${reason}` } : { field: setting, reason };
    });
  });
  if (bot.tools.length > 0 && !bot.engine.some((entry) => callsTools(entry, bot))) {
    const reason = 'can be called by no engine of this bot: ENGINE must name clova, or openai with OPENAI_TOOLS';
    problems.push({ field: 'tools', reason });
  }
  // Entries that ask the same service in the same way have the same fault.
  return problems.filter(
    (one, index) => problems.findIndex(({ field, reason }) => field === one.field && reason === one.reason) === index,
  );
}

function callsTools(entry: BotSettings['engine'][number], { openaiTools }: BotSettings): boolean {
  const name = engineOf(entry);
  return name === 'clova' || (name === 'openai' && openaiTools);
}

interface Judged {
  readonly fields: SettingOfField;
  readonly found: readonly SettingProblem[];
}

function judgeEntry(entry: BotSettings['engine'][number], bot: BotSettings, process: ProcessPart): Judged | undefined {
  const name = engineOf(entry);
  if (name === 'clova' && bot.clovaApiKey !== undefined) {
    const settings = () => clovaEngineSettings(withModelOf(entry, bot), process);
    return {
      fields: CLOVA_FIELDS,
      found: judge(bot, settings, {
        checksOf: clovaChecks,
        promptTokensOf: clovaPromptTokens,
        checkTools: checkClovaTools,
      }),
    };
  }
  if (name === 'openai' && bot.openaiBaseUrl !== undefined && withModelOf(entry, bot).openaiModel !== undefined) {
    const settings = () => openAiEngineSettings(withModelOf(entry, bot), process);
    return {
      fields: OPENAI_FIELDS,
      found: judge(bot, settings, {
        checksOf: openAiChecks,
        promptTokensOf: openAiPromptTokens,
        ...(bot.openaiTools && { checkTools: checkOpenAiTools }),
      }),
    };
  }
  return undefined;
}

/** What an engine knows of its settings. */
interface Judges<EngineSettings> {
  readonly checksOf: (settings: EngineSettings) => readonly SettingCheck[];
  readonly promptTokensOf: (settings: EngineSettings) => number | undefined;
  /** Absent: it is offered none. */
  readonly checkTools?: (settings: EngineSettings, tools: readonly ToolDefinition[]) => void;
}

function judge<EngineSettings>(
  bot: BotSettings,
  read: () => EngineSettings,
  { checksOf, promptTokensOf, checkTools }: Judges<EngineSettings>,
): readonly SettingProblem[] {
  const unreadable = problemsOf([() => void read()]);
  if (unreadable.length > 0) return unreadable;
  const settings = read();
  const problems = [...problemsOf(checksOf(settings))];
  // Of settings that are wrong by themselves nothing can be said about what goes with them.
  if (problems.length === 0 && bot.tools.length > 0) {
    problems.push(...problemsOf([() => checkTools?.(settings, readTools(bot.tools))]));
  }
  if (problems.some(({ field }) => field === 'model' || field === 'maxOutputTokens')) return problems;
  const room = promptTokensOf(settings);
  const needed = leastPromptTokens(bot);
  if (room === undefined || room >= needed) return problems;
  const reason = `leaves ${room} tokens of this model's context for a prompt, and the bot's own rules need about ${needed}`;
  return [...problems, { field: 'maxOutputTokens', reason }];
}
