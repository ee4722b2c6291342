import type { BotSettings } from '../config.ts';
import { readModelOverrides } from '../engine/clova-studio/index.ts';
import { problemsOf, type SettingProblem } from '../http-client/upstream-settings.ts';

export interface ReadableModels {
  /** The bot without the entries of CLOVA_MODELS that cannot be read. */
  readonly bot: BotSettings;
  readonly problems: readonly SettingProblem[];
  /** An entry that cannot be read was to say what this model can do. */
  readonly isUnknown: (model: string | undefined) => boolean;
}

/** One entry that cannot be read must not keep back what else is wrong. */
export function withReadableModels(bot: BotSettings): ReadableModels {
  const { clovaModels } = bot;
  const problems = clovaModels === undefined ? [] : problemsOf([() => void readModelOverrides(clovaModels)]);
  if (clovaModels === undefined || problems.length === 0) return { bot, problems, isUnknown: () => false };
  const entries = Object.entries(clovaModels);
  const readable = entries.filter(
    (entry) => problemsOf([() => void readModelOverrides(entryAlone(entry))]).length === 0,
  );
  return {
    bot: { ...bot, clovaModels: Object.fromEntries(readable) },
    problems,
    isUnknown: (model) => entries.some(([name]) => name === model) && !readable.some(([name]) => name === model),
  };
}

function entryAlone([name, said]: readonly [string, unknown]): Readonly<Record<string, unknown>> {
  return Object.fromEntries([[name, said]]);
}
