/** Pictures on their way out: looked at, uploaded once, and where TalkTalk could not show them turned into links. */
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { PictureReach } from './draw-scope.ts';
import { MAX_BUTTONS, SEE_PICTURE_LABEL } from './limits.ts';
import type { Button, Composite, Element, Picture, SendContent } from './schema.ts';
import type { UploadClient } from './upload.ts';

/** What the channel wants to know of a picture before it sends it. */
export interface PictureInspector {
  reachOf(imageUrl: string): PictureReach;
  inspect(imageUrl: string, signal: AbortSignal): Promise<PictureFinding>;
  close(): Promise<void>;
}

type PictureFinding =
  /** `digest` is the same for the same bytes. */
  | { readonly kind: 'fits'; readonly digest: string }
  | { readonly kind: 'unfit'; readonly problem: string }
  /** Cannot be seen from here; the platform's word decides. */
  | { readonly kind: 'unseen' };

export interface PictureDeskOptions {
  readonly botId: string;
  readonly inspector: PictureInspector;
  readonly client: UploadClient;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface PictureDesk {
  /** The same content with ids for addresses, and links for what cannot be shown. Never throws. */
  prepare(content: SendContent, signal: AbortSignal): Promise<SendContent>;
}

/** Afterwards the bytes behind an address are looked at again; the same bytes keep their id. */
const FRESH_MS = 10 * 60_000;
/** What went wrong is tried again sooner. */
const FAILED_FRESH_MS = 60_000;
const MAX_REMEMBERED = 1_000;

/** `link`: TalkTalk cannot show it, a browser may. */
type Resolved = Picture | 'link';

interface Known {
  readonly resolving: Promise<Resolved>;
  freshUntil: number;
}

export function createPictureDesk({ botId, inspector, client, clock, logger }: PictureDeskOptions): PictureDesk {
  const byUrl = new Map<string, Known>();
  const idsByDigest = new Map<string, string>();

  async function resolve(imageUrl: string, known: Known, signal: AbortSignal): Promise<Resolved> {
    const finding = await inspector.inspect(imageUrl, signal);
    const asLink = (why: string): Resolved => {
      logger.warn({ bot: botId, channel: 'naver', why, advice: ADVICE }, 'a picture is shown as a link');
      return 'link';
    };
    if (finding.kind === 'unfit') return asLink(finding.problem);
    const digest = finding.kind === 'fits' ? finding.digest : undefined;
    const uploaded = digest === undefined ? undefined : idsByDigest.get(digest);
    if (uploaded !== undefined) return { imageId: uploaded };
    const result = await client.upload(imageUrl, signal);
    if (result.kind === 'uploaded') {
      if (digest !== undefined) remember(idsByDigest, digest, result.imageId);
      return { imageId: result.imageId };
    }
    known.freshUntil = signal.aborted ? 0 : clock.now() + FAILED_FRESH_MS;
    if (result.kind === 'refused') return asLink(result.code);
    logger.warn(
      { bot: botId, channel: 'naver', code: result.code },
      'a picture could not be uploaded, its address is sent',
    );
    return { imageUrl };
  }

  function find(imageUrl: string, signal: AbortSignal): Promise<Resolved> {
    const remembered = byUrl.get(imageUrl);
    if (remembered !== undefined && clock.now() < remembered.freshUntil) return remembered.resolving;
    const { promise, resolve: settle } = Promise.withResolvers<Resolved>();
    const known: Known = { resolving: promise, freshUntil: clock.now() + FRESH_MS };
    remember(byUrl, imageUrl, known);
    settle(resolve(imageUrl, known, signal));
    return promise;
  }

  return {
    async prepare(content, signal) {
      const urls = [...new Set(pictureUrls(content))];
      const found = await Promise.all(urls.map(async (url) => [url, await find(url, signal)] as const));
      return found.length === 0 ? content : withPictures(content, new Map(found));
    },
  };
}

const ADVICE =
  '톡톡에 보낼 수 없는 이미지라서 링크로 대신합니다. 주소에 그림이 있는지, JPG, PNG, GIF 형식이고 20MB 이하이며 10초 안에 내려받을 수 있는지 확인해 주세요.';

/** Oldest out. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.size > MAX_REMEMBERED ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}

/** Whether there is anything to prepare. */
export function hasPictures(content: SendContent): boolean {
  return pictureUrls(content).length > 0;
}

function pictureUrls(content: SendContent): readonly string[] {
  if ('imageContent' in content) return urlOf(content.imageContent);
  if (!('compositeContent' in content)) return [];
  return content.compositeContent.compositeList.flatMap(({ image, elementList }) => [
    ...urlOf(image),
    ...(elementList?.data ?? []).flatMap((element) => urlOf(element.image)),
  ]);
}

function urlOf(picture: Picture | undefined): readonly string[] {
  return picture !== undefined && 'imageUrl' in picture ? [picture.imageUrl] : [];
}

function withPictures(content: SendContent, found: ReadonlyMap<string, Resolved>): SendContent {
  if ('imageContent' in content) {
    const [imageUrl = ''] = urlOf(content.imageContent);
    const resolved = found.get(imageUrl);
    const { quickReply } = content.imageContent;
    const replies = quickReply === undefined ? {} : { quickReply };
    if (resolved === undefined) return content;
    return resolved === 'link'
      ? { textContent: { text: imageUrl, ...replies } }
      : { imageContent: { ...resolved, ...replies } };
  }
  if (!('compositeContent' in content)) return content;
  const { compositeList, ...rest } = content.compositeContent;
  return { compositeContent: { ...rest, compositeList: compositeList.map((card) => withCardPictures(card, found)) } };
}

function withCardPictures(card: Composite, found: ReadonlyMap<string, Resolved>): Composite {
  const { image, elementList, buttonList = [], ...words } = card;
  const [imageUrl = ''] = urlOf(image);
  const resolved = found.get(imageUrl);
  const data = elementList?.data.map((element) => withElementPicture(element, found));
  const list = elementList === undefined || data === undefined ? {} : { elementList: { ...elementList, data } };
  if (resolved !== 'link') {
    const shown = resolved ?? image;
    return {
      ...words,
      ...(shown === undefined ? {} : { image: shown }),
      ...list,
      ...(buttonList.length === 0 ? {} : { buttonList }),
    };
  }
  // A full row of buttons has no room for another; a card needs a second field beside its words.
  const link = buttonList.length < MAX_BUTTONS ? [seePicture(imageUrl)] : [];
  return { ...words, ...list, buttonList: [...buttonList, ...link] };
}

function withElementPicture(element: Element, found: ReadonlyMap<string, Resolved>): Element {
  const { image, ...words } = element;
  const [imageUrl = ''] = urlOf(image);
  const resolved = found.get(imageUrl);
  if (resolved === undefined) return element;
  if (resolved !== 'link') return { ...words, image: resolved };
  return words.button === undefined ? { ...words, button: seePicture(imageUrl) } : words;
}

function seePicture(url: string): Button {
  return { type: 'LINK', data: { title: SEE_PICTURE_LABEL, url, mobileUrl: url } };
}
