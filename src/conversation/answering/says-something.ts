/** Whether a customer would see anything of an answer. */
import { plainText } from '../../channels/plain-text.ts';
import { partText, type Reply } from '../../message.ts';
import { normalise } from '../../privacy/normalise.ts';

/** Whatever follows cannot take it back. Some letters, such as the Hangul filler, are invisible. */
const BEGINS_WITH_WORDS = /^(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}]/u;

/** Marks of Markdown that mean nothing alone, and what a list without words looks like. */
const MARKS = /[\s*_~`#>|+=\\[\]()•☐☑-]/g;

/** False for white space, invisible characters, and markup around nothing. Drawn as chats draw it, because patterns over the source
 *  do not agree with it: a rule, a table's head, a block of code without code and the address of a link that no text refers to are all
 *  drawn as nothing. */
export function saysWords(markdown: string): boolean {
  if (BEGINS_WITH_WORDS.test(markdown)) return true;
  const shown = plainText({ type: 'text', text: markdown, format: 'markdown' }).replace(MARKS, '');
  return normalise(shown).text.replace(MARKS, '') !== '';
}

/** A part that is more than empty words: a picture speaks, and so does a button. */
export function saysSomething({ parts }: Pick<Reply, 'parts'>): boolean {
  return parts.some(
    (part) => part.type === 'image' || saysWords(partText(part)) || ('buttons' in part && part.buttons.length > 0),
  );
}
