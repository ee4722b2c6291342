import type { SettingSource } from './read-settings.ts';
import { environmentName } from './schema.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export function environmentSource(env: Environment): SettingSource {
  return { get: (field) => env[environmentName(field)], nameOf: environmentName };
}
