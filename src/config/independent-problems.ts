import { environmentName } from './schema.ts';

/** Of complaints about settings that cannot work together, those in which none takes part that is wrong by itself: in its place stands
 *  the default, so the complaint could be wrong, or say the same again.
 *  @param told what is wrong already: `NAME: reason`, or `bot "id": field: reason`
 *  @param fields of a bot */
export function independentProblems(
  told: readonly string[],
  combined: readonly string[],
  fields: readonly string[],
): readonly string[] {
  const named = new Set(told.map((problem) => /^(?:bot "[^"]*": )?(\w+)/.exec(problem)?.[1] ?? ''));
  const wrong = fields.flatMap((field) => {
    const names = [field, environmentName(field)];
    return names.some((name) => named.has(name) || named.has(`${name}File`) || named.has(`${name}_FILE`)) ? names : [];
  });
  return combined.filter((problem) => !wrong.some((name) => new RegExp(`\\b${name}\\b`).test(problem)));
}

/** Whether the field is wrong by itself, in its own place or in the environment for all bots; in the file that it names, too.
 *  @param told `NAME: reason`, or `bot "id": field: reason` */
export function isToldOf(told: readonly string[], field: string, nameOf: (field: string) => string): boolean {
  const names = [field, `${field}File`].flatMap((one) => [nameOf(one), environmentName(one)]);
  return told.some((problem) => names.some((name) => problem.startsWith(`${name}: `)));
}
