import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ChatbotFault,
  type ClovaChatbotSimulator,
  type ClovaChatbotSimulatorOptions,
  createClovaChatbotSimulator,
  FAILURE_TEXT,
} from '../../../simulator/clova-chatbot.ts';
import { type ClovaChatbotOptions, createClovaChatbotEngine } from '../../../src/engine/clova-chatbot/index.ts';
import type { Engine, EngineRequest } from '../../../src/engine/engine.ts';
import type { GatewayError } from '../../../src/errors.ts';
import { type Choice, type Reply, replyText, type TapAction } from '../../../src/message.ts';
import { type Clock, systemClock } from '../../../src/platform/clock.ts';
import { collectParts, engineContract, engineRequest, thrownBy } from '../../helpers/engine-contract.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { WAIT } from '../../helpers/wait.ts';

const SECRET = 'Y2hhdGJvdC1zZWNyZXQ=';

let simulator: ClovaChatbotSimulator;
let url: string;
let engine: Engine;

async function startSimulator(options: Partial<ClovaChatbotSimulatorOptions> = {}): Promise<void> {
  simulator = createClovaChatbotSimulator({ secret: SECRET, ...options });
  ({ url } = await simulator.start());
}

function engineAt(options: Partial<ClovaChatbotOptions> = {}, clock: Clock = systemClock): Engine {
  const settings: ClovaChatbotOptions = {
    url,
    secret: SECRET,
    contentType: 'application/json; charset=utf-8',
    connectTimeoutMs: 5_000,
    timeoutMs: 20_000,
    connections: 4,
    maxQuestionChars: 1_000,
    rule: 'guess',
    failureTexts: [],
    greets: true,
    menuWords: ['전체 메뉴'],
    startsSessions: true,
    ...options,
  };
  return createClovaChatbotEngine(settings, { clock });
}

engineContract('the CLOVA Chatbot engine', async () => {
  await startSimulator();
  return {
    engine: engineAt(),
    request: engineRequest({ question: '영업시간' }),
    hangUpstream: () => simulator.failNext(10, { kind: 'hang' }),
    breakUpstream: () => simulator.failNext(10, { kind: 'gateway', httpStatus: 503, errorCode: '500' }),
    upstreamRequests: () => simulator.calls.length,
    upstreamSawCut: () => simulator.whenCancelled(),
    tearDown: () => simulator.close(),
  };
});

beforeEach(async () => {
  session = undefined;
  await startSimulator();
  engine = engineAt();
});

afterEach(async () => {
  await engine.close();
  await simulator.close();
});

interface Said extends Pick<Reply, 'parts' | 'quickReplies'> {
  readonly answered: boolean;
  readonly extra?: unknown;
}

/** The session of the conversation, as the gateway hands it back. */
let session: string | undefined;

async function ask(question: string, overrides: Partial<EngineRequest> = {}): Promise<Said> {
  const request = engineRequest({ question, ...(session === undefined ? {} : { session }), ...overrides });
  const [reply, finished] = await collectParts(engine, request);
  if (reply?.type !== 'reply' || finished?.type !== 'finished') throw new Error('The engine gave no reply');
  session = finished.session;
  return reply;
}

function choicesIn({ parts, quickReplies }: Said): readonly Choice[] {
  return [
    ...parts.flatMap((part) => {
      if (part.type === 'carousel') return part.cards.flatMap(({ buttons }) => buttons);
      if (part.type === 'list') return [...part.items.flatMap(({ choice }) => choice ?? []), ...part.buttons];
      return 'buttons' in part ? part.buttons : [];
    }),
    ...quickReplies,
  ];
}

/** What the gateway makes of a tap on the button with this label. */
function tap(said: Said, label: string): Promise<Said> {
  const choice = choicesIn(said).find((offered) => offered.label === label);
  const action: TapAction | undefined = choice?.type === 'message' ? choice.action : undefined;
  if (choice?.type !== 'message' || action?.kind !== 'engine') throw new Error(`No such button: ${label}`);
  return ask(choice.text ?? choice.label, { tapData: action.data });
}

const wordsOf = (said: Said) => replyText({ parts: said.parts, quickReplies: [] });
const sent = () => simulator.calls.map(({ call }) => call);

