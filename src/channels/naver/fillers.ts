/** Words for a card that would otherwise hold buttons and nothing to read, which TalkTalk refuses. They go where other words come. */
import type { Button } from './schema.ts';

const CHOOSE = '아래에서 선택해 주세요.';
const OPEN = '아래 버튼을 눌러 확인해 주세요.';

/** Links are opened, everything else is chosen. */
export function fillerFor(buttons: readonly Button[]): string {
  return buttons.length > 0 && buttons.every(({ type }) => type === 'LINK') ? OPEN : CHOOSE;
}

/** The lines that follow the filler, perhaps none; undefined for words that mean something. */
export function behindFiller(words: string | undefined): string | undefined {
  const filler = [CHOOSE, OPEN].find((known) => words === known || words?.startsWith(`${known}\n`) === true);
  return filler === undefined ? undefined : words?.slice(filler.length + 1);
}
