/** Pressing a TEXT button says its title. Where a choice says something else than is written on it (or than fits there), those words
 *  travel in the button's code. */
import { MAX_CODE_CHARS } from './limits.ts';

const PREFIX = 'malgil:say:';

/** Undefined where the words are too long to travel. */
export function encodeSpoken(text: string): string | undefined {
  const code = `${PREFIX}${text}`;
  return code.length <= MAX_CODE_CHARS ? code : undefined;
}

/** The reverse; undefined for every other code. */
export function decodeSpoken(code: unknown): string | undefined {
  return typeof code === 'string' && code.startsWith(PREFIX) ? code.slice(PREFIX.length) : undefined;
}
