/** Ways to reach somebody, in any text: phone numbers, links, e-mail addresses, accounts and ids of messengers, whole or starred out. */
import { findChannelNames, mayHoldChannelName } from './channel-name.ts';
import { detectIn } from './detect.ts';
import { findLocalNumbers } from './local-number.ts';
import { matchesOf } from './matches-of.ts';
import { mayHoldNumber } from './may-hold-number.ts';
import { findMessengerIds } from './messenger-id.ts';
import { type NormalisedText, normalise } from './normalise.ts';
import { findRepresentativeNumbers } from './representative-number.ts';
import { findSpecialNumbers, mayHoldSpecialNumber } from './special-number.ts';
import { withSpelledOutAddresses } from './spelled-out-address.ts';
import { withSpelledOutEmails } from './spelled-out-email.ts';
import { findSpreadNumbers, isRowOfCells, mayHoldSpreadNumber } from './spread-number.ts';
import { findStarredOut } from './starred-out.ts';
import { findWebAddresses, webAddressKey } from './web-address.ts';
import {
  withEmphasisAround,
  withoutAllEmphasis,
  withoutEmphasis,
  withoutMarkup,
  withTagsAround,
} from './without-markup.ts';

export const CONTACT_KINDS = ['phone', 'link', 'email', 'account', 'messenger'] as const;
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

/** Without the dot that a host on the internet has: "help@shop". Whoever reads it takes it for an address all the same. */
const DOTLESS_EMAIL = /(?<![\w.+-])[a-z0-9][\w.+-]{0,63}@[a-z][a-z0-9-]{1,62}(?![\w@-]|\.[a-z0-9])/gi;

/** "| help | @shop.com |", or with a line break there: the name of a person on a network looks like it, so only before common endings. */
const SPREAD_EMAIL =
  /(?<![\w.+-])([a-z0-9][\w.+-]{0,63}) {0,9}(?:\|[ |]{0,9}|\\?\n[ >]{0,9})(@[a-z0-9][a-z0-9.-]{0,80}\.(?:com|net|org|kr|io))(?![\w@-])/gi;

function spreadEmails(plain: NormalisedText): readonly ContactDetail[] {
  if (!plain.text.includes('@')) return NOTHING;
  return matchesOf(SPREAD_EMAIL, plain.text).map(({ 0: whole, 1: local = '', 2: domain = '', index }) => {
    const span = plain.originalSpan(index, index + whole.length);
    return { kind: 'email', ...span, starred: false, key: `${local}${domain}`.toLowerCase() };
  });
}

function dotlessEmails(plain: NormalisedText): readonly ContactDetail[] {
  if (!plain.text.includes('@')) return NOTHING;
  return matchesOf(DOTLESS_EMAIL, plain.text).map(({ 0: address, index }) => {
    const span = plain.originalSpan(index, index + address.length);
    return { kind: 'email', ...span, starred: false, key: address.toLowerCase() };
  });
}

function messengerIds(plain: NormalisedText): readonly ContactDetail[] {
  return findMessengerIds(plain.text).map(({ start, end }) => {
    const key = plain.text.slice(start, end).replace(/^@/, '').toLowerCase();
    return { kind: 'messenger', ...plain.originalSpan(start, end), starred: false, key };
  });
}

/** Known by the words around them, whichever of those are set in bold. */
function namedByContext(text: string, written: NormalisedText): readonly ContactDetail[] {
  if (!mayHoldChannelName(written.text) && !mayHoldSpecialNumber(written.text)) return NOTHING;
  const plain = withoutAllEmphasis(written);
  const names = findChannelNames(plain.text).map(({ start, end, name }): ContactDetail => {
    const key = name.replaceAll(' ', '').toLowerCase();
    return { kind: 'messenger', ...plain.originalSpan(start, end), starred: false, key };
  });
  const numbers = findSpecialNumbers(plain.text).map(({ start, end, digits }): ContactDetail => {
    return { kind: 'phone', ...plain.originalSpan(start, end), starred: false, key: digits };
  });
  return [...names, ...numbers].map((detail) => ({ ...detail, ...withEmphasisAround(text, detail) }));
}

