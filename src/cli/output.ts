/** Files that a command writes: looked at before the call that fills them, which costs something. */
import { dirname } from 'node:path';
import type { Terminal } from './terminal.ts';
import { WrongUse } from './wrong-use.ts';

/** @throws WrongUse for a place that cannot be written, or that holds something already */
export function checkTarget(terminal: Terminal, path: string, mayReplace: boolean): void {
  if (terminal.kindOf(dirname(path)) !== 'folder') throw new WrongUse(`없는 폴더입니다: ${dirname(path)}`);
  const kind = terminal.kindOf(path);
  if (kind === 'folder') throw new WrongUse(`폴더가 아니라 파일 이름을 적어 주세요: ${path}`);
  if (kind === 'file' && !mayReplace) throw new WrongUse(`이미 있는 파일입니다: ${path} (덮어쓰려면 --force)`);
}

/** @throws WrongUse */
export function writeBytes(terminal: Terminal, path: string, bytes: Uint8Array): void {
  try {
    terminal.writeFile(path, bytes);
  } catch (error) {
    throw new WrongUse(`파일에 쓸 수 없습니다: ${path} (${(error as NodeJS.ErrnoException).code ?? '오류'})`);
  }
}
