import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type NaverApi, openNaverApi } from '../../../src/channels/naver/api.ts';
import { createPictureDesk, type PictureInspector } from '../../../src/channels/naver/pictures.ts';
import type { Composite, SendContent } from '../../../src/channels/naver/schema.ts';
import { createUploadClient, type UploadClient, type UploadResult } from '../../../src/channels/naver/upload.ts';
import { validateOutboundEvent } from '../../../src/channels/naver/validate.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { JsonServer } from '../../helpers/json-server.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const never = new AbortController().signal;
const url = 'https://shop.example/a.png';
const other = 'https://shop.example/b.png';

describe('the upload API', () => {
  let server: JsonServer;
  let api: NaverApi;
  let client: UploadClient;
  const reserveCall = vi.fn(async () => {});
  beforeEach(async () => {
    server = await JsonServer.open();
    reserveCall.mockClear();
    api = openNaverApi({ authorization: 'raw-key', baseUrl: `${server.origin}/naver/` });
    client = createUploadClient({ api, reserveCall });
  });
  afterEach(async () => {
    await api.close();
    await server.close();
  });
  const answer = (body: unknown, status = 200) => {
    server.reaction = { status, body };
  };

  it('gives an id for an address, for the key exactly as it was issued', async () => {
    answer({ success: true, resultCode: '00', imageId: 'id-1' });
    expect(await client.upload(url, never)).toEqual({ kind: 'uploaded', imageId: 'id-1' });
    expect(server.received).toMatchObject([
      {
        method: 'POST',
        path: '/naver/chatbot/v1/imageUpload',
        headers: { authorization: 'raw-key', 'content-type': 'application/json;charset=UTF-8' },
        body: JSON.stringify({ imageUrl: url }),
      },
    ]);
    expect(reserveCall).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['IMG-01', 'refused', 1],
    ['IMG-02', 'refused', 2],
    ['IMG-03', 'refused', 1],
    ['IMG-99', 'failed', 1],
    ['01', 'failed', 1],
  ])('answers %s: %s after %d attempts', async (resultCode, kind, attempts) => {
    answer({ success: false, resultCode });
    expect(await client.upload(url, never)).toEqual({ kind, code: resultCode });
    expect(reserveCall).toHaveBeenCalledTimes(attempts);
  });

  it('may fail without a word about the picture', async () => {
    answer('<html>', 503);
    expect(await client.upload(url, never)).toEqual({ kind: 'failed', code: 'HTTP_503' });
    server.reaction = 'cut';
    expect(await client.upload(url, never)).toEqual({ kind: 'failed', code: 'cut' });
  });
});

