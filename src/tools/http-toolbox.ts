/** The operator's HTTP tools. What a model asks for is a stranger's wish: it is checked before anything is sent, and what comes back is
 *  text for the model, never a place to go to. */
import type Schema from 'typebox/schema';
import { Agent, type Dispatcher } from 'undici';
import type { ToolDefinition } from '../engine/engine.ts';
import { GatewayError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import { iconv } from '../platform/iconv.ts';
import { isJson, jsonPieces } from '../platform/json-pieces.ts';
import { createPublicLookup, PRIVATE_ADDRESS, type ResolveName } from '../platform/public-lookup.ts';
import { readBytes, TRUSTED_ONLY } from '../platform/upstream.ts';
import { compileArguments } from './argument-schema.ts';
import type { DeclaredTool } from './declaration.ts';
import { buildToolRequest, type ToolRequest } from './tool-request.ts';
import type { Toolbox, ToolCallContext, ToolReason, ToolResult } from './toolbox.ts';

export interface HttpToolboxOptions {
  readonly tools: readonly DeclaredTool[];
  /** Origins that may lead into a private network; all others are looked up on the public internet only. */
  readonly privateOrigins: readonly string[];
  readonly clock: Clock;
  /** In place of the system's resolver. */
  readonly resolveName?: ResolveName;
}

const CONNECT_TIMEOUT_MS = 3_000;
const CONNECTIONS_PER_ORIGIN = 16;
/** More than a model would be shown anyway. */
const MAX_BODY_BYTES = 64 * 1_024;
/** A few thousand tokens: a result shares the window of the model with the whole conversation. */
const MAX_RESULT_CHARS = 6_000;
/** Of all arguments together, as JSON. */
const MAX_ARGUMENT_CHARS = 2_000;
const MAX_REPORTED_PROBLEMS = 5;

export function createHttpToolbox(options: HttpToolboxOptions): Toolbox {
  return new HttpToolbox(options);
}

interface PreparedTool {
  readonly declared: DeclaredTool;
  readonly validator: Schema.Validator;
  readonly agent: Agent;
}

class HttpToolbox implements Toolbox {
  readonly definitions: readonly ToolDefinition[];
  readonly #tools: ReadonlyMap<string, PreparedTool>;
  readonly #agents: readonly Agent[];
  readonly #clock: Clock;

  constructor({ tools, privateOrigins, clock, resolveName }: HttpToolboxOptions) {
    const common = {
      allowH2: false,
      connections: CONNECTIONS_PER_ORIGIN,
      headersTimeout: 0, // one clock for the whole call
      bodyTimeout: 0,
      // A peer that closes an idle connection just as we write to it looks like a failed request: let go first.
      keepAliveTimeout: 4_000,
    };
    const everywhere = new Agent({ ...common, connect: { ...TRUSTED_ONLY, timeout: CONNECT_TIMEOUT_MS } });
    const publicOnly = new Agent({
      ...common,
      connect: { ...TRUSTED_ONLY, timeout: CONNECT_TIMEOUT_MS, lookup: createPublicLookup(resolveName) },
    });
    this.#clock = clock;
    this.#agents = [everywhere, publicOnly];
    this.definitions = tools.map(({ name, description, parameters }) => ({ name, description, parameters }));
    this.#tools = new Map(
      tools.map((declared) => [
        declared.name,
        {
          declared,
          validator: compileArguments(declared.parameters),
          agent: privateOrigins.includes(declared.origin) ? everywhere : publicOnly,
        },
      ]),
    );
  }

  waitingText(name: string): string | undefined {
    return this.#tools.get(name)?.declared.waitingText;
  }

  async call(name: string, args: Readonly<Record<string, unknown>>, context: ToolCallContext): Promise<ToolResult> {
    const tool = this.#tools.get(name);
    if (tool === undefined) {
      return failure('unknown-tool', `그런 도구는 없습니다. 있는 도구: ${[...this.#tools.keys()].join(', ')}`);
    }
    if (JSON.stringify(args).length > MAX_ARGUMENT_CHARS) return failure('bad-arguments', '인자가 너무 깁니다.');
    if (!tool.validator.Check(args)) return failure('bad-arguments', problemsWith(args, tool.validator));
    const request = buildToolRequest(tool.declared, args);
    if (request === undefined) {
      return failure('bad-arguments', '주소에 들어가는 인자에 쓸 수 없는 글자(/, \\ 등)가 있습니다.');
    }
    return this.#send(tool, request, context);
  }

  async close(): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.destroy()));
  }

  async #send(
    { declared, agent }: PreparedTool,
    request: ToolRequest,
    { conversation, callKey, closesAt, signal }: ToolCallContext,
  ): Promise<ToolResult> {
    const limitMs = Math.min(declared.timeoutMs, closesAt - this.#clock.now());
    if (limitMs <= 0) return TOO_SLOW;
    const timer = new AbortController();
    const cancelTimer = this.#clock.schedule(limitMs, () => timer.abort());
    try {
      const response = await agent.request({
        origin: declared.origin,
        ...request,
        headers: {
          accept: 'application/json, text/plain',
          // Packed bytes could unpack into any number of them.
          'accept-encoding': 'identity',
          'user-agent': 'malgil',
          'idempotency-key': callKey,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
          ...(declared.secretHeader === undefined ? {} : { [declared.secretHeader.name]: declared.secretHeader.value }),
          ...(declared.identifiesCustomer
            ? {
                'x-malgil-bot': conversation.botId,
                'x-malgil-channel': conversation.channel,
                'x-malgil-user': encodeURIComponent(conversation.user),
              }
            : {}),
        },
        signal: AbortSignal.any([signal, timer.signal]),
      });
      return await readResult(response);
    } catch (thrown) {
      if (signal.aborted) throw new GatewayError('TURN_CANCELLED', 'The turn was cancelled', { cause: thrown });
      return timer.signal.aborted ? TOO_SLOW : unavailable(connectionReason(thrown));
    } finally {
      cancelTimer();
    }
  }
}

