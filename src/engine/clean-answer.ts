/** What engines say is shown by some channels as it is: characters that steer a terminal and addresses that run as a script stay outside. */
import { GatewayError } from '../errors.ts';
import type { Choice, Reply, ReplyPart } from '../message.ts';
import { cleanText, PieceCleaner } from '../platform/clean-text.ts';
import type { Engine, EnginePart, EngineRequest, GreetingRequest } from './engine.ts';
import { mapParts } from './map-parts.ts';

/** The same engine, whose words hold no control characters and whose pictures have an http address or are left out. */
export function cleanAnswers(engine: Engine): Engine {
  function answer(request: EngineRequest, signal: AbortSignal): AsyncIterable<EnginePart> {
    const cleaner = new PieceCleaner();
    return mapParts(engine.answer(request, signal), (part) => {
      if (part.type === 'text-delta') return { ...part, text: cleaner.clean(part.text) };
      if (part.type === 'reply') return { ...part, ...cleanReply(part, engine.name) };
      return part;
    });
  }
  const greet = async (request: GreetingRequest, signal: AbortSignal) => {
    const greeting = await engine.greet?.(request, signal);
    return greeting && cleanReply(greeting, engine.name);
  };
  return {
    ...engine,
    ...(engine.greet === undefined ? {} : { greet }),
    answer,
    close: () => engine.close(),
  };
}

type Shown = Pick<Reply, 'parts' | 'quickReplies'>;

/** @throws GatewayError `ENGINE_FAILED` when nothing is left of it */
function cleanReply({ parts, quickReplies }: Shown, name: string): Shown {
  const shown = parts.filter((part) => part.type !== 'image' || isPictureAddress(part.url));
  if (shown.length === 0 && parts.length > 0) {
    throw new GatewayError('ENGINE_FAILED', `The ${name} engine answered with a picture that has no http address`);
  }
  return {
    parts: shown.map((part) => cleaned(part) as ReplyPart),
    quickReplies: quickReplies.map((choice) => cleaned(choice) as Choice),
  };
}

/** What an engine puts into its buttons comes back to it byte for byte. */
const ENGINES_OWN = new Set(['action', 'data']);

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(
    ([key, said]) => key !== 'imageUrl' || (typeof said === 'string' && isPictureAddress(said)),
  );
  return Object.fromEntries(fields.map(([key, said]) => [key, ENGINES_OWN.has(key) ? said : cleaned(said)]));
}

function isPictureAddress(url: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(url) && URL.canParse(url);
}
