import type { EngineImage, EngineRequest } from '../engine.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { ClovaEngineSettings, ThinkingEffort } from './settings.ts';

/** The maximum covers thinking *and* answer: one that thinking uses up leaves an empty answer. These are the service's own
 *  defaults, which a smaller setting for the answer must not undercut. */
const TOKENS_WITH_THINKING: Readonly<Record<ThinkingEffort, number>> = {
  none: 0,
  low: 5_120,
  medium: 10_240,
  high: 20_480,
};

/** Path of the chat call, below the origin. */
export function chatPath({ baseUrl, pathPrefix, model }: ClovaEngineSettings): string {
  const basePath = new URL(baseUrl).pathname.replace(/\/+$/, '');
  return `${basePath}${pathPrefix}/${capabilitiesOf(model).apiVersion}/chat-completions/${model}`;
}

/** Headers that are the same for every call. Name and value alternate, as undici takes them without copying. */
export function chatHeaders({ apiKey, apigwKey }: ClovaEngineSettings): readonly string[] {
  const isLegacy = apigwKey !== undefined && !apiKey.startsWith('nv-');
  return [
    'content-type',
    'application/json',
    // The only switch for streaming; the body has none.
    'accept',
    'text/event-stream',
    ...(isLegacy
      ? ['x-ncp-clovastudio-api-key', apiKey, 'x-ncp-apigw-api-key', apigwKey]
      : ['authorization', `Bearer ${apiKey}`]),
  ];
}

/** Our id in a form that is safe in a header: ids of platforms are foreign text. */
export function requestIdHeader(requestId: string): string {
  return requestId.replace(/[^\x21-\x7e]/g, '-').slice(0, 128);
}

type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly dataUri: { readonly data: string } };

interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly ContentPart[];
}

/** What one call asks for at most, thinking and answer together. */
export function requestedTokens({ model, maxOutputTokens, thinkingEffort = 'none' }: ClovaEngineSettings): number {
  return Math.min(
    capabilitiesOf(model).maxOutputTokens,
    Math.max(maxOutputTokens, TOKENS_WITH_THINKING[thinkingEffort]),
  );
}

/** Builds the bodies of one engine's calls: what depends on the model alone is worked out once. */
export function chatBodyBuilder(settings: ClovaEngineSettings): (request: EngineRequest) => string {
  const { model, thinkingEffort = 'none', temperature } = settings;
  const { maxTokensField, thinking } = capabilitiesOf(model);
  const parameters = {
    [maxTokensField]: requestedTokens(settings),
    ...(temperature !== undefined && { temperature }),
    // Left out, HCX-007 would think; sent at all, the others would refuse.
    ...(thinking && { thinking: { effort: thinkingEffort } }),
  };
  return (request) => JSON.stringify({ messages: chatMessages(request), ...parameters });
}

function chatMessages({ systemPrompt, history, question, images = [] }: EngineRequest): readonly ChatMessage[] {
  const messages: ChatMessage[] = [];
  // One system message at most, and no empty text anywhere: either is refused.
  if (systemPrompt.trim() !== '') messages.push({ role: 'system', content: systemPrompt });
  for (const { role, text } of history) {
    if (text.trim() !== '') messages.push({ role, content: text });
  }
  const lastImage = images.at(-1);
  // A second picture in a message is refused: every one but the last gets a message of its own, before the question.
  for (const [index, image] of images.slice(0, -1).entries()) {
    messages.push(withPicture(`(사진 ${index + 1}/${images.length})`, image));
  }
  messages.push(lastImage === undefined ? { role: 'user', content: question } : withPicture(question, lastImage));
  return messages;
}

/** Inline: addresses of customers' pictures are signed, expire, and would reach the service only with luck. */
function withPicture(text: string, { mediaType, bytes }: EngineImage): ChatMessage {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return {
    role: 'user',
    content: [
      { type: 'text', text },
      // Documented as base64 alone, refused without the prefix.
      { type: 'image_url', dataUri: { data: `data:${mediaType};base64,${base64}` } },
    ],
  };
}
