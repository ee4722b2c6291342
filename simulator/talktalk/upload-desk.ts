/** Naver's side of the image upload API: fetches a picture by its address and gives an id for it. Pictures on this machine are fetched and
 *  judged as strictly as Naver does; those elsewhere are taken on trust, because nothing here may need the internet.
 *  Source: https://github.com/navertalk/chatbot-api, imageupload_api_v1.md */
import { isIP } from 'node:net';
import { textField } from '../json-reading.ts';
import type { SeededIds } from '../seeded-ids.ts';

export type Uploaded = { readonly imageId: string } | { readonly resultCode: string; readonly resultMessage: string };

const MAX_SIZE_BYTES = 20_000_000;
const DOWNLOAD_TIMEOUT_MS = 10_000;

const PARSE_ERROR: Uploaded = { resultCode: '02', resultMessage: 'request json 문자열 파싱 오류' };
const WRONG_FORMAT: Uploaded = { resultCode: 'IMG-01', resultMessage: '이미지 업로드 - 포맷 불일치 또는 처리 실패' };
const TOO_SLOW: Uploaded = { resultCode: 'IMG-02', resultMessage: '이미지 업로드 - 전송/처리 시간 초과' };
const TOO_LARGE: Uploaded = { resultCode: 'IMG-03', resultMessage: '이미지 업로드 - 크기 초과' };
const FAILED: Uploaded = { resultCode: 'IMG-99', resultMessage: '이미지 업로드 중 에러' };

/** By what they begin with. */
const FORMATS: readonly { readonly contentType: RegExp; readonly magic: string }[] = [
  { contentType: /^image\/jpe?g\b/i, magic: '\u00ff\u00d8\u00ff' },
  { contentType: /^image\/png\b/i, magic: '\u0089PNG' },
  { contentType: /^image\/gif\b/i, magic: 'GIF8' },
];

export class UploadDesk {
  readonly #ids: SeededIds;
  readonly #urls = new Map<string, string>();

  constructor(ids: SeededIds) {
    this.#ids = ids;
  }

  /** The address behind an id; undefined for an id that was never given. */
  urlOf(imageId: string): string | undefined {
    return this.#urls.get(imageId);
  }

  async upload(body: unknown, signal: AbortSignal): Promise<Uploaded> {
    const imageUrl = textField(body, 'imageUrl');
    const url = imageUrl === undefined ? null : URL.parse(imageUrl);
    if (imageUrl === undefined || url === null) return PARSE_ERROR;
    if (!['http:', 'https:'].includes(url.protocol)) return FAILED;
    const problem = isOnThisMachine(url.hostname) ? await judgePicture(url, signal) : undefined;
    if (problem !== undefined) return problem;
    const imageId = this.#ids.base64url(120);
    this.#urls.set(imageId, imageUrl);
    return { imageId };
  }
}

async function judgePicture(url: URL, signal: AbortSignal): Promise<Uploaded | undefined> {
  const timeout = AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, timeout]), redirect: 'manual' });
    if (response.status !== 200) return FAILED;
    const bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.length > MAX_SIZE_BYTES) return TOO_LARGE;
    const beginning = bytes.subarray(0, 8).toString('latin1');
    const contentType = response.headers.get('content-type') ?? '';
    const isFormat = FORMATS.some(
      (format) => beginning.startsWith(format.magic) && format.contentType.test(contentType),
    );
    return isFormat ? undefined : WRONG_FORMAT;
  } catch {
    return timeout.aborted ? TOO_SLOW : FAILED;
  }
}

function isOnThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
