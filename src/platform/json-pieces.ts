/** JSON text as it stands, without reading it into values: a number of 17 digits would come back as another one. */

export interface JsonPiece {
  /** A string with its quotes, or all that stands between two strings. */
  readonly text: string;
  readonly isString: boolean;
}

const STRING = /"(?:[^"\\]|\\.)*"/g;

/** All of `text`, in order; a string that was cut off is no string. */
export function jsonPieces(text: string): readonly JsonPiece[] {
  const pieces: JsonPiece[] = [];
  let at = 0;
  for (const match of text.matchAll(STRING)) {
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), isString: false });
    pieces.push({ text: match[0], isString: true });
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isString: false });
  return pieces;
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
