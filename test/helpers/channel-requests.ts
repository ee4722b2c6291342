import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WebhookRequest } from '../../src/channels/channel.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures');

/** The bytes of a recorded payload, such as `kakao/typed.json`. */
export function fixtureBytes(path: string): Uint8Array {
  return readFileSync(join(fixtures, path));
}

export function fixtureNames(folder: string): string[] {
  return readdirSync(join(fixtures, folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => `${folder}/${name}`);
}

export const RECEIVED_AT = 1_000_000;

export function webhookRequest(body: unknown, overrides: Partial<WebhookRequest> = {}): WebhookRequest {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    method: 'POST',
    body: bytes,
    remoteAddress: '203.0.113.7',
    isLocal: false,
    receivedAt: RECEIVED_AT,
    requestId: 'request-1',
    ...overrides,
    headers: { 'content-type': 'application/json', ...overrides.headers },
  };
}

/** `id-1`, `id-2`, … */
export function countingIds(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `id-${count}`;
  };
}
