import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createPictureInspector, type PictureInspectorSettings } from '../../src/images/inspect-picture.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4, 5]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70, 0, 1, 1]);
const GIF = Buffer.from('GIF89a, and the rest of it');
const WEBP = Buffer.from('RIFF....WEBPVP8 ');
const never = new AbortController().signal;

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

async function host(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.png?x=1`;
}

function inspector(settings: Partial<PictureInspectorSettings> = {}, clock?: ManualClock) {
  const made = createPictureInspector(
    { platformUrl: 'http://127.0.0.1:9', maxSizeBytes: 1_000, timeoutMs: 10_000, ...settings },
    clock === undefined ? {} : { clock },
  );
  opened.push(made);
  return made;
}

const bytes = (body: Uint8Array) => (response: ServerResponse) => void response.end(body);

describe('where a picture is', () => {
  const real = { platformUrl: 'https://gw.talk.naver.com' };
  it.each([
    ['https://shop.example/a.png', 'platform'],
    ['http://shop.example/a.png', 'platform'],
    ['https://shop.example:443/a.png', 'platform'],
    ['https://8.8.8.8/a.png', 'platform'],
    ['https://shop.example:8443/a.png', 'customers'],
    ['http://localhost:3000/images/a.png', 'nobody'],
    ['http://127.0.0.1/a.png', 'nobody'],
    ['http://192.168.0.7/a.png', 'nobody'],
    ['http://[::1]/a.png', 'nobody'],
    ['http://nas.local/a.png', 'nobody'],
    ['http://intranet/a.png', 'nobody'],
    ['no address', 'nobody'],
  ])('%s is for %s', (url, reach) => {
    expect(inspector(real).reachOf(url)).toBe(reach);
  });

  it('says that a picture is missing where nothing is there', async () => {
    for (const status of [404, 410]) {
      const url = await host((response) => void response.writeHead(status).end());
      expect(await inspector().inspect(url, never)).toEqual({ kind: 'unfit', problem: 'missing' });
    }
  });

  it('matters less to a platform in our own network, which asks public hosts at their default ports all the same', () => {
    expect(inspector().reachOf('http://localhost:3000/a.png')).toBe('platform');
    expect(inspector().reachOf('http://a.example:8080/p.png')).toBe('customers');
  });
});

describe('a look at a picture', () => {
  it.each([
    ['PNG', PNG],
    ['JPEG', JPEG],
    ['GIF', GIF],
  ])('takes %s, with a digest of its bytes', async (_name, body) => {
    const digest = createHash('sha256').update(body).digest('base64url');
    expect(await inspector().inspect(await host(bytes(body)), never)).toEqual({ kind: 'fits', digest });
  });

  it.each([
    ['WebP', WEBP],
    ['a page', Buffer.from('<!doctype html>')],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', async (_name, body) => {
    expect(await inspector().inspect(await host(bytes(body)), never)).toEqual({ kind: 'unfit', problem: 'wrong-kind' });
  });

  it('stops at the first byte too many, announced or not', async () => {
    const tooLarge = { kind: 'unfit', problem: 'too-large' };
    const body = Buffer.concat([PNG, Buffer.alloc(1_000)]);
    expect(await inspector().inspect(await host(bytes(body)), never)).toEqual(tooLarge);
    const endless = await host((response) => {
      response.write(body);
    });
    expect(await inspector().inspect(endless, never)).toEqual(tooLarge);
  });

  it('takes the time that the platform would take, and no more', async () => {
    const clock = new ManualClock();
    let asked: () => void = () => {};
    const wasAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const url = await host(() => asked());
    const finding = inspector({}, clock).inspect(url, never);
    await wasAsked;
    await clock.advance(10_000);
    expect(await finding).toEqual({ kind: 'unfit', problem: 'too-slow' });
  });

  it('says nothing of what it could not see', async () => {
    const unseen = { kind: 'unseen' };
    for (const status of [302, 403, 500]) {
      const url = await host((response) => void response.writeHead(status, { location: '/b.png' }).end());
      expect(await inspector().inspect(url, never)).toEqual(unseen);
    }
    expect(await inspector().inspect('http://127.0.0.1:9/a.png', never)).toEqual(unseen);
    expect(await inspector().inspect(await host(bytes(PNG)), AbortSignal.abort())).toEqual(unseen);
  });

  it('asks nobody in our own network for a platform outside of it', async () => {
    const url = await host(bytes(PNG));
    const real = inspector({ platformUrl: 'https://gw.talk.naver.com' });
    expect(await real.inspect(url, never)).toEqual({ kind: 'unseen' });
    const lookup = createPictureInspector(
      { platformUrl: 'https://gw.talk.naver.com', maxSizeBytes: 1_000, timeoutMs: 10_000 },
      { resolveName: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]) },
    );
    opened.push(lookup);
    expect(await lookup.inspect('http://shop.example/a.png', never)).toEqual({ kind: 'unseen' });
  });
});
