/** Photos and videos of a skill call, whichever of the three ways they come: `userRequest.params.media`, nothing but their
 *  addresses in the utterance, or the secure-image plugin. Addresses are signed and soon expire.
 *  Source: measured on production by developers; Kakao's guide describes the plugin alone. */

import { isJsonObject, type JsonObject, objectOrEmpty } from '../json-body.ts';
import { isKakaoMediaUrl, isWebUrl } from './media-url.ts';
import { findSecureImages, readImageList } from './secure-image.ts';

export interface SentMedia {
  readonly input: 'image' | 'video' | 'other';
  /** Empty when a photo came without an address that can be fetched. */
  readonly images?: readonly string[];
  /** What the customer said beside it. */
  readonly text: string;
}

const MAX_IMAGES = 10;
const LISTS = /List\([^()]*\)/g;
const ADDRESSES = /https?:\/\/\S+/gi;
const VIDEO_FILE = /\.(?:mp4|mov|m4v|avi|webm|mkv|3gp)$/i;

/** Undefined when nothing but words came. */
export function findSentMedia(payload: JsonObject, userRequest: JsonObject, text: string): SentMedia | undefined {
  const secure = findSecureImages(parameterValues(payload));
  if (secure !== undefined) return { input: 'image', images: secure, text: withoutAddresses(text) };

  const { media } = objectOrEmpty(userRequest.params);
  if (isJsonObject(media) || (Array.isArray(media) && media.length > 0)) {
    const items = (Array.isArray(media) ? media : [media]).map(readItem);
    // The utterance repeats the address, on whatever host it is: as words it would reach the store and the model.
    const repeated = new Set(items.map(({ url }) => url));
    return sorted(
      items,
      withoutAddresses(text, (address) => repeated.has(address)),
    );
  }
  if (text === '') return undefined;
  const isUpload = objectOrEmpty(objectOrEmpty(payload.flow).trigger).type === 'IMAGE_UPLOAD';
  if (!isUpload && !/^(?:https?:|List\()/i.test(text)) return undefined;
  const addresses = [
    ...(text.match(LISTS) ?? []).flatMap(readImageList),
    ...(text.replace(LISTS, '').match(ADDRESSES) ?? []),
  ];
  const items = addresses.filter(isKakaoMediaUrl).map((url): Item => ({ kind: kindOf(url, undefined), url }));
  const said = withoutAddresses(text);
  // A customer who writes about a link of ours still writes; one who sends a photo has no words in the utterance.
  if (items.length > 0 && said === '') return sorted(items, '');
  return isUpload ? sorted([{ kind: 'image', url: undefined }], text.replace(ADDRESSES, '').trim()) : undefined;
}

interface Item {
  readonly kind: SentMedia['input'];
  readonly url: string | undefined;
}

function sorted(items: readonly Item[], text: string): SentMedia {
  const pictures = items.filter((item) => item.kind === 'image');
  if (pictures.length === 0) return { input: items[0]?.kind ?? 'other', text };
  const urls = pictures.flatMap(({ url }) => (url === undefined ? [] : [url]));
  return { input: 'image', images: [...new Set(urls)].slice(0, MAX_IMAGES), text };
}

function readItem(value: unknown): Item {
  const { type, url } = objectOrEmpty(value);
  const known = typeof url === 'string' && isWebUrl(url) ? url : undefined;
  return { kind: kindOf(known, type), url: known };
}

function kindOf(url: string | undefined, type: unknown): Item['kind'] {
  if (typeof type === 'string') return type === 'image' || type === 'video' ? type : 'other';
  return url !== undefined && VIDEO_FILE.test(new URL(url).pathname) ? 'video' : 'image';
}

function withoutAddresses(text: string, isMedia: (address: string) => boolean = () => false): string {
  if (!text.includes('://')) return text;
  return text
    .replace(LISTS, '')
    .replace(ADDRESSES, (address) => (isKakaoMediaUrl(address) || isMedia(address) ? '' : address))
    .trim();
}

/** Values of `action.params`, then those and the words behind them of `action.detailParams`: captures fill one or the other. */
function parameterValues(payload: JsonObject): unknown[] {
  const action = objectOrEmpty(payload.action);
  const details = Object.values(objectOrEmpty(action.detailParams)).map(objectOrEmpty);
  return [...Object.values(objectOrEmpty(action.params)), ...details.flatMap(({ value, origin }) => [value, origin])];
}
