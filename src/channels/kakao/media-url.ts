/** Addresses of pictures and videos, as far as they are Kakao's: they came with the request, so they are a stranger's word. */

const MAX_URL_CHARS = 2_048;
const SECURE_IMAGE_HOST = 'secure.kakaocdn.net';

/** Anywhere: whoever fetches has a list of hosts. */
export function isWebUrl(text: string): boolean {
  return parse(text) !== undefined;
}

/** On a host of Kakao's content network. */
export function isKakaoMediaUrl(text: string): boolean {
  return hostOf(text)?.endsWith('.kakaocdn.net') === true;
}

/** With a scheme or without, up to the first blank or letter that no address has; not behind another host, a path or a user name. */
const MEDIA_URLS =
  /(?:(?<![a-z])https?:\/\/|(?<![\w:])\/\/|(?<![\w.@/:-]))((?:[a-z0-9-]{1,63}\.){1,8}kakaocdn\.net\/[!-~]+)/gi;
/** Of the sentence that an address stands in. */
const ENDS_WITH_PUNCTUATION = /[)\]}>"',.!?;:]+$/;

/** Addresses of pictures and videos among words, as they can be fetched. */
export function findMediaUrls(text: string): readonly string[] {
  return mediaUrlsIn(text).map(({ url }) => url);
}

/** The words alone: whoever has such an address can see the picture. */
export function withoutMediaUrls(text: string): string {
  const found = mediaUrlsIn(text);
  if (found.length === 0) return text;
  let words = '';
  let at = 0;
  for (const { start, end } of found) {
    words += text.slice(at, start);
    at = end;
  }
  return `${words}${text.slice(at)}`.replace(/[ \t]{2,}/g, ' ').trim();
}

function mediaUrlsIn(text: string): readonly { readonly url: string; readonly start: number; readonly end: number }[] {
  if (!/kakaocdn\.net\//i.test(text)) return [];
  return [...text.matchAll(MEDIA_URLS)].map(({ 0: written, 1: named = '', index }) => {
    const address = named.replace(ENDS_WITH_PUNCTUATION, '');
    const end = index + written.length - (named.length - address.length);
    const scheme =
      /^https?:\/\//i.exec(written)?.[0] ?? (isSecureImageUrl(`http://${address}`) ? 'http://' : 'https://');
    return { url: `${scheme}${address}`, start: index, end };
  });
}

/** On the one host of the secure-image plugin. */
export function isSecureImageUrl(text: string): boolean {
  return hostOf(text) === SECURE_IMAGE_HOST;
}

/** Undefined where another port or a user name makes it doubtful. */
function hostOf(text: string): string | undefined {
  const url = parse(text);
  return url?.port === '' && url.username === '' && url.password === '' ? url.hostname : undefined;
}

function parse(text: string): URL | undefined {
  if (text.length > MAX_URL_CHARS || !/^https?:\/\/[^\s\\]+$/i.test(text)) return undefined;
  return URL.parse(text) ?? undefined;
}
