/** One answer of one engine, part by part. */
import {
  type Engine,
  type EnginePart,
  type EngineRequest,
  MAX_SESSION_CHARS,
  type ToolCall,
} from '../../engine/engine.ts';
import { GatewayError } from '../../errors.ts';
import type { AnswerSource, Reply, ReplyPart } from '../../message.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { maskPersonalData } from '../../privacy/mask.ts';
import { createFactStream, type FactStream, type FactTable, type FactUpdate } from '../facts/facts.ts';
import { unchangedStream, withOwnWording } from '../facts/own-facts.ts';
import type { TurnFeed } from '../turn/turn-feed.ts';
import { endedAtSentence } from './cut-answer.ts';
import { saysWords } from './says-something.ts';
import type { UsageSum } from './usage-sum.ts';

export interface Said {
  readonly text: string;
  /** The model said all that it wanted to. */
  readonly isWhole: boolean;
  readonly ready?: {
    readonly parts: readonly ReplyPart[];
    readonly quickReplies: Reply['quickReplies'];
    readonly groundIds: readonly string[];
    readonly answered: boolean;
    readonly extra?: AnswerSource['extra'];
  };
  readonly model?: string;
  /** `text` ends where the model had no room left, and says so. */
  readonly isCut?: true;
  /** How many numbers and addresses were left out of `text`. */
  readonly withheld?: number;
  readonly session?: string;
  /** What the model wants done before it answers. */
  readonly toolCalls?: readonly ToolCall[];
}

export interface HearingParts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly feed: TurnFeed;
  /** Hears what the call used, also when nothing comes of it. */
  readonly usage: UsageSum;
}

/** @throws GatewayError what the engine throws, and `ENGINE_*` for what is no answer; the reason of `signal` once that fires */
export function hearEngine(
  engine: Engine,
  request: EngineRequest,
  facts: FactTable,
  signal: AbortSignal,
  parts: HearingParts,
): Promise<Said> {
  const asked = engine.bringsOwnFacts === true ? withOwnWording(request, facts) : request;
  return new Hearing(engine, request, facts, parts).listen(engine.answer(asked, signal), signal);
}

type Finished = Extract<EnginePart, { type: 'finished' }>;

/** An object, not the variables of a function: those of a function that is suspended are all kept, and it is for as long as a model
 *  thinks. The same for the question, of which only what is looked at later is kept. */
class Hearing {
  readonly #engine: Engine;
  readonly #facts: FactTable;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #feed: TurnFeed;
  readonly #usage: UsageSum;
  /** Opened with the first words: until then a question at a slow model holds none. */
  #openStream: FactStream | undefined;
  readonly #isAboutPhotos: boolean;
  readonly #offersTools: boolean;
  readonly #startedAt = performance.now();
  #firstPartMs: number | undefined;
  #text = '';
  #readOffPhotos = '';
  #ready: Said['ready'];
  #toolCalls: readonly ToolCall[] | undefined;
  #finished: Finished | undefined;

  constructor(engine: Engine, { images, tools }: EngineRequest, facts: FactTable, parts: HearingParts) {
    this.#engine = engine;
    this.#facts = facts;
    this.#logger = parts.logger;
    this.#metrics = parts.metrics;
    this.#feed = parts.feed;
    this.#usage = parts.usage;
    this.#isAboutPhotos = images !== undefined;
    this.#offersTools = tools !== undefined;
  }

  async listen(answer: AsyncIterable<EnginePart>, signal: AbortSignal): Promise<Said> {
    for await (const part of answer) this.#hear(part);
    signal.throwIfAborted();
    return this.#end();
  }

  get #stream(): FactStream {
    this.#openStream ??= this.#engine.bringsOwnFacts === true ? unchangedStream : createFactStream(this.#facts);
    return this.#openStream;
  }

  #hear(part: EnginePart): void {
    this.#firstPartMs ??= this.#tookMs();
    if (part.type === 'text-delta' && this.#isAboutPhotos) this.#readOffPhotos += part.text;
    else if (part.type === 'text-delta') this.#say(this.#stream.push(part.text));
    else if (part.type === 'reply') this.#ready = part;
    else if (part.type === 'tool-calls') this.#toolCalls = part.calls;
    else {
      if (part.usage !== undefined) this.#usage.add(part.usage);
      if (part.reason === 'filtered') throw withheldByPolicy(part.details);
      this.#finished = part;
    }
  }

  #end(): Said {
    if (this.#finished === undefined) {
      throw new GatewayError('ENGINE_STREAM_BROKEN', 'The engine stopped without an end');
    }
    return this.#toolCalls === undefined ? this.#words(this.#finished) : this.#wish(this.#toolCalls);
  }

  #wish(toolCalls: readonly ToolCall[]): Said {
    // Nobody would carry them out, and nobody would ask again.
    if (!this.#offersTools) {
      throw new GatewayError('ENGINE_FAILED', 'The model called a tool that it was not offered');
    }
    // What it said on the way there is no answer.
    this.#feed.restart();
    this.#noteTimes();
    return { text: '', isWhole: false, toolCalls };
  }

  #words({ reason, details = {}, model, session }: Finished): Said {
    // Nobody could mask what is in a photo, so what the model read off it is masked here: as a whole, because half a number hides nothing.
    if (this.#readOffPhotos !== '') this.#say(this.#stream.push(maskPersonalData(this.#readOffPhotos).text));
    const rest = this.#stream.end();
    this.#openStream = undefined;
    this.#say(rest);
    const ready = this.#ready;
    if (ready === undefined && !saysWords(this.#text)) {
      throw new GatewayError('ENGINE_FAILED', 'The engine answered nothing', { details });
    }
    this.#noteTimes();
    if (rest.removed > 0) {
      this.#logger.warn(
        { engine: this.#engine.name, removed: rest.removed },
        'contacts that no entry contains were taken out of an answer',
      );
    }
    const isCut = ready === undefined && reason === 'length';
    if (isCut) {
      this.#endAtSentence();
      this.#logger.info({ engine: this.#engine.name, model }, 'an answer was cut at its maximum length');
    }
    return {
      text: this.#text,
      isWhole: reason === 'stop',
      ...(isCut ? { isCut } : {}),
      ...(ready === undefined ? {} : { ready }),
      ...(model === undefined ? {} : { model }),
      ...(session === undefined || session.length > MAX_SESSION_CHARS ? {} : { session }),
      ...(rest.removed === 0 ? {} : { withheld: rest.removed }),
    };
  }

  #endAtSentence(): void {
    const ended = endedAtSentence(this.#text, this.#facts.contact);
    const isLonger = ended.startsWith(this.#text);
    this.#say({ text: isLonger ? ended.slice(this.#text.length) : ended, instead: !isLonger });
  }

  #say({ text, instead }: FactUpdate): void {
    this.#text = instead ? text : this.#text + text;
    if (instead) this.#feed.replace(text);
    else this.#feed.append(text);
  }

  #noteTimes(): void {
    this.#metrics.engineAnswered(this.#engine.name, this.#firstPartMs ?? 0, this.#tookMs());
  }

  #tookMs(): number {
    return performance.now() - this.#startedAt;
  }
}

function withheldByPolicy(details: Readonly<Record<string, string>> = {}): GatewayError {
  return new GatewayError('ENGINE_FILTERED', 'The model refused the question', { details });
}
