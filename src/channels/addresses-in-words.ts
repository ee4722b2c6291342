/** Addresses that a button has as well, in the words beside it. Imports nothing: the web page does the same with its cards. */

export interface Link {
  readonly label: string;
  readonly url: string;
}

const BULLET = /[-•*·▶☞]/.source;
const COLON = /[:：]/.source;
const OPENING = /[(（[<]/.source;
const CLOSING = /[>\])）]/.source;

/** Lines with the address alone or behind the button's own label go, and so does an address in brackets or behind a sentence. In the middle
 *  of one it is a word like any other, whose particle would be left over. */
export function withoutLinks(text: string, links: readonly Link[]): string {
  return links.reduce(withoutLink, text);
}

/** The whole address: not the beginning of a longer one. */
export function mentions(text: string, url: string): boolean {
  return text.includes(url.trim()) && new RegExp(addressIn(url)).test(text);
}

/** For judging what else stands in the words. */
export function withoutAddresses(text: string, urls: readonly string[]): string {
  return urls.reduce((rest, url) => rest.replace(new RegExp(addressIn(url), 'g'), ''), text);
}

function withoutLink(text: string, { label, url }: Link): string {
  if (!text.includes(url.trim())) return text;
  const address = addressIn(url);
  const name = literal(label.trim());
  return text
    .replace(
      new RegExp(String.raw`^[^\S\n]*(?:${BULLET} *)?(?:${name} *${COLON}? *)?${address}[^\S\n]*(?:\n|$)`, 'gm'),
      '',
    )
    .replace(new RegExp(String.raw`[^\S\n]*${OPENING} *${address} *${CLOSING}`, 'g'), '')
    .replace(new RegExp(String.raw`(?:(?<=[.!?~])[^\S\n]+| *${COLON} *)${address}[^\S\n]*$`, 'gm'), '')
    .trimEnd();
}

function addressIn(url: string): string {
  return `${literal(url.trim())}(?!\\.?[\\w/?&=#%~+@-])`;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
