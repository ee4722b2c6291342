/** The same function of a text, which remembers its latest `maxTexts` results. For texts that come again and again. */
export function remember<Result>(compute: (text: string) => Result, maxTexts: number): (text: string) => Result {
  // A Map keeps insertion order. Oldest out, not least used out: reading then writes nothing, and what is still in use comes back at once.
  const results = new Map<string, { readonly result: Result }>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined) return known.result;
    const result = compute(text);
    const [oldest] = results.size >= maxTexts ? results.keys() : [];
    if (oldest !== undefined) results.delete(oldest);
    results.set(text, { result });
    return result;
  };
}
