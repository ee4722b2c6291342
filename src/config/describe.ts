import type { TSchema } from 'typebox';
import { factsOf, mayStandInFile } from './read-settings.ts';
import { environmentName, SETTING_GROUPS } from './schema.ts';

/** One setting, for people to read. */
export interface SettingRow {
  readonly name: string;
  readonly group: string;
  readonly groupKo: string;
  /** `bot`: also a field of a bot in BOTS_FILE. */
  readonly scope: 'process' | 'bot';
  /** As it would be written in the environment; empty when there is none. */
  readonly default: string;
  /** Stands in tables instead of `default`: where that is long, or follows from other settings. */
  readonly defaultText?: string;
  readonly defaultTextKo?: string;
  readonly secret: boolean;
  /** May also be given as the path of a file, in `NAME_FILE`. */
  readonly fromFile: boolean;
  readonly description: string;
  readonly descriptionKo: string;
}

export function describeSettings(): readonly SettingRow[] {
  return SETTING_GROUPS.flatMap(({ title, titleKo, scope, settings }) =>
    Object.entries(settings).map(([field, schema]) => ({
      name: environmentName(field),
      group: title,
      groupKo: titleKo,
      scope,
      ...describeSchema(schema),
    })),
  );
}

function describeSchema(schema: TSchema) {
  const facts = factsOf(schema);
  return {
    default: writtenDefault(facts.default),
    ...(facts.defaultText === undefined ? {} : { defaultText: facts.defaultText }),
    ...(facts.defaultTextKo === undefined ? {} : { defaultTextKo: facts.defaultTextKo }),
    secret: facts.secret === true,
    fromFile: mayStandInFile(schema),
    description: facts.description ?? '',
    descriptionKo: facts.descriptionKo ?? '',
  };
}

function writtenDefault(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return Array.isArray(value) ? value.join(',') : String(value);
}
