/** Phone numbers, links, e-mail addresses, accounts and ids of messengers of the operator travel through a model as placeholders and come back letter by
 *  letter. CLOVA Studio stars out phone numbers and links in what it writes, which cannot be switched off, and any model invents some.
 *  Source: https://guide.ncloud-docs.com/docs/en/clovastudio-troubleshoot-generation */
import { isJson, jsonPieces } from '../../platform/json-pieces.ts';
import { remember } from '../../platform/remember.ts';
import { mayHoldChannelName } from '../../privacy/channel-name.ts';
import {
  CONTACT_KINDS,
  type ContactDetail,
  type ContactKind,
  findContactDetails,
} from '../../privacy/contact-details.ts';
import { ENGLISH_DIGITS } from '../../privacy/english-digits.ts';
import { mayHoldMessengerId } from '../../privacy/messenger-id.ts';
import { asWritten, normalise } from '../../privacy/normalise.ts';
import { couldBe } from '../../privacy/starred-out.ts';
import { webAddressKey } from '../../privacy/web-address.ts';
import { settledLength, withoutSettledMarkup } from '../../privacy/without-markup.ts';
import { FactAnswer, type FactUpdate } from './facts-answer.ts';
import { followOpenLink, nextRegionEnd } from './facts-region.ts';
import type { Mark } from './facts-sentence.ts';
import { dividing, gluedPlaces, lengthenedNumbers, mayBeGlued } from './glued.ts';

export type { FactUpdate } from './facts-answer.ts';

interface Contact {
  readonly kind: ContactKind;
  /** As the operator, or the customer, wrote it. */
  readonly wording: string;
  /** Equal for two wordings of one thing. */
  readonly key: string;
}

interface Fact extends Contact {
  /** `[[전화1]]` */
  readonly placeholder: string;
}

/** Plain data. */
export interface FactTable {
  /** What the operator wrote. */
  readonly facts: readonly Fact[];
  /** What the customer wrote: may be repeated to them as it is, and stands in for nothing else. */
  readonly said: readonly Contact[];
  /** All that the model was told, in which a name stands like any other word: it is looked for only when one turns up. */
  readonly told: readonly string[];
  /** As the operator wrote it, for the end of an answer that had to leave something out; may be empty. */
  readonly contact: string;
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
  /** How many numbers and addresses were left out because nobody had given them. */
  readonly removed: number;
}

export interface FactStream {
  /** @returns what may be shown now, '' while a placeholder, a number or a link may still be open */
  push(delta: string): FactUpdate;
  /** @returns the rest, and the count over the whole stream */
  end(): FactUpdate & Pick<RestoredText, 'removed'>;
}

const WORD_OF_KIND: Readonly<Record<ContactKind, string>> = {
  phone: '전화',
  link: '링크',
  email: '이메일',
  account: '계좌',
  messenger: '메신저',
};
/** As models translate them. */
const ENGLISH_WORDS: Readonly<Record<ContactKind, string>> = {
  phone: 'phone|tel',
  link: 'link|url',
  email: 'e-?mail',
  account: 'account',
  messenger: 'messenger',
};

const KIND_WORD = Object.values(WORD_OF_KIND).join('|');
const ANY_KIND_WORD = CONTACT_KINDS.map((kind) => `${WORD_OF_KIND[kind]}|${ENGLISH_WORDS[kind]}`).join('|');
const WHOLE_WORDS = CONTACT_KINDS.map(
  (kind) => [kind, new RegExp(`^(?:${WORD_OF_KIND[kind]}|${ENGLISH_WORDS[kind]})$`, 'i')] as const,
);

function kindOfWord(word: string): ContactKind {
  return WHOLE_WORDS.find(([, words]) => words.test(word))?.[0] ?? 'phone';
}

const OPEN = '[\\[［【〔⟦〚]';
const CLOSE = '[\\]］】〕⟧〛]';
/** A placeholder as models give it back: spaced out, with one bracket, with full-width ones, escaped, bold inside, behind a second
 *  "https://", or as both halves of a Markdown link. Without a number only in double brackets: `[이메일]` is a masked customer's. */
