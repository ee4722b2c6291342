/** Words of an answer as they are shown; never for what is sent back. */

/** With the ends trimmed; `undefined` where nothing is left. */
export function wordsOf(value: unknown): string | undefined {
  const words = typeof value === 'string' ? value.trim() : '';
  return words === '' ? undefined : words;
}

/** The lines that there are, `undefined` when there are none. */
export function joined(lines: readonly (string | undefined)[], separator = '\n'): string | undefined {
  const there = lines.filter((line) => line !== undefined);
  return there.length === 0 ? undefined : there.join(separator);
}
