/** Words for a card that would otherwise hold buttons and nothing to read. They go where other words come. */

const CHOOSE = '아래에서 선택해 주세요.';
const OPEN = '아래 버튼을 눌러 확인해 주세요.';

/** Links are opened, everything else is chosen. */
export function fillerText(isAllLinks: boolean): string {
  return isAllLinks ? OPEN : CHOOSE;
}

/** The lines that follow the filler, perhaps none; undefined for words that mean something. */
export function behindFiller(words: string | undefined): string | undefined {
  const filler = [CHOOSE, OPEN].find((known) => words === known || words?.startsWith(`${known}\n`) === true);
  return filler === undefined ? undefined : words?.slice(filler.length + 1);
}