const PLACEHOLDER = new RegExp(
  `(?:https?:\\/\\/)?(?:\\\\?${OPEN}\\s*){1,3}[*_\`]{0,3}\\s*(${KIND_WORD})(?:\\s?(?:번호|아이디))?[\\s\\-_#:]{0,3}([0-9]{1,3})(?![0-9])` +
    `(?:\\s*[*_\`]{0,3}(?:\\s*\\\\?${CLOSE}){1,3})?(?:\\((?:https?:\\/\\/[^\\s()]*|\\[{1,2}\\s?링크\\s?\\d{1,3}\\s?\\]{1,2})\\))?` +
    // In English in double brackets only: "[link 1]" is a label.
    `|\\[\\[\\s*(?<any>${ANY_KIND_WORD})(?:[\\s\\-_#:]{0,3}(?:no\\.?|number|id))?[\\s\\-_#:]{0,3}(?<number>[0-9]{0,3})\\s*\\]\\]`,
  'gi',
);

/** A place in a model's text that speaks of a fact. */
interface Mention {
  readonly start: number;
  readonly end: number;
  readonly kind: ContactKind | 'unknown';
  /** A contact written out, starred out, or a placeholder (then `key` is the placeholder as we wrote it). */
  readonly form: 'written' | 'starred' | 'placeholder';
  readonly key: string;
  /** As it stands there. */
  readonly wording: string;
}

function placeholderFor(kind: ContactKind, number: number): string {
  return `[[${WORD_OF_KIND[kind]}${number}]]`;
}

const OPENING_BRACKET = new RegExp(OPEN);
const NO_MENTIONS: readonly Mention[] = [];

function placeholdersIn(text: string): readonly Mention[] {
  if (!OPENING_BRACKET.test(text)) return NO_MENTIONS;
  // With something invisible inside it is one all the same.
  const plain = normalise(text);
  return [...plain.text.matchAll(PLACEHOLDER)].map((match) => {
    const kind = kindOfWord(match[1] ?? match.groups?.any ?? '');
    const key = placeholderFor(kind, Number(match[2] ?? (match.groups?.number || '0')));
    const { start, end } = plain.originalSpan(match.index, match.index + match[0].length);
    return { start, end, kind, form: 'placeholder', key, wording: text.slice(start, end) };
  });
}

function mentionOf(detail: ContactDetail, text: string, offset: number): Mention {
  const { start, end, kind, starred, key } = detail;
  const wording = text.slice(start, end);
  return { start: start - offset, end: end - offset, kind, form: starred ? 'starred' : 'written', key, wording };
}

/** All that may be a fact in `text`, in order. `context` is what came before it, for words such as "계좌". */
function mentionsIn(text: string, context: string): readonly Mention[] {
  const placeholders = placeholdersIn(text);
  const found = findContactDetails(context + text);
  if (found.length === 0) return placeholders;
  const details = found
    .filter((detail) => detail.start >= context.length)
    .map((detail) => mentionOf(detail, context + text, context.length))
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

  get facts(): readonly Fact[] {
    return this.#facts;
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
      const wording = text.slice(start, end);
      // A name is a word that a model needs to understand, and gives back as it is.
      if (kind === 'messenger' && HANGUL.test(wording)) continue;
      result += text.slice(at, start) + this.add(kind === 'unknown' ? 'phone' : kind, wording, key);
      at = end;
    }
    return result + text.slice(at);
  }

  build(contact: string, told: readonly string[], said: FactTable['said'] = []): FactTable {
    // Copied, because a list that has grown has room for more, and a table is kept for as long as a model thinks.
    return { facts: [...this.#facts], said, told: [...told], contact: contact.trim() };
  }
}

/** A customer's number is masked before it gets here; a company's, and a link, are not. */
function saidIn(texts: readonly string[]): FactTable['said'] {
  return texts.flatMap((text) =>
    mentionsIn(text, '').flatMap(({ kind, form, key, wording }) =>
      form === 'written' && kind !== 'unknown' ? [{ kind, wording, key }] : [],
    ),
  );
}

/** The grounds and the contact as a model may see them, and the table that brings the facts back. Neither is changed in place.
 *  @param said what the customer wrote, of which the model may speak */
export function protectFacts<G extends FactBearing>(
  grounds: readonly G[],
  contact: string,
  said: readonly string[] = [],
): ProtectedFacts<G> {
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
            url: builder.add('link', url, webAddressKey(url)),
          })),
        }),
  }));
  const told = grounds.flatMap(({ answer, question = '', links = [] }) => [
    question,
    answer,
    ...links.map(({ label }) => label),
  ]);
  return {
    grounds: protectedGrounds,
    contact: protectedContact,
    table: builder.build(contact, [...told, contact, ...said].filter(Boolean), saidIn(said)),
  };
}

