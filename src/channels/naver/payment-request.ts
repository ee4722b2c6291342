/** Telling requests for money from everything else: a 200 to `pay_complete` charges the customer, and anything but 200 to other
 *  events gets the bot suspended. So whatever may be a request counts as one, but not a message whose text is about them. */
import { decodeTolerantly, findJsonObject, isJsonObject, type JsonObject } from '../json-body.ts';

/** Whether bytes ask for a payment, parsed or not. `isWhole` = false: they are only the beginning, which may ask unless it names
 *  another event. */
export function namesPaymentRequest(body: Uint8Array, isWhole = true): boolean {
  const text = decodeTolerantly(body);
  return (!isWhole && !NAMES_ITS_EVENT.test(text)) || asksForPayment(text, findJsonObject(text));
}

/** On the outermost level. */
const NAMES_ITS_EVENT = /^\s*\{[^{[]{0,500}"event"\s*:\s*"[^"\\]+"/;

/** @param object what `text` parses to; `undefined` when it does not, or not to an object */
export function asksForPayment(text: string, object: JsonObject | undefined): boolean {
  const event = object?.event;
  if (object === undefined || typeof event !== 'string' || event.trim() === '') return looksLikePaymentRequest(text);
  if (isPaymentName(event)) return true;
  if (hasPaymentResult(object) && lettersOf(event) !== 'payconfirm') return true;
  // Of two fields with one name the parser shows the last; who knows which one the sender meant.
  for (const [, name = ''] of text.matchAll(EVENT_FIELD)) {
    if (isPaymentName(withoutEscapes(name))) return true;
  }
  return false;
}

/** A message cannot hold it: inside a text the quotes are escaped. */
const EVENT_FIELD = /"event"\s*:\s*"([^"]{0,100})/gi;

function isPaymentName(event: string): boolean {
  return lettersOf(event).startsWith('paycomp');
}

function lettersOf(name: string): string {
  return plain(name).replace(/\P{L}/gu, '');
}

function hasPaymentResult({ options }: JsonObject): boolean {
  return isJsonObject(options) && isJsonObject(options.paymentResult);
}

/** For what is no event as we know it: UTF-16, cut off, damaged on the way. */
function looksLikePaymentRequest(text: string): boolean {
  // The end may be half a letter or half an escape.
  const readable = plain(withoutEscapes(text.replace(/(?:\\(?:u[0-9a-f]{0,3})?|\uFFFD{1,3})$/i, '')));
  return /pay_?comp|paymentresult/.test(readable) || CUT_INSIDE_THE_NAME.test(readable.slice(-200));
}

const CUT_INSIDE_THE_NAME = /"event"\s*:\s*"p(?:a(?:y(?:_(?:c(?:om?)?)?)?)?)?\s*$/;

/** One spelling for many: case, fullwidth letters, bytes of nothing between those of letters (ASCII in UTF-16 has them too).
 *  Combining marks go first: to bring a long run of them into order takes `normalize` quadratic time. */
function plain(text: string): string {
  return text
    .replace(/[\0\p{M}\p{Cf}]+/gu, '')
    .normalize('NFKC')
    .toLowerCase();
}

/** "pay\u005fcomplete" is the same name in JSON. */
function withoutEscapes(text: string): string {
  if (!text.includes('\\u')) return text;
  return text.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
