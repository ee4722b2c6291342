import { describe, expect, it } from 'vitest';
import type { ClovaConnection } from '../../../src/engine/clova/connection.ts';
import { chatHeaders, chatPath } from '../../../src/engine/clova/request.ts';
import { clovaSettings } from '../clova-settings.ts';

describe('paths and headers', () => {
  it.each([
    [{}, '/v3/chat-completions/HCX-007'],
    [{ model: 'HCX-003' }, '/v1/chat-completions/HCX-003'],
    [{ model: 'HCX-999' }, '/v3/chat-completions/HCX-999'],
    [{ model: 'ft:abc123' }, '/v3/tasks/abc123/chat-completions'],
    [{ model: 'ft:abc123', models: { 'ft:abc123': { like: 'HCX-003' } } }, '/v1/tasks/abc123/chat-completions'],
    [{ model: 'ft:a', models: { 'ft:a': { apiVersion: 'v2' as const } } }, '/v2/tasks/a/chat-completions'],
    [{ pathPrefix: '/testapp' as const }, '/testapp/v3/chat-completions/HCX-007'],
    [{ baseUrl: 'https://proxy.example/clova/' }, '/clova/v3/chat-completions/HCX-007'],
  ])('%o calls %s', (settings, path) => {
    expect(chatPath(clovaSettings(settings), clovaSettings(settings))).toBe(path);
  });

  const headersOf = (settings: Partial<ClovaConnection>, streams = true) => {
    const flat = chatHeaders(clovaSettings(settings), streams);
    return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]]] : [])));
  };

  it('asks for a stream, with the key as bearer', () => {
    expect(headersOf({})).toEqual({
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: 'Bearer nv-test-key',
    });
    expect(headersOf({ apigwKey: 'gw' })).toHaveProperty('authorization', 'Bearer nv-test-key');
    expect(headersOf({ apiKey: 'old' })).toHaveProperty('authorization', 'Bearer old');
    expect(headersOf({}, false)).toHaveProperty('accept', 'application/json');
  });

  it('uses the old pair for an old key with a gateway key', () => {
    expect(headersOf({ apiKey: 'old', apigwKey: 'gw' })).toEqual({
      accept: 'text/event-stream',
      'content-type': 'application/json',
      'x-ncp-clovastudio-api-key': 'old',
      'x-ncp-apigw-api-key': 'gw',
    });
  });
});
