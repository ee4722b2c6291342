/** Whether a customer would see anything of an answer. */
import { partText, type Reply } from '../message.ts';
import { normalise } from '../privacy/normalise.ts';
import { withoutMarkup } from '../privacy/without-markup.ts';

/** Marks of Markdown that stand for nothing by themselves: emphasis, headings, rules, lists, quotes, tables, code. */
const MARKS = /[\s*_~`#>|+=\\[\]()-]/g;

/** False for white space, invisible characters, and markup around nothing. */
export function saysWords(text: string): boolean {
  return withoutMarkup(normalise(text)).text.replace(MARKS, '') !== '';
}

/** A part that is more than empty words: a picture speaks, and so does a button. */
export function saysSomething({ parts }: Pick<Reply, 'parts'>): boolean {
  return parts.some(
    (part) => part.type === 'image' || saysWords(partText(part)) || ('buttons' in part && part.buttons.length > 0),
  );
}
