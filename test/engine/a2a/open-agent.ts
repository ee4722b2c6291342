import { A2aSimulator, SIMULATED_KEY, type SimulatedDialect } from '../../../simulator/a2a.ts';
import { type A2aEngineDeps, type A2aEngineSettings, createA2aEngine } from '../../../src/engine/a2a/index.ts';
import type { Engine, EnginePart } from '../../../src/engine/engine.ts';
import { silentLogger } from '../../../src/platform/logger.ts';

export function a2aSettings(url: string, settings: Partial<A2aEngineSettings> = {}): A2aEngineSettings {
  return {
    url,
    apiKey: SIMULATED_KEY,
    dialect: 'auto',
    streams: true,
    session: 'auto',
    connectTimeoutMs: 5_000,
    timeoutMs: 60_000,
    idleTimeoutMs: 30_000,
    connections: 10,
    ...settings,
  };
}

export interface OpenAgent {
  readonly simulator: A2aSimulator;
  readonly engine: Engine;
  close(): Promise<void>;
}

export async function openAgent(
  dialect: SimulatedDialect,
  settings: Partial<A2aEngineSettings> = {},
  deps: Partial<A2aEngineDeps> = {},
  simulated: { readonly streams?: boolean } = {},
): Promise<OpenAgent> {
  const simulator = new A2aSimulator({ dialect, ...simulated });
  const url = await simulator.start();
  // Half of every pause, so that nothing depends on luck.
  const engine = createA2aEngine(a2aSettings(url, settings), { logger: silentLogger, random: () => 0.5, ...deps });
  return {
    simulator,
    engine,
    close: async () => {
      await engine.close();
      await simulator.close();
    },
  };
}

/** What the customer reads in the end. */
export function answerOf(parts: readonly EnginePart[]): string {
  const reply = parts.find((part) => part.type === 'reply');
  return (reply?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');
}

export function sessionOf(parts: readonly EnginePart[]): string | undefined {
  return parts.find((part) => part.type === 'finished')?.session;
}
