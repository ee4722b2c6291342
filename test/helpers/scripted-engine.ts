import type { Engine, EnginePart, EngineRequest, ToolCall } from '../../src/engine/engine.ts';

/** One call of the engine, in the hands of the test. */
export interface ScriptedCall {
  readonly request: EngineRequest;
  readonly signal: AbortSignal;
  say(text: string): void;
  /** @param session what the engine wants back with the next question */
  finish(session?: string): void;
  /** Ends the answer: the model wants these done first. */
  callTools(calls: readonly ToolCall[]): void;
  fail(error: Error): void;
}

/** An engine that says what the test tells it to, when the test tells it to. */
export class ScriptedEngine implements Engine {
  readonly name: string;
  bringsOwnFacts?: true;
  readonly calls: ScriptedCall[] = [];
  readonly callsTools?: true;
  #arrivals: ((call: ScriptedCall) => void)[] = [];
  #taken = 0;

  constructor(name = 'scripted', { callsTools = false } = {}) {
    this.name = name;
    if (callsTools) this.callsTools = true;
  }

  /** The next call that nobody has taken yet. */
  async nextCall(): Promise<ScriptedCall> {
    const call = this.calls[this.#taken];
    this.#taken += 1;
    if (call !== undefined) return call;
    return new Promise((resolve) => this.#arrivals.push(resolve));
  }

  async *answer(request: EngineRequest, signal: AbortSignal): AsyncIterable<EnginePart> {
    const parts: (EnginePart | Error)[] = [];
    let wake = () => {};
    const push = (part: EnginePart | Error) => {
      parts.push(part);
      wake();
    };
    signal.addEventListener('abort', () => push(new Error('aborted')), { once: true });
    const call: ScriptedCall = {
      request,
      signal,
      say: (text) => push({ type: 'text-delta', text }),
      finish: (session) =>
        push({ type: 'finished', reason: 'stop', model: 'scripted-1', ...(session === undefined ? {} : { session }) }),
      callTools: (calls) => {
        push({ type: 'tool-calls', calls });
        push({ type: 'finished', reason: 'tool-calls', model: 'scripted-1' });
      },
      fail: push,
    };
    this.calls.push(call);
    this.#arrivals.shift()?.(call);
    for (;;) {
      const part = parts.shift();
      if (part === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if (part instanceof Error) throw part;
      yield part;
      if (part.type === 'finished') return;
    }
  }

  async close(): Promise<void> {}
}
