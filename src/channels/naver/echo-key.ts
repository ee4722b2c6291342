/** How TalkTalk's echo of a message of ours is recognised: echoes name no request, so what was said has to do. */
import { createHash } from 'node:crypto';
import type { OutboundMessage } from '../channel.ts';
import { inboundText } from '../inbound-text.ts';
import { isJsonObject, type JsonObject } from '../json-body.ts';

/** Pictures come back under an address of TalkTalk's own, so nothing of them can be compared but that they are pictures. */
const PICTURE = 'picture';
const SHOP_CARDS = 'product';

export function withEchoKey(message: OutboundMessage): OutboundMessage {
  const event = object(message.wire);
  const echoKey = event.event === 'product' ? SHOP_CARDS : contentKey(event);
  return echoKey === undefined ? message : { ...message, echoKey };
}

/** What this may be the echo of, likeliest first. */
export function echoKeysOf(echo: JsonObject): readonly string[] {
  if (echo.echoedEvent === 'product') return [SHOP_CARDS];
  const key = contentKey(echo);
  if (key === undefined) return [];
  // A picture that TalkTalk could not get is shown as a bubble with its address, although the send API said yes.
  return isAddress(object(echo.textContent).text) ? [key, PICTURE] : [key];
}

function contentKey(body: JsonObject): string | undefined {
  const text = inboundText(object(body.textContent).text);
  if (text !== '') return keyOfWords('text', text);
  if (Object.keys(object(body.imageContent)).length > 0) return PICTURE;
  const words = wordsOf(object(body.compositeContent).compositeList);
  return words === '' ? undefined : keyOfWords('cards', words);
}

/** Blanks, line ends and ways to write the same syllable may change on the way; the words do not. */
function keyOfWords(kind: string, words: string): string {
  const plain = words.normalize('NFC').replace(/[\s\p{Default_Ignorable_Code_Point}]+/gu, '');
  return `${kind}:${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}`;
}

/** What there is to read on cards but for their buttons. */
function wordsOf(compositeList: unknown): string {
  return list(compositeList)
    .map(object)
    .flatMap(({ title, description, elementList }) => [
      title,
      description,
      ...list(object(elementList).data)
        .map(object)
        .flatMap((element) => [element.title, element.description, element.subDescription]),
    ])
    .map((words) => inboundText(words))
    .join('\n')
    .trim();
}

function isAddress(text: unknown): boolean {
  return typeof text === 'string' && /^https?:\/\/\S+$/i.test(text.trim());
}

function object(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
