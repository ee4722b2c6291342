/** What the wiring of all engines has in common. */

import { environmentName } from '../config/schema.ts';
import type { BotSettings } from '../config.ts';
import { GatewayError } from '../errors.ts';

export const ENGINE_CONNECT_TIMEOUT_MS = 5_000;
/** Longest silence in the middle of an answer. */
export const ENGINE_IDLE_TIMEOUT_MS = 30_000;

/** Which setting fills a field of an engine. */
export type SettingOfField = Readonly<Record<string, keyof BotSettings>>;

/** Tells a complaint about a field of an engine in the words of the operator.
 *  @throws GatewayError `SETTINGS_INVALID` with the names of the bot and the setting, never a value */
export function namingSettings<Made>(fields: SettingOfField, botId: string, make: () => Made): Made {
  try {
    return make();
  } catch (thrown) {
    const field = thrown instanceof GatewayError ? thrown.details.field : undefined;
    const setting = typeof field === 'string' ? fields[field] : undefined;
    if (!(thrown instanceof GatewayError) || setting === undefined) throw thrown;
    const message = `${environmentName(setting)} of bot "${botId}" cannot be used: ${thrown.message}`;
    throw new GatewayError(thrown.code, message, { cause: thrown });
  }
}