describe('the CLOVA Chatbot engine', () => {
  it('sends the words, signed over the bytes that are sent, and answers with the bubbles', async () => {
    expect(wordsOf(await ask('영업시간'))).toBe('매일 11시부터 21시까지예요.');
    expect(sent()).toMatchObject([{ event: 'send', text: '영업시간' }]);
    expect(wordsOf(await ask('이모지 🥟 "따옴표" \\ \u2028'))).toBe(FAILURE_TEXT);
    expect(simulator.calls[0]?.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('names the user by an id that stays the same and tells nobody who it is', async () => {
    const conversation = { botId: 'default', channel: 'kakao', user: 'kakao-user-key' } as const;
    await ask('영업시간', { conversation, requestId: 'request-1' });
    await ask('사진', { conversation, requestId: 'request-2' });
    await ask('사진', { conversation: { ...conversation, room: 'group' } });
    const ids = sent().map((call) => call?.userId);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
    expect(ids.join()).not.toContain('kakao');
    expect(JSON.stringify([ids, session])).not.toContain('request-');
  });

  it('begins anew as another user once the memory of the conversation is gone, where there is one', async () => {
    await ask('예약', { requestId: 'request-1' });
    session = undefined;
    await ask('영업시간', { requestId: 'request-2' });
    engine = engineAt({ startsSessions: false });
    session = undefined;
    await ask('예약', { requestId: 'request-3' });
    await ask('영업시간', { requestId: 'request-4' });
    const ids = sent().map((call) => call?.userId);
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids[2]).toBe(ids[3]);
    expect(session).toBeUndefined();
  });

  it('cuts what is too long, and no character in half', async () => {
    engine = engineAt({ maxQuestionChars: 5 });
    await ask('가나다라🥟마');
    expect(sent()[0]?.text).toBe('가나다라');
  });

  it('goes through a form: the tap brings the full postback, and the user stays the same', async () => {
    const days = await ask('예약');
    expect(choicesIn(days)).toMatchObject([{ label: '오늘' }, { label: '내일' }]);
    expect(wordsOf(await tap(days, '내일'))).toBe('어느 분 성함으로 예약할까요?');
    expect(wordsOf(await ask('홍길동'))).toBe('홍길동 님, 내일 예약되었습니다.');
    expect(sent().map((call) => call?.text)).toEqual(['예약', '_T_내일', '홍길동']);
  });

  it('sends every kind of button back as the documents want it', async () => {
    const card = await ask('문의');
    expect(choicesIn(card)).toMatchObject([
      { type: 'phone', label: '전화', phoneNumber: '051-000-0000' },
      { type: 'link', label: '홈페이지', url: 'https://m.sea.example.com' },
      { type: 'message', label: '예약' },
      { type: 'message', label: '영업시간은?', text: '영업시간이 궁금해요' },
      { type: 'message', label: '처음으로' },
    ]);
    await tap(card, '예약');
    await ask('그만');
    expect(wordsOf(await tap(card, '영업시간은?'))).toBe('매일 11시부터 21시까지예요.');
    expect(wordsOf(await tap(card, '처음으로'))).toContain('바다식당 챗봇');
    expect(sent().slice(1)).toMatchObject([
      { event: 'send', text: '_T_예약' },
      { event: 'send', text: '그만' },
      { event: 'send', text: '영업시간' },
      { event: 'open', text: '_W_처음' },
    ]);
  });

  it('keeps a payload that no channel carries, and says the words where it is forgotten', async () => {
    const full = `_T_${'가'.repeat(600)}`;
    await simulator.close();
    await startSimulator({
      answer: ({ text }) =>
        text === '긴 단추'
          ? {
              quickButtons: [
                {
                  type: 'button',
                  title: '누르기',
                  data: { type: 'basic', action: { type: 'postback', data: { postback: '누름', postbackFull: full } } },
                },
              ],
            }
          : undefined,
    });
    engine = engineAt();
    const offer = await ask('긴 단추');
    expect(JSON.stringify(offer)).not.toContain('가가가');
    await tap(offer, '누르기');
    expect(sent().at(-1)?.text).toBe(full);
    engine = engineAt(); // after a restart
    await tap(offer, '누르기');
    expect(sent().at(-1)?.text).toBe('누름');
  });

  it('greets with the welcome message, its buttons and nothing of the menu', async () => {
    const signal = new AbortController().signal;
    const greeting = await engine.greet?.(engineRequest(), signal);
    expect(greeting?.parts).toEqual([
      { type: 'text', text: '안녕하세요, 바다식당 챗봇이에요. 무엇을 도와드릴까요?', format: 'plain' },
    ]);
    expect(greeting?.quickReplies.map(({ label }) => label)).toEqual(['예약', '영업시간']);
    expect(sent()).toMatchObject([{ event: 'open', text: '' }]);
    expect(engineAt({ greets: false })).not.toHaveProperty('greet');
  });

  it('has no greeting where the domain has no welcome message', async () => {
    await simulator.close();
    await startSimulator({ answer: () => ({}) });
    engine = engineAt();
    expect(await engine.greet?.(engineRequest(), new AbortController().signal)).toBeUndefined();
  });

  it('shows the persistent menu on request, and asks for it only where no answer has brought it', async () => {
    const menu = await ask('전체메뉴');
    expect(menu).toMatchObject({
      answered: true,
      parts: [{ type: 'card', title: '메뉴', imageUrl: 'https://chatbot-images.example.com/menu.png' }],
    });
    expect(wordsOf(await tap(menu, '영업시간'))).toContain('11시');
    await ask('전체 메뉴');
    expect(sent().map((call) => call?.event)).toEqual(['getPersistentMenu', 'send']);
  });

  it('takes the menu word for a question where the domain has no menu', async () => {
    await simulator.close();
    await startSimulator({ answer: ({ event }) => (event === 'getPersistentMenu' ? {} : undefined) });
    engine = engineAt();
    expect(await ask('전체 메뉴')).toMatchObject({ answered: false });
    expect(sent().map((call) => call?.event)).toEqual(['getPersistentMenu', 'send']);
  });

  it('reads the menu under its other name', async () => {
    await simulator.close();
    const persistMenu = {
      type: 'template',
      title: '메뉴',
      data: { cover: { type: 'text', data: { description: '덮개' } }, contentTable: [] },
    };
    await startSimulator({ answer: () => ({ more: { persistMenu } }) });
    engine = engineAt();
    expect(wordsOf(await ask('전체 메뉴'))).toBe('메뉴');
  });

  it('tells an answer from a miss, and says so to developers', async () => {
    expect(await ask('영업시간')).toMatchObject({
      answered: true,
      extra: { chatbot: { scenarioName: '영업시간', matchingType: 'exactMatch', missed: false } },
    });
    expect(await ask('아무 말')).toMatchObject({
      answered: false,
      parts: [{ text: FAILURE_TEXT }],
      extra: { chatbot: { missed: true } },
    });
  });

  it('has words where an answer is nothing but buttons, or nothing at all', async () => {
    expect(await ask('골라')).toMatchObject({
      answered: true,
      parts: [{ type: 'text' }],
      quickReplies: [{ label: '예약' }],
    });
    expect(await ask('무응답')).toMatchObject({ answered: false, parts: [{ type: 'text' }] });
  });

  it('asks one thing at a time for a user, and several users at once', async () => {
    await simulator.close();
    await startSimulator({ latencyMs: 30 });
    engine = engineAt();
    await Promise.all([
      ask('영업시간'),
      ask('사진'),
      ask('안내'),
      engine.greet?.(engineRequest(), AbortSignal.any([])),
    ]);
    expect(simulator.mostAtOnce).toBe(1);
  });

  it('is compressed all the same by some proxies', async () => {
    simulator.failNext(1, { kind: 'gzip' });
    expect(wordsOf(await ask('영업시간'))).toContain('11시');
  });
});

const refusal = (code: string, httpStatus = 500): ChatbotFault => ({ kind: 'refusal', code, httpStatus });
const gateway = (httpStatus: number, errorCode: string): ChatbotFault => ({ kind: 'gateway', httpStatus, errorCode });

describe('a failure of the chatbot', () => {
  it.each<[string, ChatbotFault, GatewayError['code']]>([
    ['1000', refusal('1000'), 'ENGINE_BAD_REQUEST'],
    ['1001, a wrong domain', refusal('1001'), 'ENGINE_MODEL_UNAVAILABLE'],
    ['1002', refusal('1002'), 'ENGINE_BAD_REQUEST'],
    ['4000', refusal('4000'), 'ENGINE_BAD_REQUEST'],
    ['4010', refusal('4010'), 'ENGINE_UNAUTHORIZED'],
    ['4030', refusal('4030'), 'ENGINE_UNAUTHORIZED'],
    ['4031', refusal('4031'), 'ENGINE_UNAUTHORIZED'],
    ['4031 with another status', refusal('4031', 200), 'ENGINE_UNAUTHORIZED'],
    ['5010', refusal('5010'), 'ENGINE_BAD_REQUEST'],
    ['an unknown code', refusal('7777'), 'ENGINE_FAILED'],
    ['an unknown code with 200', refusal('7777', 200), 'ENGINE_FAILED'],
    ['gateway 100', gateway(400, '100'), 'ENGINE_BAD_REQUEST'],
    ['gateway 200', gateway(401, '200'), 'ENGINE_UNAUTHORIZED'],
    ['gateway 210', gateway(401, '210'), 'ENGINE_UNAUTHORIZED'],
    ['gateway 300', gateway(404, '300'), 'ENGINE_MODEL_UNAVAILABLE'],
    ['gateway 400', gateway(429, '400'), 'ENGINE_RATE_LIMITED'],
    ['gateway 410', gateway(429, '410'), 'ENGINE_RATE_LIMITED'],
    ['gateway 420', gateway(429, '420'), 'ENGINE_RATE_LIMITED'],
    ['gateway 430', gateway(413, '430'), 'ENGINE_BAD_REQUEST'],
    ['gateway 500', gateway(503, '500'), 'ENGINE_OVERLOADED'],
    ['gateway 510', gateway(504, '510'), 'ENGINE_TIMEOUT'],
    ['gateway 900', gateway(500, '900'), 'ENGINE_FAILED'],
    ['an HTML page', { kind: 'html-page', httpStatus: 502 }, 'ENGINE_FAILED'],
    ['an HTML page with 200', { kind: 'html-page', httpStatus: 200 }, 'ENGINE_STREAM_BROKEN'],
    ['a cut before the answer', { kind: 'cut', after: 'request' }, 'ENGINE_UNREACHABLE'],
    ['a cut in the answer', { kind: 'cut', after: 'half' }, 'ENGINE_STREAM_BROKEN'],
  ])('%s is one typed error, and nothing is asked twice', async (_, fault, code) => {
    simulator.failNext(1, fault);
    const error = (await thrownBy(() => ask('영업시간'))) as GatewayError;
    expect(error).toMatchObject({ name: 'GatewayError', code });
    expect(simulator.calls).toHaveLength(1);
    const said = JSON.stringify([error.message, error.details]);
    for (const secret of [SECRET, new URL(url).pathname, '영업시간', 'words of the'])
      expect(said).not.toContain(secret);
  });

  it.each(['4032', '5000'])('%s is asked once more, with a signature of its own', async (code) => {
    simulator.failNext(1, refusal(code));
    expect(wordsOf(await ask('영업시간'))).toContain('11시');
    simulator.failNext(2, refusal(code));
    expect(await thrownBy(() => ask('영업시간'))).toMatchObject({ details: { upstreamCode: code } });
    expect(simulator.calls).toHaveLength(4);
  });

  it('is a wrong key, a wrong address or a wrong clock, and says which setting to look at', async () => {
    const wrongKey = engineAt({ secret: 'another' });
    const wrongAddress = engineAt({ url: `${url}0` });
    for (const [broken, code, words] of [
      [wrongKey, 'ENGINE_UNAUTHORIZED', 'CLOVA_CHATBOT_SECRET'],
      [wrongAddress, 'ENGINE_MODEL_UNAVAILABLE', 'CLOVA_CHATBOT_URL'],
    ] as const) {
      const thrown = await thrownBy(() => collectParts(broken, engineRequest()));
      expect(thrown).toMatchObject({ code, message: expect.stringContaining(words) });
      await broken.close();
    }
    await simulator.close();
    await startSimulator({ timestampWindowMs: -1 });
    engine = engineAt();
    expect(await thrownBy(() => ask('영업시간'))).toMatchObject({ message: expect.stringContaining('clock') });
  });

  it('is waited for no longer than was said', async () => {
    const clock = new ManualClock();
    await simulator.close();
    await startSimulator({ clock });
    engine = engineAt({}, clock);
    simulator.failNext(1, { kind: 'hang' });
    const thrown = thrownBy(() => ask('영업시간', { closesAt: clock.now() + 60_000 }));
    await expect.poll(() => simulator.calls.length, WAIT).toBe(1);
    await clock.advance(20_000);
    expect(await thrown).toMatchObject({ code: 'ENGINE_TIMEOUT' });
    await simulator.whenCancelled();
    expect(wordsOf(await ask('영업시간', { closesAt: clock.now() + 60_000 }))).toContain('11시');
  });

  it('is nobody there', async () => {
    await simulator.close();
    expect(await thrownBy(() => ask('영업시간'))).toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      details: { networkCode: 'ECONNREFUSED' },
    });
  });
});
