import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Choice } from '../../simulator/bubble.ts';
import { createKakaoSimulator } from '../../simulator/kakao.ts';
import { type ChatChannel, TerminalChat } from '../../simulator/simulate/chat.ts';
import { drawMessage } from '../../simulator/simulate/draw.ts';
import { findFreePort, startGateway } from '../../simulator/simulate/gateway-process.ts';
import { displayWidth, padToWidth, withoutControls, wrapText } from '../../simulator/simulate/terminal-width.ts';
import { createTalkTalkSimulator } from '../../simulator/talktalk.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { photo } from '../helpers/photos.ts';
import { type StubGateway, sendJson, startStubGateway } from './simulate-stub-gateway.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

const kakaoText = (text: string, quickReplies: readonly unknown[] = []) => ({
  version: '2.0',
  template: { outputs: [{ simpleText: { text } }], ...(quickReplies.length > 0 ? { quickReplies } : {}) },
});

/** A small gateway that answers Kakao inline or by callback, and TalkTalk through the send API. */
async function gateway(api: () => string = () => '', secretPath = '/query/NAVER'): Promise<StubGateway> {
  const stub = await startStubGateway(async ({ path, json }, response) => {
    if (path === '/readyz') return sendJson(response, {});
    if (path === '/query/KAKAO') {
      const { utterance, callbackUrl } = json.userRequest;
      if (utterance === '쌓아 둔 답' || utterance === '안 오는 답') {
        const button = {
          label: '답변 보기',
          action: 'message',
          messageText: utterance,
          extra: { malgil: 'malgil:pickup:t' },
        };
        const isTap = JSON.stringify(json.action.clientExtra).includes('pickup');
        const isThere = isTap && utterance === '쌓아 둔 답';
        return sendJson(response, isThere ? kakaoText('찾아온 답') : kakaoText('준비하고 있어요.', [button]));
      }
      if (utterance === '깨진 답') return sendJson(response, { version: '2.0', template: { outputs: [] } });
      if (utterance !== '느린 답') {
        return sendJson(
          response,
          kakaoText(`들은 말: ${utterance}`, [{ label: '더 보기', action: 'message', messageText: '더 보기' }]),
        );
      }
      response.once('close', () => {
        // The platform takes a callback only after it read the acknowledgement to its end.
        const post = (left: number): void => {
          void fetch(callbackUrl, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(kakaoText('늦게 온 답')),
          }).then(async (reply) => {
            const { status } = (await reply.json()) as { status: string };
            if (status !== 'SUCCESS' && left > 0) setTimeout(() => post(left - 1), 10);
          });
        };
        post(100);
      });
      return sendJson(response, { version: '2.0', useCallback: true, data: { text: '잠시만 기다려 주세요.' } });
    }
    if (path !== secretPath) return sendJson(response, {}, 404);
    response.writeHead(200).end();
    if (json.event !== 'send') return;
    const heard = json.imageContent?.imageUrl ?? `${json.textContent.text} ${json.textContent.code ?? ''}`;
    const quickReply = { buttonList: [{ type: 'TEXT', data: { title: '배송', code: 'c-1' } }] };
    await fetch(`${api()}/chatbot/v1/event`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'simulator-naver-key' },
      body: JSON.stringify({
        event: 'send',
        user: json.user,
        textContent: { text: `들은 말: ${heard}`, quickReply },
      }),
    });
  });
  opened.push(stub);
  return stub;
}

describe('a terminal', () => {
  it.each([
    ['abc', 3],
    ['한글', 4],
    ['(주)말길', 8],
    ['ㅋㅋ', 4],
    ['한글', 4], // decomposed
    ['👍', 2],
    ['👨‍👩‍👧', 2],
    ['☎️', 2],
    ['é', 1],
    ['漢字，', 6],
    ['', 0],
  ])('gives %s its columns', (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });

  it('wraps within its columns and loses nothing but spaces', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('가', 'a', ' ', '👍', '다', '.', '\n') }),
        fc.integer({ min: 2, max: 30 }),
        (text, columns) => {
          const lines = wrapText(text, columns);
          expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
          expect(lines.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
        },
      ),
    );
  });

  it('breaks at spaces where it can', () => {
    expect(wrapText('배송은 이틀 걸려요.', 12)).toEqual(['배송은 이틀', '걸려요.']);
    expect(wrapText('가나다라마', 4)).toEqual(['가나', '다라', '마']);
    expect(padToWidth('한', 4)).toBe('한  ');
  });

  it('is not taken over by foreign text', () => {
    expect(withoutControls('a\u001b[31m\u0007b\u202ec\n\td')).toBe('a[31mbc\n  d');
  });
});

