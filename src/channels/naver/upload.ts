/** The upload API: TalkTalk fetches a picture once, and messages name it by the id that came back. Such a message arrives as fast as text,
 *  and what is wrong with the picture is said, where a message with its address would turn into a bubble that shows the address.
 *  Source: imageupload_api_v1.md of navertalk/chatbot-api; issues 36, 76, 203, 253, 261 */
import { findJsonObject } from '../json-body.ts';
import type { NaverApi } from './api.ts';

/** `refused`: the picture itself is wrong, and would be as a part of a message. `failed`: nothing is known about the picture. */
export type UploadResult =
  | { readonly kind: 'uploaded'; readonly imageId: string }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'failed'; readonly code: string };

export interface UploadClient {
  /** Never throws. */
  upload(imageUrl: string, signal: AbortSignal): Promise<UploadResult>;
}

export interface UploadClientOptions {
  readonly api: Pick<NaverApi, 'uploadImage'>;
  /** Resolves when one more request may go out: uploads count towards the same limit as messages. */
  readonly reserveCall: () => Promise<void>;
}

/** The download took too long: the one result after which another attempt is advised. */
const TOO_SLOW = /^IMG-0?2$/;
/** Not a picture, or too large; or too slow for the second time. */
const WRONG_PICTURE = /^IMG-0?[123]$/;

export function createUploadClient({ api, reserveCall }: UploadClientOptions): UploadClient {
  async function attempt(imageUrl: string, signal: AbortSignal): Promise<UploadResult> {
    await reserveCall();
    const result = await api.uploadImage(imageUrl, signal);
    if (result.kind !== 'answered') return { kind: 'failed', code: result.kind };
    const body = findJsonObject(result.text);
    const imageId = body?.imageId;
    if (typeof imageId === 'string' && imageId !== '') return { kind: 'uploaded', imageId };
    const code = typeof body?.resultCode === 'string' ? body.resultCode : `HTTP_${result.status}`;
    return { kind: WRONG_PICTURE.test(code) ? 'refused' : 'failed', code };
  }

  return {
    async upload(imageUrl, signal) {
      const first = await attempt(imageUrl, signal);
      return first.kind === 'refused' && TOO_SLOW.test(first.code) ? attempt(imageUrl, signal) : first;
    },
  };
}
