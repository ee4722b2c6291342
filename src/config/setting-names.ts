import { mayStandInFile } from './read-settings.ts';
import { BotSchema, environmentName, ProcessSchema } from './schema.ts';

/** All that the environment may hold, `…_FILE` included. A bot's id stands in BOTS_FILE alone. */
export const SETTING_NAMES: readonly string[] = [ProcessSchema.properties, BotSchema.properties].flatMap((properties) =>
  Object.entries<object>(properties)
    .filter(([field]) => field !== 'id')
    .flatMap(([field, schema]) =>
      (mayStandInFile(schema) ? [field, `${field}File`] : [field]).map((one) => environmentName(one)),
    ),
);
