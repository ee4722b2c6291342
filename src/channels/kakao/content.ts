import type { CardBodies, CardType, OutputBodies, OutputType, SkillOutput } from './schema.ts';

/** One output with its type as a tag: the wire names the type by its only key, which TypeScript cannot switch over. */
export type Content = { [K in OutputType]: { readonly type: K; readonly body: OutputBodies[K] } }[OutputType];
export type CardContent = { [K in CardType]: { readonly type: K; readonly body: CardBodies[K] } }[CardType];

export interface Bubble {
  readonly content: Content;
  /** For people. */
  readonly text: string;
}

export function toOutput({ type, body }: Content): SkillOutput {
  return { [type]: body } as unknown as SkillOutput;
}

export function contentOf(output: SkillOutput): Content {
  const [type, body] = Object.entries(output)[0] ?? [];
  return { type, body } as Content;
}

export function jsonSizeBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
