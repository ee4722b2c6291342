/** Photos against the real process: platforms, a model that can see, and the host that has the photos. */
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { createClovaSimulator } from '../../simulator/clova.ts';
import { createKakaoSimulator } from '../../simulator/kakao.ts';
import { createTalkTalkSimulator } from '../../simulator/talktalk.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';
import { photo } from '../helpers/photos.ts';
import { WAIT } from '../helpers/wait.ts';

const AUTHORIZATION = 'talktalk-e2e-key';
const SIGNATURE = 'signature-that-opens-the-photo';
const MESSAGE_MS = 20_000;

const clova = createClovaSimulator();
const kakao = createKakaoSimulator({ seed: 'photos', callback: false });
const talktalk = createTalkTalkSimulator({ seed: 'photos', authorization: AUTHORIZATION });
let gateway: GatewayProcess;
let photoHost: Server;
let photoOrigin: string;

const address = (name: string) => `${photoOrigin}/${name}?signature=${SIGNATURE}`;

beforeAll(async () => {
  photoHost = createServer((request, response) => {
    switch (request.url?.replace(/\?.*/, '')) {
      case '/good.jpg':
        return response.end(photo('photo.jpg'));
      case '/moved.jpg':
        return response.writeHead(302, { location: '/good.jpg' }).end();
      default:
        return response.writeHead(403).end('<Error>AccessDenied</Error>');
    }
  });
  await new Promise<void>((resolve) => photoHost.listen(0, '127.0.0.1', resolve));
  photoOrigin = `http://127.0.0.1:${(photoHost.address() as AddressInfo).port}`;
  const [model, sendApi, talk] = await Promise.all([clova.start(), talktalk.start(), kakao.start()]);
  gateway = await GatewayProcess.start({
    CLOVA_BASE_URL: model.url,
    CLOVA_API_KEY: 'nv-e2e-key',
    CLOVA_VISION_MODEL: 'HCX-005',
    KNOWLEDGE_FILE: 'none',
    PHOTO_HOSTS: `.kakaocdn.net,${photoOrigin},${talk.url}`,
    NAVER_BASE_URL: sendApi.url,
    NAVER_AUTHORIZATION: AUTHORIZATION,
    NAVER_SENDS_PER_SECOND: '1000',
  });
  kakao.skillUrl = `${gateway.url}/query/KAKAO`;
  talktalk.webhookUrl = `${gateway.url}/query/NAVER`;
});

afterAll(async () => {
  photoHost?.close();
  await Promise.all([clova.close(), kakao.close(), talktalk.close(), gateway?.stop()]);
});

const models = () => clova.requests.map(({ path }) => path.split('/').at(-1));

describe('a photo', () => {
  it('in KakaoTalk is seen by the model that can, together with what was asked before', async () => {
    await kakao.say('가온', '이 셔츠 세탁은 어떻게 해요?');
    const { bubbles, findings } = await kakao.sendPhoto('가온', address('good.jpg'));
    expect(findings).toEqual({ faults: [], warnings: [] });
    expect(textOf(bubbles)).toContain('보내 주신 사진(JPEG 40×24)을 확인했습니다.');
    expect(textOf(bubbles)).toContain('이 셔츠 세탁은 어떻게 해요?');
    expect(models().slice(-2)).toEqual(['HCX-007', 'HCX-005']);
  });

  it('of a customer is fetched from the platform, once, and reaches HCX-005 as it is', async () => {
    const { bubbles, findings } = await kakao.sendPhoto('나라', photo('photo.png'));
    expect(findings).toEqual({ faults: [], warnings: [] });
    expect(textOf(bubbles)).toContain('보내 주신 사진(PNG 40×24)을 확인했습니다.');
    expect(kakao.photoFetches.map(({ status }) => status)).toEqual([200]);
    const seen = clova.requests.at(-1);
    expect(seen?.path).toMatch(/HCX-005$/);
    expect(JSON.stringify(seen?.body)).toContain(photo('photo.png').toString('base64'));
    const [{ path = '' } = {}] = kakao.photoFetches;
    expect(JSON.stringify(seen?.body)).not.toContain(path.slice(0, 20));
  });

  it('of a customer that has expired at the platform gets a sentence, and no model is asked', async () => {
    const before = clova.requests.length;
    const { bubbles } = await kakao.sendPhoto('나라', kakao.keepPhoto(photo('photo.png'), 0));
    expect(textOf(bubbles)).toContain('보관 시간이 지나');
    expect(kakao.photoFetches.at(-1)?.status).toBe(403);
    expect(clova.requests).toHaveLength(before);
  });

  it('through the secure-image plugin is seen, too, and one that has expired is not', async () => {
    const { bubbles, findings } = await kakao.sendSecureImages('마루', [address('good.jpg'), address('good.jpg?2')]);
    expect(findings).toEqual({ faults: [], warnings: [] });
    expect(textOf(bubbles)).toContain('사진(JPEG 40×24');
    expect(models().at(-1)).toBe('HCX-005');
    const expired = await kakao.sendSecureImages('마루', [address('expired.jpg')]);
    expect(textOf(expired.bubbles)).toContain('보관 시간이 지나');
  });

  it('in TalkTalk too', async () => {
    await talktalk.sendImage('나래', address('good.jpg'));
    const { bubbles } = await talktalk.nextMessage('나래', MESSAGE_MS);
    expect(textOf(bubbles)).toContain('보내 주신 사진(JPEG 40×24)을 확인했습니다.');
  });

  it.each([
    ['has expired', 'expired.jpg', '보관 시간이 지나'],
    ['leads elsewhere', 'moved.jpg', '불러올 수 없었어요'],
  ])('that %s gets a sentence, and no model is asked', async (_name, name, words) => {
    const before = clova.requests.length;
    expect(textOf((await kakao.sendPhoto('다솜', address(name))).bubbles)).toContain(words);
    expect(clova.requests).toHaveLength(before);
  });

  it('on a host that is not listed is not asked for, and the log says which host that was', async () => {
    const { bubbles } = await kakao.sendPhoto('라온', `http://127.0.0.1:9/a.jpg?signature=${SIGNATURE}`);
    expect(textOf(bubbles)).toContain('불러올 수 없었어요');
    const refusal = expect.objectContaining({ problem: 'not-allowed', host: '127.0.0.1:9' });
    // The log comes through a pipe of its own, behind the answer.
    await vi.waitFor(() => expect(gateway.logged).toContainEqual(refusal), WAIT);
  });

  it('leaves neither its address nor itself behind', async () => {
    const files = await readdir(gateway.dataDir, { recursive: true, withFileTypes: true });
    const stored = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
    );
    const everything = [...stored, ...gateway.lines, ...clova.requests.map(({ headers }) => JSON.stringify(headers))];
    expect(stored.join('').length).toBeGreaterThan(0);
    const base64 = photo('photo.jpg').toString('base64').slice(0, 60);
    for (const trace of [SIGNATURE, base64, photo('photo.jpg').toString('latin1').slice(0, 60)]) {
      expect(everything.some((text) => text.includes(trace))).toBe(false);
    }
    expect(clova.requests.some(({ body }) => JSON.stringify(body).includes(SIGNATURE))).toBe(false);
  });
});
