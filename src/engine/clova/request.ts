/** Paths, headers and bodies. */
import { GatewayError } from '../../errors.ts';
import { type ChatMessage, toWireMessages } from './chat-message.ts';
import { allowsImages, type ChatOptions, toWireParameters } from './chat-options.ts';
import { type ClovaConnection, isLegacyKey } from './connection.ts';
import { capabilitiesOf, tunedTaskId } from './facts/models.ts';

/** Path of the chat call, below the origin. */
export function chatPath(
  { baseUrl, pathPrefix }: Pick<ClovaConnection, 'baseUrl' | 'pathPrefix'>,
  { model, models }: Pick<ChatOptions, 'model' | 'models'>,
): string {
  const { apiVersion } = capabilitiesOf(model, models);
  const taskId = tunedTaskId(model);
  const call = taskId === undefined ? `chat-completions/${model}` : `tasks/${taskId}/chat-completions`;
  return `${basePath({ baseUrl, pathPrefix })}/${apiVersion}/${call}`;
}

/** What stands before the path of every API. */
export function basePath({ baseUrl, pathPrefix }: Pick<ClovaConnection, 'baseUrl' | 'pathPrefix'>): string {
  return `${new URL(baseUrl).pathname.replace(/\/+$/, '')}${pathPrefix}`;
}

/** Headers that are the same for every call. Name and value alternate, as undici takes them without copying. */
export function chatHeaders(
  connection: Pick<ClovaConnection, 'apiKey' | 'apigwKey'>,
  streams: boolean,
): readonly string[] {
  return [
    'content-type',
    'application/json',
    // The only switch for streaming; the body has none.
    'accept',
    streams ? 'text/event-stream' : 'application/json',
    ...Object.entries(keyHeaders(connection)).flat(),
  ];
}

/** Who calls. */
export function keyHeaders({
  apiKey,
  apigwKey,
}: Pick<ClovaConnection, 'apiKey' | 'apigwKey'>): Readonly<Record<string, string>> {
  return apigwKey !== undefined && isLegacyKey(apiKey)
    ? { 'x-ncp-clovastudio-api-key': apiKey, 'x-ncp-apigw-api-key': apigwKey }
    : { authorization: `Bearer ${apiKey}` };
}

/** Builds the bodies of calls with these options: what does not depend on the messages is worked out once. The returned function
 *  throws GatewayError `ENGINE_BAD_REQUEST` for messages that the service would refuse. */
export function chatBodyBuilder(options: ChatOptions): (messages: readonly ChatMessage[]) => string {
  const parameters = toWireParameters(options);
  const { images, tools } = capabilitiesOf(options.model, options.models);
  const maxImages = images === undefined || !allowsImages(options) ? 0 : images.maxCount;
  return (messages) => {
    const imageCount = messages.filter((message) => message.role === 'user' && message.image !== undefined).length;
    if (imageCount > maxImages) {
      throw badMessages('images', maxImages === 0 ? 'takes no images' : `takes at most ${maxImages} images`);
    }
    if (!tools && messages.some((message) => message.role === 'tool')) {
      throw badMessages('messages', 'takes no results of tools');
    }
    return JSON.stringify({ messages: toWireMessages(messages), ...parameters });
  };
}

/** @param parameters what of the question is wrong: more than text, or what was said before */
function badMessages(parameters: 'images' | 'messages', what: string): GatewayError {
  return new GatewayError('ENGINE_BAD_REQUEST', `This CLOVA Studio model, asked in this way, ${what}`, {
    details: { parameters },
  });
}
