import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../../src/engine/openai/dialect.ts';
import { errorOfRefusal, readRefusal } from '../../../src/engine/openai/errors.ts';
import { CLOVA_STUDIO_ROWS } from '../clova-studio-rows.ts';

const CLOVA = dialectOf('clova', 'HCX-005');
const GOV = dialectOf('gov', 'HCX-GOV');
const OTHER = dialectOf('compatible', 'any');

const SENT = ['messages', 'max_tokens', 'tools'];
const errorOf = (body: unknown, httpStatus: number, headers = {}, dialect = CLOVA) =>
  errorOfRefusal(readRefusal(body), { httpStatus, headers, receivedAt: 0 }, dialect, SENT);

describe.each(CLOVA_STUDIO_ROWS)('HTTP %i, code %s is %s', (httpStatus, code, expected, retryable) => {
  it.each([
    ["in OpenAI's shape", { error: { message: 'whatever', type: null, param: null, code } }],
    ["in CLOVA Studio's own", { status: { code, message: 'whatever' }, result: null }],
    ['as a number', { error: { message: 'whatever', code: Number(code) } }],
  ])('%s', (_name, body) => {
    for (const status of [httpStatus, 200]) {
      const error = errorOf(body, status);
      expect([error.code, error.retryable]).toEqual([expected, retryable]);
      expect(error.details).toEqual({ httpStatus: status, upstreamCode: code });
      expect(error.message).toMatch(/^CLOVA Studio \(OpenAI-compatible\) /);
    }
  });
});

const said = (fields: object) => ({ error: { message: 'm', ...fields } });

describe('refusals of others', () => {
  it.each<[string, number, unknown, string]>([
    ['OpenAI: key', 401, said({ type: 'invalid_request_error', code: 'invalid_api_key' }), 'ENGINE_UNAUTHORIZED'],
    ['OpenAI: model', 404, said({ code: 'model_not_found' }), 'ENGINE_MODEL_UNAVAILABLE'],
    ['OpenAI: length', 400, said({ param: 'messages', code: 'context_length_exceeded' }), 'ENGINE_CONTEXT_TOO_LONG'],
    ['OpenAI: rate', 429, said({ type: 'tokens', code: 'rate_limit_exceeded' }), 'ENGINE_RATE_LIMITED'],
    ['OpenAI: no money', 429, said({ type: 'insufficient_quota', code: 'insufficient_quota' }), 'ENGINE_UNAUTHORIZED'],
    ['OpenAI: its own failure', 500, said({ type: 'server_error', code: null }), 'ENGINE_FAILED'],
    ['OpenAI: overload', 503, said({ type: 'server_error', code: 'slow_down' }), 'ENGINE_OVERLOADED'],
    ['Azure: filter', 400, said({ param: 'prompt', code: 'content_filter', status: 400 }), 'ENGINE_FILTERED'],
    ['Azure: deployment', 404, said({ code: 'DeploymentNotFound' }), 'ENGINE_MODEL_UNAVAILABLE'],
    [
      'vLLM: length',
      400,
      {
        object: 'error',
        message: "This model's maximum context length is 8192 tokens",
        type: 'BadRequestError',
        code: 400,
      },
      'ENGINE_CONTEXT_TOO_LONG',
    ],
    ['vLLM: model', 404, said({ type: 'NotFoundError', param: 'model', code: 404 }), 'ENGINE_MODEL_UNAVAILABLE'],
    ['llama.cpp: length', 400, said({ code: 400, type: 'exceed_context_size_error' }), 'ENGINE_CONTEXT_TOO_LONG'],
    ['llama.cpp: loading', 503, said({ code: 503, type: 'unavailable_error' }), 'ENGINE_OVERLOADED'],
    ['Ollama', 404, said({ type: 'api_error', param: null, code: null }), 'ENGINE_MODEL_UNAVAILABLE'],
    ['a list of one', 400, [said({ code: 400, status: 'INVALID_ARGUMENT' })], 'ENGINE_BAD_REQUEST'],
    ['a sentence alone', 401, { error: 'm' }, 'ENGINE_UNAUTHORIZED'],
    ['FastAPI', 422, { detail: [{ loc: ['body'], msg: 'm' }] }, 'ENGINE_BAD_REQUEST'],
    ['GOV: key', 401, said({ type: 'authentication_error', code: 'invalid_api_key' }), 'ENGINE_UNAUTHORIZED'],
    ['GOV: rate', 429, { status: { code: '42900', message: 'Too Many Requests' } }, 'ENGINE_RATE_LIMITED'],
    ['GOV: validation', 422, { status: { code: '42200', message: 'm' } }, 'ENGINE_BAD_REQUEST'],
    ['GOV: away', 503, { status: { code: '50300', message: 'm' } }, 'ENGINE_OVERLOADED'],
    ['a page', 502, undefined, 'ENGINE_FAILED'],
    ['a redirect', 302, undefined, 'ENGINE_BAD_REQUEST'],
    ['in a stream: a status', 200, said({ code: 502 }), 'ENGINE_FAILED'],
    ['in a stream: nothing that we know', 200, said({ code: 'odd' }), 'ENGINE_FAILED'],
    ['words that every object has', 400, said({ code: 'constructor', type: 'toString' }), 'ENGINE_BAD_REQUEST'],
  ])('%s', (_name, httpStatus, body, code) => {
    for (const dialect of [OTHER, GOV]) expect(errorOf(body, httpStatus, {}, dialect).code).toBe(code);
  });

  it('are told from answers', () => {
    const none = [undefined, null, 1, 'x', [], {}, { choices: [] }, { error: null, choices: [] }];
    for (const body of [...none, { status: { code: '20000' } }, { status: 'completed', choices: [] }]) {
      expect(readRefusal(body)).toBeUndefined();
    }
  });
});

describe('what gets into an error', () => {
  it('names fields that we sent, and nothing else of what the service wrote', () => {
    const message = 'Invalid parameter: tools, max_tokens, 홍길동 010-1234-5678';
    const error = errorOf({ error: { message, type: null, param: null, code: '40001' } }, 400);
    expect(error.details).toEqual({ httpStatus: 400, upstreamCode: '40001', parameters: 'max_tokens, tools' });
    const named = errorOf({ error: { message: '홍길동', type: '홍길동', param: 'messages', code: '홍 길동' } }, 400);
    expect(named.details).toEqual({ httpStatus: 400, parameters: 'messages' });
    expect(JSON.stringify([error.message, named.message])).not.toContain('홍');
  });

  it('waits as the dialect counts', () => {
    const headers = { 'x-ratelimit-reset-requests': '6m0s', 'retry-after': '2' };
    const body = { error: { code: '42901' } };
    expect(errorOf(body, 429, headers, CLOVA).retryAfterMs).toBe(60_000);
    expect(errorOf(body, 429, headers, OTHER).retryAfterMs).toBe(2_050);
    expect(errorOf(body, 429, { 'retry-after': '2' }, CLOVA).retryAfterMs).toBe(2_050);
  });
});
