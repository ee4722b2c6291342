/** An agent on the official SDK, in both versions at once: a judge that we did not write. Served with node:http in the way of the SDK's
 *  own express handler (dist/server/express), which would bring a second web framework into the tests. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AgentCard, type Message, type Part, Role, type TaskState } from '@a2a-js/sdk';
import { LegacyJsonRpcTransportHandler } from '@a2a-js/sdk/compat/v0_3/server';
import {
  AgentEvent,
  type AgentExecutor,
  DefaultRequestHandler,
  defaultServerCallContextBuilder,
  type ExecutionEventBus,
  InMemoryTaskStore,
  JsonRpcTransportHandler,
  type RequestContext,
  UnauthenticatedUser,
  validateVersion,
} from '@a2a-js/sdk/server';

/** What one call of the agent does; it publishes, and says when it is through. */
export type Execute = (context: RequestContext, say: Say) => Promise<void>;

/** Publishes events of the call at hand. */
export class Say {
  readonly #context: RequestContext;
  readonly #bus: ExecutionEventBus;

  constructor(context: RequestContext, bus: ExecutionEventBus) {
    this.#context = context;
    this.#bus = bus;
  }

  message(text: string): void {
    this.#bus.publish(AgentEvent.message(this.#message(text)));
  }

  task(state: TaskState, words?: string): void {
    const { taskId: id, contextId } = this.#context;
    const status = { state, message: this.#words(words), timestamp: new Date().toISOString() };
    this.#bus.publish(AgentEvent.task({ id, contextId, status, artifacts: [], history: [], metadata: undefined }));
  }

  status(state: TaskState, words?: string): void {
    const { taskId, contextId } = this.#context;
    const status = { state, message: this.#words(words), timestamp: new Date().toISOString() };
    this.#bus.publish(AgentEvent.statusUpdate({ taskId, contextId, status, metadata: undefined }));
  }

  artifact(text: string, marks: { readonly append?: boolean; readonly lastChunk?: boolean } = {}): void {
    const { taskId, contextId } = this.#context;
    const artifact = {
      artifactId: 'answer',
      name: '',
      description: '',
      parts: [textPart(text)],
      metadata: undefined,
      extensions: [],
    };
    const { append = false, lastChunk = false } = marks;
    this.#bus.publish(
      AgentEvent.artifactUpdate({ taskId, contextId, artifact, append, lastChunk, metadata: undefined }),
    );
  }

  #words(text: string | undefined): Message | undefined {
    return text === undefined ? undefined : this.#message(text);
  }

  #message(text: string): Message {
    const { taskId, contextId } = this.#context;
    return {
      messageId: `m-${taskId}`,
      taskId,
      contextId,
      role: Role.ROLE_AGENT,
      parts: [textPart(text)],
      metadata: undefined,
      extensions: [],
      referenceTaskIds: [],
    };
  }
}

function textPart(value: string): Part {
  return { content: { $case: 'text', value }, metadata: undefined, filename: '', mediaType: 'text/plain' };
}

/** The words of the customer. */
export function wordsOf({ userMessage }: RequestContext): string {
  return userMessage.parts.map(({ content }) => (content?.$case === 'text' ? content.value : '')).join('');
}

export class SdkAgent {
  execute: Execute = async (context, say) => say.message(`“${wordsOf(context)}”라고 하셨습니다.`);
  readonly cancelled: string[] = [];
  #server: Server | undefined;

  /** @returns the address of the agent */
  async start(streaming = true): Promise<string> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const url = `${origin}/agent`;
    const card = AgentCard.fromJSON({
      name: 'SDK agent',
      description: 'for tests',
      version: '1.0.0',
      supportedInterfaces: ['1.0', '0.3'].map((protocolVersion) => ({
        url,
        protocolBinding: 'JSONRPC',
        protocolVersion,
      })),
      capabilities: { streaming },
      defaultInputModes: ['text/plain'],
      defaultOutputModes: ['text/plain'],
      skills: [],
    });
    const executor: AgentExecutor = {
      execute: async (context, bus) => {
        await this.execute(context, new Say(context, bus));
        bus.finished();
      },
      cancelTask: async (taskId) => void this.cancelled.push(taskId),
    };
    const handler = new DefaultRequestHandler(card, new InMemoryTaskStore(), executor);
    const version1 = new JsonRpcTransportHandler(handler);
    const version03 = new LegacyJsonRpcTransportHandler(handler);
    server.on('request', async (request, response: ServerResponse) => {
      if (request.method === 'GET') return void json(response, AgentCard.toJSON(card));
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
      const isVersion03 = request.headers['a2a-version'] === undefined;
      const context = defaultServerCallContextBuilder({
        extensions: undefined,
        user: new UnauthenticatedUser(),
        headers: request.headers,
        ...(isVersion03 ? {} : { requestedVersion: String(request.headers['a2a-version']) }),
      });
      try {
        validateVersion(context.requestedVersion, card, 'JSONRPC');
        const answer = await (isVersion03 ? version03 : version1).handle(body, context);
        if (!(Symbol.asyncIterator in answer)) return void json(response, answer);
        await stream(response, answer);
      } catch (error) {
        const mapped = isVersion03
          ? LegacyJsonRpcTransportHandler.mapToLegacyJSONRPCError(error)
          : JsonRpcTransportHandler.mapToJSONRPCError(error);
        const failure = { jsonrpc: '2.0', id: body.id ?? null, error: mapped };
        if (response.headersSent) response.end(`event: error\ndata: ${JSON.stringify(failure)}\n\n`);
        else json(response, failure);
      }
    });
    return url;
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** An error before the first event is ordinary JSON; the caller writes it. */
async function stream(response: ServerResponse, answers: AsyncGenerator<unknown>): Promise<void> {
  for await (const answer of answers) {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(answer)}\n\n`);
  }
  response.end();
}
