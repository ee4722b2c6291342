/** Foreign JSON, read without believing it: what is missing or of another type is `undefined` or empty. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** With the ends trimmed; `undefined` where nothing is left. For words that are shown, never for what is sent back. */
export function wordsOf(value: unknown): string | undefined {
  const words = typeof value === 'string' ? value.trim() : '';
  return words === '' ? undefined : words;
}

/** Byte for byte; `undefined` for the empty text. */
export function exactText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Lines that there are, `undefined` when there are none. */
export function joined(lines: readonly (string | undefined)[], separator = '\n'): string | undefined {
  const there = lines.filter((line) => line !== undefined);
  return there.length === 0 ? undefined : there.join(separator);
}