describe('a drawing', () => {
  const draw = (...bubbles: Parameters<typeof drawMessage>[0]) => {
    let next = 0;
    return drawMessage(bubbles, [], () => ++next, 30);
  };
  const button = (label: string, more: Partial<Choice> = {}): Choice => ({
    label,
    place: 'button',
    effect: 'say',
    type: 'TEXT',
    ...more,
  });

  it('has straight edges around Hangul', () => {
    const drawing = drawMessage(
      [{ type: 'text', text: '안녕하세요! hello 반갑습니다.', folded: false }],
      [button('배송')],
      () => 1,
      30,
    );
    expect(drawing).toBe(
      [
        '  ╭───────────────────╮',
        '  │ 안녕하세요! hello │',
        '  │ 반갑습니다.       │',
        '  ╰───────────────────╯',
        '  (1) 배송',
        '',
      ].join('\n'),
    );
  });

  it('numbers rows, buttons and what unfolds, in reading order', () => {
    const drawing = draw(
      {
        type: 'card',
        title: '주문',
        price: '39,000원',
        imageUrl: 'https://a.example/a.png',
        rows: [
          { title: '니트', choice: button('니트', { place: 'list-item' }) },
          { title: '합계', description: '39,000원' },
          { title: '코트', choice: button('고르기', { place: 'list-item' }) },
        ],
        buttons: [button('전화', { effect: 'call', phoneNumber: '02-1' }), button('더', { inner: [button('교환')] })],
      },
      {
        type: 'carousel',
        cards: [
          { title: '하나', rows: [], buttons: [] },
          { title: '둘', rows: [], buttons: [] },
        ],
      },
    );
    for (const part of [
      '[1] 니트',
      '· 합계',
      '[2] 코트 (고르기)',
      '[3] 전화 → 02-1',
      '[4] 더',
      '[5] 교환',
      '39,000원',
      '‹ 1 / 2 ›',
      '‹ 2 / 2 ›',
    ]) {
      expect(drawing).toContain(part);
    }
    const widths = new Set(
      drawing
        .split('\n')
        .filter((line) => /[│├╭╰]/.test(line))
        .slice(0, 8)
        .map(displayWidth),
    );
    expect(widths.size).toBe(1);
  });

  it('folds a long text as the chat does', () => {
    expect(draw({ type: 'text', text: '가'.repeat(501), folded: true })).toContain('[전체 보기]');
  });
});

