/** Photos that customers have sent: fetched from signed addresses, which expire. */
import { detectMediaType } from '../../src/images/image-header.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { ServedReply, ServedRequest } from '../loopback-server.ts';
import type { SeededIds } from '../seeded-ids.ts';

/** One call for a photo. */
export interface PhotoFetch {
  readonly path: string;
  readonly status: 200 | 403;
}

interface Photo {
  readonly bytes: Uint8Array;
  readonly expiresAt: number;
}

const PLACE = '/dn/';

export function isPhotoPath(path: string): boolean {
  return path.startsWith(PLACE);
}

export class PhotoShelf {
  readonly fetches: PhotoFetch[] = [];
  readonly #clock: Clock;
  readonly #ids: SeededIds;
  readonly #photos = new Map<string, Photo>();

  constructor(clock: Clock, ids: SeededIds) {
    this.#clock = clock;
    this.#ids = ids;
  }

  /** @returns the path with its query, which is compared byte for byte */
  keep(bytes: Uint8Array, validMs: number): string {
    const expiresAt = this.#clock.now() + validMs;
    const kind = detectMediaType(bytes) === 'image/png' ? 'png' : 'jpg';
    const query = `credential=${this.#ids.base64url(12)}&expires=${Math.floor(expiresAt / 1_000)}&signature=${this.#ids.base64url(20)}%3D`;
    const path = `${PLACE}${this.#ids.base64url(6)}/i_${this.#ids.hex(12)}.${kind}?${query}`;
    this.#photos.set(path, { bytes, expiresAt });
    return path;
  }

  async serve({ method, path }: ServedRequest): Promise<ServedReply> {
    const photo = method === 'GET' ? this.#photos.get(path) : undefined;
    const isThere = photo !== undefined && this.#clock.now() < photo.expiresAt;
    this.fetches.push({ path, status: isThere ? 200 : 403 });
    if (!isThere) return { status: 403, body: { error: 'AccessDenied' } };
    return { status: 200, bytes: photo.bytes, mediaType: detectMediaType(photo.bytes) ?? 'application/octet-stream' };
  }
}
