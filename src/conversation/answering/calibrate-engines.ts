import type { Bot } from '../bot.ts';

const SAMPLE_CHARS = 6_000;

/** Engines that can have tokens counted learn how their model counts what this operator writes. Never rejects. */
export async function calibrateEngines(
  { engines, systemPrompt, topics, knowledge }: Bot,
  signal: AbortSignal,
): Promise<void> {
  const answers = topics.map(({ id, question }) => `${question}\n${knowledge.entry(id)?.answer ?? ''}`);
  const sample = [systemPrompt, ...answers].join('\n').slice(0, SAMPLE_CHARS).toWellFormed();
  await Promise.all(engines.map((engine) => engine.calibrate?.([sample], signal)));
}
