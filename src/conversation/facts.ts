/** Phone numbers, links, e-mail addresses and accounts of the operator travel through a model as placeholders and come back letter by
 *  letter. CLOVA Studio stars out phone numbers and links in what it writes, which cannot be switched off, and any model invents some.
 *  Source: https://guide.ncloud-docs.com/docs/en/clovastudio-troubleshoot-generation */
import { remember } from '../platform/remember.ts';
import { CONTACT_KINDS, type ContactDetail, type ContactKind, findContactDetails } from '../privacy/contact-details.ts';
import { couldBe } from '../privacy/starred-out.ts';
import { nextRegionEnd } from './facts-region.ts';
import { removed } from './facts-removal.ts';

interface Fact {
  readonly kind: ContactKind;
  /** `[[전화1]]` */
  readonly placeholder: string;
  /** As the operator wrote it. */
  readonly wording: string;
  /** Equal for two wordings of one thing. */
  readonly key: string;
}

/** Plain data. Holds what the operator wrote and nothing that a customer did. */
export interface FactTable {
  readonly facts: readonly Fact[];
  /** What takes the place of an invention of each kind; absent when the operator gave no contact. */
  readonly contactFor: Readonly<Partial<Record<ContactKind, string>>>;
}

/** The texts of a knowledge entry in which facts may stand. */
export interface FactBearing {
  readonly answer: string;
  readonly question?: string;
  readonly links?: readonly { readonly label: string; readonly url: string }[];
}

export interface ProtectedFacts<G extends FactBearing> {
  readonly grounds: readonly G[];
  readonly contact: string;
  readonly table: FactTable;
}

export interface RestoredText {
  readonly text: string;
  /** How many numbers and addresses were taken out or exchanged because the operator never wrote them. */
  readonly removed: number;
}

export interface FactStream {
  /** @returns what may be shown now, '' while a placeholder, a number or a link may still be open */
  push(delta: string): string;
  /** @returns the rest, and the count over the whole stream */
  end(): RestoredText;
}

const WORD_OF_KIND: Readonly<Record<ContactKind, string>> = {
  phone: '전화',
  link: '링크',
  email: '이메일',
  account: '계좌',
};
const KIND_OF_WORD = new Map<string, ContactKind>(CONTACT_KINDS.map((kind) => [WORD_OF_KIND[kind], kind]));

const OPEN = '[\\[［【〔⟦〚]';
const CLOSE = '[\\]］】〕⟧〛]';
/** A placeholder as models give it back: spaced out, with one bracket, with full-width ones, escaped, bold inside, behind a second
 *  "https://", or as both halves of a Markdown link. Without a number only in double brackets: `[이메일]` is a masked customer's. */
const PLACEHOLDER = new RegExp(
  `(?:https?:\\/\\/)?(?:\\\\?${OPEN}\\s*){1,3}[*_\`]{0,3}\\s*(전화|링크|이메일|계좌)(?:\\s?번호)?[\\s\\-_#:]{0,3}([0-9０-９]{1,3})(?![0-9０-９])` +
    `(?:\\s*[*_\`]{0,3}(?:\\s*\\\\?${CLOSE}){1,3})?(?:\\((?:https?:\\/\\/[^\\s()]*|\\[{1,2}\\s?링크\\s?\\d{1,3}\\s?\\]{1,2})\\))?` +
    `|\\[\\[\\s*(전화|링크|이메일|계좌)\\s*\\]\\]`,
  'g',
);

/** A place in a model's text that speaks of a fact. */
interface Mention {
  readonly start: number;
  readonly end: number;
  readonly kind: ContactKind | 'unknown';
  /** A contact written out, starred out, or a placeholder (then `key` is the placeholder as we wrote it). */
  readonly form: 'written' | 'starred' | 'placeholder';
  readonly key: string;
}

function placeholderFor(kind: ContactKind, number: number): string {
  return `[[${WORD_OF_KIND[kind]}${number}]]`;
}

const OPENING_BRACKET = new RegExp(OPEN);
const NO_MENTIONS: readonly Mention[] = [];

function placeholdersIn(text: string): readonly Mention[] {
  if (!OPENING_BRACKET.test(text)) return NO_MENTIONS;
  return [...text.matchAll(PLACEHOLDER)].map((match) => {
    const kind = KIND_OF_WORD.get(match[1] ?? match[3] ?? '') ?? 'phone';
    const number = Number((match[2] ?? '0').normalize('NFKC'));
    const end = match.index + match[0].length;
    return { start: match.index, end, kind, form: 'placeholder', key: placeholderFor(kind, number) };
  });
}

