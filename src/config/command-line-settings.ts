/** What the command lines need of the settings, whatever else is wrong with them. */
import Type, { type Static, type TObject } from 'typebox';
import Value from 'typebox/value';
import { GatewayError } from '../errors.ts';
import { CLOVA_SETTINGS } from './bot-settings.ts';
import { DATABASE_SETTINGS } from './database-settings.ts';
import { type Environment, environmentSource } from './environment-source.ts';
import { GOV_SETTINGS } from './gov-settings.ts';
import { SERVER_SETTINGS } from './process-settings.ts';
import { defaultsOf, type ReadFile, readSettings } from './read-settings.ts';
import { TUNING_SETTINGS } from './tuning-settings.ts';

const { clovaApiKey, clovaApigwKey, clovaBaseUrl, clovaPathPrefix, clovaModel, clovaModels } = CLOVA_SETTINGS;
const CommandLineSchema = Type.Object({
  clovaApiKey,
  clovaApigwKey,
  clovaBaseUrl,
  clovaPathPrefix,
  clovaModel,
  clovaModels,
  ...TUNING_SETTINGS,
  ...GOV_SETTINGS,
});

export type CommandLineSettings = Static<typeof CommandLineSchema>;

const StoreCommandSchema = Type.Object({
  dataDir: SERVER_SETTINGS.dataDir,
  databaseUrl: DATABASE_SETTINGS.databaseUrl,
});

export type StoreCommandSettings = Static<typeof StoreCommandSchema>;

/** From the environment alone: a bot of BOTS_FILE that has a key of its own is tried by naming that key in CLOVA_API_KEY.
 *  @param told what is wrong with where `env` comes from, `NAME: reason` each: stands in the same list
 *  @throws GatewayError `SETTINGS_INVALID`, whose message lists every bad setting and no value */
export function loadCommandLineSettings(
  env: Environment,
  readFile: ReadFile,
  told: readonly string[] = [],
): CommandLineSettings {
  return load(CommandLineSchema, env, readFile, told);
}

/** Where the store is.
 *  @param told as above
 *  @throws GatewayError `SETTINGS_INVALID`, whose message lists every bad setting and no value */
export function loadStoreCommandSettings(
  env: Environment,
  readFile: ReadFile,
  told: readonly string[] = [],
): StoreCommandSettings {
  return load(StoreCommandSchema, env, readFile, told);
}

function load<Schema extends TObject>(
  schema: Schema,
  env: Environment,
  readFile: ReadFile,
  told: readonly string[],
): Static<Schema> {
  const problems = [...told];
  const { properties } = schema;
  const settings = {
    ...defaultsOf(properties),
    ...readSettings(properties, environmentSource(env), readFile, problems),
  };
  if (problems.length > 0 || !Value.Check(schema, settings)) {
    throw new GatewayError('SETTINGS_INVALID', `These settings are wrong:\n${problems.join('\n')}`);
  }
  return settings;
}