describe('the chat', () => {
  async function chat(channel: ChatChannel) {
    const talktalk = createTalkTalkSimulator({ authorization: 'simulator-naver-key', seed: 1 });
    const { url: api } = await talktalk.start();
    const stub = await gateway(() => api);
    const kakao = createKakaoSimulator({ seed: 1, skillUrl: `${stub.url}/query/KAKAO` });
    await kakao.start();
    talktalk.webhookUrl = `${stub.url}/query/NAVER`;
    opened.push(kakao, talktalk);
    const printed: string[] = [];
    const terminal = new TerminalChat({
      kakao,
      talktalk,
      channel,
      clock: systemClock,
      print: (text) => printed.push(text),
      columns: () => 60,
      waitsForAnswers: true,
      answerTimeoutMs: 10_000,
    });
    const say = async (line: string) => {
      printed.length = 0;
      const goesOn = await terminal.handle(line);
      return { goesOn, text: printed.join('') };
    };
    return { say, stub, terminal, talktalk, api };
  }

  it('talks to Kakao, numbers what can be touched, and touches it', async () => {
    const { say, stub } = await chat('kakao');
    expect((await say('안녕')).text).toMatch(/카카오톡 · \d+\.\d초[\s\S]*들은 말: 안녕[\s\S]*\(1\) 더 보기/);
    expect((await say('/tap 1')).text).toContain('들은 말: 더 보기');
    expect(stub.requests[1]?.json.flow.trigger.type).toBe('QUICKREPLY_BUTTON_MESSAGE');
    expect((await say('/tap 7')).text).toContain('그런 번호의 버튼이 없습니다');
  });

  it('shows the waiting message, then the callback', async () => {
    const { say } = await chat('kakao');
    expect((await say('느린 답')).text).toMatch(/잠시만 기다려 주세요\.[\s\S]*늦게 온 답/);
  });

  it('sends photos through the secure-image plugin', async () => {
    const { say, stub } = await chat('kakao');
    expect((await say('/secure nowhere')).text).toContain('사진의 주소를 적어 주세요');
    await say('/secure http://127.0.0.1:8000/a.jpg http://127.0.0.1:8000/b.jpg');
    const [value] = Object.values(stub.requests[0]?.json.action.params ?? {});
    expect(JSON.parse(String(value))).toMatchObject({
      privacyAgreement: 'Y',
      imageQuantity: '2',
      secureUrls: 'List(http://127.0.0.1:8000/a.jpg, http://127.0.0.1:8000/b.jpg)',
    });
  });

  it('sends a photo as Kakao does: its address is the utterance', async () => {
    const { say, stub } = await chat('kakao');
    expect((await say('/photo https://a.example/a.jpg')).text).toContain('들은 말: https://a.example/a.jpg');
    expect(stub.requests).toMatchObject([
      {
        json: {
          userRequest: {
            utterance: 'https://a.example/a.jpg',
            params: { media: { type: 'image', url: 'https://a.example/a.jpg' } },
          },
          flow: { trigger: { type: 'IMAGE_UPLOAD' } },
        },
      },
    ]);
    expect((await say('/photo 우리집')).text).toContain('사진의 주소나 파일 이름을 적어 주세요');
    expect(stub.requests).toHaveLength(1);
  });

  it('serves a photo of its own, or a file, at the address that it sends', async () => {
    const { say, stub } = await chat('kakao');
    await say('/photo');
    await say(`/photo ${fileURLToPath(new URL('../fixtures/photos/photo.jpg', import.meta.url))}`);
    const addresses = stub.requests.map(({ json }) => json.userRequest.utterance);
    const served = await Promise.all(addresses.map((address) => fetch(address)));
    expect(served.map(({ status, headers }) => [status, headers.get('content-type')])).toEqual([
      [200, 'image/png'],
      [200, 'image/jpeg'],
    ]);
    expect(await served[1]?.bytes()).toEqual(new Uint8Array(photo('photo.jpg')));
  });

  it('shows the standing menu, and presses what is in it', async () => {
    const { say, api } = await chat('talktalk');
    expect((await say('/menu')).text).toContain('고정 메뉴가 없습니다');
    const menus = [{ type: 'TEXT', data: { title: '배송 조회', code: 'c' } }];
    await fetch(`${api}/chatbot/v1/event`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'simulator-naver-key' },
      body: JSON.stringify({ event: 'persistentMenu', menuContent: [{ menus }] }),
    });
    expect((await say('/menu')).text).toContain('[1] 배송 조회');
    expect((await say('/tap 1')).text).toContain('들은 말: 배송 조회');
  });

  it('sends a photo on TalkTalk as a picture', async () => {
    const { say, stub } = await chat('talktalk');
    expect((await say('/photo https://a.example/a.jpg')).text).toContain('들은 말: https://a.example/a.jpg');
    const pictures = stub.requests.filter((request) => request.body.includes('imageContent'));
    expect(pictures).toMatchObject([
      { json: { event: 'send', imageContent: { imageUrl: 'https://a.example/a.jpg' } } },
    ]);
  });

  it('sends the skill test of the admin centre: placeholders, no callback, nobody in particular', async () => {
    const { say, stub } = await chat('kakao');
    expect((await say('/skilltest')).text).toMatch(/카카오톡 · \d+\.\d초[\s\S]*들은 말: 발화 내용/);
    expect(stub.requests).toMatchObject([
      {
        json: { intent: { name: '블록 이름' }, bot: { name: '봇 이름' }, userRequest: { user: { type: 'accountId' } } },
      },
    ]);
    expect(stub.requests[0]?.json.userRequest).not.toHaveProperty('callbackUrl');
    expect((await say('안녕')).text).toContain('들은 말: 안녕');
  });

  it('names the fault of an answer that Kakao would drop', async () => {
    const { say } = await chat('kakao');
    expect((await say('깨진 답')).text).toContain('형식 오류 template.outputs');
  });

  it('shows what is pushed on TalkTalk, and presses its buttons', async () => {
    const { say, stub } = await chat('talktalk');
    expect((await say('안녕')).text).toMatch(/네이버 톡톡\)[\s\S]*들은 말: 안녕[\s\S]*\(1\) 배송/);
    expect((await say('/tap 1')).text).toContain('들은 말: 배송 c-1');
    expect(stub.requests.some((request) => request.json.textContent?.code === 'c-1')).toBe(true);
  });

  it('changes the channel, shows JSON, and knows its commands', async () => {
    const { say, terminal } = await chat('kakao');
    expect((await say('/leave')).text).toContain('네이버 톡톡에서만');
    expect((await say('/naver')).text).toContain('이제 네이버 톡톡입니다');
    expect(terminal.promptText).toBe('네이버 톡톡 › ');
    expect((await say('/agent 네, 상담사입니다')).text).toContain('/done');
    expect((await say('/done')).text).toContain('다시 봇이');
    expect((await say('/kakao')).text).toContain('이제 카카오톡');
    expect((await say('/json')).text).toContain('보여');
    expect((await say('안녕')).text).toMatch(/보낸 JSON[\s\S]*"utterance": "안녕"[\s\S]*받은 JSON[\s\S]*"simpleText"/);
    expect((await say('/help')).text).toContain('/tap 1');
    expect((await say('/nonsense')).text).toContain('없는 명령입니다: /nonsense');
    expect((await say('/quit')).goesOn).toBe(false);
  });

  it('says when the webhook failed and when delivery stopped', async () => {
    const { say, talktalk } = await chat('talktalk');
    talktalk.webhookUrl = talktalk.webhookUrl.replace('NAVER', 'NOBODY');
    expect((await say('안녕')).text).toContain('웹훅 실패: 4xx (HTTP 404)');
    for (let n = 0; n < 9; n += 1) await say('안녕');
    expect((await say('안녕')).text).toContain('/resave');
    expect((await say('/resave')).text).toContain('다시 저장했습니다');
    expect((await say('안녕')).text).toContain('웹훅 실패');
  });
});

