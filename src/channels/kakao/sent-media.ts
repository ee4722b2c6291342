/** Photos and videos of a skill call, whichever of the three ways they come: `userRequest.params.media`, nothing but their
 *  addresses in the utterance, or the secure-image plugin. Addresses are signed and soon expire.
 *  Source: measured on production by developers; Kakao's guide describes the plugin alone. */

import { isJsonObject, type JsonObject, objectOrEmpty } from '../json-body.ts';
import { findMediaUrls, isKakaoMediaUrl, isWebUrl, withoutMediaUrls } from './media-url.ts';
import { findSecureImages, isSecureImageValue, readImageList } from './secure-image.ts';

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

/** Undefined when nothing but words came. An address of a photo is never left among the words: store and model would have it. */
export function findSentMedia(payload: JsonObject, userRequest: JsonObject, text: string): SentMedia | undefined {
  const values = parameterValues(payload);
  const secure = findSecureImages(values);
  if (secure !== undefined) return { input: 'image', images: secure, text: wordsOf(text) };

  const { media } = objectOrEmpty(userRequest.params);
  if (isJsonObject(media) || (Array.isArray(media) && media.length > 0)) {
    const items = (Array.isArray(media) ? media : [media]).map(readItem);
    // The utterance repeats the address, on whatever host it is.
    const words = items.reduce((rest, { url }) => (url === undefined ? rest : withoutAddress(rest, url)), text);
    return sorted(items, wordsOf(words));
  }
  const listed = (text.match(LISTS) ?? []).flatMap((list) => {
    const images = readImageList(list);
    return images.length > 0 ? images : findMediaUrls(list);
  });
  const inParameters = values.flatMap((value) =>
    typeof value === 'string' && !isSecureImageValue(value) ? findMediaUrls(value) : [],
  );
  const urls = [...listed, ...findMediaUrls(text.replace(LISTS, '')), ...inParameters];
  const items = urls.filter(isKakaoMediaUrl).map((url): Item => ({ kind: kindOf(url, undefined), url }));
  const isUpload = objectOrEmpty(objectOrEmpty(payload.flow).trigger).type === 'IMAGE_UPLOAD';
  if (items.length > 0) return sorted(items, isUpload ? withoutAddresses(text) : wordsOf(text));
  return isUpload && text !== '' ? sorted([{ kind: 'image', url: undefined }], withoutAddresses(text)) : undefined;
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

/** Links that a customer typed stay. */
function wordsOf(text: string): string {
  return withoutMediaUrls(text.replace(LISTS, (list) => (findMediaUrls(list).length > 0 ? '' : list)).trim());
}

function withoutAddress(text: string, url: string): string {
  return text.replaceAll(url, '').replaceAll(url.replace(/^https?:\/\//i, ''), '');
}

/** Of an upload: a host that nobody has seen yet has a photo, too. */
function withoutAddresses(text: string): string {
  return wordsOf(text).replace(ADDRESSES, '').trim();
}

/** Values of `action.params`, then those and the words behind them of `action.detailParams`: captures fill one or the other. */
function parameterValues(payload: JsonObject): unknown[] {
  const action = objectOrEmpty(payload.action);
  const details = Object.values(objectOrEmpty(action.detailParams)).map(objectOrEmpty);
  return [...Object.values(objectOrEmpty(action.params)), ...details.flatMap(({ value, origin }) => [value, origin])];
}