/** What a tool said: its facts join those of the table. Of JSON each string is looked at by itself, behind the name of its field: the
 *  end of a string is the end of a link, whatever its last characters would mean in a sentence. */
export function protectResult(text: string, table: FactTable): { readonly text: string; readonly table: FactTable } {
  const builder = new TableBuilder(table.facts);
  // Told anew each time, so not to be remembered: it may be a customer's.
  const protect = (part: string, context = ''): string => builder.protect(part, mentionsIn(part, context));
  const shown = isJson(text) || CUT_JSON.test(text) ? protectPieces(text, protect, builder) : protect(text);
  return { text: shown, table: { ...table, facts: builder.facts, told: [...table.told, text] } };
}

/** The beginning of JSON whose end is gone. */
const CUT_JSON = /^[{[]\s*["{[]/;
/** An address with a path, a query or a fragment, and nothing else. */
const WHOLE_LINK = /^https?:\/\/[^\s/?#가-힣]+[/?#]\S*$/i;

function protectPieces(
  text: string,
  protect: (part: string, context: string) => string,
  builder: TableBuilder,
): string {
  let at = 0;
  return jsonPieces(text)
    .map((piece) => {
      const context = text.slice(Math.max(0, at - CONTEXT_LENGTH), at);
      at += piece.text.length;
      if (!piece.isString) return protect(piece.text, context);
      const value = stringIn(piece.text);
      if (value === undefined) return protect(piece.text, context);
      const shown = WHOLE_LINK.test(value)
        ? builder.add('link', value, webAddressKey(value))
        : protect(value, `${context}"`);
      // As it was written, where nothing was found in it.
      return shown === value ? piece.text : JSON.stringify(shown);
    })
    .join('');
}

/** @returns undefined for what only looks like a string of JSON */
function stringIn(quoted: string): string | undefined {
  return isJson(quoted) ? String(JSON.parse(quoted)) : undefined;
}

const OWN_PLACEHOLDER = new RegExp(`\\[\\[(?:${KIND_WORD})\\d{1,3}\\]\\]`, 'g');

/** Arguments of a tool with the facts that the model knows by their placeholders only, letter by letter, at any depth.
 *  @returns undefined when one of them stands for nothing */
export function restoreArguments(
  args: Readonly<Record<string, unknown>>,
  { facts }: FactTable,
): Readonly<Record<string, unknown>> | undefined {
  let isKnown = true;
  const restored: unknown = JSON.parse(JSON.stringify(args), (_, value: unknown) => {
    if (typeof value !== 'string') return value;
    return value.replaceAll(OWN_PLACEHOLDER, (placeholder) => {
      const fact = facts.find((known) => known.placeholder === placeholder);
      isKnown &&= fact !== undefined;
      return fact?.wording ?? placeholder;
    });
  });
  return isKnown ? (restored as Readonly<Record<string, unknown>>) : undefined;
}

function distinct<Known extends Contact>(contacts: readonly Known[]): readonly Known[] {
  return contacts.filter((contact, i) => contacts.findIndex((other) => other.key === contact.key) === i);
}

/** Stars of which nothing tells but their number. A starred-out link shows its dots and slashes. */
function isAllStars({ kind, key }: Mention): boolean {
  return kind !== 'link' && /^\*+$/.test(key);
}

/** What stars hid, where only one contact can have been there. As many stars as characters tell more than any number of them.
 *
 *  A model has read what the customer wrote letter by letter, and of the operator's contacts the placeholders alone: where both could have been
 *  there, "****-**** is not our number" must not name the operator's. Nor may the customer's become the operator's: it comes back only where
 *  some of it can be seen. */
function hidden(mention: Mention, { facts, said }: FactTable): string | undefined {
  const { kind, key } = mention;
  const isUnknown = kind === 'unknown';
  const contacts = distinct<Contact>([...facts, ...said]);
  const possible = isUnknown ? contacts : contacts.filter((one) => one.kind === kind && couldBe(key, one.key));
  const asLong = possible.filter((one) => (isUnknown ? one.wording : one.key).length === key.length);
  const [only, ...others] = asLong.length > 0 || isAllStars(mention) ? asLong : possible;
  if (only === undefined || others.length > 0) return undefined;
  const isOurs = facts.some((fact) => fact.key === only.key);
  return isOurs || /[a-z0-9가-힣]/i.test(key) ? only.wording : undefined;
}

/** The only fact of a kind, by a placeholder that lost its number. */
function onlyOne({ kind }: Mention, facts: readonly Fact[]): string | undefined {
  const [only, ...others] = distinct(facts.filter((fact) => fact.kind === kind));
  return others.length === 0 ? only?.wording : undefined;
}

/** @returns undefined for what the model made up, also for a placeholder that nobody gave it: what it meant is anybody's guess, and the
 *  contact comes at the end of the answer anyway */
function resolve(mention: Mention, table: FactTable): string | undefined {
  const { form, key } = mention;
  switch (form) {
    case 'placeholder': {
      const named = table.facts.find((fact) => fact.placeholder === key);
      return named?.wording ?? (WITHOUT_NUMBER.test(key) ? onlyOne(mention, table.facts) : undefined);
    }
    case 'written':
      return (
        (table.facts.find((fact) => fact.key === key) ?? table.said.find((fact) => fact.key === key))?.wording ??
        (isTold(mention, table.told) ? mention.wording : undefined)
      );
    case 'starred':
      return hidden(mention, table);
  }
}

/** Names, and numbers without an area code, cannot always be told from other words in what the operator wrote. */
function isTold({ kind, key, wording }: Mention, told: readonly string[]): boolean {
  if (kind !== 'messenger' && !(kind === 'phone' && key.length <= LONGEST_LOCAL_NUMBER)) return false;
  if (HANGUL.test(key)) return told.some((text) => text.replace(/\s+/g, '').toLowerCase().includes(key));
  const asTold = (kind === 'phone' ? wording : key).replace(/[.#+*()|-]/g, '\\$&');
  const word = new RegExp(`(?<![a-z0-9_.-])${asTold}(?![a-z0-9_-])`, 'i');
  return told.some((text) => word.test(text));
}

const LONGEST_LOCAL_NUMBER = 8;

const WITHOUT_NUMBER = /\D0\]\]$/;

const MAY_MENTION = new RegExp(
  [
    '[\\d*@.[［【〔⟦〚０-９]|:\\S|[^\\s!-~가-힣]|[\\s(<{](?:dot|점)[\\s)>}]|[A-Za-z0-9]점|닷|쩜|골뱅이|앳',
    // "천육백", "천이백삼십사"
    '천[일이삼사오육륙칠팔구]?[백십]',
    // Four digits in words, with what may stand between them.
    '(?:[공영빵일이둘삼셋사넷오육륙칠팔구][\\s.,~/_()에의국번다시-]{0,4}|(?:하나|다섯|여섯|일곱|여덟|아홉)[\\s-]?){4}',
  ].join('|'),
);
const LETTER = /[A-Za-z]/;
const HANGUL = /[가-힣]/;

/** False only where {@link mentionsIn} finds nothing. @param context what came before `region` */
function mayMention(region: string, context: string): boolean {
  if (MAY_MENTION.test(region) || mayHoldChannelName(region)) return true;
  return LETTER.test(region) && (ENGLISH_DIGITS.test(region) || mayHoldMessengerId(context + region));
}
/** As far back as a word such as "계좌" or "카톡" speaks for what follows it. */
const CONTEXT_LENGTH = 40;

/** A digit, and the stars that hide others; those around a word in bold hide nothing. */
const END_OF_NUMBER = /\d(?:[-.]?\*+)?|(?:^|[\s-])\*{3,}/g;

/** The end of `text` from its last number on: another must not grow together with one already shown. */
function behindLastNumber(text: string, from: number, end: number): string {
  const before = text.slice(from, end);
  const last = [...before.matchAll(END_OF_NUMBER)].at(-1);
  return last === undefined ? before : before.slice(last.index + last[0].length);
}

/** So much waits only where next to nothing of it can be seen. To look at all of it again with every piece would take the square of its
 *  length. */
const MUCH_MARKUP_CHARS = 1_000;
const GROWTH_BETWEEN_LOOKS = 1.1;
/** Enough to judge the sentence around it by: an invention itself is never shown, and a long one would fill what a sentence may hold. */
const MAX_INVENTION_CHARS = 200;
/** May hide an address that nobody sees, and that is followed all the same. */
const MARKUP = /[<&\\]/;

/** Rewrites a text region by region as it comes in. */
class FactRewriter implements FactStream {
  readonly #table: FactTable;
  readonly #answer: FactAnswer;
  /** In digits. */
  readonly #numbers: readonly string[];
  /** The model's words: the last ones that have been rewritten, and from `#pendingFrom` on those that wait. */
  #text = '';
  #pendingFrom = 0;
  /** As long as what waits has to become before it is looked at again. */
  #nextLookChars = 0;
  /** The last region ended in an invented link, which may go on: then it is thrown away as it arrives. */
  #isLinkOpen = false;

  constructor(table: FactTable) {
    this.#table = table;
    this.#answer = new FactAnswer(table.contact);
    this.#numbers = table.facts
      .filter(({ kind, key }) => (kind === 'phone' || kind === 'account') && /^\d{8,}$/.test(key))
      .map(({ key }) => key);
  }

  push(delta: string): FactUpdate {
    this.#text += delta;
    this.#advance(false);
    return this.#answer.show();
  }

  end(): FactUpdate & Pick<RestoredText, 'removed'> {
    this.#advance(true);
    const update = this.#answer.end();
    return { ...update, removed: this.#answer.withheld };
  }

  #advance(ended: boolean): void {
    const text = this.#text;
    const pending = text.slice(this.#pendingFrom);
    if (!ended && pending.length < this.#nextLookChars) return;
    // Cut where a customer would see an end: a blank inside a tag is none. Tags and the like wait until they are complete.
    const shown = withoutSettledMarkup(asWritten(ended ? pending : pending.slice(0, settledLength(pending))));
    let at = this.#pendingFrom;
    let shownFrom = 0;
    for (;;) {
      if (this.#isLinkOpen) {
        const link = followOpenLink(shown.text, shownFrom, ended);
        if (link === undefined) break;
        this.#isLinkOpen = link.isOpen;
        if (link.end > shownFrom) at = this.#pendingFrom + shown.originalSpan(link.end - 1, link.end).end;
        shownFrom = link.end;
        continue;
      }
      const shownTo = nextRegionEnd(shown.text, shownFrom, ended);
      if (shownTo === undefined) break;
      const isLast = ended && shownTo === shown.text.length;
      const end = isLast ? text.length : this.#pendingFrom + shown.originalSpan(shownTo - 1, shownTo).end;
      const region = text.slice(at, end);
      const contextFrom = Math.max(0, at - CONTEXT_LENGTH);
      if (mayMention(shown.text.slice(shownFrom, shownTo), text.slice(contextFrom, at)) || MARKUP.test(region)) {
        this.#rewrite(region, behindLastNumber(text, contextFrom, at));
      } else {
        this.#answer.append(region, []);
      }
      at = end;
      shownFrom = shownTo;
    }
    if (ended && at < text.length) {
      this.#rewrite(text.slice(at), '');
      at = text.length;
    }
    const left = text.length - at;
    this.#nextLookChars = left > MUCH_MARKUP_CHARS ? left * GROWTH_BETWEEN_LOOKS : 0;
    const kept = Math.max(0, at - CONTEXT_LENGTH);
    this.#text = text.slice(kept);
    this.#pendingFrom = at - kept;
  }

  #rewrite(region: string, context: string): void {
    let text = '';
    let at = 0;
    const marks: Mark[] = [];
    this.#isLinkOpen = false;
    for (const mention of mentionsIn(region, context)) {
      const wording = resolve(mention, this.#table);
      const { kind } = mention;
      const what = wording === undefined ? 'invented' : 'fact';
      const shown = wording ?? region.slice(mention.start, mention.end).slice(0, MAX_INVENTION_CHARS);
      text += this.#divided(region.slice(at, mention.start), text, marks.at(-1), { kind, what, wording: shown });
      marks.push({ start: text.length, end: text.length + shown.length, kind, what });
      text += shown;
      at = mention.end;
      this.#isLinkOpen = kind === 'link' && what === 'invented' && at === region.length;
    }
    text += this.#divided(region.slice(at), text, marks.at(-1));
    const glued = this.#gluedIn(text, context, marks);
    this.#isLinkOpen ||= glued.some(({ kind, end }) => kind === 'link' && end === text.length);
    this.#answer.append(text, glued.reduce(withPlace, marks));
  }

  /** `between` as it follows `text`, unless the operator wrote it without a blank. */
  #divided(
    between: string,
    text: string,
    before: Mark | undefined,
    next?: Pick<Mark, 'kind' | 'what'> & { readonly wording: string },
  ): string {
    const divided = dividing(between, before, next);
    if (divided === between) return between;
    const asItStands = text.slice(before?.start ?? text.length) + between + (next?.wording ?? '');
    return isWordOf(asItStands, this.#table.told) ? between : divided;
  }

  /** Where what stands against a fact of the operator makes another contact of it. */
  #gluedIn(text: string, context: string, marks: readonly Mark[]): readonly Mark[] {
    const facts = marks.filter(({ what }) => what === 'fact');
    const lengthened = lengthenedNumbers(text, this.#numbers).filter((place) =>
      facts.every(({ start, end }) => end <= place.start || start >= place.end),
    );
    const glued = mayBeGlued(text, facts) ? gluedPlaces(text, facts, this.#unknownDetails(text, context)) : [];
    return [...lengthened, ...glued].filter(({ start, end }) => !isWordOf(text.slice(start, end), this.#table.told));
  }

  #unknownDetails(text: string, context: string): readonly ContactDetail[] {
    const whole = context + text;
    return findContactDetails(whole)
      .filter((detail) => resolve(mentionOf(detail, whole, 0), this.#table) === undefined)
      .map((detail) => ({ ...detail, start: detail.start - context.length, end: detail.end - context.length }))
      .filter(({ start }) => start >= 0);
  }
}

/** `place` in the place of all it overlaps. */
function withPlace(marks: Mark[], place: Mark): Mark[] {
  const isApart = (mark: Mark): boolean => mark.end <= place.start || mark.start >= place.end;
  const torn = marks.filter((mark) => !isApart(mark));
  const start = Math.min(place.start, ...torn.map((mark) => mark.start));
  const end = Math.max(place.end, ...torn.map((mark) => mark.end));
  return [...marks.filter(isApart), { ...place, start, end }].sort((a, b) => a.start - b.start);
}

/** Whether it stands in one of `texts` with nothing that goes on with it. */
function isWordOf(word: string, texts: readonly string[]): boolean {
  return texts.some((text) => {
    for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
      const around = text.charAt(at - 1) + text.charAt(at + word.length);
      if (!/[a-z0-9]/i.test(around)) return true;
    }
    return false;
  });
}

/** Restores facts in a text that arrives in pieces. What is shown in the end is what {@link restoreFacts} makes of the whole. */
export function createFactStream(table: FactTable): FactStream {
  return new FactRewriter(table);
}

/** Puts the operator's wording back for placeholders, and for numbers and links that the model starred out or wrote itself.
 *  A sentence around what nobody ever gave goes, or does without it; then the contact stands once at the end. */
export function restoreFacts(text: string, table: FactTable): RestoredText {
  const rewriter = new FactRewriter(table);
  const head = rewriter.push(text);
  const tail = rewriter.end();
  return { text: tail.instead ? tail.text : head.text + tail.text, removed: tail.removed };
}