function mentionOf(detail: ContactDetail, offset: number): Mention {
  const { start, end, kind, starred, key } = detail;
  return { start: start - offset, end: end - offset, kind, form: starred ? 'starred' : 'written', key };
}

/** All that may be a fact in `text`, in order. `context` is what came before it, for words such as "계좌". */
function mentionsIn(text: string, context: string): readonly Mention[] {
  const placeholders = placeholdersIn(text);
  const found = findContactDetails(context + text);
  if (found.length === 0) return placeholders;
  const details = found
    .filter((detail) => detail.start >= context.length)
    .map((detail) => mentionOf(detail, context.length))
    .filter((mention) => placeholders.every((other) => mention.end <= other.start || mention.start >= other.end));
  return [...placeholders, ...details].sort((a, b) => a.start - b.start);
}

/** Texts of the operator and of the bot come back with every message; to search one costs 10 µs, to know it again less than one. */
const MAX_REMEMBERED_TEXTS = 5_000;
const mentionsOfText = remember((text) => mentionsIn(text, ''), MAX_REMEMBERED_TEXTS);

class TableBuilder {
  readonly #facts: Fact[];

  constructor(facts: readonly Fact[] = []) {
    this.#facts = [...facts];
  }

  /** @returns the placeholder of this wording, the same for equal ones */
  add(kind: ContactKind, wording: string, key: string): string {
    const known = this.#facts.find((fact) => fact.kind === kind && fact.wording === wording);
    if (known !== undefined) return known.placeholder;
    const number = this.#facts.filter((fact) => fact.kind === kind).length + 1;
    const placeholder = placeholderFor(kind, number);
    this.#facts.push({ kind, placeholder, wording, key });
    return placeholder;
  }

  /** `text` with a placeholder for each fact. What already looks like a placeholder becomes one, or it would be taken for ours. */
  protect(text: string, mentions = mentionsOfText(text)): string {
    let result = '';
    let at = 0;
    for (const { start, end, kind, key } of mentions) {
      result += text.slice(at, start) + this.add(kind === 'unknown' ? 'phone' : kind, text.slice(start, end), key);
      at = end;
    }
    return result + text.slice(at);
  }

