import { type AgentEvent, type Content, isAtRest, NO_CONTENT, type TaskState } from './agent-event.ts';
import { errorOfState } from './errors.ts';
import type { AgentFrame } from './reader.ts';
import type { AgentSession } from './session.ts';

/** What an agent has said to one question so far: messages, or the artifacts of a task and the words beside its state. */
export class AgentAnswer {
  readonly #endsWithArtifact: boolean;
  #hasBegun = false;
  #state: TaskState | undefined;
  #message: Content | undefined;
  /** In the order in which they began. */
  readonly #artifacts = new Map<string, Content>();
  #lastArtifactEnded = false;
  #status: Content = NO_CONTENT;
  #lastWords: Content = NO_CONTENT;
  #taskId: string | undefined;
  #contextId: string | undefined;
  #chatSessionId: number | string | undefined;

  /** @param endsWithArtifact an artifact that is complete is the whole answer */
  constructor(endsWithArtifact: boolean) {
    this.#endsWithArtifact = endsWithArtifact;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  get taskId(): string | undefined {
    return this.#taskId;
  }

  /** No more will come without another question. */
  get isSettled(): boolean {
    if (this.#message !== undefined) return true;
    if (this.#state !== undefined && isAtRest(this.#state)) return true;
    return this.#endsWithArtifact && this.#lastArtifactEnded;
  }

  /** As far as it may be shown before it is settled: states come with words like "working on it", which are no answer. */
  get text(): string {
    return this.#message?.text ?? joined([...this.#artifacts.values()]).text;
  }

  add({ event, chatSessionId }: AgentFrame): void {
    this.#hasBegun = true;
    this.#chatSessionId ??= chatSessionId;
    if (event === undefined) return;
    this.#taskId = event.taskId ?? this.#taskId;
    this.#contextId = event.contextId ?? this.#contextId;
    this.#addEvent(event);
  }

  #addEvent(event: AgentEvent): void {
    switch (event.type) {
      case 'message':
        this.#message = event.content;
        return;
      case 'task':
        for (const { id, content } of event.artifacts) this.#artifacts.set(id, content);
        this.#lastWords = event.lastWords;
        this.#take(event.state, event.status);
        return;
      case 'status':
        this.#take(event.state, event.status);
        return;
      case 'artifact': {
        const before = event.appends ? this.#artifacts.get(event.id) : undefined;
        this.#artifacts.set(event.id, before === undefined ? event.content : appended(before, event.content));
        this.#lastArtifactEnded = event.isLast;
        // It had waited when the stream began, and is at work again: GOV says so with the words alone.
        if (this.#state === 'input-required') this.#take('working', NO_CONTENT);
      }
    }
  }

  #take(state: TaskState, status: Content): void {
    // What it asked was answered.
    if (this.#state === 'input-required' && state !== this.#state) this.#status = NO_CONTENT;
    this.#state = state;
    // A state without words does not take back those of the one before: many servers answer in `working` and then complete.
    if (status.text !== '' || status.files.length > 0) this.#status = status;
  }

  /** The whole answer: artifacts, else the message, else the words beside the state, else the newest of the history. A question back
   *  to the customer comes behind the artifacts.
   *  @throws GatewayError for a task that ended without an answer */
  content(): Content {
    if (this.#message !== undefined) return this.#message;
    const state = this.#state ?? 'unknown';
    if (isAtRest(state) && state !== 'completed' && state !== 'input-required') throw errorOfState(state);
    const artifacts = joined([...this.#artifacts.values()]);
    if (state === 'input-required') return joined([artifacts, this.#status]);
    return [artifacts, this.#status, this.#lastWords].find(saysSomething) ?? artifacts;
  }

  /** What the next question has to name. `before` is what this one named. */
  session(before: AgentSession): AgentSession {
    const contextId = this.#contextId ?? before.contextId;
    const chatSessionId = this.#chatSessionId ?? before.chatSessionId;
    const isAsking = this.#message === undefined && this.#state === 'input-required';
    return {
      ...(contextId !== undefined && { contextId }),
      ...(chatSessionId !== undefined && { chatSessionId }),
      ...(isAsking && this.#taskId !== undefined && { taskId: this.#taskId }),
    };
  }
}

function saysSomething({ text, files }: Content): boolean {
  return text.trim() !== '' || files.length > 0;
}

function joined(contents: readonly Content[]): Content {
  return {
    text: contents
      .map(({ text }) => text)
      .filter((text) => text !== '')
      .join('\n\n'),
    files: contents.flatMap(({ files }) => files),
    data: contents.flatMap(({ data }) => data),
  };
}

function appended(before: Content, more: Content): Content {
  return {
    text: before.text + more.text,
    files: [...before.files, ...more.files],
    data: [...before.data, ...more.data],
  };
}
