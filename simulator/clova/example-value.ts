const EXAMPLES: Readonly<Record<string, string>> = {
  'date-time': '2026-11-21T10:00:00+09:00',
  date: '2026-11-21',
  time: '10:00:00+09:00',
  duration: 'P1D',
  email: 'cho@example.com',
  hostname: 'shop.example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/** A value that fits a JSON Schema, the same every time; a string with a pattern is the first place in `text` that fits it, one without
 *  any rule the whole. */
export function exampleOf(schema: unknown, text: string): unknown {
  const node = (schema ?? {}) as Readonly<Record<string, unknown>>;
  if (Array.isArray(node.enum)) return node.enum[0];
  if (Array.isArray(node.anyOf)) return exampleOf(node.anyOf[0], text);
  switch (node.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(node.properties ?? {}).map(([name, property]) => [name, exampleOf(property, text)]),
      );
    case 'array':
      return Array.from({ length: Number(node.minItems ?? 1) }, () => exampleOf(node.items, text));
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return node.minimum ?? node.maximum ?? 1;
    default:
      return EXAMPLES[String(node.format)] ?? placeIn(text, node.pattern) ?? text;
  }
}

function placeIn(text: string, pattern: unknown): string | undefined {
  if (typeof pattern !== 'string') return undefined;
  return new RegExp(pattern.replace(/^\^|\$$/g, ''), 'u').exec(text)?.[0];
}
