/** What the services of a bot's engines would refuse, found before any of them is asked. */
import { environmentName } from '../config/schema.ts';
import { type BotSettings, engineOf, modelOf } from '../config.ts';
import { leastPromptTokens } from '../conversation/answering/prompt.ts';
import {
  settingChecks as clovaChecks,
  maxPromptTokens as clovaPromptTokens,
  toolChecks as clovaToolChecks,
} from '../engine/clova-studio/index.ts';
import type { ToolDefinition } from '../engine/engine.ts';
import {
  checkTools as checkOpenAiTools,
  type OpenAiEngineSettings,
  settingChecks as openAiChecks,
  maxPromptTokens as openAiPromptTokens,
} from '../engine/openai/index.ts';
import { problemsOf, type SettingCheck, type SettingProblem } from '../http-client/upstream-settings.ts';
import { readTools } from '../tools/declaration.ts';
import { CLOVA_FIELDS, clovaEngineSettings } from './clova-engine.ts';
import type { SettingOfField } from './engine-settings.ts';
import { withModelOf } from './entry-model.ts';
import { OPENAI_FIELDS, openAiEngineSettings } from './openai-engine.ts';
import { type ReadableModels, withReadableModels } from './readable-models.ts';

export interface BotProblem {
  readonly field: keyof BotSettings;
  /** Fits after "NAME: " and holds no value. */
  readonly reason: string;
}

export interface ProcessPart {
  readonly maxConcurrentTurns: number;
  readonly govCa?: string;
}

/** All at once. What a bot of such settings lacks altogether (a key, an address) is not told here; the rest is judged without it. */
export function engineProblems(bot: BotSettings, process: ProcessPart): readonly BotProblem[] {
  const models = withReadableModels(bot);
  const problems = bot.engine.flatMap((entry, index) => {
    const judged = judgeEntry(entry, models, process);
    if (judged === undefined) return [];
    const { fields, found } = judged;
    return found.map((problem): BotProblem => {
      const { field } = problem;
      const reason = inSettingNames(problem, fields);
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

/** Engines call their fields otherwise than operators do. */
function inSettingNames({ reason, other }: SettingProblem, fields: SettingOfField): string {
  const setting = other === undefined ? undefined : fields[other];
  return other === undefined || setting === undefined ? reason : reason.replace(other, environmentName(setting));
}

function judgeEntry(
  entry: BotSettings['engine'][number],
  models: ReadableModels,
  process: ProcessPart,
): Judged | undefined {
  const { bot } = models;
  switch (engineOf(entry)) {
    case 'clova': {
      const asked = withModelOf(entry, bot);
      const found = judge(bot, clovaEngineSettings(asked, process), {
        checksOf: clovaChecks,
        promptTokensOf: clovaPromptTokens,
        toolChecksOf: clovaToolChecks,
      });
      const lacks = bot.clovaApiKey === undefined ? ['apiKey'] : [];
      const known = aboutKnown([asked.clovaModel, asked.clovaVisionModel], models, found);
      return { fields: CLOVA_FIELDS, found: [...models.problems, ...without(lacks, known)] };
    }
    case 'openai': {
      // Which service is meant, the address tells.
      if (bot.openaiBaseUrl === undefined && bot.openaiDialect === 'auto') return undefined;
      const lacks = [
        ...(bot.openaiBaseUrl === undefined ? ['baseUrl'] : []),
        ...((modelOf(entry)?.model ?? bot.openaiModel) === undefined ? ['model'] : []),
      ];
      const asked = withModelOf(entry, bot);
      const found = judge(bot, openAiEngineSettings(asked, process), {
        checksOf: openAiChecks,
        promptTokensOf: openAiPromptTokens,
        ...(bot.openaiTools && {
          toolChecksOf: (settings: OpenAiEngineSettings, tools: readonly ToolDefinition[]) => [
            () => checkOpenAiTools(settings, tools),
          ],
        }),
      });
      const known = aboutKnown([asked.openaiModel], models, found);
      return { fields: OPENAI_FIELDS, found: [...models.problems, ...without(lacks, known)] };
    }
    default:
      return undefined;
  }
}

function without(lacks: readonly string[], found: readonly SettingProblem[]): readonly SettingProblem[] {
  return found.filter(({ field }) => !lacks.includes(field));
}

/** What fits depends on the model. */
const FIELDS_OF_MODELS: ReadonlySet<string> = new Set([
  ...['model', 'visionModel', 'vision', 'maxOutputTokens', 'thinkingEffort', 'tools'],
  ...['temperature', 'topP', 'topK', 'repetitionPenalty'],
]);

/** Of a model whose entry in CLOVA_MODELS cannot be read, nobody can say yet what it takes. */
function aboutKnown(
  asked: readonly (string | undefined)[],
  { isUnknown }: ReadableModels,
  found: readonly SettingProblem[],
): readonly SettingProblem[] {
  return asked.some(isUnknown) ? found.filter(({ field }) => !FIELDS_OF_MODELS.has(field)) : found;
}

/** What an engine knows of its settings. */
interface Judges<EngineSettings> {
  readonly checksOf: (settings: EngineSettings) => readonly SettingCheck[];
  readonly promptTokensOf: (settings: EngineSettings) => number | undefined;
  /** Absent: it is offered none. */
  readonly toolChecksOf?: (settings: EngineSettings, tools: readonly ToolDefinition[]) => readonly SettingCheck[];
}

function judge<EngineSettings>(
  bot: BotSettings,
  settings: EngineSettings,
  { checksOf, promptTokensOf, toolChecksOf }: Judges<EngineSettings>,
): readonly SettingProblem[] {
  const toolChecks = bot.tools.length === 0 ? [] : (toolChecksOf?.(settings, readTools(bot.tools)) ?? []);
  const found = problemsOf([...checksOf(settings), ...toolChecks]);
  // What does not go with something that is wrong by itself goes with it once that is right, for all that is known.
  const problems = found.filter(({ other }) => !found.some(({ field }) => field === other));
  if (problems.some(({ field }) => field === 'model' || field === 'maxOutputTokens')) return problems;
  const room = promptTokensOf(settings);
  const needed = leastPromptTokens(bot);
  if (room === undefined || room >= needed) return problems;
  const reason = `leaves ${room} tokens of this model's context for a prompt, and the bot's own rules need about ${needed}`;
  return [...problems, { field: 'maxOutputTokens', reason }];
}