const TOO_SLOW = failure('timeout', '정해진 시간 안에 답을 받지 못했습니다.');

/** undici follows no redirect by itself, and neither do we: it could lead anywhere. */
async function readResult({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<ToolResult> {
  // Letting go of a body is an error to its stream, and an error that nobody hears ends the process.
  body.on('error', () => {});
  const isNo = statusCode >= 400 && statusCode < 500;
  const type = String(headers['content-type'] ?? 'application/json');
  const reason = reasonAgainst(statusCode, type, headers['content-encoding']);
  if (reason !== undefined) {
    body.destroy();
    return isNo
      ? failure('refused', `요청이 거절되었습니다(HTTP ${statusCode}).`, `http-${statusCode}`)
      : unavailable(reason);
  }
  const bytes = await readBytes(body, MAX_BODY_BYTES);
  const text = decoded(bytes, type).trim();
  // What is longer than we read is cut off, and so no JSON any more.
  const isWhole = bytes.length < MAX_BODY_BYTES;
  const isValid = !isWhole || text === '' || isJson(text);
  if (!isNo && !isValid && JSON_TYPE.test(type)) return unavailable('not-json');
  const shown = bounded(isValid ? compact(text) : text);
  if (isNo) {
    const message = `요청이 거절되었습니다(HTTP ${statusCode}). ${shown}`.trimEnd();
    return failure('refused', message, `http-${statusCode}`);
  }
  return { outcome: 'done', text: shown === '' ? '{"ok":true}' : shown };
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i;

/** Why a response cannot be read; its status counts first. */
function reasonAgainst(statusCode: number, type: string, encoding: unknown): ToolReason | undefined {
  if (statusCode < 200 || statusCode >= 500 || (statusCode >= 300 && statusCode < 400)) return `http-${statusCode}`;
  if (encoding !== undefined && encoding !== 'identity') return 'packed';
  return JSON_TYPE.test(type) || /^text\/plain\b/i.test(type) ? undefined : 'content-type';
}

/** Older Korean services answer in EUC-KR, and say so. */
function decoded(bytes: Buffer, type: string): string {
  const charset = /;\s*charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  const isOlder = !/^utf-?8$/i.test(charset) && iconv().encodingExists(charset);
  return isOlder ? iconv().decode(bytes, charset) : new TextDecoder().decode(bytes);
}

/** Blanks between JSON values cost tokens and say nothing. */
function compact(text: string): string {
  return jsonPieces(text)
    .map((piece) => (piece.isString ? piece.text : piece.text.replaceAll(/\s+/g, '')))
    .join('');
}

function bounded(text: string): string {
  if (text.length <= MAX_RESULT_CHARS) return text;
  return `${text.slice(0, MAX_RESULT_CHARS).toWellFormed()} …(결과가 길어 뒷부분을 잘랐습니다)`;
}

function failure(outcome: Exclude<ToolResult['outcome'], 'done'>, message: string, reason?: ToolReason): ToolResult {
  return {
    outcome,
    ...(reason === undefined ? {} : { reason }),
    text: JSON.stringify({ error: outcome, message }),
  };
}

/** The model is not told why: it could make nothing of it. */
function unavailable(reason: ToolReason): ToolResult {
  return failure('failed', '지금은 확인할 수 없습니다.', reason);
}

/** Errors of connections name addresses, so no more than the kind of them is kept. */
function connectionReason(thrown: unknown): ToolReason {
  const isRefused = thrown instanceof Error && 'code' in thrown && thrown.code === PRIVATE_ADDRESS;
  return isRefused ? 'refused-address' : 'connection';
}

/** So that the model can mend its call. */
function problemsWith(args: unknown, validator: Schema.Validator): string {
  const [, errors] = validator.Errors(args);
  return errors
    .filter(({ keyword }) => keyword !== 'additionalProperties') // comes once more, with the name
    .slice(0, MAX_REPORTED_PROBLEMS)
    .map(({ keyword, instancePath, message }) =>
      keyword === 'boolean' ? `${instancePath} is no argument` : `${instancePath || '/'} ${message}`,
    )
    .join('; ');
}
