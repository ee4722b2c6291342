/** Reading foreign JSON without believing it: what is not there or of another type is `undefined` or empty. */

export function fieldOf(holder: unknown, key: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) return undefined;
  return (holder as Readonly<Record<string, unknown>>)[key];
}

export function textField(holder: unknown, key: string): string | undefined {
  const value = fieldOf(holder, key);
  return typeof value === 'string' ? value : undefined;
}

export function listField(holder: unknown, key: string): readonly unknown[] {
  const value = fieldOf(holder, key);
  return Array.isArray(value) ? value : [];
}

/** `{ key: value }`, or nothing: an optional property must be absent, not `undefined`. */
export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

export function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
