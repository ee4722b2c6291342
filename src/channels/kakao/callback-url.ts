/** Where a callback may go. The URL comes with the request, so it is a stranger's word until its origin is on the list. */

export interface CallbackTarget {
  /** As configured; connections are opened to this and nothing else. */
  readonly origin: string;
  /** Path and query exactly as received: the token in it breaks when it is encoded anew (`!`, `:`). */
  readonly path: string;
}

export type ResolveCallback = (url: string) => CallbackTarget | undefined;

/** In the log; the READMEs quote it. */
export const CALLBACK_URL_IGNORED =
  'ignored a callback URL: its origin is not on the list, or it is not written as Kakao writes it';

const MAX_URL_CHARS = 2_048;

/** `https` on 443 for a listed https origin; another scheme or port only where exactly that origin is listed. */
export function createCallbackResolver(origins: readonly string[]): ResolveCallback {
  const allowed = new Set(origins.map((origin) => new URL(origin).origin));
  return (url) => {
    // Printable ASCII without a backslash: parsers disagree about everything else.
    if (url.length > MAX_URL_CHARS || !/^[\x21-\x7e]+$/.test(url) || url.includes('\\')) return undefined;
    const parts = /^https?:\/\/([^/?#]+)(\/[^#]*)$/i.exec(url);
    const [, authority = '', path = ''] = parts ?? [];
    if (parts === null || authority.includes('@') || !URL.canParse(url)) return undefined;
    const { origin } = new URL(url);
    return allowed.has(origin) ? { origin, path } : undefined;
  };
}
