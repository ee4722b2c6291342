import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, startProgram, type TestProgram } from '../helpers/test-program.ts';

const KEY = 'operator-key-for-tests';
const URL = '/bots/default/conversations/AAECAwQFBgcICQoLDA0ODw/thread';

let program: TestProgram;

beforeAll(async () => {
  program = await startProgram({ OPERATOR_KEY: KEY });
});

afterAll(() => program.end());

const read = (url = URL, authorization?: string) =>
  program.app.inject({ url, headers: authorization === undefined ? {} : { authorization } });

describe('GET /bots/:botId/conversations/:id/thread', () => {
  it('says who owns the room', async () => {
    expect((await read(URL, `Bearer ${KEY}`)).json()).toEqual({
      owner: 'bot',
      since: null,
      until: null,
      changing: null,
      heldQuestions: 0,
    });
    const options = { managerNickname: '김상담', sourceId: 1, threadOwnerId: 1 };
    const echo = {
      event: 'echo',
      echoedEvent: 'send',
      user: 'AAECAwQFBgcICQoLDA0ODw',
      textContent: { text: '네' },
      options,
    };
    await program.app.inject({ method: 'POST', url: '/query/NAVER', ...json(echo) });
    const { owner, since, until } = (await read(URL, `Bearer ${KEY}`)).json();
    expect(owner).toBe('agent');
    expect(until - since).toBe(60 * 60_000);
  });

  it('is for the operator alone', async () => {
    for (const authorization of [undefined, KEY, 'Bearer wrong', 'Bearer ', `Basic ${KEY}`]) {
      expect((await read(URL, authorization)).statusCode).toBe(401);
    }
  });

  it('knows bots and channels by name', async () => {
    expect((await read(URL.replace('default', 'nobody'), `Bearer ${KEY}`)).statusCode).toBe(404);
    expect((await read(`${URL}?channel=fax`, `Bearer ${KEY}`)).statusCode).toBe(404);
  });

  it('is not there without a key', async () => {
    const keyless = await startProgram();
    expect((await keyless.app.inject({ url: URL })).statusCode).toBe(404);
    await keyless.end();
  });
});
