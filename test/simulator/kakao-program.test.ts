import { afterEach, describe, expect, it } from 'vitest';
import { startProgram } from './program-process.ts';
import { type StubGateway, sendJson, startStubGateway } from './simulate-stub-gateway.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

const answer = (text: string) => ({
  version: '2.0',
  template: {
    outputs: [{ simpleText: { text } }],
    quickReplies: [{ label: '더 보기', action: 'message', messageText: '더 보기' }],
  },
});

/** Posts until the platform says something like `wanted`, or is gone; a cut connection is tried again. */
async function callBack(url: string, body: unknown, wanted: RegExp): Promise<void> {
  for (;;) {
    const heard = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then(
      (reply) => reply.text(),
      (error: { readonly cause?: { readonly code?: string } }) => error.cause?.code ?? '',
    );
    if (wanted.test(heard) || heard === 'ECONNREFUSED') return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Answers inline; promises a callback for words that begin with 느린, and keeps the promise unless they say 영영. */
async function gateway(): Promise<StubGateway> {
  const stub = await startStubGateway(({ json }, response) => {
    const { utterance, callbackUrl } = json.userRequest;
    if (utterance === '침묵') return;
    if (!utterance.startsWith('느린')) return sendJson(response, answer(`들은 말: ${utterance}`));
    if (!utterance.includes('영영')) {
      const broken = { version: '2.0', template: { outputs: [] } };
      response.once('close', () => {
        void (async () => {
          if (utterance.includes('틀린')) await callBack(callbackUrl, broken, /Invalid json/);
          await callBack(callbackUrl, answer('늦게 온 답'), /SUCCESS/);
        })();
      });
    }
    sendJson(response, { version: '2.0', useCallback: true, data: { text: '잠시만요.' } });
  });
  opened.push(stub);
  return stub;
}

interface Line {
  readonly callbackPost?: { readonly accepted: boolean; readonly fault?: unknown; readonly reply: unknown };
  readonly callback?: { readonly outcome: string; readonly elapsedMs: number };
  readonly request?: object;
  readonly bubbles?: readonly unknown[];
}

async function run(args: readonly string[], input?: string) {
  const stub = await gateway();
  const program = startProgram('kakao', ['--skill-url', `${stub.url}/query/KAKAO`, ...args], input);
  const { code, errors, output, lines } = await program.finished;
  const seen = lines as readonly Line[];
  return {
    code,
    errors,
    output,
    stub,
    exchanges: seen.filter((line) => line.request !== undefined),
    posts: seen.flatMap((line) => (line.callbackPost === undefined ? [] : [line.callbackPost])),
    callbacks: seen.flatMap((line) => (line.callback === undefined ? [] : [line.callback])),
    utterances: stub.requests.map(({ json }) => json.userRequest.utterance),
  };
}

describe('the Kakao program', () => {
  it('opens the Event API for a gateway that pushes', async () => {
    const stub = await startStubGateway(async ({ json }, response) => {
      const url = await program.url;
      const pushed = await fetch(`${url}/v2/bots/${json.bot.id}/talk`, {
        method: 'POST',
        headers: { authorization: 'KakaoAK a-key', 'content-type': 'application/json' },
        body: JSON.stringify({
          event: { name: '배송출발' },
          user: [{ type: 'botUserKey', id: json.userRequest.user.id }],
        }),
      });
      sendJson(response, answer(JSON.stringify(await pushed.json())));
    });
    opened.push(stub);
    const args = ['--rest-api-key', 'a-key', '--event', '쿠폰', '--event', '배송출발', '--friend', '손님'];
    const faults = ['--event-fault', 'refuse=지금은 안 됩니다'];
    const program = startProgram('kakao', ['--skill-url', stub.url, ...args, ...faults, '하나', '둘']);
    const { code, errors, lines } = await program.finished;
    const calls = lines.flatMap(({ eventCall }) => (eventCall === undefined ? [] : [eventCall]));
    expect(calls).toMatchObject([
      { accepted: false, reply: { body: { message: '지금은 안 됩니다' } } },
      { accepted: true, reply: { body: { status: 'SUCCESS' } } },
    ]);
    expect(errors).toMatch(/KAKAO_BASE_URL=http:\S+ KAKAO_EVENT_BOT_ID=\w+ KAKAO_REST_API_KEY=a-key/);
    expect(errors).toMatch(/손님: botUserKey [0-9a-f]{66}/);
    expect(code).toBe(0);
  });

  it('refuses callbacks in the ways that --fault names, then takes one', async () => {
    const faults = ['refuse', 'refuse=안 됩니다:2', 'error=고장', 'http', 'http=503', 'cut'];
    const { code, posts, callbacks } = await run([...faults.flatMap((fault) => ['--fault', fault]), '느린 질문']);
    const reply = (httpStatus: number, status: string, message: unknown) =>
      expect.objectContaining({ status: httpStatus, body: expect.objectContaining({ status, message }) });
    const internal = expect.stringMatching(/^Internal server error/);
    expect(posts.filter((post) => post.fault !== undefined).map((post) => post.reply)).toEqual([
      reply(200, 'FAIL', internal),
      reply(200, 'FAIL', '안 됩니다'),
      reply(200, 'FAIL', '안 됩니다'),
      reply(200, 'ERROR', '고장'),
      reply(500, 'FAIL', internal),
      reply(503, 'FAIL', internal),
      'cut',
    ]);
    expect(posts.at(-1)).toMatchObject({ accepted: true });
    expect(callbacks).toMatchObject([{ outcome: 'delivered' }]);
    expect(code).toBe(0);
  });

  it('takes a callback late, or takes it and says nothing', async () => {
    const [late, cut] = await Promise.all([
      run(['--fault', 'delay=400', '느린 질문']),
      run(['--fault', 'cut-accepted', '느린 질문']),
    ]);
    expect(late.callbacks[0]?.elapsedMs).toBeGreaterThanOrEqual(400);
    expect(late.code).toBe(0);
    expect(cut.posts.find((post) => post.fault !== undefined)).toMatchObject({ reply: 'cut' });
    expect(cut.callbacks).toMatchObject([{ outcome: 'delivered' }]);
  });

  it('lets a callback expire, and ends with 1', async () => {
    const [alone, group] = await Promise.all([
      run(['--expire-ms', '200', '느린 영영']),
      run(['--expire-ms', '200', '--room', '가족방', '느린 영영']),
    ]);
    for (const { code, callbacks } of [alone, group]) {
      expect(callbacks).toMatchObject([{ outcome: 'expired' }]);
      expect(code).toBe(1);
    }
  });

  it('chooses what the documents leave open', async () => {
    const [spent, kept, status] = await Promise.all([
      run(['--expire-ms', '1500', '느린 틀린 답']),
      run(['--no-spend-token', '느린 틀린 답']),
      run(['--settle-ms', '150', '--fail-http-status', '400', '느린 질문']),
    ]);
    expect(spent.callbacks).toMatchObject([{ outcome: 'expired' }]);
    expect(kept.callbacks).toMatchObject([{ outcome: 'delivered' }]);
    expect(status.posts[0]).toMatchObject({ accepted: false, reply: { status: 400, body: { status: 'FAIL' } } });
    expect(status.callbacks[0]?.elapsedMs).toBeGreaterThanOrEqual(150);
  });

  it('waits as long as it is told, and shows what the console would', async () => {
    const [silent, waiting] = await Promise.all([
      run(['--skill-timeout-ms', '200', '침묵']),
      run(['--waiting-message', '확인하고 있습니다.', '--development-channel', '느린 질문']),
    ]);
    expect(silent.exchanges).toMatchObject([{ timedOut: true, bubbles: [] }]);
    expect(silent.code).toBe(1);
    expect(waiting.exchanges[0]?.bubbles).toMatchObject([{ text: '확인하고 있습니다.' }]);
    expect(waiting.stub.requests[0]?.json.bot.id).toMatch(/!$/);
  });

  it('has the same ids with the same seed', async () => {
    const [first, again, other] = await Promise.all([
      run(['--seed', '5', '안녕']),
      run(['--seed', '5', '안녕']),
      run(['--seed', '6', '안녕']),
    ]);
    const user = ({ stub }: typeof first) => stub.requests[0]?.json.userRequest.user.id;
    expect(user(again)).toBe(user(first));
    expect(user(other)).not.toBe(user(first));
  });

  it('sends several texts and commands one after the other', async () => {
    const { code, utterances, stub } = await run([
      ...['--open', '안녕', '/tap 더 보기', '/photo https://a.example/a.jpg', '/repeat', '/skilltest', '//별명'],
      '/secure http://127.0.0.1:8000/a.jpg http://127.0.0.1:8000/b.jpg',
    ]);
    expect(utterances).toEqual([
      ...[
        '',
        '안녕',
        '더 보기',
        'https://a.example/a.jpg',
        'https://a.example/a.jpg',
        '발화 내용',
        '/별명',
        '사진 보내기',
      ],
    ]);
    expect(stub.requests.at(-1)?.json.action.params.secureimage).toContain(
      'List(http://127.0.0.1:8000/a.jpg, http://127.0.0.1:8000/b.jpg)',
    );
    expect(stub.requests[4]?.headers['x-request-id']).toBe(stub.requests[3]?.headers['x-request-id']);
    expect(code).toBe(0);
  });

  it('reads lines from a pipe, one JSON line each', async () => {
    const { code, utterances, output } = await run(['--no-callback'], '안녕\n\n/tap 1\n');
    expect(utterances).toEqual(['안녕', '더 보기']);
    expect(output.trim().split('\n')).toHaveLength(2);
    expect(output).not.toContain('callbackUrl');
    expect(code).toBe(0);
  });

  it('says in Korean what is wrong with a switch or a command', async () => {
    const wrong = await Promise.all([
      run(['--fault', 'explode', '안녕']),
      run(['--fault', 'delay', '안녕']),
      run(['--expire-ms', '0', '안녕']),
      run(['/nonsense']),
      run(['/repeat']),
    ]);
    const parts = ['없는 종류입니다: explode', '정수를', '1 이상의', '없는 명령입니다: /nonsense', '아직 보낸 요청이'];
    for (const [index, { code, errors }] of wrong.entries()) {
      expect(errors).toContain(parts[index]);
      expect(code).toBe(1);
    }
  });

  it('explains one-shot and piped use and every fault', async () => {
    const { output } = await startProgram('kakao', ['--help']).finished;
    for (const part of ['한 번 묻기', '파이프', '종료 코드', 'cut-accepted', '종류@4', '--expire-ms', '/skilltest']) {
      expect(output).toContain(part);
    }
  });
});
