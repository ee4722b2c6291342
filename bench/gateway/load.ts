/** The callers. undici instead of autocannon: every question needs a body of its own, and autocannon sends a rate as one burst a
 *  second on each connection, which would measure the queue in front of the server. */
import { Pool } from 'undici';
import type { Request, Traffic } from './traffic.ts';

export interface LoadResult {
  readonly messages: number;
  readonly seconds: number;
  /** Sorted, from when each message was due. */
  readonly latenciesMs: readonly number[];
}

/** What every answer must contain: a server that answers something else fast is not fast. */
const EXPECTED = '추가 배송비 3,000원';
const MAX_CONNECTIONS = 256;

/** As many as go, with `callers` who each wait for their answer before they ask again. */
export async function saturate(
  port: number,
  traffic: Traffic,
  callers: number,
  durationMs: number,
): Promise<LoadResult> {
  const pool = openPool(port, callers);
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let askedAt = performance.now(); askedAt - startedAt < durationMs; askedAt = performance.now()) {
        await ask(pool, traffic());
        latenciesMs.push(performance.now() - askedAt);
      }
    }),
  );
  return finish(pool, latenciesMs, startedAt);
}

/** At `perSecond`, whether or not earlier ones are answered: a slow answer does not spare the server the next question. */
export async function atRate(
  port: number,
  traffic: Traffic,
  perSecond: number,
  durationMs: number,
): Promise<LoadResult> {
  const pool = openPool(port, MAX_CONNECTIONS);
  const latenciesMs: number[] = [];
  const total = Math.floor((perSecond * durationMs) / 1_000);
  const startedAt = performance.now();
  const answers: Promise<void>[] = [];
  while (answers.length < total) {
    const dueAt = startedAt + (answers.length * 1_000) / perSecond;
    if (performance.now() < dueAt) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      continue;
    }
    answers.push(
      ask(pool, traffic()).then(() => {
        latenciesMs.push(performance.now() - dueAt);
      }),
    );
  }
  await Promise.all(answers);
  return finish(pool, latenciesMs, startedAt);
}

/** One question; undefined while nobody listens yet. */
export async function askOnce(port: number, traffic: Traffic): Promise<void> {
  const pool = openPool(port, 1);
  try {
    await ask(pool, traffic());
  } finally {
    await pool.destroy();
  }
}

async function finish(pool: Pool, latenciesMs: number[], startedAt: number): Promise<LoadResult> {
  const seconds = (performance.now() - startedAt) / 1_000;
  await pool.close();
  latenciesMs.sort((a, b) => a - b);
  return { messages: latenciesMs.length, seconds, latenciesMs };
}

function openPool(port: number, connections: number): Pool {
  return new Pool(`http://127.0.0.1:${port}`, { connections, keepAliveTimeout: 60_000 });
}

/** `dispatch`, the lowest layer: on a small machine the callers take their time from the servers. */
function ask(pool: Pool, { path, headers, body }: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    let status = 0;
    const chunks: Buffer[] = [];
    pool.dispatch(
      { method: 'POST', path, headers: [...headers], body },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          const text = Buffer.concat(chunks).toString();
          if (status === 200 && text.includes(EXPECTED)) resolve();
          else reject(new Error(`${path} answered ${status} ${text.slice(0, 500)}`));
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
  });
}
