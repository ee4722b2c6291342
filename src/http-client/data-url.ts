/** Bytes inside JSON: `data:image/png;base64,…`. */
export function dataUrlOf({ mediaType, bytes }: { readonly mediaType: string; readonly bytes: Uint8Array }): string {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return `data:${mediaType};base64,${base64}`;
}