describe('pictures on their way out', () => {
  type Finding = Awaited<ReturnType<PictureInspector['inspect']>>;
  const clock = new ManualClock();

  function desk(findings: Record<string, Finding>, results: Record<string, UploadResult> = {}) {
    const inspected: string[] = [];
    const uploaded: string[] = [];
    const inspector: PictureInspector = {
      reachOf: () => 'platform',
      async inspect(imageUrl) {
        inspected.push(imageUrl);
        return findings[imageUrl] ?? { kind: 'unseen' };
      },
      close: async () => {},
    };
    const client: UploadClient = {
      async upload(imageUrl) {
        uploaded.push(imageUrl);
        return results[imageUrl] ?? { kind: 'uploaded', imageId: `id-${uploaded.length}` };
      },
    };
    const made = createPictureDesk({ botId: 'default', inspector, client, clock, logger: silentLogger });
    return {
      ...made,
      inspected,
      uploaded,
      prepareAll: (...all: SendContent[]) => Promise.all(all.map((content) => made.prepare(content, never))),
    };
  }
  const image = (imageUrl: string): SendContent => ({ imageContent: { imageUrl } });
  const card = (fields: Composite): SendContent => ({ compositeContent: { compositeList: [fields] } });
  const fits = (digest: string): Finding => ({ kind: 'fits', digest });
  const seePicture = (title: string) => ({ type: 'LINK', data: { title, url, mobileUrl: url } });

  it('are uploaded once, however many messages name them at the same time', async () => {
    const { prepareAll, uploaded } = desk({ [url]: fits('a') });
    const element = { title: 'a', image: { imageUrl: url } };
    const [first, second] = await prepareAll(
      image(url),
      card({ title: 'a', image: { imageUrl: url }, elementList: { type: 'LIST', data: [element] } }),
    );
    expect(first).toEqual({ imageContent: { imageId: 'id-1' } });
    expect(second).toMatchObject({
      compositeContent: {
        compositeList: [{ image: { imageId: 'id-1' }, elementList: { data: [{ image: { imageId: 'id-1' } }] } }],
      },
    });
    expect(uploaded).toEqual([url]);
  });

  it('share the id of the same bytes, and are looked at again after a while', async () => {
    const { prepareAll, uploaded, inspected } = desk({ [url]: fits('same'), [other]: fits('same') });
    await prepareAll(image(url));
    expect(await prepareAll(image(other))).toEqual([{ imageContent: { imageId: 'id-1' } }]);
    await clock.advance(10 * 60_000);
    expect(await prepareAll(image(url))).toEqual([{ imageContent: { imageId: 'id-1' } }]);
    expect(uploaded).toEqual([url]);
    expect(inspected).toEqual([url, other, url]);
  });

  it('are uploaded again when other bytes stand behind the address', async () => {
    const findings = { [url]: fits('summer') };
    const { prepareAll, uploaded } = desk(findings);
    await prepareAll(image(url));
    findings[url] = fits('winter');
    await clock.advance(10 * 60_000);
    expect(await prepareAll(image(url))).toEqual([{ imageContent: { imageId: 'id-2' } }]);
    expect(uploaded).toEqual([url, url]);
  });

  it.each<[string, Finding, UploadResult | undefined]>([
    ['a look found unfit', { kind: 'unfit', problem: 'too-large' }, undefined],
    ['TalkTalk refused', { kind: 'unseen' }, { kind: 'refused', code: 'IMG-01' }],
  ])('become links where %s them', async (_name, finding, result) => {
    const quickReply = { buttonList: [{ type: 'TEXT', data: { title: 'a' } }] } as const;
    const { prepareAll } = desk({ [url]: finding }, result === undefined ? {} : { [url]: result });
    const prepared = await prepareAll(
      { imageContent: { imageUrl: url, quickReply } },
      card({ title: '니트', image: { imageUrl: url } }),
      card({ title: '목록', elementList: { type: 'LIST', data: [{ title: 'a', image: { imageUrl: url } }] } }),
    );
    expect(prepared).toEqual([
      { textContent: { text: url, quickReply } },
      card({ title: '니트', buttonList: [seePicture('사진 보기')] } as Composite),
      card({
        title: '목록',
        elementList: { type: 'LIST', data: [{ title: 'a', button: seePicture('사진 보기') }] },
      } as Composite),
    ]);
    for (const content of prepared) {
      const event = { event: 'send', user: 'AAECAwQFBgcICQoLDA0ODw', ...content };
      expect(validateOutboundEvent(event)).toEqual({ faults: [], warnings: [] });
    }
  });

  it('keep their address where the upload fails, which is tried again soon', async () => {
    const results: Record<string, UploadResult> = { [url]: { kind: 'failed', code: 'IMG-99' } };
    const { prepareAll, uploaded } = desk({}, results);
    expect(await prepareAll(image(url))).toEqual([image(url)]);
    delete results[url];
    expect(await prepareAll(image(url))).toEqual([image(url)]);
    await clock.advance(60_000);
    expect(await prepareAll(image(url))).toEqual([{ imageContent: { imageId: 'id-2' } }]);
    expect(uploaded).toHaveLength(2);
  });

  it('are left as they are in messages without any', async () => {
    const text: SendContent = { textContent: { text: 'a' } };
    expect((await desk({}).prepareAll(text))[0]).toBe(text);
  });
});
