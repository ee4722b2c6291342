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
