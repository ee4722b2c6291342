import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { capabilitiesOf } from '../../src/engine/clova/facts/models.ts';
import type { ImageLimits } from '../../src/engine/engine.ts';
import { createImageSource, type ImageSourceDeps, type ImageSourceSettings } from '../../src/images/fetch-image.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { photo, pngOf } from '../helpers/photos.ts';

const LIMITS = capabilitiesOf('HCX-005').images as ImageLimits;
const NEVER = new AbortController().signal;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Handler = (response: ServerResponse, request: IncomingMessage) => void;

/** A server on loopback and a source that may fetch from it. */
async function open(
  handle: Handler,
  settings: Partial<ImageSourceSettings> = {},
  deps: ImageSourceDeps = {},
): Promise<{
  fetch(path?: string, limits?: ImageLimits, signal?: AbortSignal): ReturnType<typeof source.fetchImage>;
  requests: IncomingMessage[];
  origin: string;
}> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handle(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const source = createImageSource({ hosts: [origin], maxSizeBytes: 5_000_000, timeoutMs: 60_000, ...settings }, deps);
  cleanups.push(async () => {
    await source.close();
    server.closeAllConnections();
    server.close();
  });
  return {
    requests,
    origin,
    fetch: (path = '/photo', limits = LIMITS, signal = NEVER) => source.fetchImage(`${origin}${path}`, limits, signal),
  };
}

const refused = (problem: string) => ({ kind: 'refused', problem });

describe('a picture', () => {
  it.each([
    ['photo.jpg', 'image/jpeg'],
    ['photo.png', 'image/png'],
    ['extended.webp', 'image/webp'],
  ] as const)('%s comes back as it is, whatever the server calls it', async (file, mediaType) => {
    const { fetch, requests } = await open((response) => {
      response.setHeader('content-type', 'application/octet-stream');
      response.end(photo(file));
    });
    const fetched = await fetch('/a%2Fb?signature=y%3D&x=[1]');
    expect(fetched).toEqual({ kind: 'image', image: { mediaType, bytes: photo(file) } });
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /a%2Fb?signature=y%3D&x=[1]']);
    expect(requests[0]?.headers).not.toHaveProperty('cookie');
  });

  it('may come in pieces of one byte', async () => {
    const { fetch } = await open((response) => {
      for (const byte of photo('photo.png')) response.write(Buffer.from([byte]));
      response.end();
    });
    expect((await fetch()).kind).toBe('image');
  });
});

describe('what is refused', () => {
  it.each([301, 302, 303, 307, 308])('a redirect %d, which is not followed', async (status) => {
    const { fetch, requests } = await open((response, request) => {
      response
        .writeHead(status, { location: '/elsewhere' })
        .end(request.url === '/elsewhere' ? photo('photo.png') : '');
    });
    expect(await fetch()).toEqual(refused('not-allowed'));
    expect(requests.map(({ url }) => url)).toEqual(['/photo']);
  });

  it.each([
    [403, 'expired'],
    [404, 'expired'],
    [410, 'expired'],
    [206, 'unreachable'],
    [500, 'unreachable'],
  ])('status %d: %s', async (status, problem) => {
    const { fetch } = await open((response) => void response.writeHead(status).end(photo('photo.png')));
    expect(await fetch()).toEqual(refused(problem));
  });

  it('a stream of 10 MB: cut off at the limit, not at its end', async () => {
    let writtenBytes = 0;
    const { fetch } = await open((response) => {
      const chunks = function* () {
        yield photo('photo.png');
        for (; writtenBytes < 10_000_000; writtenBytes += 65_536) yield Buffer.alloc(65_536);
      };
      Readable.from(chunks()).pipe(response);
    });
    expect(await fetch('/photo', { ...LIMITS, maxSizeBytes: 1_000_000 })).toEqual(refused('too-large'));
    expect(writtenBytes).toBeLessThan(10_000_000);
  });

  it('a length that is announced as too large, before its first byte', async () => {
    const { fetch } = await open((response) => {
      response.writeHead(200, { 'content-length': 5_000_001 });
      response.flushHeaders();
    });
    expect(await fetch()).toEqual(refused('too-large'));
  });

  it('a page, at its first bytes', async () => {
    const { fetch } = await open((response) => {
      response.setHeader('content-type', 'image/png');
      response.write('<!doctype html><html>'); // and never ends
    });
    expect(await fetch()).toEqual(refused('wrong-kind'));
  });

  it.each([
    ['a GIF', Buffer.from('GIF89a\x28\x00\x18\x00\x80\x00\x00\x00\x00'), 'wrong-kind'],
    ['nothing', Buffer.alloc(0), 'wrong-kind'],
    ['more pixels than the model takes', pngOf(4_032, 3_024), 'too-large'],
    ['a long strip', pngOf(400, 2_001), 'too-long'],
    ['a line', pngOf(3, 10), 'wrong-kind'],
  ])('%s', async (_name, bytes, problem) => {
    const { fetch } = await open((response) => void response.end(bytes));
    expect(await fetch()).toEqual(refused(problem));
  });

  it('a kind that this model does not take', async () => {
    const { fetch } = await open((response) => void response.end(photo('photo.bmp')));
    expect((await fetch()).kind).toBe('image');
    expect(await fetch('/photo', { ...LIMITS, mediaTypes: ['image/png'] })).toEqual(refused('wrong-kind'));
  });

  it('packed bytes: they could unpack into any number', async () => {
    const { fetch, requests } = await open((response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0]));
    });
    expect(await fetch()).toEqual(refused('wrong-kind'));
    expect(requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('a body that breaks off', async () => {
    const { fetch } = await open((response) => {
      response.writeHead(200, { 'content-length': 10_000 });
      response.write(photo('photo.png'), () => response.destroy());
    });
    expect(await fetch()).toEqual(refused('unreachable'));
  });

  it('a server that is not there', async () => {
    const source = createImageSource({ hosts: ['http://127.0.0.1:9'], maxSizeBytes: 1_000, timeoutMs: 60_000 });
    cleanups.push(() => source.close());
    expect(await source.fetchImage('http://127.0.0.1:9/a.png', LIMITS, NEVER)).toEqual(refused('unreachable'));
  });
});