describe('the gateway process', () => {
  const script = fileURLToPath(new URL('simulate-stub-server.ts', import.meta.url));
  const start = async (mode: string, log: string[] = [], readyTimeoutMs = 20_000) =>
    startGateway({
      script,
      port: await findFreePort(),
      env: { STUB_MODE: mode },
      readyTimeoutMs,
      onLogLine: (line) => log.push(line),
      signal: new AbortController().signal,
    });

  it('gets data of its own, which goes with it', async () => {
    const log: string[] = [];
    const process = await start('good', log);
    const dataDir = log.join('\n').match(/data in (\S+)/)?.[1] ?? '';
    expect(existsSync(dataDir)).toBe(true);
    expect((await fetch(`${process.url}/readyz`)).status).toBe(200);
    await process.stop();
    expect(existsSync(dataDir)).toBe(false);
    await expect(fetch(process.url)).rejects.toThrow();
  });

  it('says why it did not start', async () => {
    await expect(start('broken')).rejects.toThrow(/시작하지 못하고 끝났습니다\.[\s\S]*KAKAO_SECRET is wrong/);
  });

  it('is not waited for for ever', async () => {
    await expect(start('unready', [], 1_000)).rejects.toThrow('1초 안에 준비되지 않았습니다.');
  });
});

describe('the programs', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  async function run(program: string, args: readonly string[], input = '', signal?: NodeJS.Signals) {
    const child = spawn(process.execPath, [`simulator/${program}.ts`, ...args], { cwd: root });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (signal !== undefined && output.includes('/help')) child.kill(signal);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    if (signal === undefined) child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output, errors };
  }

  it('explain themselves', async () => {
    const outputs = await Promise.all(
      ['main', 'kakao', 'talktalk', 'clova'].map((program) => run(program, ['--help'])),
    );
    for (const { code, output } of outputs) {
      expect(code).toBe(0);
      expect(output).toContain('시뮬레이터');
    }
  });

  it('do one exchange, print it as JSON and say by their exit code whether it was good', async () => {
    const { url } = await gateway();
    const [good, bad, line] = await Promise.all([
      run('main', ['--gateway', url, 'kakao', '느린', '답']),
      run('main', ['--gateway', url, 'kakao', '깨진 답']),
      run('kakao', ['--skill-url', `${url}/query/KAKAO`, '안녕']),
    ]);
    expect(JSON.parse(good.output)).toMatchObject({
      ok: true,
      channel: 'kakao',
      answer: '늦게 온 답',
      callback: { outcome: 'delivered' },
    });
    expect(good.code).toBe(0);
    expect(good.errors).toMatch(/KAKAO_CALLBACK_ORIGINS=http:\/\/127\.0\.0\.1:\d+/);
    expect(JSON.parse(bad.output)).toMatchObject({ ok: false, findings: { faults: [{ path: 'template.outputs' }] } });
    expect(bad.code).toBe(1);
    expect(JSON.parse(line.output)).toMatchObject({ status: 200, request: { userRequest: { utterance: '안녕' } } });
    expect(line.code).toBe(0);
  });

  it('fetch an answer that waits behind a button, and say when it never came', async () => {
    const { url } = await gateway();
    const [fetched, lost] = await Promise.all([
      run('main', ['--gateway', url, '--no-callback', 'kakao', '쌓아 둔 답']),
      run('main', ['--gateway', url, '--no-callback', '--wait-ms', '300', 'kakao', '안 오는 답']),
    ]);
    expect(JSON.parse(fetched.output)).toMatchObject({ ok: true, answer: '찾아온 답', taps: [{ status: 200 }] });
    expect(fetched.code).toBe(0);
    expect(JSON.parse(lost.output)).toMatchObject({ ok: false, answer: '준비하고 있어요.' });
    expect(lost.code).toBe(1);
  });

  it('exchange on TalkTalk under its other name', async () => {
    const port = await findFreePort();
    const { url } = await gateway(() => `http://127.0.0.1:${port}`, '/query/NAVER/simulator-naver-secret');
    const { code, output } = await run('main', ['--gateway', url, '--talktalk-port', String(port), 'naver', '안녕']);
    expect(JSON.parse(output)).toMatchObject({ ok: true, channel: 'talktalk', answer: '들은 말: 안녕 ', refused: [] });
    expect(code).toBe(0);
  });

  it('read a script from a pipe', async () => {
    const { url } = await gateway();
    const { code, output } = await run('main', ['--gateway', url], '안녕\n/tap 1\n/quit\n안 보낼 말\n');
    expect(output).toMatch(/카카오톡 › 안녕\n[\s\S]*들은 말: 안녕[\s\S]*카카오톡 › \/tap 1\n[\s\S]*들은 말: 더 보기/);
    expect(output).not.toContain('안 보낼 말');
    expect(code).toBe(0);
  });

  it('end at once when they are interrupted', async () => {
    const { url } = await gateway();
    expect((await run('main', ['--gateway', url], '', 'SIGINT')).code).toBe(0);
  });

  it('say what is wrong when there is no gateway', async () => {
    const { code, errors } = await run('kakao', ['안녕']);
    expect(code).not.toBe(0);
    expect(errors).toContain('--skill-url');
  });
});
