import { afterEach, describe, expect, it } from 'vitest';
import { startProgram } from './program-process.ts';
import { type StubGateway, type StubJson, startStubGateway } from './simulate-stub-gateway.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

interface Sent {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Sends until it is taken or nobody listens any more; a cut connection is not tried again, its fate is unknown. */
async function sendUntilTaken(api: string, body: Sent, path = 'event'): Promise<string> {
  for (;;) {
    const heard = await fetch(`${api}/chatbot/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'simulator-key' },
      body: JSON.stringify(body),
    }).then(
      async (reply) => ((await reply.json()) as { readonly success?: boolean }).success === true,
      () => 'cut' as const,
    );
    if (heard !== false) return String(heard);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const buttons = { buttonList: [{ type: 'TEXT', data: { title: '배송', code: 'c-1' } }] };

/** Answers through the send API what customers say to the bot, and stays silent on standby unless it is rude. */
async function gateway(api: () => Promise<string>): Promise<StubGateway> {
  const stub = await startStubGateway(async ({ json }, response) => {
    const text = json.textContent?.text ?? '';
    response.writeHead(text === '고장' ? 500 : 200, { 'content-type': 'application/json;charset=UTF-8' });
    const greeting = JSON.stringify({ event: 'send', textContent: { text: '안녕하세요' } });
    if (text !== '침묵') response.end(json.event === 'open' ? greeting : undefined);
    if (json.event !== 'send' || text === '고장' || text === '침묵' || text === '무응답') return;
    if ('standby' in json && text !== '무례하게') return;
    const url = await api();
    const send = (event: string, more: object) => sendUntilTaken(url, { event, user: json.user, ...more });
    if (text === '입력 중') await send('action', { options: { action: 'typingOn' } });
    if (text === '사진 올리기')
      await sendUntilTaken(url, { event: '', imageUrl: 'https://a.example/a.png' }, 'imageUpload');
    if (text === '사진과 글') await send('send', { imageContent: { imageUrl: 'https://a.example/a.png' } });
    if (text === '사진과 글') await new Promise((resolve) => setTimeout(resolve, 100));
    await send('send', { textContent: { text: `들은 말: ${text}`, quickReply: buttons } });
  });
  opened.push(stub);
  return stub;
}

interface Line {
  readonly event?: StubJson;
  readonly outcome?: string;
  readonly timedOut?: boolean;
  readonly message?: { readonly overAgent: boolean; readonly event: object } | null;
  readonly apiCall?: { readonly name: string; readonly accepted: boolean; readonly reply: unknown };
}

async function run(args: readonly string[], input?: string) {
  const api = Promise.withResolvers<string>();
  const stub = await gateway(() => api.promise);
  const program = startProgram('talktalk', ['--webhook-url', `${stub.url}/query/NAVER`, ...args], input);
  program.url.then(api.resolve, () => undefined);
  const { code, errors, lines } = await program.finished;
  const seen = lines as readonly Line[];
  return {
    code,
    errors,
    stub,
    lines: seen,
    deliveries: seen.filter((line) => line.event !== undefined),
    messages: seen.flatMap((line) => (line.message === undefined ? [] : [line.message])),
    calls: seen.flatMap((line) => (line.apiCall === undefined ? [] : [line.apiCall])),
    events: stub.requests.map(({ json }) => json.event),
  };
}

describe('the TalkTalk program', () => {
  it('refuses messages in the ways that --fault names, then takes one', async () => {
    const faults = ['result=01', 'result=99,안 됩니다:2', 'http', 'http=500'];
    const { code, calls, messages } = await run([...faults.flatMap((fault) => ['--fault', fault]), '안녕']);
    const refusal = (status: number, resultCode: string, more = {}) => ({
      status,
      body: { success: false, resultCode, ...more },
    });
    expect(calls.map((call) => call.reply)).toEqual([
      refusal(200, '01'),
      refusal(200, '99', { resultMessage: '안 됩니다' }),
      refusal(200, '99', { resultMessage: '안 됩니다' }),
      refusal(503, '99'),
      refusal(500, '99'),
    ]);
    expect(messages).toHaveLength(1);
    expect(code).toBe(0);
  });

  it('strikes only the request that is named', async () => {
    const faults = ['action/result=01', 'imageUpload/result=IMG-99'].flatMap((fault) => ['--fault', fault]);
    const { calls, messages } = await run([...faults, '입력 중', '사진 올리기']);
    expect(calls.map(({ name, accepted }) => [name, accepted])).toEqual([
      ['action', false],
      ['imageUpload', false],
    ]);
    expect(messages).toHaveLength(2);
  });

  it('takes a message late, takes it and says nothing, or does neither', async () => {
    const [late, taken, lost] = await Promise.all([
      run(['--fault', 'delay=300', '안녕']),
      run(['--fault', 'cut-accepted', '안녕']),
      run(['--fault', 'cut', '--wait', '1500', '안녕']),
    ]);
    expect([late.messages.length, late.code]).toEqual([1, 0]);
    expect(late.calls).toMatchObject([{ accepted: true, fault: { kind: 'delay', delayMs: 300 } }]);
    expect(taken.calls).toMatchObject([{ accepted: true, reply: 'cut' }]);
    expect([taken.messages.length, taken.code]).toEqual([1, 0]);
    expect(lost.calls).toMatchObject([{ accepted: false, reply: 'cut' }]);
    expect([lost.messages, lost.code]).toEqual([[null], 1]);
  });

  it('waits for all of an answer, and leaves nothing of it to the next question or program', async () => {
    const { code, messages, lines } = await run(['사진과 글', '안녕']);
    const order = lines.flatMap(({ event, message }) => {
      if (event?.event === 'send') return [event.textContent.text];
      return Object.keys(message?.event ?? {}).filter((key) => key.endsWith('Content'));
    });
    expect(order).toEqual(['사진과 글', 'imageContent', 'textContent', '안녕', 'textContent']);
    expect([messages.length, code]).toEqual([3, 0]);
  });

  it('blocks bursts, and counts a block as a mistake of the gateway', async () => {
    const [blocked, free] = await Promise.all([
      run(['--rate-block', '2/60000/200', '하나', '둘', '--wait', '1000']),
      run(['--rate-block', '9', '하나', '둘']),
    ]);
    expect(blocked.calls[0]).toMatchObject({ accepted: false, reply: { body: { resultMessage: '요청이 너무 많음' } } });
    expect(blocked.code).toBe(1);
    expect([free.calls, free.code]).toEqual([[], 0]);
  });

  it('takes no greeting for the answer to what is said after it', async () => {
    const [answered, silent] = await Promise.all([
      run(['--open', '배송비는?']),
      run(['--open', '--read-timeout-ms', '200', '--wait', '300', '무응답']),
    ]);
    const texts = (messages: readonly unknown[]) =>
      messages.map((message) => /"text":"([^"]*)"/.exec(JSON.stringify(message))?.[1]);
    expect(texts(answered.messages)).toEqual(['안녕하세요', '들은 말: 배송비는?']);
    expect(answered.code).toBe(0);
    expect([texts(silent.messages), silent.code]).toEqual([['안녕하세요', undefined], 1]);
  });

  it('lets the bot hear itself unless echo is off, and sends what is ticked', async () => {
    const [on, off, ticked] = await Promise.all([
      run(['--open', '안녕']),
      run(['--no-echo', '--open', '안녕']),
      run(['--events', 'send, leave', '--open', '안녕', '/leave']),
    ]);
    expect(on.events.toSorted()).toEqual(['echo', 'echo', 'open', 'send']);
    expect(off.events).toEqual(['open', 'send']);
    expect(ticked.events).toEqual(['send', 'leave']);
    expect([on.code, off.code, ticked.code]).toEqual([0, 0, 0]);
  });

  it('puts the customer on standby while an agent talks', async () => {
    const [on, rude, off] = await Promise.all([
      run(['--agent', '제가 도와드릴게요', '네', '/done', '고마워요']),
      // Said thrice: on a slow machine the first rude answer may come after its listening time.
      run(['--agent', '제가 도와드릴게요', '무례하게', '무례하게', '무례하게']),
      run(['--no-handover', '/agent 제가 도와드릴게요', '네']),
    ]);
    const said = ({ stub }: typeof on) =>
      stub.requests.flatMap(({ json }) => (json.event === 'send' ? [['standby' in json, json.textContent.text]] : []));
    expect(said(on)).toEqual([
      [true, '네'],
      [false, '고마워요'],
    ]);
    expect(on.events).toContain('handover');
    expect([on.messages.length, on.code]).toEqual([1, 0]);
    expect(rude.messages[0]).toMatchObject({ overAgent: true });
    expect(rude.code).toBe(1);
    expect([said(off), off.code]).toEqual([[[false, '네']], 0]);
  });

  it('stops delivering after so many failures, until the URL is saved again', async () => {
    const { code, deliveries } = await run(['--suspend-after', '2', '고장', '고장', '안녕', '/resave', '안녕']);
    expect(deliveries.map((line) => line.outcome)).toEqual(['failed', 'failed', 'suspended', 'accepted']);
    expect(code).toBe(1);
  });

  it('waits for the webhook as long as it is told', async () => {
    const { code, deliveries } = await run(['--read-timeout-ms', '200', '침묵']);
    expect(deliveries).toMatchObject([{ outcome: 'failed', timedOut: true }]);
    expect(code).toBe(1);
  });

  it('has the same customer with the same seed', async () => {
    const [first, again, other] = await Promise.all(['5', '5', '6'].map((seed) => run(['--seed', seed, '안녕'])));
    const user = (one: typeof first) => one?.stub.requests[0]?.json.user;
    expect(user(again)).toBe(user(first));
    expect(user(other)).not.toBe(user(first));
  });

  it('reads words and commands from a pipe', async () => {
    const { code, stub } = await run(['--no-echo'], '/open\n안녕\n\n/tap 1\n/photo https://a.example/a.jpg\n//별명\n');
    const said = stub.requests.map(({ json }) => json.textContent?.code ?? json.textContent?.text ?? json.event);
    expect(said).toEqual(['open', '안녕', 'c-1', 'send', '/별명']);
    expect(code).toBe(0);
  });

  it('says in Korean what is wrong with a switch or a command', async () => {
    const wrong = await Promise.all([
      run(['--fault', 'explode', '안녕']),
      run(['--fault', 'nobody/cut', '안녕']),
      run(['--fault', 'result', '안녕']),
      run(['--events', 'send,dance', '안녕']),
      run(['--rate-block', '1/2/3/4', '안녕']),
      run(['/nonsense']),
    ]);
    const parts = [
      '없는 종류입니다',
      '없는 요청입니다',
      '결과 코드를',
      '없는 이벤트입니다: dance',
      '모양으로',
      '없는 명령입니다',
    ];
    for (const [index, { code, errors }] of wrong.entries()) {
      expect(errors).toContain(parts[index]);
      expect(code).toBe(1);
    }
  });

  it('explains one-shot and piped use and every fault', async () => {
    const { output } = await startProgram('talktalk', ['--help']).finished;
    for (const part of ['한 번 묻기', '파이프', '종료 코드', 'imageUpload', '종류%10', '--suspend-after', '/agent']) {
      expect(output).toContain(part);
    }
  });
});