  build(contact: string): FactTable {
    const contactFor: Partial<Record<ContactKind, string>> = {};
    if (contact.trim() !== '') {
      const own = mentionsOfText(contact);
      for (const kind of CONTACT_KINDS) {
        const fact = own.find((mention) => mention.kind === kind);
        contactFor[kind] = fact === undefined ? contact.trim() : contact.slice(fact.start, fact.end);
      }
    }
    return { facts: this.#facts, contactFor };
  }
}

/** The grounds and the contact as a model may see them, and the table that brings the facts back. Neither is changed in place. */
export function protectFacts<G extends FactBearing>(grounds: readonly G[], contact: string): ProtectedFacts<G> {
  const builder = new TableBuilder();
  const protectedContact = builder.protect(contact);
  const protectedGrounds = grounds.map((ground) => ({
    ...ground,
    answer: builder.protect(ground.answer),
    ...(ground.question === undefined ? {} : { question: builder.protect(ground.question) }),
    ...(ground.links === undefined
      ? {}
      : {
          links: ground.links.map(({ label, url }) => ({
            label: builder.protect(label),
            // Whole, whatever is in it: a link may be one that no detector knows (`tel:`, an app's own scheme).
            url: builder.add('link', url, url),
          })),
        }),
  }));
  return { grounds: protectedGrounds, contact: protectedContact, table: builder.build(contact) };
}

/** A text that came later, such as a tool's result: its facts join those of the table. */
export function protectMore(text: string, table: FactTable): { readonly text: string; readonly table: FactTable } {
  const builder = new TableBuilder(table.facts);
  // Told anew each time, so not to be remembered: it may be a customer's.
  const shown = builder.protect(text, mentionsIn(text, ''));
  return { text: shown, table: { ...table, facts: builder.build('').facts } };
}

interface Resolution {
  /** `undefined`: nothing can stand here. */
  readonly wording: string | undefined;
  /** The model wrote something that the operator never did. */
  readonly invented: boolean;
}

function isLink(wording: string): boolean {
  return !/\s/.test(wording) && /[.:]/.test(wording);
}

function distinct(facts: readonly Fact[]): readonly Fact[] {
  return facts.filter((fact, i) => facts.findIndex((other) => other.key === fact.key) === i);
}

function resolve({ kind, form, key }: Mention, table: FactTable): Resolution {
  const known = table.facts.find((fact) => (form === 'placeholder' ? fact.placeholder === key : fact.key === key));
  if (known !== undefined) return { wording: known.wording, invented: false };

  const ofKind = kind === 'unknown' ? table.facts : table.facts.filter((fact) => fact.kind === kind);
  const candidates = distinct(ofKind);
  const possible = form === 'starred' ? candidates.filter((fact) => couldBe(key, fact.key)) : candidates;
  const only = possible.length === 1 ? possible[0] : candidates.length === 1 ? candidates[0] : undefined;
  if (only !== undefined) return { wording: only.wording, invented: form === 'written' || possible.length !== 1 };
  return { wording: table.contactFor[kind === 'unknown' ? 'phone' : kind], invented: true };
}

const MAY_MENTION = /[\d*@.[［【〔⟦〚０-９]|:\/\/|[^\s!-~가-힣]/;
/** As far back as a word such as "계좌" speaks for a number. */
const CONTEXT_LENGTH = 40;

/** The end of `text` from its last digit or star on: a number must not grow together with one already shown. */
function behindLastNumber(text: string, from: number, end: number): string {
  let start = end;
  for (; start > from; start -= 1) {
    const code = text.charCodeAt(start - 1);
    if ((code >= 0x30 && code <= 0x39) || code === 0x2a) break;
  }
  return text.slice(start, end);
}

/** Rewrites a text region by region as it comes in. */
class FactRewriter implements FactStream {
  readonly #table: FactTable;
  /** The model's words: the last ones that have been rewritten, and from `#pendingFrom` on those that wait. */
  #text = '';
  #pendingFrom = 0;
  /** The end of what has been shown. */
  #shown = '';
  /** A removal has emptied the head of a line: the blank that followed would stand there alone. */
  #lineIsEmptied = false;
  #removed = 0;

  constructor(table: FactTable) {
    this.#table = table;
  }

  push(delta: string): string {
    this.#text += delta;
    return this.#advance(false);
  }

  end(): RestoredText {
    return { text: this.#advance(true), removed: this.#removed };
  }

  #advance(ended: boolean): string {
    const text = this.#text;
    let output = '';
    let at = this.#pendingFrom;
    for (;;) {
      const end = nextRegionEnd(text, at, ended);
      if (end === undefined) break;
      const raw = text.slice(at, end);
      const region = this.#lineIsEmptied ? raw.replace(/^[ \t]+/, '') : raw;
      if (MAY_MENTION.test(region)) {
        const removedBefore = this.#removed;
        const settled = (this.#shown + output).slice(-CONTEXT_LENGTH);
        const context = behindLastNumber(text, Math.max(0, at - CONTEXT_LENGTH), at);
        const rewritten = this.#rewrite(region, context, settled);
        this.#lineIsEmptied = this.#removed > removedBefore && /(?:^|\n)$/.test(settled + rewritten);
        output += rewritten;
      } else {
        output += region;
        this.#lineIsEmptied = false;
      }
      at = end;
    }
    if (output !== '') this.#shown = (this.#shown + output).slice(-CONTEXT_LENGTH);
    const kept = Math.max(0, at - CONTEXT_LENGTH);
    this.#text = text.slice(kept);
    this.#pendingFrom = at - kept;
    return output;
  }

  #rewrite(region: string, context: string, settled: string): string {
    let before = '';
    let rest = region;
    let at = 0;
    for (const mention of mentionsIn(region, context)) {
      const { wording, invented } = resolve(mention, this.#table);
      if (invented) this.#removed += 1;
      before += rest.slice(0, Math.max(0, mention.start - at));
      const after = region.slice(mention.end);
      // The target of a Markdown link must be one; without, its label stays as text.
      const fits = wording !== undefined && (mention.kind !== 'link' || !before.endsWith('](') || isLink(wording));
      if (fits) {
        before += wording;
        rest = after;
      } else {
        ({ before, after: rest } = removed(mention.kind, { settled, before, after }));
      }
      at = region.length - rest.length;
    }
    return before + rest;
  }
}

/** Restores facts in a text that arrives in pieces. The pieces joined are what {@link restoreFacts} makes of the whole. */
export function createFactStream(table: FactTable): FactStream {
  return new FactRewriter(table);
}

/** Puts the operator's wording back for placeholders, and for numbers and links that the model starred out or wrote itself.
 *  What the operator never wrote is exchanged for the only fact of its kind, else for the contact, else taken out. */
export function restoreFacts(text: string, table: FactTable): RestoredText {
  const rewriter = new FactRewriter(table);
  const head = rewriter.push(text);
  const { text: tail, removed: count } = rewriter.end();
  return { text: head + tail, removed: count };
}
