/** The end of an answer that the model had no room to finish. */

import { withheldNotice } from '../facts/withheld-notice.ts';
import { cutNotice } from '../texts.ts';
import { firstSentences } from './sentences.ts';

const HANGUL = /[가-힣]/;

/** Up to its last complete sentence, where there is one, and an honest word behind it. An answer in another language gets dots only.
 *  @param contact what the filter for inventions may have put at the end, which stays there */
export function endedAtSentence(cut: string, contact: string): string {
  const ends = [withheldNotice(contact), contact].find((end) => end !== '' && cut.endsWith(end)) ?? '';
  const said = cut.slice(0, cut.length - ends.length).trimEnd();
  const complete = firstSentences(said);
  const isForeign = !HANGUL.test(said);
  const body = complete === '' || isForeign ? `${complete || said} …`.trimStart() : complete;
  return [body, ends, isForeign ? '' : cutNotice()].filter((part) => part !== '').join('\n\n');
}
