/** What an agent accepts, read as strictly as the documents allow. */
import type { IncomingHttpHeaders } from 'node:http';
import { fieldOf, listField, parseJson, textField } from '../json-reading.ts';
import type { SimulatedDialect } from './wire.ts';

/** Ends as an error of JSON-RPC, with HTTP 200. */
export class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Ends as an HTTP error in the envelope of GOV. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export interface RpcRequest {
  readonly id: string | number;
  readonly call: 'send' | 'stream' | 'getTask' | 'cancelTask';
  readonly params: unknown;
}

const METHODS_03 = {
  'message/send': 'send',
  'message/stream': 'stream',
  'tasks/get': 'getTask',
  'tasks/cancel': 'cancelTask',
} as const;
const METHODS_10 = {
  SendMessage: 'send',
  SendStreamingMessage: 'stream',
  GetTask: 'getTask',
  CancelTask: 'cancelTask',
} as const;

function methodsOf(dialect: SimulatedDialect): Readonly<Record<string, RpcRequest['call']>> {
  return dialect === 'v0.3' || dialect === 'gov-v1' ? METHODS_03 : METHODS_10;
}

/** @throws RpcError, HttpError */
export function readRpcRequest(dialect: SimulatedDialect, headers: IncomingHttpHeaders, body: string): RpcRequest {
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) throw new HttpError(415, 'not JSON');
  const parsed = parseJson(body);
  if (parsed === undefined) throw new RpcError(-32700, 'Parse error');
  const id = fieldOf(parsed.value, 'id');
  const method = textField(parsed.value, 'method');
  const isRequest = textField(parsed.value, 'jsonrpc') === '2.0' && (typeof id === 'string' || typeof id === 'number');
  if (!isRequest || method === undefined) throw new RpcError(-32600, 'Invalid request');
  if (dialect === 'v1.0' && headers['a2a-version'] !== '1.0') throw new RpcError(-32009, 'Version not supported');
  const methods = methodsOf(dialect);
  const call = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (call === undefined) throw new RpcError(-32601, 'Method not found');
  const accept = call === 'stream' ? 'text/event-stream' : 'application/json';
  if (!(headers.accept ?? '*/*').includes(accept) && headers.accept !== '*/*') throw new HttpError(406, accept);
  return { id, call, params: fieldOf(parsed.value, 'params') };
}

export interface UserMessage {
  readonly messageId: string;
  readonly text: string;
  readonly contextId: string | undefined;
  readonly taskId: string | undefined;
  readonly chatSessionId: number | undefined;
}

/** @throws RpcError, HttpError */
export function readUserMessage(dialect: SimulatedDialect, params: unknown): UserMessage {
  const isGov = dialect === 'gov-v1' || dialect === 'gov-v2';
  if (isGov && Object.keys(params ?? {}).some((key) => key !== 'message' && key !== 'metadata')) {
    throw new HttpError(422, 'undocumented member of params');
  }
  const message = fieldOf(params, 'message');
  const messageId = textField(message, 'messageId');
  if (messageId === undefined || messageId === '') throw new RpcError(-32602, 'messageId is required');
  if (textField(message, 'role') !== (dialect === 'v1.0' ? 'ROLE_USER' : 'user')) throw new RpcError(-32602, 'role');
  if (dialect === 'v0.3' && textField(message, 'kind') !== 'message') throw new RpcError(-32602, 'kind is required');
  const parts = listField(message, 'parts');
  if (parts.length === 0) throw new RpcError(-32602, 'parts are required');
  const contextId = textField(message, 'contextId');
  const taskId = textField(message, 'taskId');
  if (dialect === 'gov-v2' && contextId !== undefined && taskId === undefined) {
    throw new RpcError(-32602, 'the known client names no context here');
  }
  return {
    messageId,
    text: parts.map((part) => readTextPart(dialect, part)).join(''),
    contextId,
    taskId,
    chatSessionId: readChatSession(dialect, params),
  };
}

function readTextPart(dialect: SimulatedDialect, part: unknown): string {
  const text = textField(part, 'text');
  const kind = textField(part, 'kind');
  if (text === undefined) throw new RpcError(-32005, 'Content type not supported');
  if (dialect === 'v0.3' && kind !== 'text') throw new RpcError(-32602, 'kind of a part is required');
  // Protobuf knows no such member.
  if ((dialect === 'v1.0' || dialect === 'gov-v2') && kind !== undefined) throw new RpcError(-32602, 'kind');
  return text;
}

function readChatSession(dialect: SimulatedDialect, params: unknown): number | undefined {
  const id = fieldOf(fieldOf(params, 'metadata'), 'chat_session_id');
  if (id === undefined || dialect !== 'gov-v1') return undefined;
  if (typeof id !== 'number') throw new HttpError(422, 'chat_session_id must be a number');
  return id;
}