describe('time', () => {
  const slowKinds: readonly [string, Handler][] = [
    ['says nothing', () => {}],
    ['stops in the middle', (response) => void response.write(photo('photo.png').subarray(0, 40))],
  ];

  it.each(slowKinds)('is up for a server that %s', async (_name, handle) => {
    const clock = new ManualClock();
    const arrived = Promise.withResolvers<void>();
    const { fetch } = await open(
      (response, request) => {
        handle(response, request);
        arrived.resolve();
      },
      { timeoutMs: 8_000 },
      { clock },
    );
    const fetching = fetch();
    await arrived.promise;
    await clock.advance(7_999);
    await clock.advance(1);
    expect(await fetching).toEqual(refused('too-slow'));
  });

  it('is up when the turn is cancelled, and the server sees it', async () => {
    const controller = new AbortController();
    const closed = Promise.withResolvers<void>();
    const { fetch } = await open((response) => {
      response.on('close', () => closed.resolve());
      controller.abort();
    });
    expect(await fetch('/photo', LIMITS, controller.signal)).toEqual(refused('too-slow'));
    await closed.promise;
  });
});

describe('addresses', () => {
  it('on no list are not asked, and only their host is told', async () => {
    const { fetch, requests } = await open((response) => void response.end(photo('photo.png')), {
      hosts: ['.kakaocdn.net'],
    });
    expect(await fetch('/photo?signature=secret')).toEqual({
      kind: 'refused',
      problem: 'not-allowed',
      host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
    expect(requests).toEqual([]);
  });

  it('of a listed name that leads into a private network are not connected to', async () => {
    const { origin, requests } = await open((response) => void response.end(photo('photo.png')));
    const named = `http://localhost:${new URL(origin).port}`;
    let resolved = 0;
    const source = createImageSource(
      { hosts: [named], maxSizeBytes: 5_000_000, timeoutMs: 60_000 },
      {
        resolveName: (_hostname, _options, callback) => {
          resolved += 1;
          callback(null, [{ address: '127.0.0.1', family: 4 }]);
        },
      },
    );
    cleanups.push(() => source.close());
    expect(await source.fetchImage(`${named}/photo`, LIMITS, NEVER)).toEqual(refused('not-allowed'));
    expect(requests).toEqual([]);
    expect(resolved).toBe(1); // checked and connected in one: nobody could answer differently the second time
  });

  it('are looked up by the system when nobody says otherwise', async () => {
    const { origin, requests } = await open((response) => void response.end(photo('photo.png')));
    const named = `http://localhost:${new URL(origin).port}`;
    const source = createImageSource({ hosts: [named], maxSizeBytes: 5_000_000, timeoutMs: 60_000 });
    cleanups.push(() => source.close());
    expect(await source.fetchImage(`${named}/photo`, LIMITS, NEVER)).toEqual(refused('not-allowed'));
    expect(requests).toEqual([]);
  });
});
