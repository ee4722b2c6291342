/** Pictures of a question, as models take them inline. */
import type { EngineImage } from './engine.ts';

export function dataUrlOf({ mediaType, bytes }: EngineImage): string {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return `data:${mediaType};base64,${base64}`;
}

/** For CLOVA Studio, which refuses a second picture in a message: every one but the last gets a message of its own, before the question. */
export function onePictureEach(
  question: string,
  images: readonly EngineImage[],
): readonly { readonly text: string; readonly image?: EngineImage }[] {
  const last = images.at(-1);
  return [
    ...images.slice(0, -1).map((image, index) => ({ text: `(사진 ${index + 1}/${images.length})`, image })),
    { text: question, ...(last !== undefined && { image: last }) },
  ];
}
