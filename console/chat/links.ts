/** Finds addresses and phone numbers in plain text, as Korean sentences write them. */

export type TextPiece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'link'; readonly text: string; readonly href: string };

/** `undefined` for everything that must not become a link: `javascript:`, `data:`, relative and broken addresses. */
export function safeHref(href: string): string | undefined {
  if (!/^(https?:\/\/|tel:)/i.test(href)) return undefined;
  try {
    return new URL(href).href;
  } catch {
    return undefined;
  }
}

/** Also an absolute path: the operator may serve pictures from the gateway itself. */
export function safeImageUrl(url: string): string | undefined {
  if (/^\/(?!\/)/.test(url)) return url;
  return /^https?:/i.test(url) ? safeHref(url) : undefined;
}

/** Digits only, with the leading plus of an international number. */
export function telHref(phoneNumber: string): string {
  return `tel:${phoneNumber.replace(/(?!^\+)\D/g, '')}`;
}

const ADDRESS = /https?:\/\/[^\s<>"'`“”‘’「」『』〈〉《》()[\]{}|\\^]+(?:\([^\s()]*\)[^\s<>"'`“”‘’()[\]{}|\\^]*)*/gi;

/** Area, mobile, 0505 and 080 numbers, +82, and the eight digits of 15xx/16xx/18xx; not dates, prices or order numbers. */
const PHONE =
  /(?<![\d.,/-]|\d[ ~])(?:(?:\+82[-. ]?(?:\(0\))?[1-9]\d?|\(0\d{1,3}\)|0\d{1,3})[-. )]{1,2}\d{3,4}[-. ]\d{4}|01[016789]\d{7,8}|1[568]\d{2}-\d{4})(?![\d/-])/g;

/** What follows a noun without a space. The longest first, as one ends with another. */
const PARTICLE =
  /(?:에서는|에서도|이라고|입니다|이에요|으로는|에서|으로|라고|예요|까지|부터|이나|이며|에는|에도|로는|를|을|은|는|이|가|와|과|의|에|로|도|나|고|만)$/;

/** "https://a.kr/help에서" ends before 에서, "https://a.kr/이벤트" does not: Hangul belongs to the path when it begins a
 *  segment and is more than a particle, and never to the host. */
function withoutTail(address: string): string {
  let end = address.length;
  const host = /^https?:\/\/[^/?#]*/i.exec(address)?.[0] ?? address;
  const hangulInHost = host.search(/[가-힣]/);
  if (hangulInHost >= 0) end = hangulInHost;
  const trailing = /[가-힣]+$/.exec(address.slice(0, end))?.[0];
  if (trailing !== undefined) {
    const before = address.charAt(end - trailing.length - 1);
    const particle = PARTICLE.exec(trailing)?.[0] ?? '';
    if (/[A-Za-z0-9]/.test(before)) end -= trailing.length;
    // One syllable may as well be the end of a word: 할인가, 회의.
    else if (particle === trailing || particle.length > 1) end -= particle.length;
  }
  return address.slice(0, end).replace(/[.,;:!?…·~*_。、，]+$/u, '');
}

interface Found {
  readonly index: number;
  readonly text: string;
  readonly href: string;
}

function findAll(text: string): Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutTail(match[0]);
    const href = safeHref(address);
    if (href !== undefined) found.push({ index: match.index, text: address, href });
  }
  for (const match of text.matchAll(PHONE)) {
    const isInsideAddress = found.some(
      (each) => match.index >= each.index && match.index < each.index + each.text.length,
    );
    if (!isInsideAddress) found.push({ index: match.index, text: match[0], href: telHref(match[0]) });
  }
  return found.sort((a, b) => a.index - b.index);
}

/** The pieces put together are the text again. */
export function splitLinks(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let position = 0;
  for (const { index, text: label, href } of findAll(text)) {
    if (index > position) pieces.push({ type: 'text', text: text.slice(position, index) });
    pieces.push({ type: 'link', text: label, href });
    position = index + label.length;
  }
  if (position < text.length) pieces.push({ type: 'text', text: text.slice(position) });
  return pieces;
}
