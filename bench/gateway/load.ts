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

export interface Expectation {
  /** What an answer contains. */
  readonly expected: string;
  readonly maxUnexpectedShare: number;
}

/** What the answers contain: a server that answers something else fast is not fast. On a machine that stands still for a second
 *  a customer may ask twice at once, and then the knowledge answers first: a few are allowed. */
const OF_THE_MODEL: Expectation = { expected: '추가 배송비 3,000원', maxUnexpectedShare: 0.02 };
const MAX_CONNECTIONS = 256;

interface Answer {
  readonly latencyMs: number;
  readonly text: string;
}

/** As many as go, with `callers` who each wait for their answer before they ask again. */
export async function saturate(
  port: number,
  traffic: Traffic,
  callers: number,
  durationMs: number,
): Promise<LoadResult> {
  const pool = openPool(port, callers);
  const answers: Answer[] = [];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let askedAt = performance.now(); askedAt - startedAt < durationMs; askedAt = performance.now()) {
        answers.push(await ask(pool, traffic(), askedAt));
      }
    }),
  );
  return finish(pool, answers, startedAt, OF_THE_MODEL);
}

/** At `perSecond`, whether or not earlier ones are answered: a slow answer does not spare the server the next question. */
export async function atRate(
  port: number,
  traffic: Traffic,
  perSecond: number,
  durationMs: number,
  expectation: Expectation = OF_THE_MODEL,
): Promise<LoadResult> {
  const pool = openPool(port, MAX_CONNECTIONS);
  const total = Math.floor((perSecond * durationMs) / 1_000);
  const startedAt = performance.now();
  const answers: Promise<Answer>[] = [];
  while (answers.length < total) {
    const dueAt = startedAt + (answers.length * 1_000) / perSecond;
    if (performance.now() < dueAt) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      continue;
    }
    answers.push(ask(pool, traffic(), dueAt));
  }
  return finish(pool, await Promise.all(answers), startedAt, expectation);
}

/** One question. */
export async function askOnce(port: number, traffic: Traffic): Promise<void> {
  const pool = openPool(port, 1);
  try {
    await ask(pool, traffic(), performance.now());
  } finally {
    await pool.destroy();
  }
}

async function finish(
  pool: Pool,
  answers: readonly Answer[],
  startedAt: number,
  { expected, maxUnexpectedShare }: Expectation,
): Promise<LoadResult> {
  const seconds = (performance.now() - startedAt) / 1_000;
  await pool.close();
  const unexpected = answers.filter(({ text }) => !text.includes(expected));
  if (unexpected.length > answers.length * maxUnexpectedShare) {
    throw new Error(
      `${unexpected.length} of ${answers.length} answers are not what was asked for: ${unexpected[0]?.text}`,
    );
  }
  const latenciesMs = answers.map((answer) => answer.latencyMs).sort((a, b) => a - b);
  return { messages: answers.length, seconds, latenciesMs };
}

function openPool(port: number, connections: number): Pool {
  return new Pool(`http://127.0.0.1:${port}`, { connections, keepAliveTimeout: 60_000 });
}

/** `dispatch`, the lowest layer: on a small machine the callers take their time from the servers. */
function ask(pool: Pool, { path, headers, body }: Request, dueAt: number): Promise<Answer> {
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
          if (status === 200) resolve({ latencyMs: performance.now() - dueAt, text });
          else reject(new Error(`${path} answered ${status} ${text.slice(0, 500)}`));
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
  });
}
