import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type A2aEngineSettings, createA2aEngine } from '../../../src/engine/a2a/index.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { collectParts, engineRequest, thrownBy } from '../../helpers/engine-contract.ts';
import { a2aSettings, answerOf } from './open-agent.ts';

const tls = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
const ANSWER = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { message: { parts: [{ text: '네, 됩니다.' }] } } });

let server: (Server & { closeAllConnections(): void }) | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

async function listen(opened: NonNullable<typeof server>, scheme: 'http' | 'https'): Promise<string> {
  server = opened;
  await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
  return `${scheme}://127.0.0.1:${(opened.address() as AddressInfo).port}/a2a`;
}

/** Parts, or what was thrown instead. */
async function ask(url: string, settings: Partial<A2aEngineSettings> = {}) {
  const engine = createA2aEngine(a2aSettings(url, settings), { logger: silentLogger, random: () => 0 });
  try {
    return await collectParts(engine, engineRequest());
  } finally {
    await engine.close();
  }
}

const answers: RequestListener = (_, response) => {
  response.setHeader('content-type', 'application/json').end(ANSWER);
};

describe('an administrative network', () => {
  it('is trusted with its own certificates, and only with them', async () => {
    const url = await listen(createTlsServer({ cert: tls('certificate'), key: tls('key') }, answers), 'https');
    expect(answerOf(await ask(url, { ca: tls('certificate') }))).toBe('네, 됩니다.');
    expect(await thrownBy(() => ask(url))).toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      details: { networkCode: expect.stringMatching(/CERT/) },
    });
  });
});

describe('somebody in between', () => {
  it('who compresses unasked is understood', async () => {
    const url = await listen(
      createServer((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        response.end(gzipSync(ANSWER));
      }),
      'http',
    );
    expect(answerOf(await ask(url))).toBe('네, 됩니다.');
  });

  it('who sends us elsewhere is not followed', async () => {
    const url = await listen(
      createServer((_, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/stolen' }).end()),
      'http',
    );
    expect(await thrownBy(() => ask(url))).toMatchObject({ code: 'ENGINE_BAD_REQUEST', details: { httpStatus: 307 } });
  });

  it('who is not there is an error with the code of the network', async () => {
    const url = await listen(createServer(answers), 'http');
    await new Promise((resolve) => server?.close(resolve));
    expect(await thrownBy(() => ask(url))).toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      details: { networkCode: 'ECONNREFUSED' },
    });
  });
});
