/** 웰컴 블록 runs when somebody enters the chat, and where the operator lets a button or words such as "처음으로" lead to it. What it
 *  says as the utterance is written down nowhere: captures show none, and a button brings its label. Either way nobody has asked
 *  anything, so the answer is the greeting. Only the name tells the block from others; Kakao names it so unless the operator renames it. */
import type { Scenario } from '../../message.ts';

const NAME = '웰컴블록';

export function isWelcomeBlock(block: Scenario['block']): boolean {
  return block?.name.replaceAll(/\s/g, '') === NAME;
}
