/** The services of CLOVA Studio GOV on loopback. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseJson } from '../json-reading.ts';
import { GovFailure } from './failure.ts';
import { Rag42 } from './rag42.ts';
import { embed, jsonBody, maskPii, parseDocument, speak, transcribe } from './tools.ts';

export interface GovSimulatorOptions {
  /** 0 takes a free one. */
  readonly port?: number;
  /** Keys that open; without it every key does. */
  readonly apiKeys?: readonly string[];
  /** Requests before `429`; every answer says how many are left. */
  readonly requests?: number;
}

export interface GovRequestRecord {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

export interface GovSimulator {
  start(): Promise<{ readonly url: string }>;
  close(): Promise<void>;
  /** The next requests end with these HTTP statuses, one each. */
  failNext(...httpStatuses: readonly number[]): void;
  /** Oldest first. */
  readonly requests: readonly GovRequestRecord[];
}

const JSON_TYPE = { 'content-type': 'application/json' };

export function createGovSimulator(options: GovSimulatorOptions = {}): GovSimulator {
  const rag42 = new Rag42();
  const requests: GovRequestRecord[] = [];
  const failures: number[] = [];
  let left = options.requests ?? 1_000;

  const answer = async (request: IncomingMessage, bytes: Buffer): Promise<object | Uint8Array> => {
    const { method = '', url = '', headers } = request;
    requests.push({ method, path: url, headers });
    const key = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
    if (key === undefined || options.apiKeys?.includes(key) === false) throw new GovFailure(401, 'key is not valid');
    const failure = failures.shift();
    if (failure !== undefined) throw new GovFailure(failure, 'Request failed');
    if (left === 0) throw new GovFailure(429, 'Too Many Requests', { 'retry-after': '1' });
    left -= 1;
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const type = headers['content-type'] ?? '';
    const form = type.startsWith('multipart/form-data')
      ? await new Response(Uint8Array.from(bytes), { headers: { 'content-type': type } }).formData()
      : undefined;
    const json = form === undefined && method !== 'GET' ? jsonBody(parseJson(bytes.toString('utf8'))?.value) : {};
    const found = await serve(rag42, method, pathname, searchParams, json, form);
    if (found === undefined) throw new GovFailure(404, 'Not Found');
    return found;
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(request, Buffer.concat(chunks)).then(
        (found) => {
          const remaining = { 'x-ratelimit-remaining': String(left) };
          if (found instanceof Uint8Array) {
            response.writeHead(200, { 'content-type': 'audio/wav', ...remaining }).end(found);
          } else {
            response.writeHead(200, { ...JSON_TYPE, ...remaining }).end(JSON.stringify(found));
          }
        },
        (error: unknown) => {
          const failure = error instanceof GovFailure ? error : new GovFailure(500, 'Internal server error');
          const speaksOpenAi = request.url?.startsWith('/v1/text/embeddings') === true;
          const body = speaksOpenAi ? failure.errorEnvelope : failure.statusEnvelope;
          response.writeHead(failure.httpStatus, { ...JSON_TYPE, ...failure.headers }).end(JSON.stringify(body));
        },
      );
    });
  });
  return {
    requests,
    failNext: (...httpStatuses) => void failures.push(...httpStatuses),
    start: async () => {
      server.listen(options.port ?? 0, '127.0.0.1');
      await once(server, 'listening');
      return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    },
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  rag42: Rag42,
  method: string,
  path: string,
  query: URLSearchParams,
  json: Readonly<Record<string, unknown>>,
  form: FormData | undefined,
): Promise<object | Uint8Array | undefined> {
  if (path.startsWith('/v1/rag42/')) {
    const found = await rag42.serve(method, path.slice('/v1/rag42/'.length), query, json, form);
    return found as object | undefined;
  }
  switch (`${method} ${path}`) {
    case 'POST /v1/text/pii-mask':
      return maskPii(json);
    case 'POST /v1/text/embeddings':
      return embed(json);
    case 'POST /v1/audio/speech':
      return speak(json);
    case 'POST /v1/audio/transcriptions':
      return form && transcribe(form);
    case 'POST /v1/lomin/document/parse/async':
      return form && parseDocument(form);
    default:
      return undefined;
  }
}
