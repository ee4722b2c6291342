/** Pictures of customers in OpenAI's words. */
import OpenAI from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClovaSimulator } from '../../../simulator/clova/server.ts';
import { dialectOf } from '../../../src/engine/openai/dialect.ts';
import { createOpenAiEngine, type OpenAiEngineSettings } from '../../../src/engine/openai/index.ts';
import { chatMessages } from '../../../src/engine/openai/messages.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { collectParts, engineRequest, textOf } from '../../helpers/engine-contract.ts';
import { photo } from '../../helpers/photos.ts';
import { openAiSettings } from './openai-settings.ts';

const PICTURES = [
  { mediaType: 'image/png', bytes: photo('photo.png') },
  { mediaType: 'image/jpeg', bytes: photo('photo.jpg') },
] as const;

function openEngine(overrides: Partial<OpenAiEngineSettings> = {}) {
  const engine = createOpenAiEngine(openAiSettings(overrides), { logger: silentLogger });
  onTestFinished(() => engine.close());
  return engine;
}

async function start() {
  const simulator = createClovaSimulator();
  onTestFinished(() => simulator.close());
  const { url } = await simulator.start();
  return { simulator, clova: `${url}/v1/openai`, gov: `${url}/api/v1` };
}

it.each<[Partial<OpenAiEngineSettings>, readonly string[] | undefined]>([
  [{ model: 'HCX-005' }, undefined],
  [{ model: 'HCX-005', vision: true }, ['image/jpeg', 'image/png', 'image/webp', 'image/bmp']],
  [{ model: 'HCX-009', vision: true }, ['image/jpeg', 'image/png', 'image/webp', 'image/bmp']], // nobody knows it yet
  [{ model: 'gpt-5', dialect: 'openai', vision: true }, ['image/jpeg', 'image/png', 'image/webp']],
  [{ model: 'gpt-5', dialect: 'openai' }, undefined],
])('%o sees as much as the operator and the model allow', (settings, mediaTypes) => {
  expect(openEngine(settings).seesImages?.mediaTypes).toEqual(mediaTypes);
});

it.each(['HCX-007', 'HCX-DASH-002', 'HCX-003', 'ft:abc123'])('%s cannot see, which is said at the start', (model) => {
  expect(() => openEngine({ model, vision: true })).toThrow(
    expect.objectContaining({ code: 'SETTINGS_INVALID', details: { field: 'vision', reason: expect.any(String) } }),
  );
});

describe.each([
  ['clova', 'HCX-005'],
  ['gov', 'HCX-GOV-VLM'],
  ['gov', 'LLM42'],
] as const)('%s: %s', (dialect, model) => {
  it.each([
    ['a picture', 1],
    ['two pictures', 2],
  ])('looks at %s, and calls no tools beside', async (_name, count) => {
    const { simulator, ...urls } = await start();
    const engine = openEngine({ dialect, model, baseUrl: urls[dialect], vision: true });
    const tools = [{ name: 'f', description: 'd', parameters: { type: 'object' } }];
    const request = engineRequest({ question: '이 상품 있나요?', images: PICTURES.slice(0, count), tools });
    const text = textOf(await collectParts(engine, request));
    expect(text).toContain('PNG 40×24');
    expect(text.includes('JPEG')).toBe(count === 2);
    const [{ body } = { body: undefined }] = simulator.requests;
    expect(body).not.toHaveProperty('tools');

    // The same body from OpenAI's own client gets the same answer.
    const apiKey = 'nv-test';
    const client = new OpenAI({ baseURL: urls[dialect], apiKey, maxRetries: 0 });
    const stream = await client.chat.completions.create(body as OpenAI.ChatCompletionCreateParamsStreaming);
    let theirs = '';
    for await (const { choices } of stream) theirs += choices?.[0]?.delta.content ?? '';
    expect(theirs).toBe(text);
  });
});

it('pictures stand beside their question where a message may have several', () => {
  const request = engineRequest({ systemPrompt: '', question: ' ', images: PICTURES });
  const urls = PICTURES.map(
    ({ mediaType, bytes }) => `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`,
  );
  const parts = urls.map((url) => ({ type: 'image_url', image_url: { url } }));
  const dialect = dialectOf('compatible', 'local-model');
  expect(chatMessages(request, dialect)).toEqual([{ role: 'user', content: parts }]);
  expect(chatMessages({ ...request, question: '이거요' }, dialect)).toEqual([
    { role: 'user', content: [{ type: 'text', text: '이거요' }, ...parts] },
  ]);
});
