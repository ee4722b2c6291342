/** Keeps prompts inside the window of a model. What the operator allows of a conversation may be more than a small model takes beside its
 *  rules, its grounds and the room for the answer: then the oldest turns stay behind, whole. */
import { type GatewayError, toGatewayError } from '../errors.ts';
import { estimateTokens, TokenScale } from '../platform/token-scale.ts';
import type { Engine, EnginePart, EngineRequest, HistoryMessage } from './engine.ts';
import { mapParts } from './map-parts.ts';
import { estimatePrompt } from './prompt-size.ts';

const CALIBRATION_MS = 10_000;

export interface FitDeps {
  readonly now: () => number;
  readonly onCalibrationFailed: (error: GatewayError) => void;
}

/** The same engine, which learns what its model counts and never gets more of the past than fits. */
export function fitPrompts(engine: Engine, { now, onCalibrationFailed }: FitDeps): Engine {
  const { window, countTokens } = engine;
  if (window === undefined) return engine;
  const scale = new TokenScale();

  function answer(request: EngineRequest, signal: AbortSignal): AsyncIterable<EnginePart> {
    const fitted = { ...request, history: fittingHistory(request, scale, window?.maxPromptTokens ?? 0) };
    const estimated = estimatePrompt(fitted);
    const teaches = request.images === undefined;
    return mapParts(engine.answer(fitted, signal), (part) => {
      if (teaches && part.type === 'finished' && part.usage !== undefined) {
        scale.learn(estimated, part.usage.promptTokens);
      }
      return part;
    });
  }

  return {
    ...engine,
    estimateTokens: (text) => scale.tokens(text),
    ...(countTokens === undefined
      ? {}
      : {
          calibrate: async (texts, signal) => {
            try {
              const call = { requestId: 'calibration', closesAt: now() + CALIBRATION_MS, signal };
              const counted = await countTokens(texts, call);
              scale.learn(
                texts.reduce((sum, text) => sum + estimateTokens(text), 0),
                counted,
              );
            } catch (thrown) {
              onCalibrationFailed(toGatewayError(thrown));
            }
          },
        }),
    answer,
    close: () => engine.close(),
  };
}

/** The youngest turns that fit, whole ones only. Where not even the question does, the service has the last word: it counts exactly. */
function fittingHistory(request: EngineRequest, scale: TokenScale, maxPromptTokens: number): readonly HistoryMessage[] {
  let left = maxPromptTokens - scale.of(estimatePrompt({ ...request, history: [] }));
  const kept: (readonly HistoryMessage[])[] = [];
  for (const turn of turnsOf(request.history).reverse()) {
    left -= scale.of(turn.reduce((sum, { text }) => sum + estimateTokens(text), 0));
    if (left < 0) break;
    kept.push(turn);
  }
  return kept.reverse().flat();
}

/** A turn begins with what the customer says; what agents said before any of it is one by itself. */
function turnsOf(history: readonly HistoryMessage[]): HistoryMessage[][] {
  const turns: HistoryMessage[][] = [];
  for (const message of history) {
    const current = turns.at(-1);
    if (message.role === 'user' || current === undefined) turns.push([message]);
    else current.push(message);
  }
  return turns;
}
