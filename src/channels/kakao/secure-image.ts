/** Photos through the secure-image plugin (이미지 보안 전송): the value of a block parameter is JSON in a string, and the list inside is
 *  no JSON: `{"privacyAgreement":"Y","imageQuantity":"2","secureUrls":"List(u1, u2)","expire":"…"}`.
 *  Source: the plugin's sample in Kakao's guide, and published captures (plain http, at most 10, gone after 10 min). */

import { findJsonObject, isJsonObject, type JsonObject } from '../json-body.ts';
import { isSecureImageUrl, isWebUrl } from './media-url.ts';

const MAX_IMAGES = 10;

/** Whether a parameter is the plugin's: signed addresses of private pictures, which are nothing to keep among recognised values. */
export function isSecureImageValue(value: unknown): boolean {
  if (isJsonObject(value)) return value.secureUrls !== undefined;
  return typeof value === 'string' && (value.includes('"secureUrls"') || value.includes('//secure.kakaocdn.net/'));
}

/** Addresses in the parameters of a skill call; undefined when no plugin took part, or its user did not agree.
 *  @param values parameter values, also their `origin` and `value` in `detailParams` */
export function findSecureImages(values: readonly unknown[]): readonly string[] | undefined {
  for (const value of values) {
    if (!isSecureImageValue(value)) continue;
    const listed = readPluginValue(value);
    if (listed !== undefined) return listed;
  }
  return undefined;
}

/** `List(u1, u2)` as addresses; addresses of other hosts are left out. */
export function readImageList(text: string): readonly string[] {
  return readList(text).filter(isSecureImageUrl).slice(0, MAX_IMAGES);
}

function readList(text: string): readonly string[] {
  const list = /^\s*List\((.*)\)\s*$/s.exec(text)?.[1] ?? text;
  // One capture shows `=` and `&` as JSON escapes in a text that had left JSON long before.
  const unescaped = list.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const urls = unescaped.split(/,\s*(?=https?:)/i).map((url) => url.trim());
  return [...new Set(urls)];
}

function readPluginValue(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string' && !value.trimStart().startsWith('{')) return readImageList(value);
  // JSON first: a pattern over the raw text would keep `\u003d` where the signature has `=`.
  const plugin: JsonObject | undefined = isJsonObject(value) ? value : findJsonObject(String(value));
  if (plugin === undefined || isRefusal(plugin.privacyAgreement)) return undefined;
  const { secureUrls } = plugin;
  const list = Array.isArray(secureUrls) ? secureUrls.filter((url) => typeof url === 'string').join(', ') : secureUrls;
  // Nobody but the plugin writes this, so its host is for the list of hosts to judge: a simulator's is another one.
  return typeof list === 'string' ? readList(list).filter(isWebUrl).slice(0, MAX_IMAGES) : [];
}

function isRefusal(agreement: unknown): boolean {
  return typeof agreement === 'string' && /^n/i.test(agreement.trim());
}
