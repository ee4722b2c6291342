/** What stands behind `/photo`: an address, a file of this computer, or nothing for a small picture of our own. */
import { readFile } from 'node:fs/promises';

/** A PNG of 40 × 24 pixels. */
const SAMPLE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAACgAAAAYCAYAAACIhL/AAAAAR0lEQVR4AezSwQ0AEAAEQVGKJvWkSYrYj8dIPDeRcXOdfX++c3x+PLB+EEGCVaD2NkiwCtTeBglWgdrbIMEqUHsbJFgFav8AAAD//0p5UicAAAAGSURBVAMAaEBageKBPyoAAAAASUVORK5CYII=',
  'base64',
);

/** @throws Error in Korean when it is neither an address nor a file */
export async function readPhoto(typed: string): Promise<string | Uint8Array> {
  if (typed === '') return SAMPLE;
  if (URL.canParse(typed)) return typed;
  try {
    return await readFile(typed);
  } catch (cause) {
    const use = '사진의 주소나 파일 이름을 적어 주세요. 예: /photo https://example.com/a.jpg';
    throw new Error(`사진을 읽지 못했습니다. ${use}`, { cause });
  }
}
