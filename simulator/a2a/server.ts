/** An agent on loopback. As strict as the documents, in one dialect. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { textField } from '../json-reading.ts';
import { HttpError, RpcError, type RpcRequest, readRpcRequest, readUserMessage, type UserMessage } from './rules.ts';
import {
  type SimulatedDialect,
  type SimulatedPart,
  type SimulatedState,
  type SimulatedTask,
  TERMINAL,
  type Wire,
  wireOf,
} from './wire.ts';

/** How the agent answers one question. */
export interface AgentScript {
  /** `message`: at once and without a task. `task`: in artifacts. `status`: a task that says it in the words of its state. */
  readonly shape?: 'message' | 'task' | 'status';
  /** Pieces of the answer, in order; a stream sends each as it comes. */
  readonly pieces?: readonly string[];
  /** What stands behind the words, in the same artifact or message. */
  readonly more?: readonly SimulatedPart[];
  /** How a stream repeats an artifact: with the whole text so far, or with the new piece. */
  readonly update?: 'replace' | 'append';
  /** How the task ends; `working` never does. */
  readonly end?: SimulatedState;
  /** Words beside the last state. */
  readonly status?: string;
  /** `send` answers with a task at work; so many look-ups later it has ended. */
  readonly polls?: number;
  /** What goes wrong on the way. `cut` and `stop` happen after the first piece: the connection breaks, or the stream ends early;
   *  `stay` ends the answer and leaves the stream open; `hang` says nothing at all. */
  readonly fault?: 'cut' | 'stop' | 'hang' | 'silence' | 'stay';
}

export interface A2aSimulatorOptions {
  readonly dialect: SimulatedDialect;
  readonly apiKey?: string;
  /** False: it knows no streaming method. */
  readonly streams?: boolean;
  readonly port?: number;
  /** Shown at the well-known address. GOV shows none. */
  readonly card?: object | 'hangs';
}

export interface RecordedCall {
  readonly call: RpcRequest['call'] | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly path: string;
  readonly body: string;
}

const PATHS: Readonly<Record<SimulatedDialect, RegExp>> = {
  'gov-v1': /^\/api\/v1\/(?:external\/agents\/(?!v2\/)[\w-]+|teams\/[\w-]+\/agent\/[\w-]+)\/a2a$/,
  'gov-v2': /^\/api\/v1\/external\/agents\/v2\/[\w-]+\/a2a$/,
  'v0.3': /^\/a2a$/,
  'v1.0': /^\/a2a$/,
};

const EXAMPLE_PATHS: Readonly<Record<SimulatedDialect, string>> = {
  'gov-v1': '/api/v1/external/agents/simulated-agent-000001/a2a',
  'gov-v2': '/api/v1/external/agents/v2/simulated-agent-000001/a2a',
  'v0.3': '/a2a',
  'v1.0': '/a2a',
};

export const SIMULATED_KEY = 'gov-simulator-key';

export class A2aSimulator {
  /** How the next questions are answered, decided for each. */
  script: (question: UserMessage) => AgentScript = (question) => ({
    pieces: ['말씀하신 ', `“${question.text}”`, '에 대한 답변입니다.'],
  });
  /** Taken once, by the next request of any kind. */
  nextFailure:
    | HttpError
    | RpcError
    | 'cut'
    | { readonly status: number; readonly type: string; readonly body: string }
    | undefined;
  /** Those of JSON-RPC, also where they were refused. */
  readonly calls: RecordedCall[] = [];
  readonly questions: UserMessage[] = [];
  readonly tasks = new Map<string, SimulatedTask>();
  /** Known contexts and sessions; emptied, the agent has forgotten everybody. */
  readonly contexts = new Set<string>();
  readonly chatSessions = new Set<number>();
  readonly #options: A2aSimulatorOptions;
  readonly #wire: Wire;
  readonly #server: Server;
  readonly #pollsLeft = new Map<string, () => boolean>();
  #ids = 0;
  #cuts = 0;
  #onCut: (() => void)[] = [];

