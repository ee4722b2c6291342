import { basename } from 'node:path';

export interface GovFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** As a form carries it; the name without its folders, which are nobody's business. */
export function fileOf({ name, bytes }: GovFile): File {
  return new File([Uint8Array.from(bytes)], basename(name));
}