/** As a customer will see the text, markup drawn; and inside the markup, where a tag or a link says where it leads. In order, without
 *  overlaps. */
export function findContactDetails(text: string): readonly ContactDetail[] {
  const written = normalise(text);
  const shown = withoutMarkup(written);
  const level = withoutEmphasis(shown);
  const asItStands = detailsIn(text, written, normalise);
  if (level === written) return asItStands;
  const seen = shown === written ? [] : detailsIn(text, shown, drawn);
  // Last, because stars may as well be what a filter left of a number.
  const behindStars = level === shown ? [] : detailsIn(text, level, leveled).filter(({ starred }) => !starred);
  const torn = [...seen, ...asItStands, ...behindStars];
  return inOrder(torn.map((detail) => ({ ...detail, ...withTagsAround(text, detail) })));
}

function drawn(text: string): NormalisedText {
  return withoutMarkup(normalise(text));
}

function leveled(text: string): NormalisedText {
  return withoutEmphasis(drawn(text));
}

/** Of two that overlap the earlier one in `details`. */
function inOrder(details: readonly ContactDetail[]): readonly ContactDetail[] {
  const chosen: ContactDetail[] = [];
  for (const detail of details) {
    if (chosen.every((other) => detail.end <= other.start || detail.start >= other.end)) chosen.push(detail);
  }
  return chosen.sort((a, b) => a.start - b.start);
}

/** Of two that overlap the more telling one: link, then e-mail and number, then what a messenger's name tells, then stars.
 *  @param plain what `read` makes of `text` */
function detailsIn(
  text: string,
  plain: NormalisedText,
  read: (text: string) => NormalisedText,
): readonly ContactDetail[] {
  // An e-mail address first, or its host would be a link by itself.
  const spelled = withSpelledOutAddresses(withSpelledOutEmails(plain));
  const links = findWebAddresses(spelled.text).map(({ start, end }): ContactDetail => {
    const address = spelled.text.slice(start, end);
    const starred = address.includes('**');
    return { kind: 'link', ...spelled.originalSpan(start, end), starred, key: webAddressKey(address) };
  });
  const starred = findStarredOut(plain.text);
  const ids = [...messengerIds(plain), ...namedByContext(text, plain)];
  const mayBeNumber = mayHoldNumber(plain.text) || mayHoldSpreadNumber(plain.text);
  if (links.length + starred.length + ids.length === 0 && !mayBeNumber) return NOTHING;
  // Digits of a link must not grow together with those behind it.
  const withoutLinks = links.reduce(
    (rest, { start, end }) => rest.slice(0, start) + FILLER.repeat(end - start) + rest.slice(end),
    text,
  );
  const searched = links.length === 0 ? plain : read(withoutLinks);
  const numbers = detectIn(searched).flatMap(({ kind, start, end, key }): readonly ContactDetail[] =>
    isContact(kind) && !isRowOfCells(text, { start, end })
      ? [{ kind: KIND_OF_DETECTION[kind], start, end, starred: false, key }]
      : [],
  );
  const representatives = findRepresentativeNumbers(searched).map(
    ({ digits, ...span }): ContactDetail => ({ kind: 'phone', ...span, starred: false, key: digits }),
  );
  const spread = findSpreadNumbers(searched).map(
    ({ digits, ...place }): ContactDetail => ({ ...place, starred: false, key: digits }),
  );
  const stars = starred.map(
    ({ kind, start, end, pattern }): ContactDetail => ({
      kind,
      ...plain.originalSpan(start, end),
      starred: true,
      key: pattern,
    }),
  );
  const local = findLocalNumbers(searched.text).map(({ start, end, digits }): ContactDetail => {
    return { kind: 'phone', ...searched.originalSpan(start, end), starred: false, key: digits };
  });
  const found = [...numbers, ...representatives, ...local];
  const isInOnePiece = ({ start, end }: ContactDetail) => !/[|\n]/.test(text.slice(start, end));
  return inOrder([
    ...links,
    ...found.filter(isInOnePiece),
    ...spread,
    ...found,
    ...spreadEmails(searched),
    ...dotlessEmails(searched),
    ...ids,
    ...stars,
  ]);
}
