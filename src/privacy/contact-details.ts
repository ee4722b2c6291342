/** Ways to reach somebody, in any text: phone numbers, links, e-mail addresses and accounts, whole or starred out. */
import { detectIn } from './detect.ts';
import { mayHoldNumber } from './may-hold-number.ts';
import { normalise } from './normalise.ts';
import { findStarredOut } from './starred-out.ts';
import { findWebAddresses, webAddressKey } from './web-address.ts';

export const CONTACT_KINDS = ['phone', 'link', 'email', 'account'] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

export interface ContactDetail {
  /** `unknown` only when all of it is stars. */
  readonly kind: ContactKind | 'unknown';
  /** Offsets in the text, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  readonly starred: boolean;
  /** Equal for two spellings of one thing; with `*` for what is hidden when starred out. */
  readonly key: string;
}

const KIND_OF_DETECTION = { 'phone-number': 'phone', 'account-number': 'account', email: 'email' } as const;

/** A syllable that is part of no number and no label. */
const FILLER = '갂';

function isContact(kind: string): kind is keyof typeof KIND_OF_DETECTION {
  return kind in KIND_OF_DETECTION;
}

const NOTHING: readonly ContactDetail[] = [];

/** In order, without overlaps; of two that overlap the more telling one: link, then e-mail and number, then stars. */
export function findContactDetails(text: string): readonly ContactDetail[] {
  const plain = normalise(text);
  const links = findWebAddresses(plain.text).map(({ start, end }): ContactDetail => {
    const address = plain.text.slice(start, end);
    const starred = address.includes('**');
    return { kind: 'link', ...plain.originalSpan(start, end), starred, key: webAddressKey(address) };
  });
  const starred = findStarredOut(plain.text);
  if (links.length === 0 && starred.length === 0 && !mayHoldNumber(plain.text)) return NOTHING;
  // Digits of a link must not grow together with those behind it.
  const withoutLinks = links.reduce(
    (rest, { start, end }) => rest.slice(0, start) + FILLER.repeat(end - start) + rest.slice(end),
    text,
  );
  const searched = links.length === 0 ? plain : normalise(withoutLinks);
  const numbers = detectIn(searched).flatMap(({ kind, start, end, key }): readonly ContactDetail[] =>
    isContact(kind) ? [{ kind: KIND_OF_DETECTION[kind], start, end, starred: false, key }] : [],
  );
  const stars = starred.map(
    ({ kind, start, end, pattern }): ContactDetail => ({
      kind,
      ...plain.originalSpan(start, end),
      starred: true,
      key: pattern,
    }),
  );
  const chosen: ContactDetail[] = [];
  for (const detail of [...links, ...numbers, ...stars]) {
    if (chosen.every((other) => detail.end <= other.start || detail.start >= other.end)) chosen.push(detail);
  }
  return chosen.sort((a, b) => a.start - b.start);
}
