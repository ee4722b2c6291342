/** What event a body is that has come only in part: said by its outermost `event` alone, and only where nothing is left to guess. */
import { decodeTolerantly } from '../json-body.ts';
import { namesPaymentRequest } from './payment-request.ts';

/** Known, and none of them has anything to do with money. What is new to us may be the next name of a payment. */
const HARMLESS: ReadonlySet<string> = new Set(['open', 'leave', 'friend', 'send', 'echo', 'profile', 'handover']);

/** Whether a body that begins so is certainly no request for money, whatever follows but a second `event`, which no sender writes. */
export function beginsHarmlessly(beginning: Uint8Array): boolean {
  const event = eventOfBeginning(decodeTolerantly(beginning));
  return event !== undefined && HARMLESS.has(event) && !namesPaymentRequest(beginning, false);
}

/** A token of JSON that has come whole. */
const TOKEN =
  /\s*(?:(?<mark>[{}[\],:])|"(?<words>(?:[^"\\\n\r]|\\["\\/bfnrtu])*)"|(?<atom>-?\d[\d.eE+-]*|true|false|null)(?=[\s,}\]]))/y;
/** Or only in part. */
const CUT_TOKEN = /^\s*(?:"(?:[^"\\\n\r]|\\["\\/bfnrtu])*\\?|-?[\d.eE+-]*|t[rue]*|f[alse]*|n[ul]*)$/;

/** Undefined while it has not been said, where it is said twice, and for what is not the beginning of one JSON object. A body that ends
 *  here is no beginning either. */
function eventOfBeginning(text: string): string | undefined {
  const tokens = new RegExp(TOKEN);
  const open: string[] = [];
  let place: 'key' | 'colon' | 'value' | 'end' = 'value';
  let key: string | undefined;
  let event: string | undefined;
  let readTo = 0;
  for (let found = tokens.exec(text); found !== null; found = tokens.exec(text)) {
    readTo = tokens.lastIndex;
    const { mark, words } = found.groups ?? {};
    if (mark === '}' || mark === ']') {
      const isEnd = place === 'end' || place === (mark === '}' ? 'key' : 'value');
      if (!isEnd || open.pop() !== (mark === '}' ? '{' : '[') || open.length === 0) return undefined;
      place = 'end';
    } else if (place === 'end' || place === 'colon') {
      if (mark !== (place === 'end' ? ',' : ':')) return undefined;
      place = place === 'end' && open.at(-1) === '{' ? 'key' : 'value';
    } else if (place === 'key') {
      // Written in escapes it may be any name.
      if (words === undefined || words.includes('\\')) return undefined;
      if (open.length === 1) key = words;
      place = 'colon';
    } else if (mark === '{' || mark === '[') {
      if (isEvent(key, open) || (open.length === 0 && mark === '[')) return undefined;
      open.push(mark);
      place = mark === '{' ? 'key' : 'value';
    } else {
      if (mark !== undefined || open.length === 0) return undefined;
      if (isEvent(key, open)) {
        if (event !== undefined || words === undefined) return undefined;
        event = words;
      }
      place = 'end';
    }
  }
  return CUT_TOKEN.test(text.slice(readTo)) ? event : undefined;
}

function isEvent(key: string | undefined, open: readonly string[]): boolean {
  return open.length === 1 && key === 'event';
}
