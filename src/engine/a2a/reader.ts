/** From the bytes of an agent's response to what it says. */
import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser';
import { type GatewayError, toGatewayError } from '../../errors.ts';
import type { StreamReader, WholeAnswer, WholeResponse } from '../../http-client/answer-exchange.ts';
import { brokenAnswer, parseJson } from '../../http-client/upstream-failure.ts';
import { type AgentEvent, isAtRest, objectOf, readAgentEvent } from './agent-event.ts';
import { AGENT, errorOfResponse, errorOfRpc } from './errors.ts';
import { findChatSessionId } from './session.ts';

/** One response of JSON-RPC. */
export interface AgentFrame {
  readonly event?: AgentEvent;
  readonly chatSessionId?: number | string;
}

/** Nothing more is to be expected from the connection; what became of the question stands in the frames. */
export type Settled = 'settled';

/** The official SDK reads no longer ones. In characters. */
const MAX_EVENT_CHARS = 4 * 1_048_576;
/** Far above any answer: what goes on for longer has no end, and memory would go to whoever sends it. */
const MAX_STREAM_BYTES = 64 * 1_048_576;
export const MAX_WHOLE_BYTES = 16 * 1_048_576;

export interface ReadingRules {
  readonly endsWithArtifact: boolean;
  /** The question goes on with a task that waited: agents may first repeat that it does. */
  readonly followsTask: boolean;
}

export class AgentStreamReader implements StreamReader<AgentFrame, Settled> {
  readonly #rules: ReadingRules;
  readonly #decoder = new TextDecoder();
  readonly #parser: EventSourceParser;
  #sizeBytes = 0;
  #frames: AgentFrame[] = [];
  #hasBegun = false;
  #result: Settled | undefined;
  #failure: GatewayError | undefined;

  constructor(rules: ReadingRules) {
    this.#rules = rules;
    this.#parser = createParser({
      maxBufferSize: MAX_EVENT_CHARS,
      onEvent: (event) => this.#read(event),
      onError: (error) => {
        // Fields that it does not know are none of our business.
        if (error.type === 'max-buffer-size-exceeded') this.#fail('holds an event without an end');
      },
    });
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  get result(): Settled | undefined {
    return this.#result;
  }

  get failure(): GatewayError | undefined {
    return this.#failure;
  }

  get hasFrames(): boolean {
    return this.#frames.length > 0;
  }

  take(): readonly AgentFrame[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  feed(bytes: Uint8Array): void {
    if (this.#failure !== undefined || this.#result !== undefined) return;
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes > MAX_STREAM_BYTES) this.#fail('does not end');
    else this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
  }

  end(): void {
    // Some servers leave out the blank line after the last event.
    if (this.#failure === undefined) this.#parser.feed(`${this.#decoder.decode()}\n\n`);
    if (this.#result === undefined) this.#fail('ended before it was complete');
  }

  #fail(what: string): void {
    this.#failure ??= brokenAnswer(AGENT, what);
  }

  #read({ data }: EventSourceMessage): void {
    if (this.#failure !== undefined || this.#result !== undefined || data === '[DONE]') return;
    const response = parseJson(data);
    if (response === undefined) {
      this.#fail('holds an event that is no JSON');
      return;
    }
    try {
      const isFirst = !this.#hasBegun;
      this.#hasBegun = true;
      const frame = readResponse(response);
      if (frame === undefined) return;
      this.#frames.push(frame);
      if (frame.event !== undefined && this.#concludes(frame.event, isFirst)) this.#result = 'settled';
    } catch (error) {
      this.#failure = toGatewayError(error);
    }
  }

  #concludes(event: AgentEvent, isFirst: boolean): boolean {
    switch (event.type) {
      case 'message':
        return true;
      case 'artifact':
        return event.isLast && this.#rules.endsWithArtifact;
      case 'status':
        return event.isFinal || isAtRest(event.state);
      case 'task':
        if (isFirst && this.#rules.followsTask && event.state === 'input-required') return false;
        return isAtRest(event.state);
    }
  }
}

/** `undefined`: neither a result nor an error. Ids are not compared: GOV leaves them out.
 *  @throws GatewayError for an error */
function readResponse(value: unknown): AgentFrame | undefined {
  const response = objectOf(value);
  if (response?.error !== undefined && response.error !== null) throw errorOfRpc(response.error);
  if (response?.result === undefined || response.result === null) return undefined;
  const event = readAgentEvent(response.result);
  const chatSessionId = findChatSessionId(response);
  return { ...(event !== undefined && { event }), ...(chatSessionId !== undefined && { chatSessionId }) };
}

/** @throws GatewayError for an error, and for what is no response of JSON-RPC */
export function readWholeResponse(response: WholeResponse): WholeAnswer<AgentFrame, Settled> {
  const body = objectOf(parseJson(response.text));
  const isAnswer = response.httpStatus === 200 && body !== undefined && objectOf(body.error) === undefined;
  const frame = isAnswer ? readResponse(body) : undefined;
  if (frame === undefined) throw errorOfResponse(response);
  return { frames: [frame], result: 'settled' };
}
