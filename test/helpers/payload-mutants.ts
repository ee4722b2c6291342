/** Payloads with one to four things wrong, and bodies that are no payload at all. */
import fc from 'fast-check';

type Path = readonly string[];

interface Mutation {
  readonly how: 'replace' | 'delete' | 'wrap' | 'add' | 'nest';
  /** Counts through the places of the payload. */
  readonly place: number;
  readonly value: unknown;
}

type Mutated =
  | { readonly payload: unknown; readonly mutations: readonly Mutation[]; readonly cut?: number }
  | { readonly text: string };

/** Values that are a fault somewhere in a payload: wrong types, ends of ranges, texts that mean something to somebody. */
const UGLY_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  -1,
  1e308,
  '',
  ' \n',
  'null',
  '{}',
  '{',
  '[]',
  'sys.date',
  '@sys.text',
  '발화 내용',
  '__proto__',
  'constructor',
  'a\u0000b',
  '\ud83d',
  '\ufdd0',
  '👩‍👩‍👧‍👦'.repeat(40),
  '가'.repeat(2_000),
  '**굵게**은\n\n| a | b |\n|---|---|\n| 1 | 2 |',
  'https://talk.kakaocdn.net/dn/a.jpg',
  'https://talk.kakaocdn.net/dn/a.mp4 https://talk.kakaocdn.net/dn/b.jpg',
  'http://[::1',
  'List(http://secure.kakaocdn.net/a, http://secure.kakaocdn.net/b)',
  '{"privacyAgreement":"Y","secureUrls":"List(http://secure.kakaocdn.net/a?x\\u003d1)"}',
  '{"malgil":"malgil:continue:t:1"}',
  'malgil:continue:t:99999999999999999999',
  'malgil:ask:',
  'https://bot-api.kakao.com/v1/bots/b/callback/cbtoken:1',
  '010-1234-5678',
  [],
  {},
  [[]],
  [null],
  { type: 'image' },
  { malgil: 'malgil:pickup:t' },
  { extra: { extra: { extra: {} } } },
  { secureUrls: 7 },
  { value: null, resolvedValue: {} },
  {
    matchedKnowledges: [
      { question: 7, answer: ['x'] },
      { answer: '답', imageUrl: 'x', landingUrl: 'javascript:1' },
    ],
  },
];

const FIELD_NAMES = ['userRequest', 'utterance', 'media', 'knowledges', 'value', '__proto__', '새 필드'];

export function mutations(payloads: readonly unknown[]): fc.Arbitrary<Mutated> {
  const mutation: fc.Arbitrary<Mutation> = fc.record({
    how: fc.constantFrom('replace', 'replace', 'delete', 'wrap', 'add', 'nest'),
    place: fc.nat(),
    value: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...UGLY_VALUES) },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
    ),
  });
  return fc.oneof(
    {
      weight: 17,
      arbitrary: fc.record({
        payload: fc.constantFrom(...payloads),
        mutations: fc.array(mutation, { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ payload: fc.constantFrom(...payloads), mutations: fc.constant([]), cut: fc.nat() }),
    },
    { weight: 2, arbitrary: fc.json({ maxDepth: 3 }).map((text) => ({ text })) },
  );
}

/** The body as text. */
export function payloadMutant(mutated: Mutated): string {
  if ('text' in mutated) return mutated.text;
  const root = structuredClone(mutated.payload);
  for (const mutation of mutated.mutations) mutate(root, mutation);
  const text = JSON.stringify(root);
  return mutated.cut === undefined ? text : text.slice(0, mutated.cut % (text.length + 1));
}

function mutate(root: unknown, { how, place, value }: Mutation): void {
  const paths = pathsOf(root);
  const path = paths[place % Math.max(1, paths.length)];
  if (path === undefined) return;
  const key = path.at(-1) ?? '';
  const parent = path.slice(0, -1).reduce<unknown>((node, step) => Reflect.get(Object(node), step), root) as object;
  // Copies: a value that stands in a payload may be mutated itself.
  const copy = structuredClone(value);
  const old: unknown = Reflect.get(parent, key);
  if (how === 'delete') Reflect.deleteProperty(parent, key);
  else if (how === 'add') define(parent, FIELD_NAMES[place % FIELD_NAMES.length] ?? 'x', copy);
  else define(parent, key, how === 'wrap' ? [old, copy] : how === 'nest' ? { [key]: old } : copy);
}

/** As JSON.parse does it: `__proto__` is a field like any other. */
function define(parent: object, key: string, value: unknown): void {
  Object.defineProperty(parent, key, { value, enumerable: true, writable: true, configurable: true });
}

function pathsOf(node: unknown, path: Path = []): Path[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) => [[...path, key], ...pathsOf(child, [...path, key])]);
}
