import { createHash } from 'node:crypto';
import { fieldOf } from '../json-reading.ts';

const CONTENTS = ['textContent', 'imageContent', 'compositeContent'];

/** What an echo shows of a `send`: TalkTalk keeps a copy of each picture and names the copy. */
export function echoedContents(event: unknown): Readonly<Record<string, unknown>> {
  const contents = CONTENTS.map((name) => [name, fieldOf(event, name)] as const);
  const shown = contents.filter(([, content]) => content !== undefined);
  return Object.fromEntries(shown.map(([name, content]) => [name, withOwnPictures(content)]));
}

function withOwnPictures(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withOwnPictures);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === 'imageUrl' || key === 'imageId' ? ['imageUrl', ownAddress(String(inner))] : [key, withOwnPictures(inner)],
    ),
  );
}

function ownAddress(picture: string): string {
  return `https://talk-phinf.pstatic.net/${createHash('sha256').update(picture).digest('hex').slice(0, 32)}.jpg`;
}