  constructor(options: A2aSimulatorOptions) {
    this.#options = options;
    this.#wire = wireOf(options.dialect);
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** @returns the address of the agent */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port ?? 0, '127.0.0.1', resolve);
    });
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${EXAMPLE_PATHS[this.#options.dialect]}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Resolves when a client has gone away before its answer was out. */
  nextCut(): Promise<void> {
    return this.#cuts > 0 ? Promise.resolve() : new Promise((resolve) => this.#onCut.push(resolve));
  }

  callsOf(call: RpcRequest['call']): readonly RecordedCall[] {
    return this.calls.filter((one) => one.call === call);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    response.on('close', () => {
      if (response.writableFinished) return;
      this.#cuts += 1;
      for (const tell of this.#onCut.splice(0)) tell();
    });
    let rpc: RpcRequest | undefined;
    try {
      if (this.#serveCard(request, response)) return;
      if (this.#fail(response)) return;
      this.#checkAccess(request);
      rpc = readRpcRequest(this.#options.dialect, request.headers, body);
      this.#record(request, body, rpc.call);
      await this.#answer(rpc, response);
    } catch (error) {
      if (rpc === undefined && request.method === 'POST') this.#record(request, body, undefined);
      if (error instanceof HttpError) {
        const status = { code: `${error.status}00`, message: error.message };
        response.writeHead(error.status, { 'content-type': 'application/json', ...error.headers });
        response.end(JSON.stringify({ status }));
        return;
      }
      if (!(error instanceof RpcError)) throw error;
      this.#json(response, { ...this.#envelope(rpc), error: { code: error.code, message: error.message } });
    }
  }

  #record({ headers, url }: IncomingMessage, body: string, call: RpcRequest['call'] | undefined): void {
    this.calls.push({ call, headers, path: url ?? '', body });
  }

  #serveCard({ method, url }: IncomingMessage, response: ServerResponse): boolean {
    if (method !== 'GET') return false;
    const { card } = this.#options;
    if (card === undefined || url !== '/.well-known/agent-card.json') throw new HttpError(404, 'Not Found');
    if (card !== 'hangs') this.#json(response, card);
    return true;
  }

  #fail(response: ServerResponse): boolean {
    const failure = this.nextFailure;
    this.nextFailure = undefined;
    if (failure === undefined) return false;
    if (failure === 'cut') {
      response.destroy();
      return true;
    }
    if (failure instanceof Error) throw failure;
    response.writeHead(failure.status, { 'content-type': failure.type });
    response.end(failure.body);
    return true;
  }

  /** @throws HttpError */
  #checkAccess({ method, url, headers }: IncomingMessage): void {
    if (!PATHS[this.#options.dialect].test(url ?? '')) throw new HttpError(404, 'Not Found');
    if (method !== 'POST') throw new HttpError(405, 'Method Not Allowed');
    const key = this.#options.apiKey ?? SIMULATED_KEY;
    if (headers.authorization !== `Bearer ${key}`) throw new HttpError(401, 'Unauthorized');
  }

  async #answer(rpc: RpcRequest, response: ServerResponse): Promise<void> {
    if (rpc.call === 'getTask' || rpc.call === 'cancelTask') {
      const task = this.tasks.get(textField(rpc.params, 'id') ?? '');
      if (task === undefined) throw new RpcError(-32001, 'Task not found');
      if (rpc.call === 'cancelTask') {
        if (TERMINAL.includes(task.state)) throw new RpcError(-32002, 'Task cannot be canceled');
        task.state = 'canceled';
      } else {
        this.#pollsLeft.get(task.id)?.();
      }
      this.#json(response, { ...this.#envelope(rpc), result: this.#wire.bareTask(task) });
      return;
    }
    if (rpc.call === 'stream' && this.#options.streams === false) {
      throw new RpcError(this.#options.dialect === 'v1.0' ? -32004 : -32601, 'Streaming is not offered');
    }
    const question = readUserMessage(this.#options.dialect, rpc.params);
    const task = this.#taskOf(question);
    this.questions.push(question);
    const script = this.script(question);
    if (script.fault === 'hang') return;
    if (rpc.call === 'send') this.#answerWhole(rpc, response, task, script);
    else this.#answerStream(rpc, response, task, script);
  }

  /** @throws RpcError for a task or a context that is not there, or not any more */
  #taskOf({ taskId, contextId, chatSessionId }: UserMessage): SimulatedTask {
    if (chatSessionId !== undefined && !this.chatSessions.has(chatSessionId)) {
      throw new HttpError(404, 'chat session not found');
    }
    if (taskId !== undefined) {
      const task = this.tasks.get(taskId);
      if (task === undefined) throw new RpcError(-32001, 'Task not found');
      if (TERMINAL.includes(task.state)) throw new RpcError(-32004, 'Task is in a terminal state');
      if (contextId !== task.contextId) throw new RpcError(-32602, 'contextId does not fit the task');
      return task;
    }
    if (contextId !== undefined && !this.contexts.has(contextId)) throw new RpcError(-32602, 'unknown context');
    this.#ids += 1;
    const task: SimulatedTask = {
      id: `task-${this.#ids}`,
      contextId: contextId ?? `context-${this.#ids}`,
      state: 'submitted',
      status: [],
      artifacts: [],
    };
    this.contexts.add(task.contextId);
    return task;
  }

  #envelope(rpc: RpcRequest | undefined): object {
    // GOV's answers have been seen without the id.
    return { jsonrpc: '2.0', ...(this.#options.dialect === 'gov-v1' ? {} : { id: rpc?.id ?? null }) };
  }

  #json(response: ServerResponse, body: object): void {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
  }

  #answerWhole(rpc: RpcRequest, response: ServerResponse, task: SimulatedTask, script: AgentScript): void {
    const { shape = this.#isGov ? 'message' : 'task', polls } = script;
    const parts = allParts(script);
    if (shape === 'message') {
      this.#json(response, { ...this.#envelope(rpc), result: this.#messageResult(task, parts) });
      return;
    }
    this.tasks.set(task.id, task);
    const finish = () => endTask(task, script, parts);
    if (polls === undefined) finish();
    else {
      task.state = 'working';
      let left = polls;
      this.#pollsLeft.set(task.id, () => {
        left -= 1;
        if (left <= 0) finish();
        return left <= 0;
      });
    }
    this.#json(response, { ...this.#envelope(rpc), result: this.#wire.task(task) });
  }

  get #isGov(): boolean {
    return this.#options.dialect.startsWith('gov');
  }

  /** GOV's first version: a message without kind and id, and its session somewhere beside it. */
  #messageResult(task: SimulatedTask, parts: readonly SimulatedPart[]): object {
    if (this.#options.dialect !== 'gov-v1') return this.#wire.message(`${task.id}-m`, task, parts);
    const session = 4_210 + this.#ids;
    this.chatSessions.add(session);
    return {
      message: { role: 'agent', parts: parts.map((part) => ('text' in part ? { kind: 'text', ...part } : part)) },
      metadata: { session: { chat_session_id: session } },
    };
  }

  #answerStream(rpc: RpcRequest, response: ServerResponse, task: SimulatedTask, script: AgentScript): void {
    const { shape = 'task', pieces = [], more = [], update = 'replace', fault, end = 'completed' } = script;
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    const send = (result: object) => {
      response.write(`data: ${JSON.stringify({ ...this.#envelope(rpc), result })}\n\n`);
    };
    if (shape === 'message') {
      send(this.#messageResult(task, allParts(script)));
      if (fault !== 'stay') response.end();
      return;
    }
    this.tasks.set(task.id, task);
    send(this.#wire.task(task));
    response.write(': still here\n\n');
    task.state = 'working';
    task.status = [{ text: '자료를 찾고 있습니다.' }];
    if (this.#options.dialect !== 'gov-v2') send(this.#wire.status(task));
    task.status = [];
    let soFar = '';
    if (shape === 'task') {
      for (const [index, piece] of pieces.entries()) {
        const isLast = index === pieces.length - 1;
        soFar += piece;
        const text = { text: update === 'append' ? piece : soFar };
        send(
          this.#wire.artifact(
            task,
            { id: 'answer', parts: isLast ? [text, ...more] : [text] },
            {
              ...(update === 'append' && index > 0 && { append: true }),
              ...(isLast && (fault === undefined || fault === 'stay') && { lastChunk: true }),
            },
          ),
        );
        if (fault === 'cut' || fault === 'stop' || fault === 'silence') break;
      }
    }
    if (fault === 'silence') return;
    if (fault === 'cut' || fault === 'stop') {
      endTask(task, script, allParts(script));
      if (fault === 'stop') response.end();
      else setImmediate(() => response.destroy());
      return;
    }
    if (end === 'working') return;
    endTask(task, script, allParts(script));
    // GOV's second version has said all with its last chunk.
    if (this.#options.dialect !== 'gov-v2' || end !== 'completed') send(this.#wire.status(task));
    if (fault !== 'stay') response.end();
  }
}

function allParts({ pieces = [], more = [] }: AgentScript): readonly SimulatedPart[] {
  return [{ text: pieces.join('') }, ...more];
}

function endTask(task: SimulatedTask, script: AgentScript, parts: readonly SimulatedPart[]): void {
  const { shape = 'task', end = 'completed', status } = script;
  task.state = end;
  task.status = shape === 'status' ? parts : status === undefined ? [] : [{ text: status }];
  task.artifacts = shape === 'task' && (script.pieces ?? []).length > 0 ? [{ id: 'answer', parts }] : [];
}
