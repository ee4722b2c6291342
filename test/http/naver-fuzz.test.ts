/** 20,000 events that TalkTalk might send, must not send, or could only send when something is badly wrong. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { namesPaymentRequest } from '../../src/channels/index.ts';
import { JsonServer } from '../helpers/json-server.ts';
import { startProgram, type TestProgram } from '../helpers/test-program.ts';

const FIXTURES = new URL('../fixtures/naver/', import.meta.url);
const EVENTS: readonly Readonly<Record<string, unknown>>[] = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => readObject(readFileSync(new URL(name, FIXTURES), 'utf8')));

const NAMES =
  'open leave friend send echo profile handover pay_complete pay_confirm product action persistentMenu block'.split(
    ' ',
  );
const FIELDS =
  'event user options textContent imageContent compositeContent fileContent standby messageId echoedEvent'.split(' ');

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '__proto__',
    'malgil:again:x',
    'malgil:continue:x:-1',
    '처음부터',
    '상담원 연결',
    '\ud800',
    '가'.repeat(12_000),
  ),
);
const oddValue = fc.oneof(oddText, fc.jsonValue({ maxDepth: 3 }));

/** A real event with fields gone, swapped, doubled or replaced. */
const mutated = fc
  .record({
    event: fc.constantFrom(...EVENTS),
    changes: fc.array(fc.tuple(fc.constantFrom(...FIELDS), fc.option(oddValue, { nil: undefined })), { maxLength: 3 }),
    inner: fc.option(fc.tuple(fc.constantFrom('textContent', 'options', 'imageContent'), oddText, oddValue)),
    user: fc.constantFrom('AAECAwQFBgcICQoLDA0ODw', 'BBECAwQFBgcICQoLDA0ODw', 'CCECAwQFBgcICQoLDA0ODw'),
  })
  .map(({ event, changes, inner, user }) => {
    const content = inner === null ? {} : { [inner[0]]: { text: inner[1], code: inner[2], inputType: 'typing' } };
    return JSON.stringify({ ...event, user, ...content, ...Object.fromEntries(changes) });
  });

const invented = fc
  .record({
    event: fc.oneof(fc.constantFrom(...NAMES), oddText),
    user: oddText,
    rest: fc.dictionary(oddText, oddValue),
  })
  .map(({ rest, ...event }) => JSON.stringify({ ...rest, ...event }));

/** Cut, doubled, in another encoding, or no text at all. */
const damaged = fc
  .record({ text: fc.oneof(mutated, invented), how: fc.nat(5), at: fc.nat(300) })
  .map(({ text, how, at }): Buffer => {
    const bytes = Buffer.from(text);
    switch (how) {
      case 0:
        return bytes.subarray(0, at % (bytes.length + 1));
      case 1:
        return Buffer.concat([bytes, bytes]);
      case 2:
        return Buffer.from(text, 'utf16le');
      case 3:
        return Buffer.concat([Buffer.from('\ufeff'), bytes]);
      case 4:
        return Buffer.from(`[${text}]`);
      default:
        bytes[at % Math.max(1, bytes.length)] = 0xff;
        return bytes;
    }
  });

const body = fc.oneof(
  { weight: 5, arbitrary: mutated.map((text) => Buffer.from(text)) },
  { weight: 2, arbitrary: invented.map((text) => Buffer.from(text)) },
  { weight: 3, arbitrary: damaged },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)) },
);
const contentType = fc.constantFrom(
  'application/json;charset=UTF-8',
  'application/json',
  'text/plain',
  ';;;',
  'x/y; a="',
  '',
);
const method = fc.constantFrom('POST', 'POST', 'POST', 'POST', 'PUT', 'GET', 'DELETE', 'PATCH');
const url = fc.constantFrom(
  '/query/NAVER',
  '/query/NAVER',
  '/query/NAVER/secret',
  '/bots/nobody/query/NAVER',
  '/query/NAVER/%',
);
const call = fc.record({ body, contentType, method, url });

const CALLS = 20_000;
const CALLS_PER_RUN = 100;

let program: TestProgram;
let sendApi: JsonServer;

beforeAll(async () => {
  sendApi = await JsonServer.open();
  sendApi.reaction = { body: { success: true, resultCode: '00' } };
  program = await startProgram({
    NAVER_AUTHORIZATION: 'key',
    NAVER_BASE_URL: sendApi.origin,
    NAVER_SENDS_PER_SECOND: '1000',
    NAVER_TYPING: 'off',
    RATE_LIMIT_PER_CONVERSATION: '0',
    RATE_LIMIT_PER_ADDRESS: '0',
  });
});

afterAll(async () => {
  await program.end();
  await sendApi.close();
});

it('every one gets 200, none of those that may ask for money does, and nothing is thrown', async () => {
  let paymentCalls = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: CALLS_PER_RUN, maxLength: CALLS_PER_RUN }), async (calls) => {
      const statuses = await Promise.all(calls.map(send));
      for (const [index, { body: sent }] of calls.entries()) {
        const mayCharge = namesPaymentRequest(sent) || /pay_complete/.test(eventOf(sent));
        paymentCalls += mayCharge ? 1 : 0;
        expect(statuses[index] === 200, sent.toString()).toBe(!mayCharge);
      }
    }),
    { numRuns: CALLS / CALLS_PER_RUN, endOnFailure: true },
  );
  // A generator that no longer makes them would prove nothing.
  expect(paymentCalls).toBeGreaterThan(CALLS / 100);
  // A busy machine may be late, and says so; an exception is something else.
  const exceptions = program.logged.filter(({ code, err }) => code === 'INTERNAL' || isForeign(err));
  expect(exceptions.map(({ msg, code, err }) => ({ msg, code, err }))).toEqual([]);
}, 120_000);

async function send({
  body: payload,
  contentType: type,
  method: verb,
  url: to,
}: {
  body: Buffer;
  contentType: string;
  method: string;
  url: string;
}): Promise<number> {
  const headers = type === '' ? {} : { 'content-type': type };
  const { statusCode } = await program.app.inject({ method: verb as 'POST', url: to, headers, payload });
  return statusCode;
}

/** Thrown by something that is not one of our own refusals. */
function isForeign(err: unknown): boolean {
  return typeof err === 'object' && err !== null && 'type' in err && err.type !== 'GatewayError';
}

/** The name of the event, by a reading that has nothing in common with ours. */
function eventOf(bytes: Buffer): string {
  const [read] = readObject(bytes.toString());
  return typeof read?.event === 'string' ? read.event : '';
}

function readObject(text: string): Readonly<Record<string, unknown>>[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? [{ ...value }] : [];
  } catch {
    return [];
  }
}
