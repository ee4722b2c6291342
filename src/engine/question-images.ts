import type { EngineImage } from './engine.ts';

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
